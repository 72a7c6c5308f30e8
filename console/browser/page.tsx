import type { AboutMessage } from "../message.ts";
import type { DecisionFilter, PageState } from "../state.ts";
import { Decisions } from "../views/decisions.tsx";
import { Findings } from "../views/findings.tsx";
import { Risks } from "../views/risks.tsx";
import { Scenario } from "../views/scenario.tsx";
import { Verdict } from "../views/verdict.tsx";

const LINK: Readonly<Record<PageState["link"], string>> = {
  connecting: "Connecting …",
  live: "Live",
  lost: "The laptop does not answer. Trying again …",
  closed: "The laptop refused this page. Is it open in many tabs? Reload to try again.",
};

export interface PageProps {
  readonly state: PageState;
  readonly onShow: (show: DecisionFilter) => void;
}

/** The laptop's page around the views. */
export function Page({ state, onShow }: PageProps) {
  const { about, link, steps, risks, findings, decisions, show } = state;
  const marks = about?.thresholds ?? [];
  return (
    <>
      <header>
        <div class="bar">
          <h1>
            Sallyport <span class="quiet">on this laptop</span>
          </h1>
          <p class={`link ${link}`} role="status">
            {LINK[link]}
          </p>
        </div>
        {about !== undefined && <About about={about} />}
      </header>
      <main id="main">
        <div class="column">
          <Scenario steps={steps} />
        </div>
        <div class="column">
          <Risks risks={risks} factors={about?.factors ?? []} marks={marks} />
          <Findings findings={findings} threshold={marks[0]?.at} />
        </div>
        <Decisions decisions={decisions} show={show} onShow={onShow} />
        <Explanation />
      </main>
    </>
  );
}

function About({ about: { apis, issuer, timeZone } }: { readonly about: AboutMessage }) {
  return (
    <p class="about">
      {apis.map(({ name, kind, url }) => (
        <span key={url}>
          {name} ({kind.toUpperCase()}): <code>{url}</code>
        </span>
      ))}
      <span>
        OpenID provider: <code>{issuer}</code>
      </span>
      <span>
        Local time: <code>{timeZone}</code>, chosen so that it is around noon and every route is open
      </span>
    </p>
  );
}

function Explanation() {
  return (
    <section aria-labelledby="explanation-title" class="wide">
      <details>
        <summary>
          <h2 id="explanation-title">What am I looking at?</h2>
        </summary>
        <p>
          Two APIs, one REST and one HTTP, run on this machine as API Gateway would run them, from the
          template that <code>cdk synth</code> writes. Before a request reaches its back end, the authorizer
          function verifies the token, reads the user's risk and restrictions, evaluates the Cedar policies
          and returns one of three decisions:
        </p>
        <dl>
          <dt>
            <Verdict outcome="allow" />
          </dt>
          <dd>The request reaches the back end, with the caller's identity.</dd>
          <dt>
            <Verdict outcome="step-up" />
          </dt>
          <dd>The client is asked for a fresh multi-factor authentication and can then try again.</dd>
          <dt>
            <Verdict outcome="deny" />
          </dt>
          <dd>The request ends here.</dd>
        </dl>
        <p>
          Every decision becomes an event on the bus. The scorer function adds up the user's risk factors to a
          score from 0 to 100, which holds for an hour. A high score raises a finding in Security Hub and
          decides how the user's next request is treated. Dashed lines on a bar mark the scores at which
          something happens.
        </p>
      </details>
    </section>
  );
}
