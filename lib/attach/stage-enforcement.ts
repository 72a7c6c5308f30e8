import { CfnResource } from "aws-cdk-lib";
import { CfnStage } from "aws-cdk-lib/aws-apigateway";
import { CfnStage as CfnStageV2 } from "aws-cdk-lib/aws-apigatewayv2";
import type { IConstruct } from "constructs";
import { ENFORCE_VARIABLE } from "../../contract/gateway.ts";
import { type Enforcement, readEnforcement, writeEnforcement } from "../../domain/decision/enforcement.ts";
import { SynthesisError } from "../synthesis-error.ts";

/** Where each type of stage keeps its variables. */
const VARIABLES: Readonly<Record<string, string>> = {
  [CfnStage.CFN_RESOURCE_TYPE_NAME]: "Variables",
  [CfnStageV2.CFN_RESOURCE_TYPE_NAME]: "StageVariables",
};

/**
 * Says which verdicts count on a stage: `"all"`, or names of segments; other verdicts are only
 * recorded, and the request goes through. A stage of which nothing is said enforces all. Sets a
 * stage variable, which takes effect without a deployment of the API. Does not check that the
 * policies know the segments: with one that they do not know the authorizer enforces everything.
 *
 * @param stage a stage of a REST, HTTP or WebSocket API that the app itself makes, as an L2 or an
 *   L1
 * @throws SynthesisError for an imported stage and for a name that no segment can have
 */
export function enforce(stage: IConstruct, enforcement: Enforcement): void {
  const value = writeEnforcement(enforcement);
  if (enforcement !== "all" && !enforcement.every(isSegmentName)) {
    throw new SynthesisError(
      `${stage.node.path}: ${JSON.stringify(enforcement)} are not names of segments. A name is of small letters, digits and dashes, and neither "all" nor "none".`,
    );
  }
  const resource = CfnResource.isCfnResource(stage) ? stage : stage.node.defaultChild;
  const variables = resource && CfnResource.isCfnResource(resource) && VARIABLES[resource.cfnResourceType];
  if (variables) {
    resource.addPropertyOverride(`${variables}.${ENFORCE_VARIABLE}`, value);
  } else {
    throw new SynthesisError(
      `${stage.node.path}: CDK cannot change a stage that the app does not make. Set its stage variable ${ENFORCE_VARIABLE} to ${JSON.stringify(value)} where it is made, or use sallyport attach apply --enforce.`,
    );
  }
}

/**
 * A name that the authorizer reads back as this one segment; with anything else it would enforce
 * all.
 */
function isSegmentName(name: string): boolean {
  const read = readEnforcement(name);
  return read !== "all" && read.length === 1 && read[0] === name;
}

/**
 * Lets a stage only record verdicts, apart from those on `enforced` segments: `enforce` with fewer
 * words.
 */
export function monitor(stage: IConstruct, enforced: readonly string[] = []): void {
  enforce(stage, enforced);
}
