import { render } from "preact-render-to-string";
import type { FindingMessage } from "../../../console/message.ts";
import { Findings } from "../../../console/views/findings.tsx";

const finding: FindingMessage = {
  kind: "finding",
  id: "f-1",
  at: 0,
  severity: "HIGH",
  title: "Risk score 85 of 100 for user mara",
  description: "Two accesses 10258 km apart.",
  user: "mara",
  remediation: "End the user's sessions.",
  techniques: ["T1078.004", "T1539"],
  decisions: ["d-1", "d-2"],
};

test("a finding is shown with its evidence, each decision linked to its row", () => {
  const html = render(<Findings findings={[finding]} threshold={50} />);
  for (const text of [
    finding.title,
    finding.description,
    "What to do:",
    "Evidence: 2 decisions",
    "T1078.004, T1539",
  ]) {
    expect(html).toContain(text);
  }
  expect([...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)).toEqual([
    "decision-d-1",
    "decision-d-2",
  ]);
  expect(html).toContain('class="finding high"');
});

test("what a finding does not have is not shown", () => {
  const html = render(
    <Findings findings={[{ ...finding, remediation: "", techniques: [], decisions: ["d-1"] }]} />,
  );
  expect(html).toContain("Evidence: 1 decision<");
  expect(html).not.toMatch(/What to do|ATT/);
});

test("without findings it says which score raises one, as far as that is known", () => {
  expect(render(<Findings findings={[]} threshold={40} />)).toContain("A score above 40 raises a finding.");
  expect(render(<Findings findings={[]} />)).not.toContain("above");
});
