/**
 * Synthesis cannot go on for a reason that the operator can fix: configuration, policies, a source
 * that does not bundle. The message says all; the app prints it without a stack trace and ends with
 * exit code 1.
 */
export class SynthesisError extends Error {
  /** Distinguishes the error from others. */
  override readonly name: string = "SynthesisError";
}
