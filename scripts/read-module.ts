import { parseSync } from "oxc-parser";

/** One place where a module names another. */
export interface ModuleRequest {
  /** The specifier as written; undefined where it is computed at run time, as in `import(path)` */
  readonly specifier: string | undefined;
  readonly line: number;
}

/** A use of something that the surroundings provide. */
export interface GlobalUse {
  readonly name: string;
  readonly line: number;
}

export interface ModuleText {
  readonly requests: readonly ModuleRequest[];
  /** Every identifier that is not a property, and `Date.now`, `new Date()`, `import.meta` and the like by those names */
  readonly uses: readonly GlobalUse[];
  /** The first syntax error; what else was found is then incomplete */
  readonly syntaxError?: string;
}

type Node = { readonly type: string; readonly start: number } & Readonly<Record<string, unknown>>;

/**
 * Lists what a TypeScript or JavaScript module imports, in any form: `import`, `import type`, `export … from`,
 * `import()`, `import("…").Type`, `import x = require()`, `require()`; and the free-standing names that it uses.
 * Does not resolve scopes: a local variable called `process` counts as a use of `process`.
 */
export function readModule(path: string, source: string): ModuleText {
  const { program, errors } = parseSync(path, source);
  const requests: ModuleRequest[] = [];
  const uses: GlobalUse[] = [];
  const lineOf = lineFinder(source);

  const visit = (node: Node): void => {
    const line = lineOf(node.start);
    const request = requestOf(node);
    if (request !== undefined) requests.push({ ...request, line });
    const name = nameOf(node);
    if (name !== undefined) uses.push({ name, line });
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program as unknown as Node);

  const error = errors[0];
  return { requests, uses, ...(error !== undefined && { syntaxError: error.message }) };
}

function requestOf(node: Node): { specifier: string | undefined } | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ImportExpression":
    case "TSImportType":
      return { specifier: literal(node.source) };
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
      return node.source ? { specifier: literal(node.source) } : undefined;
    case "TSExternalModuleReference":
      return { specifier: literal(node.expression) };
    case "CallExpression":
      return isIdentifier(node.callee, "require")
        ? { specifier: literal((node.arguments as unknown[])[0]) }
        : undefined;
    default:
      return undefined;
  }
}

function nameOf(node: Node): string | undefined {
  switch (node.type) {
    case "Identifier":
      return node.name as string;
    case "MetaProperty":
      return isIdentifier(node.meta, "import") ? "import.meta" : undefined;
    case "MemberExpression":
      return memberName(node);
    case "NewExpression":
      return isIdentifier(node.callee, "Date") && (node.arguments as unknown[]).length === 0
        ? "new Date()"
        : undefined;
    case "CallExpression":
      return isIdentifier(node.callee, "Date") ? "Date()" : undefined;
    default:
      return undefined;
  }
}

function memberName(node: Node): string | undefined {
  const { object, property, computed } = node;
  if (!isNode(object) || object.type !== "Identifier" || !isNode(property)) return undefined;
  const member = computed ? literal(property) : (property.name as string | undefined);
  return member === undefined ? undefined : `${object.name}.${member}`;
}

// `a.process`, `{ process: 1 }` and `interface A { process: string }` name a property, not the global.
const PROPERTY_NAME_IN: Readonly<Record<string, string>> = {
  MemberExpression: "property",
  Property: "key",
  PropertyDefinition: "key",
  AccessorProperty: "key",
  MethodDefinition: "key",
  TSPropertySignature: "key",
  TSMethodSignature: "key",
  TSAbstractPropertyDefinition: "key",
  TSAbstractMethodDefinition: "key",
};

function* childrenOf(node: Node): Generator<Node> {
  const skipped = node.computed === true ? undefined : PROPERTY_NAME_IN[node.type];
  if (node.type === "MetaProperty") return;
  for (const [key, value] of Object.entries(node)) {
    if (key === skipped) continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield child;
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

const isIdentifier = (value: unknown, name: string): boolean =>
  isNode(value) && value.type === "Identifier" && value.name === name;

function literal(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === "Literal" && typeof value.value === "string") return value.value;
  // `import(`./fixed.ts`)`: a template without a hole is as good as a string.
  if (value.type !== "TemplateLiteral") return undefined;
  const quasis = value.quasis as readonly { value: { cooked: string } }[];
  return quasis.length === 1 ? quasis[0]?.value.cooked : undefined;
}

function lineFinder(source: string): (offset: number) => number {
  const starts = [0];
  for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
