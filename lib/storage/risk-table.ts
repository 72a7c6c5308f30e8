import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Effect, type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { TABLE } from "../../contract/table.ts";

/** What the table is made with. */
export interface RiskTableProps {
  /**
   * The customer key that encrypts the table. Functions get the right to use it through DynamoDB
   * alone. Needs a stack whose Region is stated (CDK cannot render the key otherwise).
   * @default - a key that DynamoDB owns
   */
  readonly encryptionKey?: IKey;
  /**
   * Whether DynamoDB refuses to delete the table until this is turned off.
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * What becomes of the table when the stack is deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

const KEY_TO_READ = ["kms:Decrypt", "kms:DescribeKey"];
const KEY_TO_WRITE = ["kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"];

/**
 * The one table of risk, behaviour profiles, restrictions and registered devices; contract/table.ts
 * has its keys. On demand, restorable to any second of the last 35 days, expired items removed by
 * DynamoDB.
 */
export class RiskTable extends Construct {
  /** The DynamoDB table. */
  readonly table: TableV2;
  readonly #encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: RiskTableProps = {}) {
    super(scope, id);
    this.#encryptionKey = props.encryptionKey;
    this.table = new TableV2(this, "Table", {
      partitionKey: { name: TABLE.partitionKey, type: AttributeType.STRING },
      sortKey: { name: TABLE.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: TABLE.timeToLive,
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.deletionProtection ?? true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      encryption:
        props.encryptionKey === undefined
          ? TableEncryptionV2.dynamoOwnedKey()
          : TableEncryptionV2.customerManagedKey(props.encryptionKey),
    });
  }

  /**
   * Lets the grantee read items of these partitions by their keys in batches, and nothing else: no
   * scan, no query, no write.
   */
  grantBatchRead(grantee: IGrantable, partitionPatterns: readonly string[]): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ["dynamodb:BatchGetItem"],
        resources: [this.table.tableArn],
        conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [...partitionPatterns] } },
      }),
    );
    this.#grantKey(grantee, KEY_TO_READ);
  }

  /**
   * Lets the grantee do these things to single items of the partitions whose key matches the
   * pattern.
   */
  grantItems(
    grantee: IGrantable,
    actions: readonly ("dynamodb:GetItem" | "dynamodb:PutItem" | "dynamodb:UpdateItem")[],
    partitionPattern: string,
  ): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [this.table.tableArn],
        conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [partitionPattern] } },
      }),
    );
    this.#grantKey(
      grantee,
      actions.every((action) => action === "dynamodb:GetItem")
        ? KEY_TO_READ
        : [...KEY_TO_READ, ...KEY_TO_WRITE],
    );
  }

  /**
   * Lets the grantee put single items into the partitions whose key matches the pattern, and read
   * none.
   */
  grantPut(grantee: IGrantable, partitionPattern: string): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ["dynamodb:PutItem"],
        resources: [this.table.tableArn],
        conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [partitionPattern] } },
      }),
    );
    this.#grantKey(grantee, KEY_TO_WRITE);
  }

  /** Lets the grantee do these things to items of one partition. */
  grant(
    grantee: IGrantable,
    actions: readonly ("dynamodb:Query" | "dynamodb:PutItem" | "dynamodb:DeleteItem")[],
    partition: string,
  ): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [this.table.tableArn],
        conditions: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [partition] } },
      }),
    );
    this.#grantKey(grantee, [...KEY_TO_READ, ...KEY_TO_WRITE]);
  }

  #grantKey(grantee: IGrantable, actions: readonly string[]): void {
    if (this.#encryptionKey === undefined) return;
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [this.#encryptionKey.keyArn],
        conditions: { StringEquals: { "kms:ViaService": `dynamodb.${this.table.env.region}.amazonaws.com` } },
      }),
    );
  }
}
