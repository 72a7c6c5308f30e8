import { Document, isScalar, Scalar, visit } from "yaml";

export type Yaml =
  | string
  | number
  | boolean
  | Scalar
  | readonly Yaml[]
  | { readonly [name: string]: Yaml | undefined };

/** CloudFormation's short forms of its intrinsic functions. */
export const ref = (name: string): Scalar => tagged("!Ref", name);
export const sub = (text: string): Scalar => tagged("!Sub", text);

function tagged(tag: string, value: string): Scalar {
  const node = new Scalar(value);
  node.tag = tag;
  return node;
}

/**
 * Writes block YAML that parsers of YAML 1.1 (CloudFormation) and 1.2 read alike. The field `#` of
 * an object is a comment before the next field; a field of `undefined` is left out.
 */
export function writeYaml(value: { readonly [name: string]: Yaml | undefined }): string {
  // As YAML 1.1, so that `on`, `no` and dates are quoted.
  const document = new Document(value, { version: "1.1", aliasDuplicateObjects: false });
  visit(document, { Map: (_, map) => moveComment(map.items) });
  return document.toString({ lineWidth: 0 });
}

function moveComment(pairs: { key: unknown; value: unknown }[]): void {
  const at = pairs.findIndex(({ key }) => isScalar(key) && key.value === "#");
  const [comment] = at < 0 ? [] : pairs.splice(at, 1);
  const next = pairs[at];
  if (isScalar(comment?.value) && isScalar(next?.key)) next.key.commentBefore = ` ${comment.value.value}`;
}

/** Comment lines, each with its line break. */
export const comment = (lines: readonly string[]): string => lines.map((line) => `# ${line}\n`).join("");
