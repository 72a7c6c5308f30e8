import type { Now } from "../../../domain/time.ts";
import type { LocalTemplate } from "../../cloudformation/template.ts";
import type { MayInvoke } from "../data/api-surroundings.ts";
import type { ApiConfigurations } from "../data/configurations.ts";
import type { InvokeFunction } from "../data/gateway-resource.ts";
import { type DomainName, domainNameReads } from "./domain-names.ts";
import { type ControlCall, createCallLog, createFaults, type Faults } from "./faults.ts";
import { openFunctionPolicies } from "./function-policies.ts";
import { httpReads } from "./http-reads.ts";
import { httpWrites } from "./http-writes.ts";
import type { Operation } from "./operation.ts";
import { restReads } from "./rest-reads.ts";
import { restStages } from "./rest-stages.ts";
import { restWrites } from "./rest-writes.ts";
import { serveControl } from "./serve-control.ts";
import { tagReads } from "./tag-reads.ts";
import { tryAuthorizer } from "./try-authorizer.ts";

/** The part of API Gateway, Lambda and STS that `sallyport attach` calls. */
export interface ControlPlane {
  /**
   * For AWS_ENDPOINT_URL_API_GATEWAY, AWS_ENDPOINT_URL_APIGATEWAYV2, AWS_ENDPOINT_URL_LAMBDA and
   * AWS_ENDPOINT_URL_STS
   */
  readonly endpoint: string;
  readonly operations: readonly Operation[];
  /** The functions' current resource policies */
  readonly mayInvoke: MayInvoke;
  /** Every call so far, in the order of the responses */
  readonly calls: () => readonly ControlCall[];
  readonly faults: Faults;
  /** Limits every page to this many items from now on */
  readonly limitPages: (most: number) => void;
  /** Adds a custom domain name, or changes it */
  readonly setDomainName: (domain: DomainName) => void;
  readonly close: () => Promise<void>;
}

export interface ControlPlaneOptions {
  readonly template: LocalTemplate;
  /** The APIs that the gateway serves */
  readonly configurations: ApiConfigurations;
  /** Used by TestInvokeAuthorizer */
  readonly invoke: InvokeFunction;
  /** @default Date.now */
  readonly now?: Now;
}

/**
 * Serves the control plane on a free port of 127.0.0.1. Calls are neither authorized nor throttled,
 * unless a fault is set. Does not serve the calls that create APIs, resources, methods and
 * integrations: the template creates them.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { template, configurations, invoke, now = Date.now } = options;
  const { region, accountId } = template;
  const limit = { most: Number.POSITIVE_INFINITY };
  const domains = new Map<string, DomainName>();
  const policies = openFunctionPolicies(template);
  const apis = { ...configurations, region, accountId };
  const operations = [
    ...restReads(apis, limit),
    ...restWrites(apis),
    ...restStages(apis, now),
    tryAuthorizer(apis, { region, accountId, invoke, mayInvoke: policies.mayInvoke, now }),
    ...httpReads(apis, limit),
    ...httpWrites(apis, now),
    ...domainNameReads(domains, limit),
    ...tagReads(configurations),
    ...policies.operations,
  ];
  const faults = createFaults();
  const log = createCallLog(now);
  const listener = await serveControl({ operations, faults, log, region, accountId });
  return {
    endpoint: listener.url,
    operations,
    mayInvoke: policies.mayInvoke,
    calls: log.calls,
    faults,
    limitPages: (most) => {
      limit.most = most;
    },
    setDomainName: (domain) => {
      domains.set(domain.name, domain);
    },
    close: listener.close,
  };
}
