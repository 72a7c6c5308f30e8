import { Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { CfnStage, MockIntegration, RestApi, Stage } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, HttpStage, WebSocketApi, WebSocketStage } from "aws-cdk-lib/aws-apigatewayv2";
import { enforce, monitor } from "../../../lib/attach/stage-enforcement.ts";
import { SynthesisError } from "../../../lib/synthesis-error.ts";
import { bareApp } from "../../support/lib/synthesize.ts";

const newStack = () => new Stack(bareApp(), "Orders");

function restStage(stack: Stack): Stage {
  const api = new RestApi(stack, "Api", { deployOptions: { variables: { colour: "blue" } } });
  api.root.addMethod("GET", new MockIntegration());
  return api.deploymentStage;
}

test("a REST stage keeps its other variables", () => {
  const stack = newStack();
  monitor(restStage(stack));
  Template.fromStack(stack).hasResourceProperties("AWS::ApiGateway::Stage", {
    Variables: { colour: "blue", sallyport_enforce: "none" },
  });
});

test.each([
  ["all", "all"],
  [["billing", "admin", "billing"], "admin,billing"],
  [[], "none"],
] as const)("%j is %j", (enforcement, value) => {
  const stack = newStack();
  enforce(restStage(stack), enforcement);
  Template.fromStack(stack).hasResourceProperties("AWS::ApiGateway::Stage", {
    Variables: Match.objectLike({ sallyport_enforce: value }),
  });
});

test("HTTP and WebSocket stages take it, as L2 and as L1", () => {
  const stack = newStack();
  const httpStage = new HttpStage(stack, "Stage", {
    httpApi: new HttpApi(stack, "Http", { createDefaultStage: false }),
  });
  const socketStage = new WebSocketStage(stack, "SocketStage", {
    webSocketApi: new WebSocketApi(stack, "Socket"),
    stageName: "prod",
  });
  monitor(httpStage, ["billing"]);
  enforce(socketStage.node.defaultChild!, []);
  const stages = Template.fromStack(stack).findResources("AWS::ApiGatewayV2::Stage");
  expect(
    Object.values(stages)
      .map(({ Properties }) => Properties.StageVariables)
      .filter(Boolean),
  ).toEqual([{ sallyport_enforce: "billing" }, { sallyport_enforce: "none" }]);
});

test("an L1 stage of a REST API takes it", () => {
  const stack = newStack();
  monitor(new CfnStage(stack, "Stage", { restApiId: "a1b2c3d4e5", stageName: "prod" }));
  Template.fromStack(stack).hasResourceProperties("AWS::ApiGateway::Stage", {
    Variables: { sallyport_enforce: "none" },
  });
});

test.each([[["Billing"]], [["all"]], [["none"]], [["a", ""]], [["a b"]], [["a,b"]]])(
  "%j are refused, since the authorizer would enforce all",
  (names) => {
    expect(() => enforce(restStage(newStack()), names)).toThrow(SynthesisError);
  },
);

test("an imported stage cannot be changed from here", () => {
  const stack = newStack();
  const restApi = RestApi.fromRestApiId(stack, "Api", "a1b2c3d4e5");
  const stage = Stage.fromStageAttributes(stack, "Stage", { stageName: "prod", restApi });
  expect(() => monitor(stage)).toThrow(/Set its stage variable sallyport_enforce to "none"/);
});
