import { render } from "preact-render-to-string";
import type { DecisionMessage } from "../../../console/message.ts";
import { Decisions } from "../../../console/views/decisions.tsx";

const decision = (id: string, fields: Partial<DecisionMessage> = {}): DecisionMessage => ({
  kind: "decision",
  id,
  at: 0,
  user: `user-${id}`,
  api: "REST API",
  method: "GET",
  path: "/api/orders",
  outcome: "allow",
  enforced: true,
  reasons: [{ code: "policy-permits", says: "A policy permits the request." }],
  latency: 7,
  place: "Berlin, Germany",
  address: "192.0.2.1",
  agent: "agent",
  ...fields,
});
const decisions = [decision("a"), decision("b", { outcome: "deny" }), decision("c", { outcome: "step-up" })];
const usersIn = (html: string) => [...html.matchAll(/user-(\w)/g)].map(([, id]) => id);

test("decisions are shown with who, what, why and from where", () => {
  const html = render(<Decisions decisions={[decision("a", { score: 45, deviceTrust: "medium" })]} />);
  for (const text of [
    ...["user-a", "risk 45", "device medium", "GET /api/orders", "REST API", "✓</span> allowed"],
    ...["A policy permits the request.", "policy-permits", "Berlin, Germany", "192.0.2.1", "7 ms"],
  ]) {
    expect(html).toContain(text);
  }
});

test("only decisions with the chosen outcome are shown, and the chosen button says that it is pressed", () => {
  const html = render(<Decisions decisions={decisions} show="deny" onShow={() => undefined} />);
  expect(usersIn(html)).toEqual(["b"]);
  expect(html.match(/<button[^>]*aria-pressed="true"[^>]*>(\w+)/)?.[1]).toBe("Denied");
  expect(html.match(/aria-pressed="false"/g)).toHaveLength(3);
});

test("where the reader cannot choose, every decision is shown and there are no buttons", () => {
  const html = render(<Decisions decisions={decisions} />);
  expect(usersIn(html)).toEqual(["a", "b", "c"]);
  expect(html).not.toContain("<button");
});

test("a decision that is not enforced says so, but for an allow", () => {
  const html = render(
    <Decisions
      decisions={[decision("a", { enforced: false }), decision("b", { outcome: "deny", enforced: false })]}
    />,
  );
  expect(html.match(/(allowed|denied)[^<]*/g)).toEqual(["allowed", "denied, not enforced"]);
});

test("a list without decisions differs from one whose decisions are all hidden", () => {
  expect(render(<Decisions decisions={[]} />)).toContain("None yet.");
  expect(render(<Decisions decisions={[decision("a")]} show="deny" />)).toContain(
    "No decision has this outcome.",
  );
});

test("what a caller sent is shown as text, in content and in attributes", () => {
  const hostile = `"><img src=x onerror=alert(1)>`;
  const html = render(
    <Decisions decisions={[decision("a", { path: hostile, user: hostile, agent: hostile, id: hostile })]} />,
  );
  expect(html).not.toContain("<img");
  expect(html).toContain("&lt;img src=x onerror=alert(1)>");
});
