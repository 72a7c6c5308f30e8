import { z } from "zod";

/**
 * What the local issuer says of a person in a token, in the claims that the `oidc` preset reads, and for how long.
 * `amr` tells how the person authenticated (RFC 8176); `mfa` in it stands for several factors. `auth_time` is epoch
 * seconds. `ttl` is the token's life in seconds, an hour if absent.
 */
export const personaClaims = z.strictObject({
  sub: z.string().min(1).max(255),
  roles: z.array(z.string()),
  sid: z.string().min(1),
  amr: z.array(z.string()),
  auth_time: z.int().nonnegative(),
  device_id: z.string().min(1).exactOptional(),
  device_trust_level: z.enum(["unknown", "low", "medium", "high"]).exactOptional(),
  risk_score: z.int().min(0).max(100).exactOptional(),
  scope: z.string().exactOptional(),
  ttl: z.int().min(1).max(86_400).exactOptional(),
});

export type PersonaClaims = Readonly<z.infer<typeof personaClaims>>;

/** The local issuer's one client; a token whose subject it is is a service's, as after a client credentials grant. */
export const CLIENT_ID = "sallyport-laptop";
