/**
 * Feature flags, in code and not in cdk.json, so that the app synthesizes the same templates with
 * and without the CLI. A value given with `-c` wins.
 */
export const APP_CONTEXT: Readonly<Record<string, unknown>> = {
  "@aws-cdk/core:validateAgainstDefaultRules": true,
  "@aws-cdk/core:checkSecretUsage": true,
  "@aws-cdk/core:target-partitions": ["aws", "aws-cn", "aws-us-gov"],
  "@aws-cdk/aws-iam:minimizePolicies": true,
  "@aws-cdk/aws-iam:standardizedServicePrincipals": true,
  "@aws-cdk/aws-apigateway:disableCloudWatchRole": true,
  "@aws-cdk/aws-apigateway:authorizerChangeDeploymentLogicalId": true,
  "@aws-cdk/aws-lambda:recognizeVersionProps": true,
  "@aws-cdk/aws-events:eventsTargetQueueSameAccount": true,
  "@aws-cdk/aws-events:requireEventBusPolicySid": true,
};
