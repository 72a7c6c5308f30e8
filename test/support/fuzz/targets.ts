import { REQUEST_TARGETS } from "./request-targets.ts";
import type { Target } from "./target.ts";
import { TOKEN_TARGETS } from "./token-targets.ts";

/** Every parser that touches input. */
export const TARGETS: readonly Target[] = [...TOKEN_TARGETS, ...REQUEST_TARGETS];
