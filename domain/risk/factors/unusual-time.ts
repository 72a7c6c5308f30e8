import { type FactorDefinition, isHeld } from "../factor.ts";
import { type FactorSetting, POINTS } from "../factor-setting.ts";
import { causeOf, MOMENT_LAYOUT, type Moment, newerMoment } from "../moment.ts";

export interface Rules {
  readonly points: number;
  /** Local hours from 0 to 24; usual hours start at `from` and end before `to` */
  readonly from: number;
  readonly to: number;
}

const hour = (describes: string): FactorSetting => ({
  kind: "whole",
  from: 0,
  to: 24,
  unit: "an hour",
  describes,
});

/** An access outside the usual hours of the deployment's time zone. */
export const unusualTime: FactorDefinition<"unusualTime", Rules, Moment> = {
  name: "unusualTime",
  key: "hour",
  label: "unusual time",
  colour: { light: "#4a8f8c", dark: "#6fb8b4" },
  techniques: ["T1078"],
  findingType: "Unusual Behaviors/User",
  defaults: { points: 15, from: 6, to: 22 },
  settings: {
    points: POINTS,
    from: hour("The local hour at which usual hours begin."),
    to: hour("The local hour at which usual hours end."),
  },
  layout: MOMENT_LAYOUT,
  describe: ({ points, from, to }) => ({
    points: String(points),
    access: `before ${from}:00, or at ${to}:00 or later, in the time zone of the deployment`,
  }),
  mostPoints: ({ points }) => points,
  problems: ({ from, to }) =>
    from < to
      ? []
      : [
          {
            path: "unusualTime",
            found: { from, to },
            accepted: "a `from` that is before `to`, within one day",
          },
        ],
  record: (part, { at, event }, { rules, local: { hour } }) =>
    hour < rules.from || hour >= rules.to ? newerMoment(part, { at, event }) : part,
  points: ({ at }, { points }, held) => (isHeld(at, held) ? points : 0),
  cause: (part, { from, to }) => causeOf(`an access before ${from}:00, or at ${to}:00 or later`, part),
};
