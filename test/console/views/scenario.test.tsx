import { render } from "preact-render-to-string";
import type { StepMessage } from "../../../console/message.ts";
import { Scenario } from "../../../console/views/scenario.tsx";

const step = (index: number, chapter: string, status: StepMessage["status"], got = ""): StepMessage => ({
  kind: "step",
  index,
  chapter,
  name: `step ${index}`,
  status,
  expected: "200",
  got,
});
const chaptersIn = (html: string) =>
  [
    ...html.matchAll(
      /<details( open)? class="chapter"( open)?><summary>.*?<\/span> (\w+) <span class="quiet">([^<]+)/g,
    ),
  ].map(([, before, after, name, word]) => `${name} ${word}${before || after ? ", open" : ""}`);

test("steps are grouped by chapter, and each chapter shows its worst step", () => {
  const html = render(
    <Scenario
      steps={[
        step(0, "a", "matched"),
        step(1, "a", "waiting"),
        step(2, "b", "waiting"),
        step(3, "c", "matched"),
        step(4, "d", "running"),
        step(5, "d", "differs", "401"),
      ]}
    />,
  );
  expect(chaptersIn(html)).toEqual(["a running", "b waiting", "c as expected", "d not as expected, open"]);
});

test("the count has the finished steps, and those that differ", () => {
  const steps = [step(0, "a", "matched"), step(1, "a", "differs"), step(2, "a", "waiting")];
  expect(render(<Scenario steps={steps} />)).toContain("2 of 3, 1 differ");
  expect(render(<Scenario steps={steps.slice(0, 1)} />)).toContain(">1 of 1<");
});

test("a step that differs shows what it got; others do not", () => {
  const html = render(<Scenario steps={[step(0, "a", "matched", "200"), step(1, "a", "differs", "401")]} />);
  expect(html.match(/got <em>\w+/g)).toEqual(["got <em>401"]);
});
