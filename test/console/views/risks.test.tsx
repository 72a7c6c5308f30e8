import { render } from "preact-render-to-string";
import type { RiskMessage } from "../../../console/message.ts";
import { Risks } from "../../../console/views/risks.tsx";

const legend = [
  { name: "impossibleTravel", label: "impossible travel", says: "An access too far away" },
  { name: "unusualTime", label: "unusual time", says: "An access at night" },
];
const marks = [
  { at: 50, means: "a finding" },
  { at: 70, means: "a step-up" },
];
const risk = (user: string, points: Readonly<Record<string, number>>): RiskMessage => ({
  kind: "risk",
  key: user,
  user,
  score: Object.values(points).reduce((sum, one) => sum + one, 0),
  factors: Object.entries(points).map(([name, value]) => ({ name, label: `the ${name}`, points: value })),
  at: 0,
});
const barsIn = (html: string) =>
  [...html.matchAll(/<rect class="(\w+)" x="(\d+)" y="1" width="(\d+)"/g)].map(([, ...parts]) =>
    parts.join(" "),
  );

test("the factors of a user lie end to end on one bar, those of no points left out", () => {
  const html = render(
    <Risks
      risks={[risk("mara", { impossibleTravel: 30, unusualTime: 0, ofALaterVersion: 25 })]}
      factors={legend}
      marks={marks}
    />,
  );
  expect(barsIn(html)).toEqual(["track 0 100", "impossibleTravel 0 30", "ofALaterVersion 30 25"]);
  expect(html).toContain('aria-label="55 of 100: the impossibleTravel 30, the ofALaterVersion 25"');
});

test("a score's colour follows the marks that it exceeds", () => {
  const html = render(
    <Risks
      risks={[risk("a", { unusualTime: 71 }), risk("b", { unusualTime: 70 }), risk("c", { unusualTime: 50 })]}
      factors={legend}
      marks={marks}
    />,
  );
  expect(html.match(/level-\d/g)).toEqual(["level-2", "level-1", "level-0"]);
  expect(html).toContain("Above 50: a finding. Above 70: a step-up.");
});

test("users with a score of 0 are named without a bar", () => {
  const html = render(
    <Risks risks={[risk("anna", {}), risk("theo", { unusualTime: 0 })]} factors={legend} marks={marks} />,
  );
  expect(html).toContain("Score 0: anna, theo.");
  expect(barsIn(html)).toEqual([]);
});

test("the legend has every factor with its colour's class and its meaning, before any user has a score", () => {
  const html = render(<Risks risks={[]} factors={legend} marks={[]} />);
  expect(html).toContain('<li title="An access too far away"><span class="swatch impossibleTravel"');
  expect(html).toContain("No user has a score yet.");
});
