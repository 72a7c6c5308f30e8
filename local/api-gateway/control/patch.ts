import { badRequest } from "./control-failure.ts";
import type { ControlRequest } from "./operation.ts";

export interface Patch {
  readonly op: "add" | "remove" | "replace" | "copy";
  readonly path: string;
  readonly value: string | undefined;
  readonly from: string | undefined;
}

const OPS = new Set(["add", "remove", "replace", "move", "copy", "test"]);

/** Reads `patchOperations`. A slash within a name is written `~1`, a tilde `~0` (RFC 6901). */
export function readPatches({ body }: ControlRequest): readonly Patch[] {
  const list = body.patchOperations;
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw badRequest("Invalid patch operations: they must be a list");
  return list.map((entry: unknown): Patch => {
    const { op, path, value, from } = (entry ?? {}) as Record<string, unknown>;
    if (typeof op !== "string" || !OPS.has(op))
      throw badRequest(`Invalid patch operation specified: ${String(op)}`);
    if (op === "move" || op === "test")
      throw badRequest(`Invalid patch operation specified. Operation ${op} is not supported`);
    if (typeof path !== "string" || !path.startsWith("/"))
      throw badRequest(`Invalid patch path: ${String(path)}`);
    const known = { op: op as Patch["op"], path };
    return { ...known, value: textOf(value, "value"), from: textOf(from, "from") };
  });
}

/** The operations that one path accepts; any other is refused. */
export type PatchRules = Readonly<
  Partial<Record<Patch["op"], (value: string, patch: Patch, names: readonly string[]) => void>>
>;

/**
 * Applies patch operations by rules for paths; `*` matches one name. The caller makes it atomic:
 * when a rule throws, the target may already hold the effect of earlier operations.
 * @see API Gateway API reference, "Patch operations"
 */
export function applyPatches(
  patches: readonly Patch[],
  rules: readonly (readonly [path: string, rules: PatchRules])[],
): void {
  for (const patch of patches) {
    const names = patch.path.slice(1).split("/").map(unescapeName);
    const [, found] = rules.find(([path]) => fits(path.slice(1).split("/"), names)) ?? [];
    const apply = found?.[patch.op];
    if (found === undefined) throw badRequest(`Invalid patch path ${patch.path}`);
    if (apply === undefined)
      throw badRequest(
        `Invalid patch operation specified. Operation ${patch.op} is not supported on path ${patch.path}`,
      );
    if ((patch.op === "replace" || patch.op === "add") && patch.value === undefined)
      throw badRequest(`Invalid patch operation: value is required for ${patch.op} ${patch.path}`);
    apply(patch.value ?? "", patch, names);
  }
}

/** Reads a patch value that must be `true` or `false`. */
export function truth(value: string, { path }: Patch): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw badRequest(`Invalid value ${value} for ${path}: it must be true or false`);
}

const fits = (path: readonly string[], names: readonly string[]): boolean =>
  path.length === names.length &&
  path.every((part, i) => (part === "*" ? names[i] !== "" : part === names[i]));

const unescapeName = (name: string): string => name.replaceAll("~1", "/").replaceAll("~0", "~");

function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw badRequest(`Invalid patch operation: ${name} must be a string`);
}
