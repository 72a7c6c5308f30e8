const FENCE = /^\s*(?:[-*+] |\d+[.)] )?\s*(`{3,}|~{3,})/;

/** Says, line by line, whether a line belongs to a fenced block of code, the fences included. */
export function fencedLines(lines: readonly string[]): boolean[] {
  let fence: string | undefined;
  return lines.map((line) => {
    const mark = FENCE.exec(line)?.[1];
    if (fence === undefined) {
      fence = mark;
      return mark !== undefined;
    }
    if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    return true;
  });
}
