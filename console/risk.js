import { html } from "./html.js";
import { FACTORS, stacked } from "./state.js";

export function Risks({ state }) {
  const marks = state.about?.thresholds ?? [];
  const held = state.risks.filter(({ score }) => score > 0);
  const free = state.risks.filter(({ score }) => score === 0);
  return html`
    <section aria-labelledby="risk-title">
      <h2 id="risk-title">Risk per user</h2>
      <ul class="legend" aria-label="Colours of the five factors">
        ${FACTORS.map(
          ([name, label]) =>
            html`<li key=${name}><span class=${`swatch ${name}`} aria-hidden="true"></span>${label}</li>`,
        )}
      </ul>
      <ul class="risks">
        ${held.map((risk) => html`<${UserRisk} key=${risk.key} risk=${risk} marks=${marks} />`)}
      </ul>
      <p class="quiet">
        ${
          free.length > 0
            ? `Nothing is held against ${free.map(({ user }) => user).join(", ")}.`
            : held.length === 0 && "Nothing is held against anyone yet."
        }
      </p>
      ${
        marks.length > 0 &&
        html`<p class="quiet">${marks.map(({ at, means }) => `Above ${at}: ${means}.`).join(" ")}</p>`
      }
    </section>
  `;
}

function UserRisk({ risk, marks }) {
  const told = risk.factors.filter(({ points }) => points > 0);
  const words = told.map(({ label, points }) => `${label} ${points}`).join(", ") || "no factor";
  const level = marks.filter(({ at }) => risk.score > at).length;
  return html`
    <li>
      <div class="bar"><strong>${risk.user}</strong><span class=${`score level-${level}`}>${risk.score}</span></div>
      <svg viewBox="0 0 100 9" preserveAspectRatio="none" role="img" aria-label=${`${risk.score} of 100: ${words}`}>
        <rect class="track" x="0" y="1" width="100" height="7" />
        ${stacked(risk.factors).map(
          ({ name, from, points }) =>
            html`<rect key=${name} class=${name} x=${from} y="1" width=${points} height="7" />`,
        )}
        ${marks.map(({ at }) => html`<line key=${at} class="mark" x1=${at} x2=${at} y1="0" y2="9" />`)}
      </svg>
      <div class="marks" aria-hidden="true">
        ${marks.map(({ at }) => html`<span key=${at} style=${{ left: `${at}%` }}>${at}</span>`)}
      </div>
      <p class="factors">${words}</p>
    </li>
  `;
}
