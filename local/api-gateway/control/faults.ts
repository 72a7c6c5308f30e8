import { setTimeout as sleep } from "node:timers/promises";
import type { EpochMs, Now } from "../../../domain/time.ts";
import { ControlFailure, throttled } from "./control-failure.ts";
import type { Service } from "./operation.ts";

/** One call, whether it succeeded or failed. */
export interface ControlCall {
  readonly service: Service;
  /** Name of the operation */
  readonly name: string;
  readonly at: EpochMs;
  readonly status: number;
}

export type FaultEffect =
  /** 429 TooManyRequestsException; the call has no effect */
  | { readonly kind: "throttle" }
  /** 403 in the shape of IAM; the call has no effect */
  | { readonly kind: "deny" }
  /** 500 InternalFailure; the call has no effect */
  | { readonly kind: "fail" }
  | { readonly kind: "delay"; readonly milliseconds: number }
  /** Cuts the connection `before` or `after` the call takes effect */
  | { readonly kind: "reset"; readonly when: "before" | "after" }
  /** Runs first, for example another person's change */
  | { readonly kind: "interrupt"; readonly run: () => void | Promise<void> };

export interface Fault {
  /** Name of the operation; absent: every operation */
  readonly operation?: string;
  /** Absent: every service */
  readonly service?: Service;
  /** Which calls it affects, counted from 1 since it was added; absent: all of them */
  readonly nth?: number;
  readonly effect: FaultEffect;
}

export interface Faults {
  /** Returns a function that removes the fault */
  readonly add: (fault: Fault) => () => void;
  readonly clear: () => void;
}

/** The resource of a call, as a denial message names it. */
export interface CallTarget {
  readonly service: Service;
  readonly name: string;
  /** `apigateway:PATCH` */
  readonly action: string;
  readonly resource: string;
  readonly caller: string;
}

export interface FaultSwitch extends Faults {
  /**
   * Awaited before a call runs; throws a ControlFailure or a ConnectionCut; returns whether to cut
   * the connection afterwards
   */
  readonly meet: (target: CallTarget) => Promise<{ readonly cutAfter: boolean }>;
}

/** The connection is cut without a response. */
export class ConnectionCut extends Error {
  override readonly name = "ConnectionCut";
}

export function createFaults(): FaultSwitch {
  const faults = new Set<{ readonly fault: Fault; seen: number }>();
  return {
    add: (fault) => {
      const entry = { fault, seen: 0 };
      faults.add(entry);
      return () => faults.delete(entry);
    },
    clear: () => faults.clear(),
    meet: async (target) => {
      // Count the call for every fault first: one that throws must not stop the others from
      // counting.
      const due = [...faults].filter((entry) => {
        const { operation, service, nth } = entry.fault;
        if (operation !== undefined && operation !== target.name) return false;
        if (service !== undefined && service !== target.service) return false;
        entry.seen += 1;
        return nth === undefined || nth === entry.seen;
      });
      let cutAfter = false;
      for (const { fault } of due) cutAfter = (await apply(fault.effect, target)) || cutAfter;
      return { cutAfter };
    },
  };
}

async function apply(effect: FaultEffect, target: CallTarget): Promise<boolean> {
  switch (effect.kind) {
    case "throttle":
      throw throttled();
    case "deny":
      throw accessDenied(target);
    case "fail":
      throw new ControlFailure(500, "InternalFailure", "Internal failure");
    case "delay":
      await sleep(effect.milliseconds);
      return false;
    case "interrupt":
      await effect.run();
      return false;
    case "reset":
      if (effect.when === "before") throw new ConnectionCut();
      return true;
  }
}

/** IAM's message; unlike the services' own errors it starts with a capital letter. */
function accessDenied({ action, resource, caller }: CallTarget): ControlFailure {
  const message = `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  return new ControlFailure(403, "AccessDeniedException", message, { Message: message });
}

export interface CallLog {
  readonly record: (call: Omit<ControlCall, "at">) => void;
  readonly calls: () => readonly ControlCall[];
}

export function createCallLog(now: Now): CallLog {
  const calls: ControlCall[] = [];
  return { record: (call) => calls.push({ ...call, at: now() }), calls: () => [...calls] };
}
