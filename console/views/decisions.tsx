import type { DecisionMessage } from "../message.ts";
import type { DecisionFilter } from "../state.ts";
import { clock } from "./clock.ts";
import { Verdict } from "./verdict.tsx";

const FILTERS: readonly (readonly [DecisionFilter, string])[] = [
  ["all", "All"],
  ["allow", "Allowed"],
  ["step-up", "Challenged"],
  ["deny", "Denied"],
];

export interface DecisionsProps {
  /** Newest first */
  readonly decisions: readonly DecisionMessage[];
  /** @default "all" */
  readonly show?: DecisionFilter;
  /** Absent: the reader cannot choose, as in a report */
  readonly onShow?: (show: DecisionFilter) => void;
}

export function Decisions({ decisions, show = "all", onShow }: DecisionsProps) {
  const shown = show === "all" ? decisions : decisions.filter(({ outcome }) => outcome === show);
  return (
    <section aria-labelledby="decisions-title" class="wide">
      <div class="bar">
        <h2 id="decisions-title">
          Decisions <span class="count">{decisions.length}</span>
        </h2>
        {onShow !== undefined && (
          // biome-ignore lint/a11y/useSemanticElements: buttons that filter are no fields of a form
          <div role="group" aria-label="Show decisions" class="filters">
            {FILTERS.map(([value, label]) => (
              <button type="button" key={value} aria-pressed={show === value} onClick={() => onShow(value)}>
                {label}
              </button>
            ))}
          </div>
        )}
      </div>
      {shown.length === 0 ? (
        <p class="quiet">
          {decisions.length === 0
            ? "None yet. Every request appears here, including those without a token."
            : "No decision has this outcome."}
        </p>
      ) : (
        <Table decisions={shown} />
      )}
    </section>
  );
}

function Table({ decisions }: { readonly decisions: readonly DecisionMessage[] }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section has the look of a panel here
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div class="scroll" role="region" aria-labelledby="decisions-title" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Who</th>
            <th scope="col">Request</th>
            <th scope="col">Decision</th>
            <th scope="col">Why</th>
            <th scope="col">From</th>
            <th scope="col" class="number">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {decisions.map((decision) => (
            <Row key={decision.id} decision={decision} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ decision }: { readonly decision: DecisionMessage }) {
  const { at, user, api, method, path, outcome, enforced, reasons, latency, place, address, agent } =
    decision;
  const { id, score = 0, deviceTrust } = decision;
  return (
    <tr id={`decision-${id}`} class={outcome}>
      <td class="when">{clock(at)}</td>
      <td class="who">
        {user}
        {score > 0 && <small>risk {score}</small>}
        {deviceTrust !== undefined && <small>device {deviceTrust}</small>}
      </td>
      <td class="what">
        <code>
          {method} {path}
        </code>
        <small>{api}</small>
      </td>
      <td>
        <Verdict outcome={outcome} enforced={enforced} />
      </td>
      <td class="why">
        {reasons.map(({ code, says }) => (
          <span key={code}>
            {says}
            <small>
              <code>{code}</code>
            </small>
          </span>
        ))}
      </td>
      <td class="from" title={agent}>
        {place}
        <small>{address}</small>
      </td>
      <td class="number">{latency} ms</td>
    </tr>
  );
}
