import type { AskPolicies } from "../domain/policy-question.ts";
import type { CompiledPolicies } from "./compiled-policies.ts";

export declare function createPolicyEngine(compiled: CompiledPolicies): AskPolicies;
