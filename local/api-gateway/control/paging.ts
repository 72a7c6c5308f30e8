import { badRequest } from "./control-failure.ts";
import type { ControlRequest } from "./operation.ts";

/** The largest size of any page; tests lower it to get several pages. */
export interface PageLimit {
  most: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; absent on the last page */
  readonly next?: string;
}

const USUAL = 25;
const MOST = 500;

/**
 * Cuts a page out of a list that is sorted by key. The token of the next page is the last key, so
 * an item that is added or removed between two pages shifts nothing.
 * @param names of the query's parameters: `position` and `limit`, or `nextToken` and `maxResults`
 */
export function pageOf<Item>(
  list: readonly (readonly [key: string, item: Item])[],
  { query }: ControlRequest,
  names: readonly [mark: string, size: string],
  limit: PageLimit,
): Page<Item> {
  const [mark, size] = [query.get(names[0]), query.get(names[1])];
  if (size !== null && !(/^\d{1,5}$/.test(size) && Number(size) > 0))
    throw badRequest(`Invalid ${names[1]}: ${size}`);
  const count = Math.min(size === null ? USUAL : Number(size), MOST, limit.most);
  const after = mark === null || mark === "" ? undefined : readMark(mark, names[0]);
  const sorted = [...list].sort(([a], [b]) => (a < b ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter(([key]) => key > after);
  const page = rest.slice(0, count);
  const last = page.at(-1)?.[0];
  const more = rest.length > count && last !== undefined;
  return { items: page.map(([, item]) => item), ...(more && { next: writeMark(last) }) };
}

const writeMark = (key: string): string => Buffer.from(`after:${key}`).toString("base64url");

function readMark(mark: string, name: string): string {
  const read = /^after:(.+)$/s.exec(Buffer.from(mark, "base64url").toString())?.[1];
  if (read === undefined) throw badRequest(`Invalid ${name} parameter`);
  return read;
}
