import { type FactorDefinition, isHeld } from "../factor.ts";
import { memory, POINTS } from "../factor-setting.ts";
import { span } from "../span.ts";
import {
  addAccess,
  forgetStays,
  ITINERARY_LAYOUT,
  type Itinerary,
  newestTravel,
  type TravelRules,
} from "../stays.ts";

export interface Rules extends TravelRules {
  readonly points: number;
}

/** Two accesses too far apart for the time between them. */
export const impossibleTravel: FactorDefinition<"impossibleTravel", Rules, Itinerary> = {
  name: "impossibleTravel",
  key: "travel",
  label: "impossible travel",
  colour: { light: "#3b6fb5", dark: "#6a9de0" },
  techniques: ["T1078.004", "T1550.001"],
  findingType: "TTPs/Initial Access",
  defaults: { points: 30, kilometresPerHour: 1000, memory: 24 * 3600 },
  settings: {
    points: POINTS,
    kilometresPerHour: {
      kind: "whole",
      from: 1,
      to: 100_000,
      describes: "The fastest possible travel, in kilometres per hour.",
    },
    memory: memory("Seconds for which an access is compared with later ones."),
  },
  layout: ITINERARY_LAYOUT,
  describe: (rules) => ({
    points: String(rules.points),
    access: `farther from the previous access than ${rules.kilometresPerHour} km/h allows in the time between them, if the previous access is at most ${span(rules.memory)} old`,
  }),
  mostPoints: (rules) => rules.points,
  record: (part, access, { rules, hold, newest }) => {
    const known = part ?? { stays: [] };
    const added =
      access.place === undefined ? known : addAccess(known, access.place, access.at, access.event, rules);
    const kept = forgetStays(added, newest - rules.memory - hold);
    return kept.stays.length === 0 && kept.settled === undefined ? undefined : kept;
  },
  points: (itinerary, rules, held) => (isHeld(newestTravel(itinerary, rules)?.at, held) ? rules.points : 0),
  cause: (itinerary, rules) => {
    const travel = itinerary && newestTravel(itinerary, rules);
    if (travel === undefined) {
      return { says: "two accesses too far apart for the time between them", events: [] };
    }
    return {
      says: `two accesses ${travel.kilometres} km apart within ${span(travel.seconds)}`,
      at: travel.at,
      events: [travel.from, travel.to],
    };
  },
};
