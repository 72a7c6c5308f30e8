import { html } from "./html.js";
import { chapters, summed } from "./state.js";

const STATUS = {
  waiting: { mark: "·", word: "waiting" },
  running: { mark: "…", word: "running" },
  matched: { mark: "✓", word: "as expected" },
  differs: { mark: "✗", word: "not as expected" },
};

export function Scenario({ state }) {
  const done = state.steps.filter(({ status }) => status === "matched" || status === "differs").length;
  const differing = state.steps.filter(({ status }) => status === "differs").length;
  return html`
    <section aria-labelledby="scenario-title">
      <h2 id="scenario-title">
        Scenario <span class="count" role="status">${done} of ${state.steps.length}${differing > 0 && `, ${differing} differ`}</span>
      </h2>
      <progress max=${Math.max(1, state.steps.length)} value=${done} aria-label="Steps of the scenario that are over"></progress>
      ${chapters(state.steps).map(
        ([chapter, steps]) => html`
          <details key=${chapter} class="chapter" open=${steps.some(({ status }) => status === "running" || status === "differs")}>
            <summary>
              <span class=${`tick ${summed(steps)}`} aria-hidden="true">${STATUS[summed(steps)].mark}</span>
              ${chapter} <span class="quiet">${STATUS[summed(steps)].word}</span>
            </summary>
            <ol>${steps.map((step) => html`<${Step} key=${step.index} step=${step} />`)}</ol>
          </details>
        `,
      )}
    </section>
  `;
}

function Step({ step }) {
  const { mark, word } = STATUS[step.status];
  return html`
    <li class=${step.status}>
      <span class=${`tick ${step.status}`} role="img" aria-label=${word}>${mark}</span>
      <span>
        ${step.name}
        <small>expected ${step.expected}${step.got && step.status === "differs" && html`; got <em>${step.got}</em>`}</small>
      </span>
    </li>
  `;
}
