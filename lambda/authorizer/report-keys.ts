import { METRIC } from "../../contract/metrics.ts";
import type { IssuerKeysOptions } from "../../verification/keys/key-sets.ts";
import type { IntrospectionOptions } from "../../verification/token/introspection.ts";
import type { Telemetry } from "../telemetry.ts";
import { messageOf } from "./report.ts";

/**
 * Reports failures of issuers and changes of their keys: metrics without further dimensions, by
 * which alarms find them, and a line for people.
 */
export function reportKeys({ logger, measure }: Telemetry): Required<
  Pick<IssuerKeysOptions, "onFailure" | "onStaleUse" | "onLeftOut" | "onKeyLost">
> & {
  readonly onIntrospectionFailure: IntrospectionOptions["onFailure"];
  readonly onIntrospectionLimited: IntrospectionOptions["onLimited"];
} {
  return {
    onFailure: (issuer, error, expected) => {
      // Anyone can ask for the keys of a name that never had any, so it must not raise an alarm.
      if (expected)
        return logger.warn("the issuer publishes no keys under this name, and does not have to", {
          issuer,
          error: messageOf(error),
        });
      measure({ name: METRIC.keySetFailures, value: 1, unit: "Count" });
      logger.error("keys could not be fetched", { issuer, error: messageOf(error) });
    },
    onLeftOut: (issuer, leftOut) => logger.warn("keys of the issuer cannot be used", { issuer, leftOut }),
    onKeyLost: (issuer, kid) => {
      measure({ name: METRIC.keysLost, value: 1, unit: "Count" });
      logger.warn("a key that verified tokens is gone from the issuer's key set", { issuer, kid });
    },
    onIntrospectionFailure: (issuer, error, kind) => {
      measure({ name: METRIC.introspectionFailures, value: 1, unit: "Count" });
      if (kind === "client-refused") {
        measure({ name: METRIC.introspectionClientRefusals, value: 1, unit: "Count" });
        logger.error(
          "the issuer refuses our client: check introspection.clientId, its secret and what it may do",
          {
            issuer,
            error: messageOf(error),
          },
        );
      } else logger.error("the issuer did not say if a token is active", { issuer, error: messageOf(error) });
    },
    // A line for each token of a flood would drown all others.
    onIntrospectionLimited: () => measure({ name: METRIC.introspectionLimited, value: 1, unit: "Count" }),
    // The log has the failures that led here; a line for each use would drown them.
    onStaleUse: () => measure({ name: METRIC.staleKeys, value: 1, unit: "Count" }),
  };
}
