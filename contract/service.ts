/**
 * The functions' names in logs and metrics. Powertools puts the name into every metric as the
 * dimension `service`, and alarms find a metric only with the very same dimensions.
 */
export const SERVICE = {
  authorizer: "sallyport-authorizer",
  scorer: "sallyport-scorer",
  findings: "sallyport-findings",
  drift: "sallyport-drift",
} as const;

export type ServiceName = (typeof SERVICE)[keyof typeof SERVICE];
