import { httpEvent, restEvent, tokenEvent } from "../gateway/gateway-events.ts";
import { allMust, type HostileCase } from "./hostile-case.ts";
import { athOf, BOUND, dpop, JKT, proof, proofKey, thumbprint, URL_OF_ORDERS } from "./possession.ts";
import { AT, by, GOOD, hmac, type Jwk, jwkOf, KEYS, nothing, token, UNBOUND } from "./world.ts";

const header = (changes: object) => dpop(proof({ header: { ...changes } }));
const claim = (changes: object) => dpop(proof({ claims: { ...changes } }));
const htu = (url: string) => claim({ htu: url });
const at = (path: string, url: string) => {
  const { event } = dpop(proof({ claims: { htu: url } })) as { event: ReturnType<typeof restEvent> };
  return {
    event: {
      ...event,
      methodArn: `arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5/prod/GET${path}`,
      path,
      requestContext: { ...event.requestContext, path: `/prod${path}` },
    },
  };
};
const BASE = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod";

/** A token of the issuer whose bound tokens are refused, so that verdicts may be cached. */
const unbound = (claims: Jwk = {}) => token({ claims: { iss: UNBOUND, ...claims } });
const refusedWithProof = () => {
  const bound = unbound({ cnf: { jkt: JKT } });
  return dpop(proof({ claims: { ath: athOf(bound) } }), `DPoP ${bound}`);
};

/** A token that is bound to a key in the very letters that a proof by it has. */
const boundTo = (jwk: Jwk, alg = "ES256", sign = by("p256", alg)) => {
  const bound = token({ claims: { cnf: { jkt: thumbprint(jwk) } } });
  return dpop(proof({ header: { alg, jwk }, claims: { ath: athOf(bound) }, sign }), `DPoP ${bound}`);
};
const ed25519 = (alg: string, members: Jwk = {}) =>
  boundTo({ ...proofKey("ed"), ...members }, alg, by("ed", "EdDSA"));
/**
 * The same key with another coordinate x: 43 letters in which the last holds two bits that mean
 * nothing.
 */
const spelled = (spell: (x: string) => string) =>
  boundTo({ ...proofKey("p256"), x: spell(String(proofKey("p256").x)) });

