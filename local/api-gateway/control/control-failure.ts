/** An error as the services answer it. */
export class ControlFailure extends Error {
  override readonly name = "ControlFailure";

  constructor(
    readonly status: number,
    /** Name of the exception, such as `NotFoundException` */
    readonly type: string,
    message: string,
    /** Members of the response body besides the message */
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

export const badRequest = (message: string): ControlFailure =>
  new ControlFailure(400, "BadRequestException", message);
export const notFound = (message: string): ControlFailure =>
  new ControlFailure(404, "NotFoundException", message);
export const conflict = (message: string): ControlFailure =>
  new ControlFailure(409, "ConflictException", message);
export const throttled = (): ControlFailure =>
  new ControlFailure(429, "TooManyRequestsException", "Too Many Requests");
