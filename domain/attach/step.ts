import type { GatewayResponseState, RouteAuthorization } from "./api-state.ts";
import type { AuthorizerSpec, DeploySpec } from "./control.ts";

/** One change to an API. Repeating a step is safe. */
export type Step =
  | {
      readonly do: "grant-invoke";
      readonly statementId: string;
      readonly sourceArn: string;
      /** Whether a statement with that id exists with another source */
      readonly replaces: boolean;
    }
  | { readonly do: "create-authorizer"; readonly spec: AuthorizerSpec }
  | { readonly do: "put-gateway-response"; readonly response: GatewayResponseState }
  | { readonly do: "test-authorizer"; readonly stage: string }
  /** `value` undefined: removes the variable */
  | { readonly do: "set-enforcement"; readonly stage: string; readonly value: string | undefined }
  /** Gives the route Sallyport's authorizer */
  | { readonly do: "guard-route"; readonly routeId: string; readonly key: string }
  /** Restores the route's earlier authorization */
  | {
      readonly do: "restore-route";
      readonly routeId: string;
      readonly key: string;
      readonly to: RouteAuthorization;
    }
  | { readonly do: "remove-canary"; readonly stage: string }
  | { readonly do: "deploy"; readonly spec: DeploySpec }
  /** Sends all of the stage's traffic to the canary's deployment */
  | { readonly do: "promote"; readonly stage: string; readonly deploymentId: string }
  | { readonly do: "flush-cache"; readonly stage: string }
  | { readonly do: "delete-gateway-response"; readonly type: string }
  | { readonly do: "point-stage"; readonly stage: string; readonly deploymentId: string }
  | { readonly do: "delete-deployment"; readonly deploymentId: string }
  | { readonly do: "delete-authorizer"; readonly authorizerId: string }
  | { readonly do: "revoke-invoke"; readonly statementId: string };

/** A reason to change nothing. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** One sentence: what to do about it */
  readonly next: string;
}

/** Something that the operator should know before continuing. */
export interface Notice {
  readonly code: string;
  readonly message: string;
}

/** Names a few and counts the rest. */
export function listed(names: readonly string[], most = 5): string {
  const rest = names.length - most;
  return rest <= 0 ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${rest} more`;
}
