import { stageUrl } from "../../../cli/attach/stage-url.ts";
import { attachedApi } from "../../support/attach/attached.ts";

const api = attachedApi();

test.each([
  ["prod", api, "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod"],
  ["$default", api, "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"],
  [
    "prod",
    attachedApi({ partition: "aws-cn", region: "cn-north-1" }),
    "https://a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn/prod",
  ],
])("the stage %s is called at its execute-api address", (stage, state, expected) => {
  expect(stageUrl(state, stage, undefined, 2)).toBe(expected);
});

test.each([
  ["https://api.example.com/v1/", "https://api.example.com/v1"],
  ["wss://api.example.com", "wss://api.example.com"],
  ["http://127.0.0.1:8080/prod", "http://127.0.0.1:8080/prod"],
  ["ws://localhost:8080", "ws://localhost:8080"],
])("--url %s", (url, expected) => {
  expect(stageUrl(attachedApi({ executeApiDisabled: true }), "prod", url, 1)).toBe(expected);
});

test.each([
  ["http://api.example.com", "unencrypted"],
  ["http://127.0.0.1.example.com", "unencrypted"],
  ["ws://api.example.com", "unencrypted"],
  ["ftp://api.example.com", "must be an http, https, ws or wss URL"],
  ["api.example.com", "must be an http, https, ws or wss URL"],
  ["https://api.example.com/v1?x=1", "only a host and a base path"],
  ["https://me:secret@api.example.com", "only a host and a base path"],
])("--url %s is refused", (url, says) => {
  expect(() => stageUrl(api, "prod", url, 1)).toThrow(says);
});

test("one URL is of one stage, and an address that is turned off needs one", () => {
  expect(() => stageUrl(api, "prod", "https://api.example.com", 2)).toThrow("--stage");
  expect(() => stageUrl(attachedApi({ executeApiDisabled: true }), "prod", undefined, 1)).toThrow(
    "endpoint is disabled",
  );
});
