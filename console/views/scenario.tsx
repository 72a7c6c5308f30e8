import type { StepMessage } from "../message.ts";

type Status = StepMessage["status"];

const STATUS: Readonly<Record<Status, { readonly mark: string; readonly word: string }>> = {
  waiting: { mark: "·", word: "waiting" },
  running: { mark: "…", word: "running" },
  matched: { mark: "✓", word: "as expected" },
  differs: { mark: "✗", word: "not as expected" },
};

/** @param props `steps` in the order in which they run */
export function Scenario({ steps }: { readonly steps: readonly StepMessage[] }) {
  const differing = steps.filter(({ status }) => status === "differs").length;
  const done = steps.filter(({ status }) => status === "matched").length + differing;
  return (
    <section aria-labelledby="scenario-title">
      <h2 id="scenario-title">
        Scenario{" "}
        <span class="count" role="status">
          {`${done} of ${steps.length}`}
          {differing > 0 && `, ${differing} differ`}
        </span>
      </h2>
      <progress max={Math.max(1, steps.length)} value={done} aria-label="Finished steps of the scenario" />
      {chapters(steps).map(([chapter, ofChapter]) => (
        <Chapter key={chapter} chapter={chapter} steps={ofChapter} />
      ))}
    </section>
  );
}

function Chapter({ chapter, steps }: { readonly chapter: string; readonly steps: readonly StepMessage[] }) {
  const status = summed(steps);
  const { mark, word } = STATUS[status];
  const isOpen = steps.some((step) => step.status === "running" || step.status === "differs");
  return (
    <details class="chapter" open={isOpen}>
      <summary>
        <span class={`tick ${status}`} aria-hidden="true">
          {mark}
        </span>{" "}
        {chapter} <span class="quiet">{word}</span>
      </summary>
      <ol>
        {steps.map((step) => (
          <Step key={step.index} step={step} />
        ))}
      </ol>
    </details>
  );
}

function Step({ step: { status, name, expected, got } }: { readonly step: StepMessage }) {
  const { mark, word } = STATUS[status];
  return (
    <li class={status}>
      <span class={`tick ${status}`} role="img" aria-label={word}>
        {mark}
      </span>
      <span>
        {name}
        <small>
          expected {expected}
          {status === "differs" && got !== "" && (
            <>
              ; got <em>{got}</em>
            </>
          )}
        </small>
      </span>
    </li>
  );
}

/** Steps by chapter, in their order. */
function chapters(steps: readonly StepMessage[]): readonly (readonly [string, readonly StepMessage[]])[] {
  const byChapter = new Map<string, StepMessage[]>();
  for (const step of steps) byChapter.set(step.chapter, [...(byChapter.get(step.chapter) ?? []), step]);
  return [...byChapter];
}

/** One status for several steps: the worst one that says something. */
function summed(steps: readonly StepMessage[]): Status {
  const has = (status: Status) => steps.some((step) => step.status === status);
  if (has("differs")) return "differs";
  if (has("running")) return "running";
  if (has("waiting")) return has("matched") ? "running" : "waiting";
  return "matched";
}
