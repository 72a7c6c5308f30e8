import { readFileSync } from "node:fs";
import { createPolicyEngine } from "../../policy/engine.ts";
import { done } from "../done.ts";

createPolicyEngine(JSON.parse(readFileSync(`${process.env.LAMBDA_TASK_ROOT}/policy.json`, "utf8")));
done();
process.exit(0);
