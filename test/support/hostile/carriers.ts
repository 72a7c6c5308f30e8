import { http1Event, httpEvent, restEvent, tokenEvent } from "../gateway/gateway-events.ts";
import { type Attack, allMust, type HostileCase } from "./hostile-case.ts";
import { by, GOOD, token } from "./world.ts";

const FORGED = token({ claims: { sub: "root" }, sign: by("attacker") });
const header = (authorization: string) => ({ event: restEvent({ authorization }) });
const http2 = (authorization: string) => ({ event: httpEvent({ authorization }) });
const several = (multiValueHeaders: unknown, headers: object = {}): Attack => ({
  event: { ...restEvent(), headers, multiValueHeaders },
});
const only = (headers: Readonly<Record<string, string>>) => ({ event: restEvent({ headers }) });
const withArn = (methodArn: string) => ({
  event: { ...restEvent({ authorization: `Bearer ${GOOD}` }), methodArn },
});
const ARN = "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5/prod/GET/api/orders";
const good = `Bearer ${GOOD}`;

/** RFC 6750 §2, RFC 9110 §5.3: one credential, in one place, of one meaning. */
export const carriers: readonly HostileCase[] = [
  ...allMust("credentials-ambiguous", {
    "two Authorization headers": () => several({ Authorization: [good, `Bearer ${FORGED}`] }),
    "the same Authorization header twice": () => several({ Authorization: [good, good] }),
    "Authorization and authorization": () =>
      several({ Authorization: [good], authorization: ["Basic eDp5"] }),
    "AUTHORIZATION and Authorization, one empty": () =>
      several({ AUTHORIZATION: [""], Authorization: [good] }),
    "two credentials joined by a comma (REST)": () => header(`${good}, Bearer ${FORGED}`),
    "two credentials joined by a comma (HTTP 2.0)": () => http2(`${good},Bearer ${FORGED}`),
    "a comma behind the token": () => http2(`${good},`),
    "a comma before the scheme": () => http2(`,${good}`),
    "Basic and Bearer joined": () => http2(`Basic eDp5, ${good}`),
    "a signature of version 4 and Bearer joined": () => http2(`AWS4-HMAC-SHA256 Signature=ab12, ${good}`),
    "two Authorization headers (HTTP 1.0)": () => ({
      event: { ...http1Event(), multiValueHeaders: { Authorization: [good, "Bearer x"] } },
    }),
    "two casings (HTTP 1.0)": () => ({
      event: { ...http1Event(), headers: { Authorization: good, authorization: good } },
    }),
  }),
  ...allMust("token-missing", {
    "no Authorization header": () => ({ event: restEvent() }),
    "an empty Authorization header": () => header(""),
    "a header of blanks": () => header("   "),
    Basic: () => header("Basic YWxpY2U6c2VjcmV0"),
    "a signature of version 4": () =>
      header(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261126/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=ab12",
      ),
    "two tokens without a scheme, joined by a comma": () => header(`${GOOD},${GOOD}`),
    "Basic with the token as its content": () => header(`Basic ${GOOD}`),
    "a scheme that begins like Bearer": () => header(`BearerX ${GOOD}`),
    "a scheme of Bearer with a colon before it": () => header(`: ${good}`),
    "a no-break space before the scheme": () => header(`\u00a0${good}`),
    "a byte order mark before the scheme": () => header(`\ufeff${good}`),
    "a scheme with a Cyrillic letter": () => header(`Веarer ${GOOD}`),
    "the token in X-Authorization": () => only({ "X-Authorization": good }),
    "the token in X-Forwarded-Authorization": () => only({ "X-Forwarded-Authorization": good }),
    "the token in Proxy-Authorization": () => only({ "Proxy-Authorization": good }),
    "the token in a cookie": () => only({ Cookie: `access_token=${GOOD}` }),
    "a header name with a blank behind it": () => only({ "Authorization ": good }),
    "a header name with an underscore before it": () => only({ _authorization: good }),
    "a header name with a dotless i": () => only({ authorızation: good }),
    "a header name with a dotted capital I": () => only({ AUTHORİZATION: good }),
    "a header whose name is __proto__": () => only({ ["__proto__"]: good }),
    "the token in the query string": () => ({
      event: { ...restEvent(), queryStringParameters: { access_token: GOOD } },
    }),
    "the token in identitySource alone (HTTP 2.0)": () => ({
      event: { ...httpEvent(), identitySource: [good] },
    }),
    "the token in authorizationToken alone (HTTP 1.0)": () => ({
      event: { ...http1Event(), authorizationToken: good },
    }),
    "a list of tokens in a TOKEN event": () => ({
      event: { ...tokenEvent(), authorizationToken: [good] },
    }),
    "headers in a TOKEN event": () => ({ event: { ...tokenEvent(), headers: { Authorization: good } } }),
    "single headers that say another thing than the multiple ones": () =>
      several({ "X-Other": ["x"] }, { Authorization: good }),
  }),
  ...allMust("token-scheme-missing", {
    "the token without a scheme": () => header(GOOD),
    "the token without a scheme, blanks around it": () => header(` \t${GOOD} `),
    "an unsigned token without a scheme": () => header(`${GOOD.split(".").slice(0, 2).join(".")}.`),
    "the token without a scheme in a TOKEN event": () => ({ event: tokenEvent({ authorization: GOOD }) }),
  }),
  ...allMust("token-malformed", {
    "Bearer without a token": () => header("Bearer"),
    "Bearer and a blank": () => header("Bearer "),
    "a tab for the blank": () => header(`Bearer\t${GOOD}`),
    "a no-break space for the blank": () => header(`Bearer\u00a0${GOOD}`),
    "an ideographic space for the blank": () => header(`Bearer\u3000${GOOD}`),
    "a colon behind the scheme": () => header(`Bearer: ${GOOD}`),
    "an equals sign behind the scheme": () => header(`Bearer=${GOOD}`),
    "the scheme twice": () => header(`Bearer ${good}`),
    "the token in quotes": () => header(`Bearer "${GOOD}"`),
    "a parameter with the token": () => header(`Bearer token=${GOOD}`),
    "a second word": () => header(`${good} x`),
    "two tokens with a blank between": () => header(`${good} ${GOOD}`),
    "a line folded into the token": () => header(`Bearer ${GOOD.slice(0, 40)}\r\n ${GOOD.slice(40)}`),
    "a NUL in the token": () => header(`Bearer ${GOOD}\u0000`),
    "a semicolon behind the token": () => header(`${good};x=1`),
    "a comma in a TOKEN event": () => ({ event: tokenEvent({ authorization: `${good},${good}` }) }),
    "a percent-encoded blank": () => header(`Bearer%20${GOOD}`),
  }),
  ...allMust("request-malformed", {
    "a header that is a number": () => several({ Authorization: 1 }),
    "a header list with null in it": () => several({ Authorization: [null, good] }),
    "a header that is an object": () => several({ Authorization: { 0: good, length: 1 } }),
    "headers that are a list": () => several(["Authorization", good]),
    "headers that are a text": () => several(good),
    "an ARN with a star": () => withArn(`${ARN}/*`),
    "an ARN with a question mark": () => withArn(`${ARN}/?`),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is IAM's variable
    "an ARN with a policy variable": () => withArn(`${ARN}/${"${aws:username}"}`),
    "an ARN of 600 characters": () => withArn(`${ARN}/${"x".repeat(600)}`),
    "an ARN of another service": () => withArn("arn:aws:s3:::bucket/prod/GET/x"),
    "another method than the ARN's": () => ({
      event: { ...restEvent({ authorization: good }), httpMethod: "DELETE" },
    }),
    "another method than the ARN's (HTTP 2.0)": () => ({
      event: { ...httpEvent({ authorization: good }), routeArn: ARN.replace("GET", "DELETE") },
    }),
    "an event of version 3.0": () => ({ event: { ...httpEvent({ authorization: good }), version: "3.0" } }),
    "a TOKEN event that says it is version 2.0": () => ({
      event: { ...tokenEvent({ authorization: good }), version: "2.0" },
    }),
    "an event that is a list": () => ({ event: [restEvent({ authorization: good })] }),
    "an event that is null": () => ({ event: null }),
  }),
  ...allMust("token-signature-invalid", {
    "a forged token beside the good one in another header": () => ({
      event: restEvent({ authorization: `Bearer ${FORGED}`, headers: { "X-Authorization": good } }),
    }),
    "single headers with the good token, multiple ones with the forged": () =>
      several({ Authorization: [`Bearer ${FORGED}`] }, { Authorization: good }),
    "the good token in authorizationToken, the forged one in the header (HTTP 1.0)": () => ({
      event: { ...http1Event({ authorization: `Bearer ${FORGED}` }), authorizationToken: good },
    }),
  }),
  ...allMust("verified", {
    "the scheme in small letters": () => header(`bearer ${GOOD}`),
    "the scheme in capital letters": () => header(`BEARER ${GOOD}`),
    "the header's name in odd capitals": () => several({ aUTHORIZATIOn: [good] }),
    "two blanks behind the scheme": () => header(`Bearer  ${GOOD}`),
    "blanks around it all": () => header(` \t${good}\t `),
  }),
];