/** RFC 9449 §4.3, §7.1: a stolen token, a stolen proof, and proofs of other things. */
export const dpopCases: readonly HostileCase[] = [
  ...allMust("verified", {
    "a bound token with its proof": () => dpop(proof()),
    "the method's scheme in small letters": () => dpop(proof(), `dpop ${BOUND}`),
    "a proof by the key that the token names": () => spelled((x) => x),
    "a proof by an Ed25519 key": () => ed25519("EdDSA"),
    "a proof by an Ed25519 key under the algorithm's full name": () => ed25519("Ed25519"),
    "a proof as old as it may be": () => claim({ iat: AT - 90 }),
    "a proof from a clock that is ahead by the leeway": () => claim({ iat: AT + 30 }),
  }),
  ...allMust("proof-missing", {
    "a stolen bound token as Bearer": () => BOUND,
    "a stolen bound token as Bearer with its proof": () => dpop(proof(), `Bearer ${BOUND}`),
    "a bound token as DPoP without a proof": () => ({ event: restEvent({ authorization: `DPoP ${BOUND}` }) }),
    "a bound token in a TOKEN event, which carries no proof": () => ({
      event: tokenEvent({ authorization: `DPoP ${BOUND}` }),
    }),
  }),
  ...allMust("proof-invalid", {
    "two proofs, both good": () => dpop([proof(), proof({ claims: { jti: "p-2" } })]),
    "the same proof twice": () => dpop([proof(), proof()]),
    "two proofs joined by a comma": () => dpop(`${proof()},${proof()}`),
    "DPoP and dpop": () => {
      const { event } = dpop(proof()) as { event: { multiValueHeaders: object } };
      return { event: { ...event, multiValueHeaders: { ...event.multiValueHeaders, dpop: [proof()] } } };
    },
    "two proofs joined by a comma (HTTP 2.0)": () => ({
      event: httpEvent({ authorization: `DPoP ${BOUND}`, headers: { dpop: `${proof()},${proof()}` } }),
    }),
    "an empty proof": () => dpop(""),
    "a proof of 5,000 characters": () => claim({ filler: "x".repeat(4000) }),
    "a proof with a blank before it": () => dpop(` ${proof()}`),
    "the access token as its own proof": () => dpop(BOUND),
    "a proof that nothing binds to the token: an unbound token as DPoP": () => dpop(proof(), `DPoP ${GOOD}`),
    "an unbound token as Bearer beside a proof": () => dpop(proof(), `Bearer ${GOOD}`),
    "typ JWT": () => header({ typ: "JWT" }),
    "typ at+jwt": () => header({ typ: "at+jwt" }),
    "no typ": () => header({ typ: undefined }),
    "typ DPOP+JWT": () => header({ typ: "DPOP+JWT" }),
    "a proof of alg none": () => dpop(proof({ header: { alg: "none" }, sign: nothing })),
    "a proof of alg HS256 with the key's coordinate": () =>
      dpop(
        proof({
          header: { alg: "HS256" },
          sign: hmac(Buffer.from(proofKey("p256").x as string, "base64url")),
        }),
      ),
    "a proof of alg ES384 with the P-256 key": () =>
      dpop(proof({ header: { alg: "ES384" }, sign: by("p256", "ES384") })),
    "a proof of alg Ed25519 with the P-256 key": () => header({ alg: "Ed25519" }),
    "a proof of alg Ed25519 whose key states EdDSA": () => ed25519("Ed25519", { alg: "EdDSA" }),
    "a proof of alg EdDSA whose key states Ed25519": () => ed25519("EdDSA", { alg: "Ed25519" }),
    "a proof of alg ed25519": () => ed25519("ed25519"),
    "a proof without a key": () => header({ jwk: undefined }),
    "a proof with a key id for a key": () => header({ jwk: undefined, kid: "p256" }),
    "a proof with the private key in it": () =>
      header({ jwk: KEYS.p256.privateKey.export({ format: "jwk" }) }),
    "a proof with a symmetric key": () => header({ jwk: { kty: "oct", k: "AAAA" } }),
    "a proof with a key that is a text": () => header({ jwk: JSON.stringify(proofKey("p256")) }),
    "a proof by the attacker's key, in its own name": () =>
      dpop(proof({ header: { jwk: proofKey("attackerEc") }, sign: by("attackerEc", "ES256") })),
    "a proof by the attacker's key under the client's": () =>
      dpop(proof({ sign: by("attackerEc", "ES256") })),
    "the client's key in other letters: a padded coordinate": () =>
      header({ jwk: { ...proofKey("p256"), x: `${proofKey("p256").x}=` } }),
    "a key under a second thumbprint: padded": () => spelled((x) => `${x}=`),
    "a key under a second thumbprint: with something behind it": () => spelled((x) => `${x}!`),
    "a key under a second thumbprint: by a zero before it": () =>
      spelled((x) => Buffer.concat([Buffer.alloc(1), Buffer.from(x, "base64url")]).toString("base64url")),
    "a key under a second thumbprint: by bits that mean nothing": () =>
      spelled((x) => x.slice(0, -1) + String.fromCharCode(x.charCodeAt(42) + 1)),
    "a key under a second thumbprint: Ed25519": () => ed25519("EdDSA", { x: `${proofKey("ed").x}=` }),
    "the client's key for encryption": () => header({ jwk: { ...proofKey("p256"), use: "enc" } }),
    "the client's key with a critical extension": () => header({ crit: ["x"], x: 1 }),
    "a key that is published by the house, by id": () => header({ jwk: jwkOf("rsa") }),
    "a psychic signature": () => dpop(proof({ sign: () => Buffer.alloc(64) })),
    "no signature": () => dpop(proof({ sign: nothing })),
    "a signature over another proof": () =>
      dpop(
        `${proof({ claims: { jti: "p-9" } })
          .split(".")
          .slice(0, 2)
          .join(".")}.${proof().split(".")[2]}`,
      ),
    "a proof of another method": () => claim({ htm: "POST" }),
    "the method in small letters": () => claim({ htm: "get" }),
    "the method in a list": () => claim({ htm: ["GET"] }),
    "no method": () => claim({ htm: undefined }),
    "no URL": () => claim({ htu: undefined }),
    "the URL of another host": () => htu("https://attacker.example/prod/api/orders"),
    "the URL by http": () => htu(URL_OF_ORDERS.replace("https", "http")),
    "the URL of another path": () => htu(`${BASE}/api/admin`),
    "the URL without the stage": () => htu(URL_OF_ORDERS.replace("/prod", "")),
    "the URL of another stage": () => htu(URL_OF_ORDERS.replace("/prod", "/dev")),
    "the URL of another API": () => htu(URL_OF_ORDERS.replace("a1b2c3d4e5", "zzzzzzzzzz")),
    "the URL of another Region": () => htu(URL_OF_ORDERS.replace("eu-central-1", "eu-west-1")),
    "the URL with another port": () => htu(URL_OF_ORDERS.replace(".com", ".com:8443")),
    "the URL of another host with ours in its query": () =>
      htu(`https://attacker.example/prod/api/orders?${URL_OF_ORDERS}`),
    "the URL of another host with ours in its fragment": () =>
      htu(`https://attacker.example/#${URL_OF_ORDERS}`),
    "the path of another route before ours in a query": () => htu(`${BASE}/api/admin?/api/orders`),
    "the URL with a user": () => htu(URL_OF_ORDERS.replace("://", "://user@")),
    "the URL with a user that is our host": () =>
      htu("https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com@attacker.example/prod/api/orders"),
    "the URL with a backslash": () => htu(URL_OF_ORDERS.replace("/api/", "/api\\")),
    "the URL with a blank before it": () => htu(` ${URL_OF_ORDERS}`),
    "the URL with a line break in it": () => htu(URL_OF_ORDERS.replace("/api", "/\napi")),
    "the URL with a slash more at its end": () => htu(`${URL_OF_ORDERS}/`),
    "the URL with two slashes": () => htu(URL_OF_ORDERS.replace("/api", "//api")),
    "the path in capital letters": () => htu(URL_OF_ORDERS.replace("orders", "ORDERS")),
    "the path alone": () => htu("/prod/api/orders"),
    "the URL in a list": () => claim({ htu: [URL_OF_ORDERS] }),
    "a host with a Cyrillic letter": () => htu(URL_OF_ORDERS.replace("a1b2", "а1b2")),
    "a proof for a/b at a%2Fb": () => at("/api/a%2Fb", `${BASE}/api/a/b`),
    "a proof a second too old": () => claim({ iat: AT - 91 }),
    "a proof of last year": () => claim({ iat: AT - 31e6 }),
    "a proof a second too far ahead": () => claim({ iat: AT + 31 }),
    "a proof of next year, for later": () => claim({ iat: AT + 31e6 }),
    "a proof without its time": () => claim({ iat: undefined }),
    "a time that is a text": () => claim({ iat: String(AT) }),
    "a proof that has expired by its own word": () => claim({ exp: AT - 30 }),
    "a proof that does not count yet by its own word": () => claim({ nbf: AT + 31 }),
    "no token hash": () => claim({ ath: undefined }),
    "the hash of another token": () => claim({ ath: athOf(GOOD) }),
    "the hash of the token with its scheme": () => claim({ ath: athOf(`DPoP ${BOUND}`) }),
    "the hash with padding": () => claim({ ath: `${athOf(BOUND)}=` }),
    "no id": () => claim({ jti: undefined }),
    "an id that is empty": () => claim({ jti: "" }),
    "an id that is a list": () => claim({ jti: ["p-1"] }),
    "an id of 300 characters": () => claim({ jti: "p".repeat(300) }),
    "a claim twice": () =>
      dpop(
        proof({
          claims: `{"jti":"a","jti":"b","htm":"GET","htu":"${URL_OF_ORDERS}","iat":${AT},"ath":"${athOf(BOUND)}"}`,
        }),
      ),
  }),
  ...allMust("binding-not-accepted", {
    "a bound token with its proof, where none is accepted": refusedWithProof,
    "a bound token without a proof, where none is accepted": () => unbound({ cnf: { jkt: JKT } }),
    "a token bound to a certificate, where none is accepted": () =>
      unbound({ cnf: { "x5t#S256": "A".repeat(43) } }),
    "a binding that is null, where none is accepted": () => unbound({ cnf: null }),
    "a binding to nothing, where none is accepted": () => unbound({ cnf: {} }),
    "a token that says DPoP and not to which key, where none is accepted": () => unbound({ typ: "DPoP" }),
  }),
  ...allMust("verified", {
    "the URL with a query, which does not count": () => htu(`${URL_OF_ORDERS}?a=1`),
    "the URL with a fragment, which does not count": () => htu(`${URL_OF_ORDERS}#a`),
    "a token without a binding, where none is accepted": () => unbound(),
  }),
  ...allMust("token-signature-invalid", {
    "a bound token whose binding was rewritten to the attacker's key": () => {
      const [head, , signature] = BOUND.split(".");
      const body = token({ claims: { cnf: { jkt: "A".repeat(43) } } }).split(".")[1];
      return dpop(proof(), `DPoP ${head}.${body}.${signature}`);
    },
  }),
  ...allMust("credentials-ambiguous", {
    "Bearer and DPoP at once": () => {
      const { event } = dpop(proof()) as { event: { multiValueHeaders: object } };
      const both = [`DPoP ${BOUND}`, `Bearer ${GOOD}`];
      return { event: { ...event, multiValueHeaders: { ...event.multiValueHeaders, Authorization: both } } };
    },
  }),
];
