import { randomUUID } from "node:crypto";
import type { BusEvent, NewEvent } from "./bus-event.ts";
import { compileEventPattern, type EventMatcher } from "./event-pattern.ts";
import { createTargetDelivery, type DeliveryOptions, type EventTarget } from "./event-target.ts";
import { listen, readBody } from "./listen.ts";
import { answerPutEvents, LARGEST_REQUEST } from "./put-events.ts";
import type { LocalTemplate, Resource } from "./template.ts";

/** Told of every event that a bus took, before its rules are asked. */
export type EventListener = (event: BusEvent, busName: string) => void;

export interface EventBuses {
  /** For AWS_ENDPOINT_URL_EVENTBRIDGE */
  readonly endpoint: string;
  /** Puts an event on a bus as an AWS service would, which may use a source that begins with `aws.`; throws for an unknown bus. */
  readonly publish: (busName: string, event: NewEvent) => BusEvent;
  /** Returns a function that ends the listening */
  readonly onEvent: (listener: EventListener) => () => void;
  /** Fulfilled when no event is on its way to a target */
  readonly idle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Rule {
  readonly bus: string;
  readonly matches: EventMatcher;
  readonly targets: readonly EventTarget[];
}

/**
 * Runs the template's event buses and rules, and the `default` bus that every account has.
 *
 * A rule's pattern sees the whole event. Targets are Lambda functions and SQS queues; every other kind, and a rule with a schedule,
 * throws at once. Policies of buses and queues are not checked, but whether a rule may invoke its function is.
 * Archives are not kept.
 */
export async function startEventBus(template: LocalTemplate, options: DeliveryOptions): Promise<EventBuses> {
  const names = new Set(["default", ...template.ofType("AWS::Events::EventBus").map(template.physicalId)]);
  const delivery = createTargetDelivery(template, options);
  const rules = template
    .ofType("AWS::Events::Rule")
    .filter(({ properties }) => properties.State !== "DISABLED")
    .map((resource) => readRule(resource, names, delivery.readTarget));
  const listeners = new Set<EventListener>();

  const publish: EventBuses["publish"] = (bus, fresh) => {
    if (!names.has(bus)) throw new Error(`There is no event bus ${bus}`);
    const event: BusEvent = {
      version: "0",
      id: randomUUID(),
      "detail-type": fresh["detail-type"],
      source: fresh.source,
      account: template.accountId,
      time: fresh.time ?? `${new Date().toISOString().slice(0, 19)}Z`,
      region: template.region,
      resources: fresh.resources ?? [],
      detail: fresh.detail,
    };
    for (const listener of listeners) listener(event, bus);
    for (const rule of rules) {
      if (rule.bus !== bus || !rule.matches(event)) continue;
      for (const target of rule.targets) delivery.deliver(target, event);
    }
    return event;
  };

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
    idle: delivery.idle,
    close: async () => {
      delivery.close();
      await listener.close();
    },
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
  if (ScheduleExpression !== undefined || EventPattern === undefined) {
    throw new Error(`${where} has a schedule or no pattern, which the laptop does not run`);
  }
  if (!buses.has(bus))
    throw new Error(`${where} belongs to the bus ${bus}, which the template does not have`);
  const targets = Array.isArray(Targets) ? Targets : [];
  return {
    bus,
    matches: compileEventPattern(EventPattern),
    targets: targets.map((target: unknown) => readTarget(resource, target)),
  };
}
