/** One line or block of a body. An expression stands as it is; a list is a body in braces. */
export type HclEntry =
  | { readonly attribute: string; readonly is: string | readonly HclEntry[] }
  | { readonly block: string; readonly body: readonly HclEntry[] }
  | { readonly comment: string };

export const set = (attribute: string, is: string | readonly HclEntry[]): HclEntry => ({ attribute, is });
export const block = (head: string, body: readonly HclEntry[]): HclEntry => ({ block: head, body });
export const note = (comment: string): HclEntry => ({ comment });

/** A quoted text, in which nothing is a template. */
export const text = (value: string): string =>
  JSON.stringify(value.replaceAll("${", "$${").replaceAll("%{", "%%{"));

/** Writes top-level blocks as `terraform fmt` would. */
export const writeHcl = (entries: readonly HclEntry[]): string =>
  `${entries.map((entry) => lines([entry], "").join("\n")).join("\n\n")}\n`;

function lines(entries: readonly HclEntry[], indent: string): string[] {
  const written: string[] = [];
  for (const [index, entry] of entries.entries()) {
    if ("comment" in entry) written.push(`${indent}# ${entry.comment}`);
    else if ("block" in entry) written.push(...braced(`${indent}${entry.block}`, entry.body, indent));
    else if (typeof entry.is !== "string") {
      written.push(...braced(`${indent}${entry.attribute} =`, entry.is, indent));
    } else {
      written.push(`${indent}${entry.attribute.padEnd(widthAt(entries, index))} = ${entry.is}`);
    }
  }
  return written;
}

const braced = (head: string, body: readonly HclEntry[], indent: string): string[] =>
  body.length === 0 ? [`${head} {}`] : [`${head} {`, ...lines(body, `${indent}  `), `${indent}}`];

/** Aligns the equals signs in each run of one-line attributes. */
function widthAt(entries: readonly HclEntry[], index: number): number {
  const short = (entry: HclEntry | undefined) =>
    entry !== undefined && "attribute" in entry && typeof entry.is === "string"
      ? entry.attribute.length
      : undefined;
  let width = short(entries[index]) ?? 0;
  for (let at = index - 1; short(entries[at]) !== undefined; at--)
    width = Math.max(width, short(entries[at]) ?? 0);
  for (let at = index + 1; short(entries[at]) !== undefined; at++)
    width = Math.max(width, short(entries[at]) ?? 0);
  return width;
}
