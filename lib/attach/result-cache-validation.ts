import { CfnResource } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { declaredAuthorizers } from "./declared-authorizers.ts";
import { referencesTo } from "./function-references.ts";
import { type CacheRules, flawsOfCache } from "./result-cache.ts";

/**
 * Makes synthesis fail on every API Gateway authorizer of the app that asks this function and
 * caches its verdicts under a key that leaves out an input of the decision. Judges what the
 * templates will say, so that raw resources, overrides, OpenAPI bodies and other stacks of the app
 * count. Does not see other apps, authorizers that name the function by a literal ARN, nor bodies
 * in S3.
 */
export function addResultCacheValidation(authorizer: IFunction, rules: CacheRules): void {
  authorizer.node.addValidation({
    validate: () => {
      const references = referencesTo(authorizer);
      return authorizer.node.root.node.findAll().flatMap((construct) => {
        if (!CfnResource.isCfnResource(construct)) return [];
        const declared = declaredAuthorizers(construct.cfnResourceType, () => references.render(construct));
        return declared.flatMap(({ name, uri, cache }) => {
          if (!references.areIn(uri)) return [];
          const where = name === undefined ? construct.node.path : `${construct.node.path} (${name})`;
          return flawsOfCache({ ...cache, ...rules }).map((flaw) => `${where}: ${flaw}`);
        });
      });
    },
  });
}
