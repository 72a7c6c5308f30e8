import { AGENTS_LAYOUT, addAgent, type KnownAgent, newestAgent } from "../agents.ts";
import { type FactorDefinition, isHeld } from "../factor.ts";
import { POINTS } from "../factor-setting.ts";
import { causeOf, MOMENT_LAYOUT, type Moment, newerMoment } from "../moment.ts";

export interface Rules {
  readonly points: number;
}

export interface Agents {
  /** By first use */
  readonly agents: readonly KnownAgent[];
  /** The newest access with a new agent; only for display, since the points come from `agents` */
  readonly newest?: Moment;
}

/** A user agent that the user has not used before. */
export const anomalousBehavior: FactorDefinition<"anomalousBehavior", Rules, Agents> = {
  name: "anomalousBehavior",
  key: "browser",
  label: "new browser",
  colour: { light: "#c79a2b", dark: "#dcb552" },
  techniques: ["T1539"],
  findingType: "TTPs/Credential Access",
  defaults: { points: 10 },
  settings: { points: POINTS },
  layout: {
    kind: "record",
    fields: { agents: AGENTS_LAYOUT, newest: { kind: "optional", of: MOMENT_LAYOUT } },
  },
  describe: ({ points }) => ({
    points: String(points),
    access: "with a new user agent, if the user has used another one before",
  }),
  mostPoints: ({ points }) => points,
  record: (part, { at, event, userAgent }, { digest }) => {
    if (userAgent === undefined) return part;
    const { agents, newest: before } = part ?? { agents: [] };
    const fingerprint = digest(userAgent).slice(0, 8);
    const isNew = agents.length > 0 && !agents.some((agent) => agent.fingerprint === fingerprint);
    const newest = newerMoment(before, isNew ? { at, event } : undefined);
    return { agents: addAgent(agents, fingerprint, at), ...(newest !== undefined && { newest }) };
  },
  points: ({ agents }, { points }, held) => (isHeld(newestAgent(agents)?.first, held) ? points : 0),
  cause: (part) => causeOf("a new user agent", part?.newest),
};
