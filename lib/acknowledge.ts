import * as cdk from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** A finding of a validation that stays, and why. */
export interface Acknowledgement {
  /** As the validation reports it, for example `AwsSolutions-IAM5[Resource::*]` */
  readonly id: string;
  readonly reason: string;
}

// aws-cdk-lib before 2.252 has no validations, or none that can be acknowledged.
const { Validations }: { readonly Validations?: typeof cdk.Validations } = cdk;

/**
 * Acknowledges what cdk-nag would report of a construct. Some versions of aws-cdk-lib take no id
 * with `::` inside, which cdk-nag's have: there the finding stays unacknowledged, which only those
 * who run cdk-nag see.
 */
export function acknowledge(construct: IConstruct, ...findings: readonly Acknowledgement[]): void {
  for (const finding of findings) {
    try {
      Validations?.of(construct).acknowledge?.(finding);
    } catch (error) {
      if (!/Invalid validation rule ID/.test(String(error))) throw error;
    }
  }
}
