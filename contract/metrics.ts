/** CloudWatch metrics that functions emit (embedded metric format) and alarms watch. */
export const METRIC_NAMESPACE = "Sallyport";

/**
 * Dimensions that set a named deployment's metrics apart; none without a name. Alarms find a metric
 * only by exactly the dimensions that it was emitted with.
 */
export const deploymentDimensions = (name: string | undefined): Readonly<Record<string, string>> =>
  name === undefined ? {} : { deployment: name };

export const METRIC = {
  /** Count by `outcome` and `reason` */
  decisions: "Decisions",
  /**
   * Count by `outcome` and `reason`: decisions other than allow that were not enforced (monitor
   * mode)
   */
  monitoredDenials: "MonitoredDenials",
  /**
   * Count by `policy`: requests that a report-only policy would have forbidden; there are as many
   * values as such policies
   */
  reportOnlyForbids: "ReportOnlyForbids",
  /** Count by `reason`: tokens that were presented and refused */
  tokenFailures: "TokenFailures",
  /** Milliseconds of each stage of a decision, and of the whole */
  verifyLatency: "VerifyLatency",
  riskLatency: "RiskLatency",
  evaluateLatency: "EvaluateLatency",
  decisionLatency: "DecisionLatency",
  /** Count: fetching or using an issuer's keys failed */
  keySetFailures: "KeySetFailures",
  /** Count: keys that verified tokens and are gone from the issuer's key set, rotated or lost */
  keysLost: "KeysLost",
  /** Count: questions about opaque tokens that the issuer did not answer */
  introspectionFailures: "IntrospectionFailures",
  /** Count: those of them by which the issuer refused our client, not the token */
  introspectionClientRefusals: "IntrospectionClientRefusals",
  /**
   * Count: opaque tokens that were refused unasked, since too many questions were asked in vain or
   * at once
   */
  introspectionLimited: "IntrospectionLimited",
  /** Count: uses of keys that are past their refresh time because refreshing fails */
  staleKeys: "StaleKeys",
  /** Count: the risk table could not be read */
  riskUnavailable: "RiskUnavailable",
  /** Count: decisions for which a restriction could not be read, each a denial */
  unreadableRestrictions: "UnreadableRestrictions",
  /**
   * Count: decisions for which the risk had attributes or factors that this version does not know,
   * which changes none
   */
  unknownRiskAttributes: "UnknownRiskAttributes",
  /** Count: events that did not reach the bus; each is in the log and can be replayed */
  undeliveredEvents: "UndeliveredEvents",
  /** Count: faults that the handler turned into a denial */
  faults: "Faults",
  /** 0 to 100: each score that the scorer saved */
  riskScore: "RiskScore",
  /** Count: bus events that the scorer could not read */
  unreadableEvents: "UnreadableEvents",
  /** Count by `severity`: findings handed to the queue */
  findings: "Findings",
  /** Count: findings that Security Hub took */
  importedFindings: "ImportedFindings",
  /** Count: problems of attached APIs that are open after a check */
  driftProblems: "DriftProblems",
  /** Count: attached APIs that could not be checked for drift, or in part only */
  driftFailures: "DriftFailures",
  /** Count: findings that Security Hub refused or that met a fault, to be retried */
  refusedFindings: "RefusedFindings",
} as const;

export type MetricName = (typeof METRIC)[keyof typeof METRIC];
