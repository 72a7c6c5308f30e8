import type { DecisionMessage } from "../message.ts";

type Outcome = DecisionMessage["outcome"];

const OUTCOMES: Readonly<Record<Outcome, { readonly word: string; readonly mark: string }>> = {
  allow: { word: "allowed", mark: "✓" },
  "step-up": { word: "challenged", mark: "▲" },
  deny: { word: "denied", mark: "✕" },
};

/** An outcome as a word with a mark. In monitor mode a request goes through with any outcome. */
export function Verdict({
  outcome,
  enforced = true,
}: {
  readonly outcome: Outcome;
  readonly enforced?: boolean;
}) {
  const { word, mark } = OUTCOMES[outcome];
  return (
    <span class={`verdict ${outcome}`}>
      <span aria-hidden="true">{mark}</span>{" "}
      {enforced || outcome === "allow" ? word : `${word}, not enforced`}
    </span>
  );
}
