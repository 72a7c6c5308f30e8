import type { AccessEvent } from "../../domain/event/access-event.ts";
import { PERSONAS } from "./persona.ts";
import type { ExpectedAnswer, RequestStep, StepResult } from "./step.ts";
import type { Answer, World } from "./world.ts";

/**
 * Sends the step's requests and describes every difference from the expectation; undefined if there
 * is none.
 */
export async function runRequest(step: RequestStep, world: World, sent: string[]): Promise<Outcome> {
  const { persona, api, method, path, token = "own", possession = "proven" } = step;
  const { from = PERSONAS[step.persona].origin, times = 1 } = step;
  const seen: string[] = [];
  const wrong: string[] = [];
  for (let nth = 0; nth < times; nth += 1) {
    const answer = await world.send({ persona, api, method, path, token, possession, from });
    sent.push(answer.requestId);
    const events = await world.eventsOf(answer.requestId);
    seen.push(wordsOf(answer.status, events[0]));
    wrong.push(...differences(step.expect, answer, events));
  }
  const got = [...new Set(seen)].join(" / ");
  return { got, matched: wrong.length === 0, differences: [...new Set(wrong)] };
}

export type Outcome = Pick<StepResult, "got" | "matched" | "differences">;

export const expectedWords = ({ status, outcome, reason }: ExpectedAnswer): string =>
  `${status} ${outcome} ${reason}`;

function wordsOf(status: number, event: AccessEvent | undefined): string {
  if (event === undefined) return `${status}, no decision seen`;
  return `${status} ${event.unmapped.sallyport.decision} ${event.status_code}`;
}

/** Every difference between a response with its event and the expectation. */
function differences(
  expected: ExpectedAnswer,
  answer: Answer,
  events: readonly AccessEvent[],
): readonly string[] {
  const [event] = events;
  const body = jsonOf(answer.text);
  const challenge = answer.headers["www-authenticate"] ?? "";
  const backend = membersOf(body.caller);
  return [
    ...unequal("status", expected.status, answer.status),
    ...unequal("events", 1, events.length),
    ...unequal("decision", expected.outcome, event?.unmapped.sallyport.decision),
    ...unequal("reason", expected.reason, event?.status_code),
    ...Object.entries(expected.body ?? {}).flatMap(([name, value]) =>
      unequal(`body.${name}`, value, body[name]),
    ),
    ...Object.entries(expected.backendGets ?? {}).flatMap(([name, value]) =>
      unequal(`the backend's ${name}`, value, backend[name]),
    ),
    ...(expected.challenge ?? [])
      .filter((part) => !challenge.includes(part))
      .map((part) => `WWW-Authenticate lacks ${part}`),
  ];
}

function unequal(what: string, expected: unknown, got: unknown): readonly string[] {
  return expected === got
    ? []
    : [`${what} is ${JSON.stringify(got) ?? "absent"}, not ${JSON.stringify(expected)}`];
}

type Json = Readonly<Record<string, unknown>>;

function jsonOf(text: string): Json {
  try {
    return membersOf(JSON.parse(text));
  } catch {
    return {};
  }
}

const membersOf = (value: unknown): Json =>
  typeof value === "object" && value !== null ? (value as Json) : {};
