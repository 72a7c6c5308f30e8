import { everyReadingOf, foldCase } from "../../decision/path-reading.ts";
import { type FactorDefinition, isHeld } from "../factor.ts";
import { POINTS } from "../factor-setting.ts";
import { causeOf, MOMENT_LAYOUT, type Moment, newerMoment } from "../moment.ts";

export interface Rules {
  readonly points: number;
  readonly prefixes: readonly string[];
}

/** An access to a path that is configured as sensitive data. */
export const sensitiveDataAccess: FactorDefinition<"sensitiveDataAccess", Rules, Moment> = {
  name: "sensitiveDataAccess",
  key: "data",
  label: "sensitive data",
  colour: { light: "#8557b0", dark: "#b08ad6" },
  techniques: ["T1213"],
  findingType: "TTPs/Collection",
  defaults: { points: 20, prefixes: ["/api/admin", "/api/billing", "/api/export", "/api/users/bulk"] },
  settings: {
    points: POINTS,
    prefixes: {
      kind: "path-prefixes",
      describes: "Prefixes of paths to sensitive data. They replace the default prefixes.",
    },
  },
  layout: MOMENT_LAYOUT,
  describe: ({ points, prefixes }) => ({
    points: String(points),
    access: `to a path that begins with ${prefixes.map((prefix) => `\`${prefix}\``).join(", ")}`,
  }),
  mostPoints: ({ points }) => points,
  record: (part, { at, event, path }, { rules }) =>
    isSensitive(path, rules) ? newerMoment(part, { at, event }) : part,
  points: ({ at }, { points }, held) => (isHeld(at, held) ? points : 0),
  cause: (part) => causeOf("access to sensitive data", part),
};

/**
 * Tests every way in which a server may read the path, so that `/API//%61dmin` counts as
 * `/api/admin`.
 */
function isSensitive(path: string, { prefixes }: Rules): boolean {
  const readings = (everyReadingOf(path) ?? [path]).map(foldCase);
  return prefixes.some((prefix) => readings.some((reading) => reading.startsWith(foldCase(prefix))));
}
