import type { FactorLegend, RiskMessage, ScoreMark } from "../message.ts";

export interface RisksProps {
  /** Highest score first */
  readonly risks: readonly RiskMessage[];
  readonly factors: readonly FactorLegend[];
  /** Marks on the bars, lowest first */
  readonly marks: readonly ScoreMark[];
}

export function Risks({ risks, factors, marks }: RisksProps) {
  const held = risks.filter(({ score }) => score > 0);
  const free = risks.filter(({ score }) => score === 0).map(({ user }) => user);
  return (
    <section aria-labelledby="risk-title">
      <h2 id="risk-title">Risk per user</h2>
      <ul class="legend" aria-label="Colours of the risk factors">
        {factors.map(({ name, label, says }) => (
          <li key={name} title={says}>
            <span class={`swatch ${name}`} aria-hidden="true" />
            {label}
          </li>
        ))}
      </ul>
      <ul class="risks">
        {held.map((risk) => (
          <UserRisk key={risk.key} risk={risk} marks={marks} />
        ))}
      </ul>
      {free.length > 0 && <p class="quiet">Score 0: {free.join(", ")}.</p>}
      {risks.length === 0 && <p class="quiet">No user has a score yet.</p>}
      {marks.length > 0 && (
        <p class="quiet">{marks.map(({ at, means }) => `Above ${at}: ${means}.`).join(" ")}</p>
      )}
    </section>
  );
}

function UserRisk({ risk, marks }: { readonly risk: RiskMessage; readonly marks: readonly ScoreMark[] }) {
  const parts = stacked(risk.factors);
  const words = parts.map(({ label, points }) => `${label} ${points}`).join(", ") || "no factor";
  const level = marks.filter(({ at }) => risk.score > at).length;
  return (
    <li>
      <div class="bar">
        <strong>{risk.user}</strong>
        <span class={`score level-${level}`}>{risk.score}</span>
      </div>
      <svg
        viewBox="0 0 100 9"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${risk.score} of 100: ${words}`}
      >
        <rect class="track" x="0" y="1" width="100" height="7" />
        {parts.map(({ name, from, points }) => (
          <rect key={name} class={name} x={from} y="1" width={points} height="7" />
        ))}
        {marks.map(({ at }) => (
          <line key={at} class="mark" x1={at} x2={at} y1="0" y2="9" />
        ))}
      </svg>
      <div class="marks" aria-hidden="true">
        {marks.map(({ at }) => (
          <span key={at} style={{ left: `${at}%` }}>
            {at}
          </span>
        ))}
      </div>
      <p class="factors">{words}</p>
    </li>
  );
}

/** The factors that have points, with the place on the bar where each begins. */
function stacked(factors: RiskMessage["factors"]) {
  let end = 0;
  return factors
    .filter(({ points }) => points > 0)
    .map((factor) => {
      const from = end;
      end += factor.points;
      return { ...factor, from };
    });
}
