import { z } from "zod";
import { configurationSchema } from "./schema.ts";

/**
 * The configuration file's JSON Schema (draft 2020-12), for editors. It knows fields, types and
 * bounds; rules that need code, such as the names of time zones, and rules between fields are
 * checked at synthesis only.
 */
export const configurationJsonSchema = (): object => ({
  title: "Sallyport configuration",
  ...z.toJSONSchema(configurationSchema, { io: "input" }),
});
