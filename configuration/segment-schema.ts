import { z } from "zod";
import type { TokenLimits } from "../domain/evidence/token-limits.ts";
import { section, wholeNumber } from "./fields.ts";

const THIRTY_DAYS = 30 * 24 * 3600;

export const leeway = () => wholeNumber(0, 300, "seconds");
export const maxTokenAge = () => wholeNumber(60, THIRTY_DAYS, "seconds");
export const maxAuthenticationAge = () => wholeNumber(60, THIRTY_DAYS, "seconds");

/**
 * What segments ask of tokens, by the segment's name. Does not know which segments there are:
 * assertKnownSegments does.
 */
export const segmentsSchema = z.record(
  z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
  section({
    leeway: leeway()
      .optional()
      .describe("Seconds by which issuers' clocks may differ; no more than any issuer's own."),
    maxTokenAge: maxTokenAge()
      .optional()
      .describe("Seconds since a token was issued after which it no longer counts here."),
    maxAuthenticationAge: maxAuthenticationAge()
      .optional()
      .describe(
        "Seconds since a user authenticated (auth_time) after which the request is challenged to do so again; for a service since its token was issued, which then no longer counts.",
      ),
  } satisfies Record<keyof TokenLimits, z.ZodType>),
  { error: 'an object of segments such as "billing", each with leeway, maxTokenAge or maxAuthenticationAge' },
);

export type SegmentsInput = z.output<typeof segmentsSchema>;
