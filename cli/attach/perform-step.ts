import { ENFORCE_VARIABLE } from "../../contract/gateway.ts";
import type { ApiControl, InvokePermission } from "../../domain/attach/control.ts";
import { listed, type Step } from "../../domain/attach/step.ts";
import { InputError } from "../command.ts";

/** What a step is done with. */
export interface StepPorts {
  readonly control: ApiControl;
  readonly permission: InvokePermission;
  /** The stage's variables, as a trial of the authorizer is to see them */
  readonly variablesOf: (stage: string) => Readonly<Record<string, string>>;
}

/** What one run has to remember from step to step. */
export interface CreatedResources {
  authorizerId?: string;
}

/**
 * Does one step. Rejects with ControlError, or with InputError where the authorizer cannot be
 * asked.
 */
export async function performStep(step: Step, ports: StepPorts, created: CreatedResources): Promise<void> {
  const { control, permission } = ports;
  switch (step.do) {
    case "grant-invoke":
      // AddPermission changes no statement that is there.
      if (step.replaces) await permission.revoke(step.statementId);
      return permission.grant(step.statementId, step.sourceArn);
    case "create-authorizer":
      created.authorizerId = await control.createAuthorizer(step.spec);
      return;
    case "put-gateway-response":
      return control.putGatewayResponse(step.response);
    case "test-authorizer":
      return tryAuthorizer(step.stage, ports, authorizerOf(created));
    case "set-enforcement":
      return control.setStageVariable(step.stage, ENFORCE_VARIABLE, step.value);
    case "guard-route":
      return control.setAuthorization(step.routeId, { type: "CUSTOM", authorizerId: authorizerOf(created) });
    case "restore-route":
      return control.setAuthorization(step.routeId, step.to);
    case "remove-canary":
      return control.removeCanary(step.stage);
    case "deploy":
      await control.deploy(step.spec);
      return;
    case "promote":
    case "point-stage":
      return control.pointStage(step.stage, step.deploymentId);
    case "flush-cache":
      return control.flushAuthorizerCache(step.stage);
    case "delete-gateway-response":
      return control.deleteGatewayResponse(step.type);
    case "delete-deployment":
      return control.deleteDeployment(step.deploymentId);
    case "delete-authorizer":
      return control.deleteAuthorizer(step.authorizerId);
    case "revoke-invoke":
      return permission.revoke(step.statementId);
  }
}

function authorizerOf({ authorizerId }: CreatedResources): string {
  if (authorizerId === undefined) throw new Error("the route's authorizer does not exist");
  return authorizerId;
}

async function tryAuthorizer(
  stage: string,
  { control, variablesOf }: StepPorts,
  authorizerId: string,
): Promise<void> {
  const trial = await control.testAuthorizer(authorizerId, variablesOf(stage));
  if (trial === undefined || trial.status < 500) return;
  throw new InputError(
    `API Gateway cannot invoke the authorizer: the test invocation answered ${trial.status} after ${trial.milliseconds} ms. No route was changed.`,
    "Check that the function exists in that Region, that its resource policy or --credentials-role lets this API invoke it, and what its log says.",
  );
}

/** What a step does, in a few words for a person. */
export function describeStep(step: Step): string {
  switch (step.do) {
    case "grant-invoke":
      return `allow ${step.sourceArn} to invoke the function`;
    case "create-authorizer":
      return `create the authorizer ${step.spec.name} for ${step.spec.functionArn}`;
    case "put-gateway-response":
      return `set the gateway response ${step.response.type}`;
    case "test-authorizer":
      return "test the authorizer";
    case "set-enforcement":
      return step.value === undefined
        ? `stage ${step.stage}: remove the variable sallyport_enforce`
        : `stage ${step.stage}: enforce ${step.value}${step.value === "none" ? " (monitor only)" : ""}`;
    case "guard-route":
      return `protect ${step.key}`;
    case "restore-route":
      return `restore ${step.key} to ${step.to.type}`;
    case "remove-canary":
      return `stage ${step.stage}: end the canary`;
    case "deploy":
      return `deploy to ${step.spec.stage}${step.spec.canaryPercent === undefined ? "" : `, for ${step.spec.canaryPercent} % of its traffic`}`;
    case "promote":
      return `stage ${step.stage}: give the canary all of the traffic`;
    case "flush-cache":
      return `stage ${step.stage}: flush cached verdicts`;
    case "delete-gateway-response":
      return `reset the gateway response ${step.type} to API Gateway's default`;
    case "point-stage":
      return `stage ${step.stage}: back to the deployment ${step.deploymentId}`;
    case "delete-deployment":
      return `delete the deployment ${step.deploymentId}`;
    case "delete-authorizer":
      return `delete the authorizer ${step.authorizerId}`;
    case "revoke-invoke":
      return `remove the statement ${step.statementId} from the function's policy`;
  }
}

/** A line for each step; routes that are treated alike share one. */
export function describeSteps(steps: readonly Step[]): readonly string[] {
  const lines: string[] = [];
  const guarded = steps.flatMap((step) => (step.do === "guard-route" ? [step.key] : []));
  let warned = false;
  for (const step of steps) {
    if (step.do !== "guard-route" || guarded.length <= 3) lines.push(describeStep(step));
    else if (!warned) {
      lines.push(`guard ${guarded.length} routes: ${listed(guarded, 3)}`);
      warned = true;
    }
  }
  return lines;
}
