import {
  apiIdOf,
  arnOf,
  byArn,
  drawn,
  drawnId,
  fallbackName,
  type Identify,
  iam,
  named,
  nameless,
  qualified,
} from "./resource-identity.ts";

export interface ResourceType {
  /**
   * `run`: a part of the laptop implements it. `accepted`: allowed in a template, without effect on
   * the laptop.
   */
  readonly handling: "run" | "accepted";
  /** The part that implements it, or why it is not needed */
  readonly by: string;
  readonly identify: Identify;
}

const run = (by: string, identify: Identify): ResourceType => ({ handling: "run", by, identify });
const accepted = (by: string, identify: Identify): ResourceType => ({ handling: "accepted", by, identify });

const table = named("TableName", "dynamodb", "table/", (_, __, arn) => ({
  StreamArn: `${arn}/stream/local`,
}));
const restPart = (kind: string, idName: string): Identify =>
  drawn(6, "apigateway", (id, n) => `/restapis/${n.property("RestApiId") ?? ""}/${kind}/${id}`, idName);
const httpPart = (kind: string, idName: string): Identify =>
  drawn(7, "apigateway", (id, n) => `/apis/${n.property("ApiId") ?? ""}/${kind}/${id}`, idName);
const stage =
  (apiProperty: string): Identify =>
  (naming) => {
    const name = naming.property("StageName") ?? "$default";
    const arn = arnOf(naming, "apigateway", `/apis/${naming.property(apiProperty) ?? ""}/stages/${name}`);
    return { ref: name, arn, attributes: { Arn: arn } };
  };

const GATEWAY = "the local API Gateway";
const NO_IAM = "nothing is authorized on the laptop";
const NO_CHANGES = "the laptop runs what is in the assembly now";
const LOCAL_ISSUER = "tokens come from the local OpenID provider";

/**
 * Every resource type that a template may contain, how the laptop treats it, and how it is named.
 * Any other type stops the boot, so that no resource is silently ignored.
 */
