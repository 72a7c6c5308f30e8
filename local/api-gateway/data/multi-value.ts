type Pairs = readonly (readonly [string, string])[];

/** Every name once, with the last of its values. */
export const lastValues = (pairs: Pairs): Record<string, string> => Object.fromEntries(pairs);

/** Every name once, with all of its values in order. */
export function allValues(pairs: Pairs): Record<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const values = all.get(name);
    if (values === undefined) all.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries(all);
}

/** Every name once, its values joined by commas, as HTTP APIs have them. */
export const joinedValues = (pairs: Pairs): Record<string, string> =>
  Object.fromEntries(Object.entries(allValues(pairs)).map(([name, values]) => [name, values.join(",")]));

export const lowerNames = (pairs: Pairs): Pairs => pairs.map(([name, value]) => [name.toLowerCase(), value]);

/** REST events say `null` where there is nothing. */
export const orNull = <Value extends object>(map: Value): Value | null =>
  Object.keys(map).length === 0 ? null : map;
