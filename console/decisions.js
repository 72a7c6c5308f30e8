import { clock, html } from "./html.js";
import { shownDecisions } from "./state.js";

const OUTCOMES = {
  allow: { word: "allowed", mark: "✓" },
  "step-up": { word: "challenged", mark: "▲" },
  deny: { word: "denied", mark: "✕" },
};

const FILTERS = [
  ["all", "All"],
  ["allow", "Allowed"],
  ["step-up", "Challenged"],
  ["deny", "Denied"],
];

export function Verdict({ outcome, enforced = true }) {
  const { word, mark } = OUTCOMES[outcome];
  // In monitor mode a request goes through whatever the decision.
  const counted = enforced || outcome === "allow" ? word : `${word}, not enforced`;
  return html`<span class=${`verdict ${outcome}`}><span aria-hidden="true">${mark}</span> ${counted}</span>`;
}

export function Decisions({ state, choose }) {
  const shown = shownDecisions(state);
  return html`
    <section aria-labelledby="decisions-title" class="wide">
      <div class="bar">
        <h2 id="decisions-title">Decisions <span class="count">${state.decisions.length}</span></h2>
        <div role="group" aria-label="Show decisions" class="filters">
          ${FILTERS.map(
            ([value, label]) => html`
              <button type="button" key=${value} aria-pressed=${String(state.show === value)} onClick=${() => choose(value)}>
                ${label}
              </button>
            `,
          )}
        </div>
      </div>
      ${
        shown.length === 0
          ? html`<p class="quiet">None yet. Every request to either API shows up here, also those without a token.</p>`
          : html`
              <div class="scroll" role="region" aria-labelledby="decisions-title" tabindex="0">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Time</th>
                      <th scope="col">Who</th>
                      <th scope="col">Request</th>
                      <th scope="col">Decision</th>
                      <th scope="col">Why</th>
                      <th scope="col">From</th>
                      <th scope="col" class="number">Took</th>
                    </tr>
                  </thead>
                  <tbody>${shown.map((decision) => html`<${Row} key=${decision.id} decision=${decision} />`)}</tbody>
                </table>
              </div>
            `
      }
    </section>
  `;
}

function Row({ decision }) {
  const { at, user, api, method, path, outcome, enforced, reasons, latency, place, address, agent, id } =
    decision;
  return html`
    <tr id=${`decision-${id}`} class=${outcome}>
      <td class="when">${clock(at)}</td>
      <td class="who">
        ${user}
        ${decision.score > 0 && html`<small>risk ${decision.score}</small>`}
        ${decision.deviceTrust && html`<small>device ${decision.deviceTrust}</small>`}
      </td>
      <td class="what"><code>${method} ${path}</code><small>${api}</small></td>
      <td><${Verdict} outcome=${outcome} enforced=${enforced} /></td>
      <td class="why">
        ${reasons.map(({ code, says }) => html`<span key=${code}>${says}<small><code>${code}</code></small></span>`)}
      </td>
      <td class="from" title=${agent}>${place}<small>${address}</small></td>
      <td class="number">${latency} ms</td>
    </tr>
  `;
}