const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  "AWS::Lambda::Function": run("the function fleet", named("FunctionName", "lambda", "function:")),
  "AWS::Lambda::EventSourceMapping": run(
    "the queue pollers",
    drawn(12, "lambda", (id) => `event-source-mapping:${id}`, "Id"),
  ),
  "AWS::Lambda::EventInvokeConfig": run("the fleet's asynchronous invocations", nameless),
  "AWS::Lambda::Permission": run("the event bus and the gateway ask whether they may invoke", nameless),
  "AWS::Lambda::Version": accepted(
    NO_CHANGES,
    qualified(() => "1", "Version"),
  ),
  "AWS::Lambda::Alias": accepted(
    NO_CHANGES,
    qualified((n) => n.property("Name") ?? "live", "AliasArn"),
  ),
  "AWS::DynamoDB::GlobalTable": run("dynalite", table),
  "AWS::DynamoDB::Table": run("dynalite", table),
  "AWS::Events::EventBus": run(
    "the event bus",
    named("Name", "events", "event-bus/", (name) => ({ Name: name })),
  ),
  "AWS::Events::Rule": run("the event bus", (naming) => {
    const bus = naming.property("EventBusName")?.split("/").at(-1) ?? "default";
    const name = naming.property("Name") ?? fallbackName(naming);
    const arn = arnOf(naming, "events", bus === "default" ? `rule/${name}` : `rule/${bus}/${name}`);
    return { ref: bus === "default" ? name : `${bus}|${name}`, arn, attributes: { Arn: arn } };
  }),
  "AWS::Events::EventBusPolicy": accepted(NO_IAM, nameless),
  "AWS::Events::Archive": accepted(
    "events are not replayed on the laptop",
    named("ArchiveName", "events", "archive/"),
  ),
  "AWS::SQS::Queue": run("the queues", (naming) => {
    const name = naming.property("QueueName") ?? fallbackName(naming);
    const arn = arnOf(naming, "sqs", name);
    const url = naming.queueUrl(name);
    return { ref: url, arn, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
  }),
  "AWS::SQS::QueuePolicy": accepted(NO_IAM, nameless),
  "AWS::SNS::Topic": accepted(
    "alarms do not fire on the laptop, and they are all that publishes",
    byArn(named("TopicName", "sns", "", (name, _, arn) => ({ TopicName: name, TopicArn: arn }))),
  ),
  "AWS::SNS::TopicPolicy": accepted(NO_IAM, nameless),
  "AWS::SNS::Subscription": accepted("no notification is published", nameless),
  "AWS::KMS::Key": accepted(
    "no data is stored on disk",
    drawn(24, "kms", (id) => `key/${id}`, "KeyId"),
  ),
  "AWS::KMS::Alias": accepted("no data is stored on disk", named("AliasName", "kms", "")),
  "AWS::IAM::Role": accepted(NO_IAM, iam("RoleName", "role/")),
  "AWS::IAM::Policy": accepted(NO_IAM, iam("PolicyName", "policy/")),
  "AWS::IAM::ManagedPolicy": accepted(NO_IAM, byArn(iam("ManagedPolicyName", "policy/"))),
  "AWS::Logs::LogGroup": accepted(
    "log lines go to the caller of bootStack",
    named("LogGroupName", "logs", "log-group:", (_, __, arn) => ({ Arn: `${arn}:*` })),
  ),
  "AWS::CloudWatch::Alarm": accepted(
    "metrics are not evaluated on the laptop",
    named("AlarmName", "cloudwatch", "alarm:"),
  ),
  "AWS::CloudWatch::Dashboard": accepted(
    "dashboards are not shown on the laptop",
    named("DashboardName", "cloudwatch", "dashboard/"),
  ),
  "AWS::SSM::Parameter": run("read where a template refers to it", (naming) => {
    const name = naming.property("Name") ?? fallbackName(naming);
    const arn = arnOf(naming, "ssm", `parameter/${name.replace(/^\//, "")}`);
    const [type, value] = [naming.property("Type") ?? "String", naming.property("Value") ?? ""];
    return { ref: name, arn, attributes: { Type: type, Value: value } };
  }),
  "AWS::ApiGateway::RestApi": run(GATEWAY, (naming) => {
    const id = apiIdOf(naming.stack, naming.logicalId);
    const root = drawnId({ ...naming, logicalId: `${naming.logicalId}/` }, 10);
    const arn = `arn:aws:apigateway:${naming.region}::/restapis/${id}`;
    return { ref: id, arn, attributes: { RestApiId: id, RootResourceId: root } };
  }),
  "AWS::ApiGateway::Resource": run(GATEWAY, restPart("resources", "ResourceId")),
  "AWS::ApiGateway::Method": run(GATEWAY, nameless),
  "AWS::ApiGateway::Deployment": run(GATEWAY, restPart("deployments", "DeploymentId")),
  "AWS::ApiGateway::Stage": run(GATEWAY, stage("RestApiId")),
  "AWS::ApiGateway::Authorizer": run(GATEWAY, restPart("authorizers", "AuthorizerId")),
  "AWS::ApiGateway::GatewayResponse": run(GATEWAY, nameless),
  "AWS::ApiGateway::RequestValidator": accepted(
    "requests are not validated on the laptop",
    restPart("requestvalidators", "RequestValidatorId"),
  ),
  "AWS::ApiGateway::Account": accepted("no logs are sent to CloudWatch", nameless),
  "AWS::ApiGatewayV2::Api": run(GATEWAY, (naming) => {
    const id = apiIdOf(naming.stack, naming.logicalId);
    const arn = `arn:aws:apigateway:${naming.region}::/apis/${id}`;
    const endpoint = `https://${id}.execute-api.${naming.region}.amazonaws.com`;
    return { ref: id, arn, attributes: { ApiId: id, ApiEndpoint: endpoint } };
  }),
  "AWS::ApiGatewayV2::Route": run(GATEWAY, httpPart("routes", "RouteId")),
  "AWS::ApiGatewayV2::Integration": run(GATEWAY, httpPart("integrations", "IntegrationId")),
  "AWS::ApiGatewayV2::Authorizer": run(GATEWAY, httpPart("authorizers", "AuthorizerId")),
  "AWS::ApiGatewayV2::Deployment": run(GATEWAY, httpPart("deployments", "DeploymentId")),
  "AWS::ApiGatewayV2::Stage": run(GATEWAY, stage("ApiId")),
  "AWS::Cognito::UserPool": accepted(LOCAL_ISSUER, (naming) => {
    const id = `${naming.region}_${drawnId(naming, 9)}`;
    const arn = arnOf(naming, "cognito-idp", `userpool/${id}`);
    const provider = `cognito-idp.${naming.region}.amazonaws.com/${id}`;
    return {
      ref: id,
      arn,
      attributes: { Arn: arn, UserPoolId: id, ProviderName: provider, ProviderURL: `https://${provider}` },
    };
  }),
  "AWS::Cognito::UserPoolClient": accepted(
    LOCAL_ISSUER,
    drawn(26, "cognito-idp", (id) => `userpoolclient/${id}`, "ClientId"),
  ),
  "AWS::Cognito::UserPoolDomain": accepted(LOCAL_ISSUER, nameless),
  "AWS::Cognito::UserPoolGroup": accepted(LOCAL_ISSUER, nameless),
  "AWS::Cognito::UserPoolResourceServer": accepted(LOCAL_ISSUER, nameless),
  "AWS::CDK::Metadata": accepted("it reports construct usage to AWS", nameless),
};

/** Undefined for a type that the laptop does not know. */
export function resourceType(type: string): ResourceType | undefined {
  return Object.hasOwn(RESOURCE_TYPES, type) ? RESOURCE_TYPES[type] : undefined;
}
