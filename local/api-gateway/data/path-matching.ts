/**
 * How a path matches a route's parts. Parts are literals, `{name}` for one segment, or a final
 * `{name+}` for one or more.
 */
export interface PathMatch {
  /** Compares segment by segment: 2 for a literal, 1 for a variable, 0 for a greedy one */
  readonly specificity: readonly number[];
  /** Captured segments, still percent-encoded */
  readonly captures: Readonly<Record<string, string>>;
}

/** Segments of a path without its leading slash; the root has none. */
export function segmentsOf(path: string): readonly string[] {
  return path === "/" || path === "" ? [] : path.slice(1).split("/");
}

export function matchPath(parts: readonly string[], segments: readonly string[]): PathMatch | undefined {
  const specificity: number[] = [];
  const captures: [string, string][] = [];
  for (const [i, part] of parts.entries()) {
    const segment = segments[i];
    const variable = /^\{(.+?)(\+?)\}$/.exec(part);
    if (variable === null) {
      if (segment !== part) return undefined;
      specificity.push(2);
      continue;
    }
    const name = variable[1] as string;
    if (variable[2] === "+") {
      const rest = segments.slice(i).join("/");
      if (i !== parts.length - 1 || rest === "") return undefined;
      return { specificity: [...specificity, 0], captures: Object.fromEntries([...captures, [name, rest]]) };
    }
    if (segment === undefined || segment === "") return undefined;
    captures.push([name, segment]);
    specificity.push(1);
  }
  return segments.length === parts.length
    ? { specificity, captures: Object.fromEntries(captures) }
    : undefined;
}

/** Sorts the more specific match first. */
export function bySpecificity(a: PathMatch, b: PathMatch): number {
  for (const [i, weight] of a.specificity.entries()) {
    const difference = (b.specificity[i] ?? -1) - weight;
    if (difference !== 0) return difference;
  }
  return b.specificity.length - a.specificity.length;
}

/** Decodes a path or a segment; undefined if its percent-encoding is invalid. */
export function decodePath(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
