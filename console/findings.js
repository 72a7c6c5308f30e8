import { clock, html } from "./html.js";

export function Findings({ state }) {
  return html`
    <section aria-labelledby="findings-title">
      <h2 id="findings-title">Findings in Security Hub <span class="count">${state.findings.length}</span></h2>
      ${
        state.findings.length === 0
          ? html`<p class="quiet">None. A score above ${state.about?.thresholds[0]?.at ?? 50} raises one.</p>`
          : html`<ul class="findings">
              ${state.findings.map((finding) => html`<${Finding} key=${finding.id} finding=${finding} />`)}
            </ul>`
      }
    </section>
  `;
}

function Finding({ finding }) {
  return html`
    <li class=${`finding ${finding.severity.toLowerCase()}`}>
      <div class="bar">
        <span class="severity">${finding.severity}</span>
        <span class="quiet">${finding.user} · ${clock(finding.at)}</span>
      </div>
      <h3>${finding.title}</h3>
      <p>${finding.description}</p>
      ${finding.remediation && html`<p><strong>What to do:</strong> ${finding.remediation}</p>`}
      <details>
        <summary>Evidence: ${finding.decisions.length} ${finding.decisions.length === 1 ? "decision" : "decisions"}</summary>
        <ul class="evidence">
          ${finding.decisions.map((id) => html`<li key=${id}><a href=${`#decision-${id}`}><code>${id}</code></a></li>`)}
        </ul>
        ${finding.techniques.length > 0 && html`<p class="quiet">MITRE ATT&CK: ${finding.techniques.join(", ")}</p>`}
      </details>
    </li>
  `;
}
