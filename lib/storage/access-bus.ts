import type { Duration } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { ACCESS_EVENT } from "../../contract/bus.ts";

/** What the bus is made with. */
export interface AccessBusProps {
  /**
   * How long an archive keeps each access event, so that it can be replayed.
   * @default - no archive
   */
  readonly archiveRetention?: Duration;
}

/**
 * The event bus on which every access decision is published, as an OCSF API Activity event
 * (contract/bus.ts).
 */
export class AccessBus extends Construct {
  /** The event bus. */
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: AccessBusProps = {}) {
    super(scope, id);
    this.bus = new EventBus(this, "Bus", {
      description: "Sallyport: every access decision, OCSF API Activity",
    });
    if (props.archiveRetention !== undefined) {
      this.bus.archive("Archive", {
        description: "Sallyport: access decisions, to be replayed",
        eventPattern: { source: [ACCESS_EVENT.source] },
        retention: props.archiveRetention,
      });
    }
  }

  /** Lets the grantee put events on this bus. */
  grantPut(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ["events:PutEvents"], resources: [this.bus.eventBusArn] }),
    );
  }
}
