import type { FactorDefinition } from "./factor.ts";
import { anomalousBehavior } from "./factors/anomalous-behavior.ts";
import { failedAttempts } from "./factors/failed-attempts.ts";
import { impossibleTravel } from "./factors/impossible-travel.ts";
import { sensitiveDataAccess } from "./factors/sensitive-data-access.ts";
import { unusualTime } from "./factors/unusual-time.ts";

/** Every factor of the score, in the order in which tables, bars and findings list them. */
const PACK = [impossibleTravel, unusualTime, failedAttempts, sensitiveDataAccess, anomalousBehavior] as const;

export type Factor = (typeof PACK)[number];

/**
 * The pack for code that treats all factors alike and passes each factor only its own rules and
 * part.
 */
export const FACTORS = PACK as unknown as readonly (FactorDefinition & { readonly name: Factor["name"] })[];
