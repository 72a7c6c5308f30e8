/** Environment variables that constructs set and functions read. Settings are JSON, see settings.ts. */
export const ENV = {
  tableName: "SALLYPORT_TABLE",
  eventBusName: "SALLYPORT_BUS",
  /** JSON of AuthorizerSettings, ScorerSettings or FindingsSettings, whichever the function needs */
  settings: "SALLYPORT_SETTINGS",
  findingsQueueUrl: "SALLYPORT_FINDINGS_QUEUE_URL",
} as const;

/** Names of the files that stand beside a function's bundle. */
export const BUNDLE_FILE = {
  /** Compiled policies: schema, texts, annotations, segments */
  policy: "policy.json",
  countryDatabase: "country.mmdb",
  cityDatabaseIpv4: "city-ipv4.mmdb",
  cityDatabaseIpv6: "city-ipv6.mmdb",
} as const;
