import { badRequest } from "./control-failure.ts";

export type Service = "apigateway" | "apigatewayv2" | "lambda" | "sts";

/** One call as an operation receives it. */
export interface ControlRequest {
  /** Decoded path labels */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One operation of a service that speaks REST and JSON. */
export interface Operation {
  readonly service: Service;
  /** As the SDK calls it: `GetRestApi` */
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/restapis/{restApiId}` */
  readonly path: string;
  readonly status: number;
  /** Returns the response body; undefined: no body. Throws a ControlFailure. */
  readonly run: (request: ControlRequest) => unknown;
}

/** Finds the operation of a request line and the values of its path labels. */
export function findOperation(
  operations: readonly Operation[],
  method: string,
  path: string,
): { readonly operation: Operation; readonly labels: Readonly<Record<string, string>> } | undefined {
  const segments = path.split("/").slice(1);
  for (const operation of operations) {
    if (operation.method !== method) continue;
    const parts = operation.path.split("/").slice(1);
    if (parts.length !== segments.length) continue;
    const labels: Record<string, string> = {};
    const fits = parts.every((part, index) => {
      const segment = segments[index] ?? "";
      const label = /^\{(.+)\}$/.exec(part)?.[1];
      if (label === undefined) return part === segment;
      labels[label] = decode(segment);
      return segment !== "";
    });
    if (fits) return { operation, labels };
  }
  return undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`The path segment ${segment} cannot be decoded`);
  }
}

/** A path label; it is always present, because the operation was matched by its path. */
export const label = ({ path }: ControlRequest, name: string): string => path[name] ?? "";

export function text({ body }: Pick<ControlRequest, "body">, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw badRequest(`Invalid request body: ${name} must be a string`);
}

export function requiredText(request: Pick<ControlRequest, "body">, name: string): string {
  const value = text(request, name);
  if (value === undefined || value === "") throw badRequest(`Invalid request body: ${name} is required`);
  return value;
}

export function flag({ body }: Pick<ControlRequest, "body">, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null || typeof value === "boolean") return value ?? undefined;
  throw badRequest(`Invalid request body: ${name} must be true or false`);
}

export function texts(
  { body }: Pick<ControlRequest, "body">,
  name: string,
): Readonly<Record<string, string>> | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const entries =
    typeof value === "object" && !Array.isArray(value) ? Object.entries(value) : [["", 0] as const];
  if (entries.some(([, entry]) => typeof entry !== "string"))
    throw badRequest(`Invalid request body: ${name} must be a map of strings`);
  return Object.fromEntries(entries) as Record<string, string>;
}
