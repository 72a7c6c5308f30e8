import fc from "fast-check";
import { observe } from "../../../domain/event/access-observation.ts";
import { accessEvent, NOW } from "../../support/domain/access-events.ts";
import { assessAll } from "../../support/domain/accesses.ts";

const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true });

/** A readable event in which one field, however deep, is replaced by anything or taken out. */
const broken = fc
  .tuple(fc.constantFrom(...pathsOf(accessEvent())), fc.option(anything, { nil: undefined }))
  .map(([path, value]) => {
    const event = structuredClone(accessEvent());
    let parent: Record<string, unknown> = event;
    for (const name of path.slice(0, -1)) parent = parent[name] as Record<string, unknown>;
    const last = path.at(-1) as string;
    if (value === undefined) delete parent[last];
    else parent[last] = value;
    return event;
  });

function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((name) => [
    [...path, name],
    ...pathsOf((value as Record<string, unknown>)[name], [...path, name]),
  ]);
}

test("reading never throws, and what is read can be assessed", () => {
  let readable = 0;
  fc.assert(
    fc.property(fc.oneof(anything, broken), (detail) => {
      const result = observe(detail, NOW);
      if (result.status !== "observed") return;
      readable += 1;
      const { risk } = assessAll([result.access, result.access]);
      expect(risk.score).toBeGreaterThanOrEqual(0);
      expect(risk.score).toBeLessThanOrEqual(100);
    }),
    { numRuns: 2000 },
  );
  expect(readable).toBeGreaterThan(200);
});
