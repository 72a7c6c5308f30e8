import { Decisions, Verdict } from "./decisions.js";
import { Findings } from "./findings.js";
import { html, render } from "./html.js";
import { Risks } from "./risk.js";
import { Scenario } from "./scenario.js";
import { applyMessage, EMPTY, resetState } from "./state.js";

const LINK = {
  connecting: "Connecting …",
  live: "Live",
  lost: "The laptop does not answer. Trying again …",
  closed: "The laptop refused this page. Is it open in many tabs? Reload to try again.",
};

let state = EMPTY;
let drawing = false;

/** Draws at most once a frame, however many messages arrive. */
function update(next) {
  state = next;
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    render(html`<${Page} state=${state} />`, document.getElementById("page"));
  });
}

const choose = (show) => update({ ...state, show });

function Page({ state: { about, link }, state: all }) {
  return html`
    <header>
      <div class="bar">
        <h1>Sallyport <span class="quiet">on this laptop</span></h1>
        <p class=${`link ${link}`} role="status">${LINK[link]}</p>
      </div>
      <${About} about=${about} />
    </header>
    <main id="main">
      <div class="column"><${Scenario} state=${all} /></div>
      <div class="column"><${Risks} state=${all} /><${Findings} state=${all} /></div>
      <${Decisions} state=${all} choose=${choose} />
      <${Explanation} />
    </main>
  `;
}

function About({ about }) {
  if (about === undefined) return null;
  return html`
    <p class="about">
      ${about.apis.map(({ name, kind, url }) => html`<span key=${url}>${name} (${kind.toUpperCase()}): <code>${url}</code></span>`)}
      <span>OpenID provider: <code>${about.issuer}</code></span>
      <span>Local time: <code>${about.timeZone}</code>, chosen so that it is around noon and every route is open</span>
    </p>
  `;
}

function Explanation() {
  return html`
    <section aria-labelledby="explanation-title" class="wide">
      <details>
        <summary><h2 id="explanation-title">What am I looking at?</h2></summary>
        <p>
          Two APIs, one REST and one HTTP, stand on this machine as API Gateway would run them, from the very template that${" "}
          <code>cdk synth</code> writes. Before a request reaches its backend, the authorizer function checks the token's signature, reads
          what is held against the user, asks the Cedar policies and answers one of three things:
        </p>
        <dl>
          <dt><${Verdict} outcome="allow" /></dt>
          <dd>The backend gets the request, with who asks.</dd>
          <dt><${Verdict} outcome="step-up" /></dt>
          <dd>The client is asked for a fresh multi-factor authentication and may then try again.</dd>
          <dt><${Verdict} outcome="deny" /></dt>
          <dd>The request ends here.</dd>
        </dl>
        <p>
          Each decision becomes an event on the bus. The scorer function reads it and adds up five factors to a score from 0 to 100 that is held for an
          hour; a high score becomes a finding in Security Hub, and the user's next request is judged by it. Dashed lines on a bar mark the
          scores at which something happens.
        </p>
      </details>
    </section>
  `;
}

const events = new EventSource("/events");
events.addEventListener("open", () => update({ ...state, link: "live" }));
events.addEventListener("error", () =>
  update({ ...state, link: events.readyState === EventSource.CLOSED ? "closed" : "lost" }),
);
events.addEventListener("reset", () => update(resetState(state)));
events.addEventListener("message", ({ data }) => update(applyMessage(state, JSON.parse(data))));
update(state);
