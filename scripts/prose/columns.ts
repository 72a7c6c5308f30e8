export const MOST_COLUMNS = 100;

/** Whether a line can be wrapped: one whose first word reaches beyond column 100 cannot. */
export function canBreak(line: string): boolean {
  const start = line.length - line.replace(/^[\s/*>|-]*(?:@\w+ )?/, "").length;
  return line.slice(start, MOST_COLUMNS + 1).includes(" ");
}
