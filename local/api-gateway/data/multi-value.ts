type Pairs = readonly (readonly [string, string])[];

/** Each name once, with the last of its values. */
export const lastValues = (pairs: Pairs): Record<string, string> => Object.fromEntries(pairs);

/** Each name once, with all of its values in order. */
export function allValues(pairs: Pairs): Record<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const values = all.get(name);
    if (values === undefined) all.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries(all);
}

/** Each name once, with its values joined by commas, as in HTTP APIs. */
export const joinedValues = (pairs: Pairs): Record<string, string> =>
  Object.fromEntries(Object.entries(allValues(pairs)).map(([name, values]) => [name, values.join(",")]));

export const lowerNames = (pairs: Pairs): Pairs => pairs.map(([name, value]) => [name.toLowerCase(), value]);

/** REST events have `null` for an empty map. */
export const orNull = <Value extends object>(map: Value): Value | null =>
  Object.keys(map).length === 0 ? null : map;
