import { allMust, type HostileCase } from "./hostile-case.ts";
import { AT, jwkOf, POOL, REALM, STRICT, token } from "./world.ts";

const typed = (typ: unknown) => token({ header: { typ } });
const claims = (more: object, typ: string | undefined = "JWT") =>
  token({ header: { typ }, claims: { ...more } });
const strict = (more: object = {}, header: object = {}) =>
  token({ header: { ...header }, claims: { iss: STRICT, jti: "j-1", client_id: "web", ...more } });
const pool = (more: object = {}, header: object = { typ: undefined }) =>
  token({
    header: { ...header },
    claims: {
      iss: POOL,
      aud: undefined,
      jti: "j-1",
      client_id: "client-1",
      token_use: "access",
      auth_time: AT - 60,
      ...more,
    },
  });
/** As Keycloak makes them: the header says JWT, a claim says of which kind the token is. */
const realm = (typ: unknown, more: object = {}, type = "JWT") =>
  token({ header: { typ: type }, claims: { iss: REALM, azp: "web", sid: "s-1", typ, ...more } });
const nonce = "n-0S6_WzA2Mj";
const thumbprint = "A".repeat(43);
const bound = (cnf: unknown) => token({ claims: { cnf } });

/**
 * RFC 8725 §3.11, §3.12: a token of one kind never counts as another; bindings that are not
 * understood never count.
 */
