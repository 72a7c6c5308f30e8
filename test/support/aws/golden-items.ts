import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { AccessObservation } from "../../../domain/event/access-observation.ts";
import type { Episode } from "../../../domain/risk/profile.ts";
import type { UserRisk } from "../../../domain/risk/risk-state.ts";

/** A command that a released version sent to DynamoDB, as the SDK was given it. */
interface GoldenWrite {
  readonly command: string;
  readonly input: never;
}

/** What a released version wrote, in test/support/golden; bytes are base64 in `{"$bytes": …}`. */
function readGolden<T>(name: string): T {
  const text = readFileSync(join(__dirname, "../golden", name), "utf8");
  return JSON.parse(text, (_, value) =>
    typeof value?.$bytes === "string" ? Uint8Array.from(Buffer.from(value.$bytes, "base64")) : value,
  ) as T;
}

export const goldenItems = (version: string) =>
  readGolden<readonly Record<string, AttributeValue>[]>(`items-${version}/items.json`);
/** What the items say, as their writers were given it. */
export const goldenValues = <T>(version: string) => readGolden<T>(`items-${version}/values.json`);
/** By what was done. */
export const goldenWrites = (version: string) =>
  readGolden<Readonly<Record<string, readonly GoldenWrite[]>>>(`items-${version}/writes.json`);

/** A stored profile, and what its version made of one more access. */
interface GoldenProfile {
  readonly name: string;
  readonly item: Record<string, AttributeValue>;
  readonly next: AccessObservation;
  readonly risk: UserRisk;
  readonly expiresAt: number;
  readonly episode?: Episode;
}

export const goldenProfiles = (version: string) =>
  readGolden<readonly GoldenProfile[]>(`items-${version}/profiles.json`);

/** Sends what a released version sent; a condition that does not hold is its own affair. */
export async function replay(client: DynamoDBClient, writes: readonly GoldenWrite[]): Promise<void> {
  for (const { command, input } of writes) {
    try {
      if (command === "UpdateItemCommand") await client.send(new UpdateItemCommand(input));
      else if (command === "PutItemCommand") await client.send(new PutItemCommand(input));
      else throw new Error(`${command} cannot be replayed`);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}
