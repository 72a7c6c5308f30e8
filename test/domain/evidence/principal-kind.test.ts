import { principalKind } from "../../../domain/evidence/principal-kind.ts";

test.each([
  ["job", ["{client}"], "job", "service"],
  ["job", ["{client}"], "other", "user"],
  ["job", ["{client}"], undefined, "user"],
  [undefined, ["{client}"], undefined, "user"],
  ["undefined", ["{client}"], undefined, "user"],
  ["$&", ["{client}"], "$&", "service"],
  ["app", ["app", "daemon"], undefined, "service"],
  ["APP", ["app"], undefined, "user"],
  [true, [true], undefined, "service"],
  ["true", [true], undefined, "user"],
  [["app"], ["app"], undefined, "user"],
] as const)("%j with the sign %j and the client %j is a %s", (said, values, client, kind) => {
  expect(principalKind(said, values, client)).toBe(kind);
});
