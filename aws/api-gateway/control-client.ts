/**
 * How to reach the control plane; what is absent comes from AWS's own environment and
 * configuration.
 */
export interface ControlAccess {
  readonly region?: string;
  /** A profile of the AWS configuration files, for credentials and, without `region`, the Region */
  readonly profile?: string;
}

/** Settings of an SDK client whose calls go through a Pace, which also retries. */
export const controlClientConfig = ({ region, profile }: ControlAccess) => ({
  ...(region !== undefined && { region }),
  ...(profile !== undefined && { profile }),
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 5000, requestTimeout: 30_000, throwOnRequestTimeout: true },
});