export const kinds: readonly HostileCase[] = [
  ...allMust("token-use-mismatch", {
    "a DPoP proof by its type": () => typed("dpop+jwt"),
    "a logout token by its type": () => typed("logout+jwt"),
    "a security event token by its type": () => typed("secevent+jwt"),
    "an introspection answer by its type": () => typed("token-introspection+jwt"),
    "an authorization request by its type": () => typed("oauth-authz-req+jwt"),
    "a client assertion by its type": () => typed("client-authentication+jwt"),
    "a key binding by its type": () => typed("kb+jwt"),
    "a verifiable credential by its type": () => typed("vc+sd-jwt"),
    "a JWK set by its type": () => typed("jwk-set+jwt"),
    "a type that is empty": () => typed(""),
    "a type with a blank behind it": () => typed("at+jwt "),
    "a type with a parameter": () => typed("at+jwt; x=1"),
    "a type of two": () => typed("at+jwt,dpop+jwt"),
    "a type JOSE": () => typed("JOSE"),
    "a DPoP proof by its claims": () => claims({ htm: "GET", htu: "https://api.example/" }),
    "a DPoP proof by its ath alone": () => claims({ ath: thumbprint }),
    "a logout token by its events": () =>
      claims({ events: { "http://schemas.openid.net/event/backchannel-logout": {} } }),
    "a security event token by its toe": () => claims({ toe: AT }),
    "an introspection answer by its claim": () => claims({ token_introspection: { active: true } }),
    "an ID token by its nonce": () => claims({ nonce: "n-0S6_WzA2Mj" }),
    "an ID token by its at_hash": () => claims({ at_hash: "MTIzNDU2Nzg5MDEyMzQ1Ng" }),
    "an ID token by its c_hash": () => claims({ c_hash: "LDktKdoQak3Pk0cnXxCltA" }),
    "an ID token that calls itself an access token": () => claims({ nonce: "n" }, "at+jwt"),
    "an ID token of Keycloak": () => realm("ID"),
    "an ID token of Keycloak with its nonce": () => realm("ID", { nonce }),
    "an ID token of Keycloak in the type of an access token": () => realm("ID", { nonce }, "at+jwt"),
    "an ID token of Keycloak's by its hash, under the word for access tokens": () =>
      realm("Bearer", { nonce, at_hash: "MTIzNDU2Nzg5MDEyMzQ1Ng" }),
    "a token of Keycloak's with a nonce and no word for its kind": () => realm(undefined, { nonce }),
    "a refresh token of Keycloak": () => realm("Refresh", { nonce }),
    "a refresh token of Keycloak without a nonce": () => realm("Refresh"),
    "an offline token of Keycloak": () => realm("Offline"),
    "a logout token of Keycloak by its word": () => realm("Logout"),
    "a session cookie of Keycloak": () => realm("Serialized-ID"),
    "a registration token of Keycloak": () => realm("RegistrationAccessToken"),
    "Keycloak's word in other letters": () => realm("bearer", { nonce }),
    "Keycloak's word with a blank behind it": () => realm("Bearer ", { nonce }),
    "Keycloak's word in a list": () => realm(["Bearer"], { nonce }),
    "Keycloak's word that is null": () => realm(null, { nonce }),
    "Keycloak's word that is an object": () => realm({ Bearer: true }),
    "an ID token of Keycloak, configured as any provider": () => claims({ typ: "ID" }),
    "a refresh token of Keycloak, configured as any provider": () => claims({ typ: "Refresh" }),
    "an offline token of an old Keycloak, configured as any provider": () => claims({ typ: "OFFLINE" }),
    "a nonce beside Keycloak's word, of a provider that is none": () => claims({ typ: "Bearer", nonce }),
    "no type, where RFC 9068 is promised": () => strict({}, { typ: undefined }),
    "a type JWT, where RFC 9068 is promised": () => strict({}, { typ: "JWT" }),
    "an ID token of a Cognito pool": () => pool({ token_use: "id", aud: "client-1" }),
    "a refresh token's use": () => pool({ token_use: "refresh" }),
    "a use of Access with a capital letter": () => pool({ token_use: "Access" }),
    "a Cognito token that is a logout token": () => pool({ events: {} }),
  }),
  ...allMust("token-malformed", {
    "a type that is a list": () => typed(["at+jwt"]),
    "a type that is a number": () => typed(1),
    "a type that is null": () => typed(null),
    "a type that is an object": () => typed({}),
  }),
  ...allMust("token-claims-invalid", {
    "no jti, where RFC 9068 is promised": () => strict({ jti: undefined }),
    "no client_id, where RFC 9068 is promised": () => strict({ client_id: undefined }),
    "no use in a Cognito token": () => pool({ token_use: undefined }),
    "no jti in a Cognito token": () => pool({ jti: undefined }),
    "a Cognito use that is a list": () => pool({ token_use: ["access", "id"] }),
    "a Cognito client that is a list": () => pool({ client_id: ["client-1"] }),
  }),
  ...allMust("audience-mismatch", {
    "a Cognito access token of another client": () => pool({ client_id: "client-2" }),
    "a Cognito access token without a client": () => pool({ client_id: undefined }),
    "a Cognito access token of another client with our client as aud": () =>
      pool({ client_id: "client-2", aud: "client-1" }),
  }),
  ...allMust("binding-not-supported", {
    "a binding that is null": () => bound(null),
    "a binding that is a text": () => bound(thumbprint),
    "a binding that is a list": () => bound([{ jkt: thumbprint }]),
    "a binding to nothing": () => bound({}),
    "a binding to a whole key": () => bound({ jwk: jwkOf("attackerEc") }),
    "a binding to a key id": () => bound({ kid: "k" }),
    "a binding by SHA-1 of a certificate": () => bound({ x5t: thumbprint }),
    "a thumbprint a letter too short": () => bound({ jkt: thumbprint.slice(1) }),
    "a thumbprint with padding": () => bound({ jkt: `${thumbprint}=` }),
    "a thumbprint that is a list": () => bound({ jkt: [thumbprint] }),
    "a thumbprint that is null": () => bound({ jkt: null }),
    "a thumbprint with a line break": () => bound({ jkt: `${thumbprint}\n` }),
    "a certificate's thumbprint in hex": () => bound({ "x5t#S256": "ab".repeat(32) }),
    "an access token of Keycloak that is bound by DPoP in name only": () => realm("DPoP", { nonce }),
    "a token that says DPoP and is bound to a certificate alone": () =>
      claims({ token_type: "dpop", cnf: { "x5t#S256": thumbprint } }),
    "a binding inside __proto__ alone": () =>
      token({
        claims: `{"iss":"https://issuer.example","aud":"https://api.example","sub":"alice","iat":${AT},"exp":${AT + 9},"cnf":{"__proto__":{"jkt":"${thumbprint}"}}}`,
      }),
    "a binding that is not understood, beside a bad one": () => bound({ jkt: "short", "future#1": "x" }),
  }),
  ...allMust("proof-missing", {
    "a good binding beside one that is not understood, as Bearer": () =>
      bound({ jkt: thumbprint, "future#1": "x" }),
    "Keycloak's binding with its private member, as Bearer": () =>
      realm("DPoP", { nonce, cnf: { jkt: thumbprint, "kc-jkt-type": "DPoP" } }),
    "a binding beside __proto__, as Bearer": () =>
      token({
        claims: `{"iss":"https://issuer.example","aud":"https://api.example","sub":"alice","iat":${AT},"exp":${AT + 9},"cnf":{"jkt":"${thumbprint}","__proto__":{}}}`,
      }),
    "an access token of Keycloak that is bound by DPoP, as Bearer": () =>
      realm("DPoP", { nonce, cnf: { jkt: thumbprint } }),
  }),
  ...allMust("verified", {
    "the type in capital letters": () => typed("AT+JWT"),
    "the type with its prefix": () => typed("application/at+jwt"),
    "an access token of Keycloak": () => realm("Bearer"),
    "an access token of a Keycloak before 25, with a nonce": () => realm("Bearer", { nonce }),
    "an access token of Keycloak by its type": () => realm("Bearer", { nonce }, "at+jwt"),
    "a claim typ that is a provider's own": () => claims({ typ: "employee" }),
    "a token that keeps RFC 9068's promise": () => strict(),
    "an access token of a Cognito pool": () => pool(),
  }),
];
