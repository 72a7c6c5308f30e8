import { z } from "zod";

/**
 * The claims that the local issuer puts into a person's token, as the `oidc` preset reads them, and
 * the token's life. `amr` lists the authentication methods (RFC 8176); `mfa` means several factors.
 * `auth_time` is epoch seconds. `ttl` is the token's life in seconds, an hour if absent.
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

/**
 * The local issuer's only client; a token with this subject is a service's, as after a client
 * credentials grant.
 */
export const CLIENT_ID = "sallyport-laptop";
