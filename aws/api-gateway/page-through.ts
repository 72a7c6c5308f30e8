import { ControlError } from "./control-error.ts";

/** Above the number of pages of any listing: 500 of 25 items each. */
const MOST_PAGES = 500;

/**
 * Collects the items of all pages. `fetchPage` gets the page's token, undefined for the first one.
 * A repeated token would loop forever, so it is an error. It must not end the list early: a list
 * that lacks routes would leave them open.
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
        message: `${operation} returned the same page token twice.`,
        next: "Run the same command again.",
      });
    seen.add(page.next);
    token = page.next;
  }
}

/**
 * Sorts items by name: services list them in no defined order, and two reads of the same state must
 * be equal.
 */
export const inOrder = <T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] =>
  [...items].sort((one, other) => {
    const [a, b] = [nameOf(one), nameOf(other)];
    return a < b ? -1 : a > b ? 1 : 0;
  });
