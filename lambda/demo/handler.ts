import type {
  APIGatewayProxyEventV2WithRequestContext,
  APIGatewayProxyResult,
  APIGatewayProxyWithLambdaAuthorizerEvent,
} from "aws-lambda";

type RestEvent = APIGatewayProxyWithLambdaAuthorizerEvent<Record<string, string>>;
type HttpEvent = APIGatewayProxyEventV2WithRequestContext<{ readonly http: { readonly method: string } }>;

interface Caller {
  readonly issuer: string | undefined;
  readonly userId: string | undefined;
  readonly roles: string | undefined;
  readonly deviceTrust: string | undefined;
}

/**
 * Answers with the caller as the gateway passes it on: an HTTP API in headers that its integration
 * overwrites, a REST API in the authorizer's context. On a REST API the same headers come from the
 * caller and are not believed.
 */
export const handler = async (event: RestEvent | HttpEvent): Promise<APIGatewayProxyResult> => {
  const request = isHttp(event)
    ? {
        api: "http",
        method: event.requestContext.http.method,
        path: event.rawPath,
        caller: fromHeaders(event),
      }
    : { api: "rest", method: event.httpMethod, path: event.path, caller: fromContext(event) };
  return {
    statusCode: 200,
    headers: {
      "content-type": "application/json",
      "access-control-allow-origin": process.env.ALLOW_ORIGIN ?? "*",
    },
    body: JSON.stringify(request),
  };
};

const isHttp = (event: RestEvent | HttpEvent): event is HttpEvent =>
  "version" in event && event.version === "2.0";

const fromHeaders = ({ headers }: HttpEvent): Caller => ({
  issuer: headers["x-user-issuer"],
  userId: headers["x-user-id"],
  roles: headers["x-user-roles"],
  deviceTrust: headers["x-device-trust"],
});

function fromContext({ requestContext }: RestEvent): Caller {
  const { issuer, userId, roles, deviceTrust } = requestContext.authorizer;
  return { issuer, userId, roles, deviceTrust };
}
