import { ControlError } from "./control-error.ts";

/** More pages than any listing has: 500 of 25 items each. */
const MOST_PAGES = 500;

/**
 * Collects the items of all pages. `fetchPage` gets the token of the page, undefined for the first one. A token that comes back a
 * second time would never end, so it is an error, and not a shorter list: a list that lacks routes would leave them open.
 */
export async function pageThrough<T>(
  operation: string,
  fetchPage: (
    token: string | undefined,
  ) => Promise<{ readonly items: readonly T[] | undefined; readonly next: string | undefined }>,
): Promise<readonly T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const page = await fetchPage(token);
    items.push(...(page.items ?? []));
    if (page.next === undefined || page.next === "") return items;
    if (seen.has(page.next) || seen.size >= MOST_PAGES)
      throw new ControlError({
        kind: "invalid",
        operation,
        message: `${operation} does not come to an end: the same page is offered again and again.`,
        next: "Run the same command again.",
      });
    seen.add(page.next);
    token = page.next;
  }
}

/** The items by name: services list them in no stated order, and two reads of the same thing are to be equal. */
export const inOrder = <T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] =>
  [...items].sort((one, other) => {
    const [a, b] = [nameOf(one), nameOf(other)];
    return a < b ? -1 : a > b ? 1 : 0;
  });
