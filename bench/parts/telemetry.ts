import { createTelemetry } from "../../lambda/telemetry.ts";
import { done } from "../done.ts";

createTelemetry("bench");
done();
process.exit(0);
