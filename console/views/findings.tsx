import type { FindingMessage } from "../message.ts";
import { clock } from "./clock.ts";

export interface FindingsProps {
  /** Newest first */
  readonly findings: readonly FindingMessage[];
  /** The score above which there is a finding; absent while it is not known */
  readonly threshold?: number | undefined;
}

export function Findings({ findings, threshold }: FindingsProps) {
  return (
    <section aria-labelledby="findings-title">
      <h2 id="findings-title">
        Findings in Security Hub <span class="count">{findings.length}</span>
      </h2>
      {findings.length === 0 ? (
        <p class="quiet">None.{threshold !== undefined && ` A score above ${threshold} raises a finding.`}</p>
      ) : (
        <ul class="findings">
          {findings.map((finding) => (
            <Finding key={finding.id} finding={finding} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Finding({ finding }: { readonly finding: FindingMessage }) {
  const { severity, user, at, title, description, remediation, decisions, techniques } = finding;
  return (
    <li class={`finding ${severity.toLowerCase()}`}>
      <div class="bar">
        <span class="severity">{severity}</span>
        <span class="quiet">
          {user} · {clock(at)}
        </span>
      </div>
      <h3>{title}</h3>
      <p>{description}</p>
      {remediation !== "" && (
        <p>
          <strong>What to do:</strong> {remediation}
        </p>
      )}
      <details>
        <summary>
          Evidence: {decisions.length} {decisions.length === 1 ? "decision" : "decisions"}
        </summary>
        <ul class="evidence">
          {decisions.map((id) => (
            <li key={id}>
              <a href={`#decision-${id}`}>
                <code>{id}</code>
              </a>
            </li>
          ))}
        </ul>
        {techniques.length > 0 && <p class="quiet">MITRE ATT&CK: {techniques.join(", ")}</p>}
      </details>
    </li>
  );
}
