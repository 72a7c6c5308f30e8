import { createAccessBusClient } from "../../aws/access-bus.ts";
import { createRiskTableClient } from "../../aws/dynamodb/risk-table.ts";
import { done } from "../done.ts";

createAccessBusClient();
createRiskTableClient();
done();
process.exit(0);
