import type { ServiceSign } from "./claim-mapping.ts";

/** Who acts: somebody, or a program for itself. */
export type PrincipalKind = "user" | "service";

const CLIENT = "{client}";

/**
 * Tells the token of a client credentials grant, which names no user, by what the issuer's sign of
 * one says.
 *
 * Pure. A sign that is not there, or of another type, makes no service: the token then counts as a
 * user's, of whom sensitive routes ask for several factors, which no such token has.
 *
 * @param said what the sign's claim holds
 * @see RFC 6749 §4.4, RFC 9068 §2.2 (`sub` of a grant without a resource owner) and §5
 */
export function principalKind(
  said: unknown,
  values: ServiceSign["values"],
  clientId: string | undefined,
): PrincipalKind {
  const meant = values.some((value) => {
    if (typeof value !== "string" || !value.includes(CLIENT)) return said === value;
    return clientId !== undefined && said === value.replaceAll(CLIENT, () => clientId);
  });
  return meant ? "service" : "user";
}
