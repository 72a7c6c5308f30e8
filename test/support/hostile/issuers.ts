import { allMust, type HostileCase } from "./hostile-case.ts";
import { by, DOWN, HOUSE, OTHER, STRICT, token } from "./world.ts";

const iss = (value: unknown) => token({ claims: { iss: value } });

/**
 * RFC 8725 §3.8, RFC 9068 §4: the key belongs to the issuer, and the issuer is compared character
 * by character.
 */
export const issuers: readonly HostileCase[] = [
  ...allMust("issuer-unknown", {
    "an issuer of the attacker's": () => iss("https://attacker.example"),
    "no iss": () => iss(undefined),
    "iss that is null": () => iss(null),
    "iss that is empty": () => iss(""),
    "iss that is a list": () => iss([HOUSE]),
    "iss that is an object": () => iss({ url: HOUSE }),
    "iss that is a number": () => iss(1),
    "iss with a slash more": () => iss(`${HOUSE}/`),
    "iss by http": () => iss(HOUSE.replace("https", "http")),
    "iss in capital letters": () => iss("https://ISSUER.example"),
    "iss with a port": () => iss(`${HOUSE}:443`),
    "iss with a blank behind it": () => iss(`${HOUSE} `),
    "iss with a NUL behind it": () => iss(`${HOUSE}\u0000`),
    "iss with a query": () => iss(`${HOUSE}?x`),
    "iss with a fragment": () => iss(`${HOUSE}#x`),
    "iss with a path that leads back": () => iss(`${HOUSE}/x/..`),
    "iss percent-encoded": () => iss("https://issuer%2Eexample"),
    "iss with a user before the host": () => iss("https://issuer.example@attacker.example"),
    "iss with a Cyrillic letter": () => iss("https://іssuer.example"),
    "iss with a dot at the end of the host": () => iss("https://issuer.example."),
    "iss of which ours is the beginning": () => iss("https://issuer.example.attacker.example"),
    "iss __proto__": () => iss("__proto__"),
    "iss constructor": () => iss("constructor"),
    "iss of two issuers": () => iss(`${HOUSE} ${OTHER}`),
    "HS256 of an unknown issuer": () =>
      token({ header: { alg: "HS256" }, claims: { iss: "https://attacker.example" } }),
  }),
  ...allMust("token-algorithm-not-allowed", {
    "alg none of an unknown issuer": () =>
      token({ header: { alg: "none" }, claims: { iss: "https://attacker.example" } }),
    "an algorithm that only another issuer may use": () =>
      token({
        header: { alg: "ES384", kid: "p384" },
        claims: { iss: STRICT, jti: "j", client_id: "web" },
        sign: by("p384", "ES384"),
      }),
  }),
  ...allMust("token-key-unknown", {
    "one trusted issuer's token in another's name": () => token({ claims: { iss: OTHER } }),
    "the other issuer's key under its own id, in the house's name": () =>
      token({ header: { kid: "other" }, sign: by("other") }),
  }),
  ...allMust("token-signature-invalid", {
    "one issuer's key under the id of another issuer's key": () =>
      token({ header: { kid: "other" }, claims: { iss: OTHER } }),
    "another issuer's key under the id of the house's": () => token({ sign: by("other") }),
  }),
  ...allMust("identity-provider-unavailable", {
    "a token of an issuer whose keys cannot be had": () => token({ claims: { iss: DOWN } }),
  }),
  ...allMust("verified", {
    "the other issuer's own token, in its own name": () =>
      token({ header: { kid: "other" }, claims: { iss: OTHER }, sign: by("other") }),
  }),
];
