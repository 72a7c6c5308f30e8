import type { RestConfiguration } from "../data/rest/rest-configuration.ts";
import type { ControlRequest, Operation } from "./operation.ts";
import { apiOf, type RestApis } from "./rest-lookup.ts";

/** Makes an operation that changes one REST API, named by the `restApiId` of the path. */
export type RestWrite = (
  name: string,
  how: readonly [method: "POST" | "PUT" | "PATCH" | "DELETE", status: number],
  path: string,
  run: (api: RestConfiguration, request: ControlRequest) => unknown,
) => Operation;

export const restWriter =
  (apis: RestApis): RestWrite =>
  (name, [method, status], path, run) => ({
    service: "apigateway",
    name,
    method,
    path: `/restapis/{restApiId}${path}`,
    status,
    run: (request) => run(apiOf(apis, request), request),
  });
