/** Environment variables that constructs set and functions read. */
export const ENV = {
  tableName: "SALLYPORT_TABLE",
  eventBusName: "SALLYPORT_BUS",
  /**
   * JSON as in `BUNDLE_FILE.settings`; set instead of the file where the settings are known only at
   * deployment
   */
  settings: "SALLYPORT_SETTINGS",
  /** Name of the deployment, if it has one: the metrics' dimension `deployment` */
  deployment: "SALLYPORT_DEPLOYMENT",
  findingsQueueUrl: "SALLYPORT_FINDINGS_QUEUE_URL",
} as const;

/** Names of the files beside a function's bundle. */
export const BUNDLE_FILE = {
  /** Compiled policies: schema, texts, annotations, segments */
  policy: "policy.json",
  /** JSON of DecisionDigests: what the policies and settings are known by in access events */
  digests: "digests.json",
  /** JSON of AuthorizerSettings or ScorerSettings, whichever the function needs */
  settings: "settings.json",
  countryDatabase: "country.mmdb",
  cityDatabaseIpv4: "city-ipv4.mmdb",
  cityDatabaseIpv6: "city-ipv6.mmdb",
  /**
   * PEM of the authority that issuers' certificates may be signed by, besides the public ones;
   * absent: none
   */
  extraAuthority: "extra-authority.pem",
} as const;
