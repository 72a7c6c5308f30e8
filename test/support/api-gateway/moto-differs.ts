/** What of the suite cannot be had of moto: why, and what the step then ends with. */
interface Difference {
  readonly why: string;
  readonly says: RegExp;
}

const NO_UPDATE_METHOD: Difference = { why: "it has no UpdateMethod", says: /UpdateMethod/ };
const NO_UPDATE_STAGE: Difference = { why: "it has no UpdateStage of v2", says: /UpdateStage/ };
const NO_DEPLOYMENT: Difference = { why: "it has no CreateDeployment of v2", says: /CreateDeployment/ };

/**
 * What moto does otherwise than AWS documents it, by the names of the suite's steps. A step that is
 * listed here and goes well fails, so that the list stays true of the version that .ci/run pins.
 */
export const MOTO_DIFFERS: Readonly<Record<string, Difference>> = {
  "REST: read tells what a deployment asks of callers": {
    why: "its GetDeployment leaves apisummary empty",
    says: /deep equality/,
  },
  "REST: a method asks the authorizer, and no more": NO_UPDATE_METHOD,
  "REST: a canary is made and removed": {
    why: "its CreateDeployment ignores canarySettings, and points the whole stage to the new deployment",
    says: /deep equality/,
  },
  "REST: the cache of verdicts is flushed": {
    why: "it has no FlushStageAuthorizersCache",
    says: /FlushStageAuthorizersCache/,
  },
  "REST: the authorizer is tried": { why: "it has no TestInvokeAuthorizer", says: /TestInvokeAuthorizer/ },
  "REST: an authorizer that is asked is not deleted": NO_UPDATE_METHOD,
  "REST: all of it is put back as it was": NO_UPDATE_METHOD,
  "REST: an authorizer that is gone is no error": {
    why: "its DeleteAuthorizer fails on what is not there",
    says: /DeleteAuthorizer/,
  },
  "HTTP: a stage variable is set": NO_UPDATE_STAGE,
  "HTTP: a stage variable is taken back": NO_UPDATE_STAGE,
  "HTTP: a deployment is made, and the stage pointed back": NO_DEPLOYMENT,
  "HTTP: the cache of verdicts is flushed, where there is one": {
    why: "it has no ResetAuthorizersCache",
    says: /ResetAuthorizersCache/,
  },
  "WebSocket: a stage variable is set": NO_UPDATE_STAGE,
  "WebSocket: a stage variable is taken back": NO_UPDATE_STAGE,
  "WebSocket: a deployment is made, and the stage pointed back": NO_DEPLOYMENT,
};

/**
 * Operations of API Gateway v2 that moto lacks and that no HTTP or WebSocket API can be read
 * without: test/support/api-gateway/moto-complement.ts has them.
 */
export const MOTO_COMPLEMENTED = ["GetAuthorizers", "GetDeployments"];
