import { randomUUID } from "node:crypto";
import type { LocalTemplate, Resource } from "../cloudformation/template.ts";
import { listen, readBody } from "../listen.ts";
import type { BusEvent, NewEvent } from "./bus-event.ts";
import { compileEventPattern, type EventMatcher } from "./event-pattern.ts";
import { createTargetDelivery, type DeliveryOptions, type EventTarget } from "./event-target.ts";
import { answerPutEvents, LARGEST_REQUEST } from "./put-events.ts";
import { readRate } from "./schedule.ts";

/**
 * Called with every event that a bus accepts, before rules are matched. An error of a listener
 * becomes a warning of the process; the event goes on to the rules.
 */
export type EventListener = (event: BusEvent, busName: string) => void;

export interface EventBuses {
  /** For AWS_ENDPOINT_URL_EVENTBRIDGE */
  readonly endpoint: string;
  /**
   * Puts an event on a bus as an AWS service would, so the source may begin with `aws.`; throws for
   * an unknown bus.
   */
  readonly publish: (busName: string, event: NewEvent) => BusEvent;
  /** Returns a function that removes the listener */
  readonly onEvent: (listener: EventListener) => () => void;
  /** Runs every scheduled rule now, in addition to its schedule */
  readonly runSchedules: () => void;
  /** Resolves when no event is on its way to a target */
  readonly idle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Rule {
  readonly bus: string;
  /** Absent for a rule that has only a schedule */
  readonly matches?: EventMatcher;
  /** Milliseconds between two scheduled runs; absent for a rule without a schedule */
  readonly interval?: number;
  readonly targets: readonly EventTarget[];
}

/**
 * Runs the template's event buses and rules, and the `default` bus that every account has.
 *
 * A rule's pattern matches against the whole event. A schedule must be a rate: `cron` throws at
 * boot, as does any target other than a Lambda function or an SQS queue. Checks whether a rule may
 * invoke its function; does not check policies of buses and queues. Archives are not kept.
 */
export async function startEventBus(template: LocalTemplate, options: DeliveryOptions): Promise<EventBuses> {
  const names = new Set(["default", ...template.ofType("AWS::Events::EventBus").map(template.physicalId)]);
  const delivery = createTargetDelivery(template, options);
  const rules = template
    .ofType("AWS::Events::Rule")
    .filter(({ properties }) => properties.State !== "DISABLED")
    .map((resource) => ({
      ...readRule(resource, names, delivery.readTarget),
      arn: template.arn(resource),
    }));
  const listeners = new Set<EventListener>();

  const publish: EventBuses["publish"] = (bus, fresh) => {
    if (!names.has(bus)) throw new Error(`Event bus ${bus} does not exist`);
    const event = stamp(fresh, template);
    for (const listener of listeners) inform(listener, event, bus);
    for (const rule of rules) {
      if (rule.bus !== bus || rule.matches?.(event) !== true) continue;
      for (const target of rule.targets) delivery.deliver(target, event);
    }
    return event;
  };

  const run = ({ arn, targets }: (typeof rules)[number]): void => {
    const event = stamp(
      { source: "aws.events", "detail-type": "Scheduled Event", resources: [arn], detail: {} },
      template,
    );
    for (const target of targets) delivery.deliver(target, event);
  };
  const scheduled = rules.filter(({ interval }) => interval !== undefined);
  const timers = scheduled.map((rule) => setInterval(() => run(rule), rule.interval).unref());

  const listener = await listen(async (request, response) => {
    const body = await readBody(request, LARGEST_REQUEST).catch(() => undefined);
    const target = String(request.headers["x-amz-target"] ?? "");
    const { status, output } = answerPutEvents(target, body, { names, publish });
    response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(output));
  });
  return {
    endpoint: listener.url,
    publish,
    onEvent: (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    runSchedules: () => scheduled.forEach(run),
    idle: delivery.idle,
    close: async () => {
      timers.forEach(clearInterval);
      delivery.close();
      await listener.close();
    },
  };
}

/** Any process may send events, so a listener can meet one that it cannot read. */
function inform(listener: EventListener, event: BusEvent, bus: string): void {
  try {
    listener(event, bus);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    process.emitWarning(`Event ${event.id} on the bus ${bus} could not be read: ${cause}`);
  }
}

/** Adds the fields that a bus sets to an event. */
function stamp(fresh: NewEvent, { accountId, region }: LocalTemplate): BusEvent {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": fresh["detail-type"],
    source: fresh.source,
    account: accountId,
    time: fresh.time ?? `${new Date().toISOString().slice(0, 19)}Z`,
    region,
    resources: fresh.resources ?? [],
    detail: fresh.detail,
  };
}

function readRule(
  resource: Resource,
  buses: ReadonlySet<string>,
  readTarget: (rule: Resource, stated: unknown) => EventTarget,
): Rule {
  const { EventBusName, EventPattern, ScheduleExpression, Targets } = resource.properties;
  const bus =
    String(EventBusName ?? "default")
      .split("/")
      .at(-1) ?? "";
  const where = `${resource.stack}: rule ${resource.logicalId}`;
  const interval = readRate(ScheduleExpression);
  if (ScheduleExpression !== undefined && interval === undefined)
    throw new Error(
      `${where} has the schedule ${ScheduleExpression}; the laptop supports rate expressions only`,
    );
  if (ScheduleExpression === undefined && EventPattern === undefined)
    throw new Error(`${where} has neither a pattern nor a schedule`);
  if (!buses.has(bus))
    throw new Error(`${where} belongs to the bus ${bus}, which the template does not have`);
  const targets = Array.isArray(Targets) ? Targets : [];
  return {
    bus,
    ...(EventPattern !== undefined && { matches: compileEventPattern(EventPattern) }),
    ...(interval !== undefined && { interval }),
    targets: targets.map((target: unknown) => readTarget(resource, target)),
  };
}
