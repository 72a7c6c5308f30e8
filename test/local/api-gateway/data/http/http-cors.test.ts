import {
  boot,
  closeAll,
  guardedRoute,
  httpApi,
  httpAuthorizer,
  httpRoute,
} from "../../../../support/api-gateway/gateway-template.ts";

afterEach(closeAll);

describe("CORS", () => {
  const cors = {
    CorsConfiguration: { AllowOrigins: ["https://a.example"], AllowMethods: ["GET"], MaxAge: 10 },
  };
  const preflight = (Origin: string) => ({
    method: "OPTIONS",
    headers: { Origin, "Access-Control-Request-Method": "GET" },
  });

  test("a preflight is answered without routes or authorizer, for allowed origins", async () => {
    const { url, events } = await boot([
      ...httpApi(cors),
      httpAuthorizer(),
      ...httpRoute("GET /a", guardedRoute),
    ]);
    const response = await fetch(`${url}/a`, preflight("https://a.example"));
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("https://a.example");
    expect(response.headers.get("access-control-allow-methods")).toBe("GET");
    expect(response.headers.get("access-control-max-age")).toBe("10");
    const other = await fetch(`${url}/a`, preflight("https://b.example"));
    expect(other.headers.has("access-control-allow-origin")).toBe(false);
    expect(events.authorizer).toHaveLength(0);
  });

  test("denials carry the headers too, and the backend's own are ignored", async () => {
    const { url } = await boot(
      [
        ...httpApi({ CorsConfiguration: { AllowOrigins: ["*"] } }),
        httpAuthorizer(),
        ...httpRoute("GET /a", guardedRoute),
        ...httpRoute("GET /b"),
      ],
      {
        authorizer: () => ({ isAuthorized: false }),
        backend: () => ({
          statusCode: 200,
          headers: { "Access-Control-Allow-Origin": "https://evil.example" },
        }),
      },
    );
    const headers = { Origin: "https://a.example" };
    const denied = await fetch(`${url}/a`, { headers });
    expect([denied.status, denied.headers.get("access-control-allow-origin")]).toEqual([403, "*"]);
    const answered = await fetch(`${url}/b`, { headers });
    expect(answered.headers.get("access-control-allow-origin")).toBe("*");
  });
});
