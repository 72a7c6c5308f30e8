import type { FunctionArn } from "../../contract/function-arn.ts";
import type { ApiKind } from "../../domain/attach/api-state.ts";

/** One route that the fragment shows the attaching of. */
export interface SnippetRoute {
  /** In capitals; `ANY` for all */
  readonly method: string;
  /** Begins with a slash */
  readonly path: string;
}

/** What a fragment is asked to be for; all that tools' writers need, checked. */
export interface SnippetRequest {
  readonly api: ApiKind;
  /**
   * The authorizer function's ARN, or the SSM parameter of the API's account and Region that holds
   * it
   */
  readonly authorizer: FunctionArn | { readonly parameter: string };
  /**
   * The function is in another account or Region than the API, whose template can give it no
   * permission
   */
  readonly elsewhere: boolean;
  /**
   * ARN of the role that API Gateway assumes to invoke the function; absent: its resource policy
   * allows API Gateway
   */
  readonly credentialsRole?: string;
  /** At least one; for WebSocket APIs none is looked at, since only `$connect` asks */
  readonly routes: readonly SnippetRoute[];
  /** Value of the stage variable that says what is enforced */
  readonly enforce: string;
  /** An origin or `*` */
  readonly allowOrigin: string;
  /** The API's name in the owner's code, letters and digits */
  readonly name: string;
  readonly stage: string;
}

/** Writes the fragment for one tool, with a line break at its end. */
export type WriteSnippet = (request: SnippetRequest) => string;

/** Whether the fragment itself grants API Gateway the invocation. */
export const grantsHere = ({ elsewhere, credentialsRole }: SnippetRequest): boolean =>
  !elsewhere && credentialsRole === undefined;

/**
 * What the owner has to see to besides the fragment, for every tool; plain sentences for comments.
 */
export function leftToDo(request: SnippetRequest): readonly string[] {
  const { api, elsewhere, credentialsRole, enforce } = request;
  return [
    ...(enforce === "all"
      ? []
      : [
          enforce === "none"
            ? "Monitor mode: decisions are recorded and every request goes through. Set sallyport_enforce to all to enforce."
            : `Only decisions on the segments ${enforce} are enforced; others are recorded. Set sallyport_enforce to all to enforce all.`,
        ]),
    ...(credentialsRole === undefined
      ? []
      : [
          `The role ${credentialsRole} must trust apigateway.amazonaws.com and allow lambda:InvokeFunction on the authorizer.`,
        ]),
    ...(elsewhere && credentialsRole === undefined
      ? [
          "Sallyport is in another account or Region and must allow this API there. Add the ARN,",
          "arn:aws:execute-api:<region>:<account>:<API id>, to attach.apis in Sallyport's sallyport.json.",
        ]
      : []),
    ...(elsewhere && api !== "rest"
      ? [
          "API Gateway supports authorizers in another Region for REST APIs only: the function must be in the API's Region.",
        ]
      : []),
    ...(elsewhere && credentialsRole !== undefined
      ? ["Sallyport's account must allow the role: set attach.organization in its sallyport.json."]
      : []),
  ];
}

/** An id for a route: `GET /orders/{id}` → `get_orders_id`. */
export const routeName = ({ method, path }: SnippetRoute): string =>
  `${method} ${path}`
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join("_");
