import { type ClaimMapping, mergeClaims } from "../../domain/evidence/claim-mapping.ts";
import { auth0 } from "./auth0.ts";
import { cognito } from "./cognito.ts";
import { entra } from "./entra.ts";
import { keycloak } from "./keycloak.ts";
import { oidc } from "./oidc.ts";
import { okta } from "./okta.ts";
import type { IssuerProduct } from "./product.ts";

const KNOWN = { cognito, oidc, entra, okta, auth0, keycloak };

/** The configuration's `preset`. */
export type IssuerPreset = keyof typeof KNOWN;
export const ISSUER_PRESETS = Object.keys(KNOWN) as readonly IssuerPreset[];
/** Every product by its preset. */
export const PRODUCTS: Readonly<Record<IssuerPreset, IssuerProduct>> = KNOWN;

/** @throws Error for a name that is not a preset: settings of another version, or edited by hand */
export function productOf(preset: string): IssuerProduct {
  const product = Object.hasOwn(KNOWN, preset) ? KNOWN[preset as IssuerPreset] : undefined;
  if (product !== undefined) return product;
  throw new Error(`unknown preset "${preset}"; accepted: ${ISSUER_PRESETS.join(", ")}`);
}

/** A product's claim mapping with a deployment's overrides. */
export const claimsOf = (preset: string, overrides?: Partial<ClaimMapping>): ClaimMapping =>
  mergeClaims(productOf(preset).claims, overrides);
