import { DEFAULT_KEY_REFRESH } from "../contract/settings.ts";
import { PRODUCTS } from "../verification/issuers/products.ts";
import { attachProblems } from "./attach-rules.ts";
import { attachSchema } from "./attach-schema.ts";
import type { ConfigurationProblem } from "./configuration-error.ts";
import { formProblems, issuerUrlOf } from "./issuer-form.ts";
import { type IssuerInput, issuerSchema } from "./issuer-schema.ts";
import { show } from "./problem.ts";
import { riskProblems } from "./risk-rules.ts";
import { riskSchema } from "./risk-schema.ts";
import { countriesSchema, geoSchema } from "./schema.ts";
import { leewayProblems } from "./segment-limits.ts";
import { segmentsSchema } from "./segment-schema.ts";

/**
 * Finds mistakes between fields. Looks only at the sections that are right by themselves, so that
 * these mistakes are reported together with those that the schema finds elsewhere.
 */
export function crossFieldProblems(raw: unknown): ConfigurationProblem[] {
  if (typeof raw !== "object" || raw === null) return [];
  const { issuers, countries, geo, risk, segments, attach } = raw as Record<string, unknown>;
  const read = (Array.isArray(issuers) ? issuers : []).map((issuer) => issuerSchema.safeParse(issuer).data);
  const readCountries = countriesSchema.safeParse(countries).data;
  const readGeo = geoSchema.safeParse(geo).data;
  const readRisk = riskSchema.safeParse(risk).data;
  const readSegments = segmentsSchema.safeParse(segments).data;
  const readAttach = attachSchema.optional().safeParse(attach).data;
  return [
    ...(readAttach === undefined ? [] : attachProblems(readAttach)),
    ...read.flatMap((issuer, index) =>
      issuer === undefined ? [] : issuerProblems(issuer, `issuers[${index}]`),
    ),
    ...duplicateIssuers(read),
    ...introspectionProblems(read),
    ...(readGeo === undefined ? [] : geoProblems(readGeo, readCountries ?? [])),
    ...(readRisk === undefined ? [] : riskProblems(readRisk)),
    ...(readSegments === undefined ? [] : leewayProblems(readSegments, read)),
  ];
}

function issuerProblems(issuer: IssuerInput, path: string): ConfigurationProblem[] {
  const { keySet } = PRODUCTS[issuer.preset];
  const problems: ConfigurationProblem[] = [];
  const demand = (field: keyof IssuerInput, ok: boolean, accepted: string) => {
    if (!ok) problems.push({ path: `${path}.${field}`, found: show(issuer[field]), accepted });
  };
  demand(
    "discovery",
    issuer.discovery === undefined || issuer.jwksUri === undefined,
    "nothing while jwksUri says where the keys are",
  );
  demand(
    "discovery",
    issuer.discovery !== false || issuer.jwksUri !== undefined || keySet !== undefined,
    `true, or nothing: without discovery the place of the keys is unknown for the preset "${issuer.preset}". Or give jwksUri`,
  );
  const keyRefresh = issuer.keyRefresh ?? DEFAULT_KEY_REFRESH;
  demand(
    "keysStaleFor",
    issuer.keysStaleFor === undefined || issuer.keysStaleFor >= keyRefresh,
    `${keyRefresh} seconds at least, which is keyRefresh`,
  );
  const named = formProblems(issuer).map(({ field, found, accepted }) => ({
    path: `${path}.${field}`,
    found: show(found),
    accepted,
  }));
  return [...problems, ...named];
}

function duplicateIssuers(issuers: readonly (IssuerInput | undefined)[]): ConfigurationProblem[] {
  const first = new Map<string, number>();
  return issuers.flatMap((issuer, index) => {
    const url = issuer && issuerUrlOf(issuer);
    if (url === undefined) return [];
    const earlier = first.get(url);
    if (earlier === undefined) first.set(url, index);
    if (earlier === undefined) return [];
    const accepted = `each issuer once; issuers[${earlier}] is the same: put all audiences there`;
    return [{ path: `issuers[${index}]`, found: show(url), accepted }];
  });
}

/**
 * An opaque token says nothing of itself; asking several issuers would show each the tokens of the
 * others.
 */
function introspectionProblems(issuers: readonly (IssuerInput | undefined)[]): ConfigurationProblem[] {
  const first = issuers.findIndex((issuer) => issuer?.introspection !== undefined);
  return issuers.flatMap((issuer, index) =>
    issuer?.introspection === undefined || index === first
      ? []
      : [
          {
            path: `issuers[${index}].introspection`,
            found: show(issuer.introspection),
            accepted: `nothing: issuers[${first}] has it, and only one may`,
          },
        ],
  );
}

function geoProblems(
  geo: ReturnType<typeof geoSchema.parse>,
  countries: readonly string[],
): ConfigurationProblem[] {
  if (geo.source === "database") return [];
  const files = (["countryDatabase", "cityDatabase"] as const)
    .filter((field) => geo[field] !== undefined)
    .map((field) => ({
      path: `geo.${field}`,
      found: show(geo[field]),
      accepted: 'nothing, since geo.source is not "database"',
    }));
  if (geo.source === "cloudfront" || countries.length === 0) return files;
  const accepted =
    'no countries while geo.source is "none": every request would come from an unknown country and be denied. Set geo.source to "database" or "cloudfront"';
  return [...files, { path: "countries", found: show(countries), accepted }];
}
