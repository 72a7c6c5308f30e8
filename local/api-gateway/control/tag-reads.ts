import type { ApiConfigurations } from "../data/configurations.ts";
import { notFound } from "./control-failure.ts";
import { type ControlRequest, label, type Operation } from "./operation.ts";

/** Tags of APIs and stages by the ARN of the resource, in both versions. */
export function tagReads({ rest, http }: ApiConfigurations): readonly Operation[] {
  const tagsOf = (arn: string): Readonly<Record<string, string>> => {
    const match = /^arn:aws:apigateway:[\w-]*::\/(restapis|apis)\/(\w+)(?:\/stages\/([^/]+))?$/.exec(arn);
    const [, collection, id = "", stage] = match ?? [];
    const api = collection === "restapis" ? rest.get(id) : http.get(id);
    const owner = stage === undefined ? api : api?.stages.get(stage);
    if (owner === undefined) throw notFound(`Invalid resource identifier specified: ${arn}`);
    return owner.tags;
  };
  const of = (request: ControlRequest, name: string) => ({ tags: tagsOf(label(request, name)) });
  const read = { name: "GetTags", method: "GET", status: 200 } as const;
  return [
    { ...read, service: "apigateway", path: "/tags/{resourceArn}", run: (r) => of(r, "resourceArn") },
    { ...read, service: "apigatewayv2", path: "/v2/tags/{ResourceArn}", run: (r) => of(r, "ResourceArn") },
  ];
}
