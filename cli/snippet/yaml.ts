/** A value that stands in YAML as it is written here: `!Ref Api`. */
export class Verbatim {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Yaml =
  | string
  | number
  | boolean
  | Verbatim
  | readonly Yaml[]
  | { readonly [name: string]: Yaml | undefined };

export const ref = (name: string): Verbatim => new Verbatim(`!Ref ${name}`);
export const sub = (text: string): Verbatim => new Verbatim(`!Sub ${JSON.stringify(text)}`);

/**
 * Writes block YAML. A field whose name begins with `#` is a comment with its value; a field of `undefined` is left out.
 * Knows no empty objects, nor lists in lists: fragments have none.
 */
export function writeYaml(value: { readonly [name: string]: Yaml | undefined }): string {
  return `${fields(value, "").join("\n")}\n`;
}

/** Comment lines, each with its line break. */
export const comment = (lines: readonly string[]): string => lines.map((line) => `# ${line}\n`).join("");

function fields(value: { readonly [name: string]: Yaml | undefined }, indent: string): string[] {
  return Object.entries(value).flatMap(([name, field]) => {
    if (field === undefined) return [];
    if (name.startsWith("#")) return [`${indent}# ${String(field)}`];
    return attach(`${indent}${scalar(name)}:`, field, indent);
  });
}

function attach(head: string, value: Yaml, indent: string): string[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${head} []`];
    return [head, ...value.flatMap((item: Yaml) => listItem(item, `${indent}  `))];
  }
  if (isFields(value)) return [head, ...fields(value, `${indent}  `)];
  return [`${head} ${scalar(value as string)}`];
}

function listItem(value: Yaml, indent: string): string[] {
  if (!isFields(value)) return [`${indent}- ${scalar(value as string)}`];
  const [first = "", ...rest] = fields(value, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

const isFields = (value: Yaml): value is { readonly [name: string]: Yaml | undefined } =>
  typeof value === "object" && !(value instanceof Verbatim) && !Array.isArray(value);

function scalar(value: string | number | boolean | Verbatim): string {
  if (value instanceof Verbatim) return value.text;
  if (typeof value !== "string") return String(value);
  // Whatever YAML could read as anything but this text stands in quotes; JSON's are YAML's.
  const plain = /^[A-Za-z/][\w/.-]*$/.test(value) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(value);
  return plain || /^AWS(::\w+)+(-[\d-]+)?$/.test(value) ? value : JSON.stringify(value);
}
