import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Validations } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { AwsSolutionsChecks } from "cdk-nag";
import { complaint } from "../../support/lib/orders-site.ts";
import { emptyNetwork, LISTS } from "../../support/network/shop.ts";

test("a network with everything in it breaks no AwsSolutions rule", () => {
  const { app, stack, network } = emptyNetwork({
    databasePort: 5432,
    cachePort: 6379,
    services: ["secretsmanager"],
    tables: [{ tableArn: "arn:aws:dynamodb:eu-west-1:123456789012:table/orders" }],
    buckets: [{ bucketArn: "arn:aws:s3:::carts", bucketName: "carts" }],
    prefixListIds: LISTS,
    gatewayLink: { targetPort: 8080 },
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const orders = new LambdaFunction(stack, "Orders", {
    runtime: Runtime.NODEJS_24_X,
    handler: "index.handler",
    code: Code.fromInline("exports.handler = async () => ({ statusCode: 200 });"),
    role: new Role(stack, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") }),
  });
  network.place(orders);
  expect(complaint(app)).toBe("");
  const report = readFileSync(join(app.outdir, "validation-report.json"), "utf8");
  const plugins: { violations?: { ruleName: string }[]; suppressedViolations?: unknown[] }[] =
    JSON.parse(report).pluginReports;
  const broken = plugins.flatMap(({ violations = [] }) => violations.map(({ ruleName }) => ruleName));
  expect(broken).toEqual([]);
});
