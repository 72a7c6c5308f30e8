import { rm } from "node:fs/promises";
import fc from "fast-check";
import type { ApiState } from "../../../domain/attach/api-state.ts";
import type { AttachOptions } from "../../../domain/attach/attach-plan.ts";
import { findAuthorizer } from "../../../domain/attach/recognise.ts";
import { apply, newFolder, undo, written } from "../../support/attach/attach-run.ts";
import { FakeApi, Killed } from "../../support/attach/fake-api.ts";
import { FUNCTION_ARN, randomApi, route } from "../../support/attach/random-api.ts";

const RUNS = { numRuns: 60 };

const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await newFolder();
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** What an operator may ask for of any API that is not refused. */
const asked = ({ kind }: ApiState): fc.Arbitrary<Partial<AttachOptions>> =>
  fc.constantFrom<Partial<AttachOptions>>(
    {},
    { enforce: "all", replace: ["iam", "cognito", "jwt", "custom"] },
    { enforce: ["billing"], exclude: ["* /a*"] },
    { replaceGatewayResponses: true, ...(kind === "rest" && { canaryPercent: 10 }) },
  );
const randomRequest = randomApi.chain((api) => fc.tuple(fc.constant(api), asked(api)));

/** What must hold after every single call, whatever happens next. */
function watch(api: FakeApi, original: ApiState): void {
  const before = new Map(original.routes.map((route) => [route.key, route.authorization.type]));
  api.after = () => {
    const ours = findAuthorizer(api.state as ApiState, FUNCTION_ARN)?.id;
    for (const stage of api.state.stages) {
      for (const [key, live] of api.answers(stage)) {
        if (before.get(key) !== "NONE" && live.type === "NONE") throw new Error(`${key} was opened`);
        if (live.type !== "CUSTOM" || live.authorizerId === "other") continue;
        if (live.authorizerId !== ours) throw new Error(`${key} asks an authorizer that is gone`);
        if (api.statements.size === 0) throw new Error(`${key} asks a function that may not be invoked`);
        if (stage.variables.sallyport_enforce === undefined) throw new Error(`${key} is enforced unasked`);
      }
    }
  };
}

test("what was attached and rolled back is as it was, to the byte, and a second apply writes nothing", () =>
  fc.assert(
    fc.asyncProperty(randomRequest, ([original, options]) =>
      withFolder(async (folder) => {
        const api = new FakeApi(original);
        const before = written(api);
        watch(api, original);
        await apply(api, folder, options);
        const { writes } = api;
        await apply(api, folder, options);
        expect(api.writes).toBe(writes);
        await undo(api, folder);
        expect(written(api)).toBe(before);
        expect(api.records.size).toBe(0);
      }),
    ),
    RUNS,
  ));

test("a run that is killed at any call is gone on with, or rolled back, by another one", () =>
  fc.assert(
    fc.asyncProperty(
      randomRequest,
      fc.array(fc.tuple(fc.nat(40), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 4 }),
      ([original, options], kills) =>
        withFolder(async (folder) => {
          const api = new FakeApi(original);
          const before = written(api);
          watch(api, original);
          const invariant = api.after;
          for (const [calls, afterEffect, rollsBack] of kills) {
            const at = api.calls.length + calls + 1;
            const kill = (_: string, count: number) => {
              if (count === at) throw new Killed();
            };
            api.before = afterEffect ? () => undefined : kill;
            api.after = (call, count) => {
              invariant(call, count);
              if (afterEffect) kill(call, count);
            };
            const run = rollsBack ? undo(api, folder) : apply(api, folder, options).then(() => undefined);
            await run.catch((error) => {
              if (!(error instanceof Killed)) throw error;
            });
          }
          api.before = () => undefined;
          api.after = invariant;
          await undo(api, folder);
          expect(written(api)).toBe(before);
          await apply(api, folder, options);
          const { writes } = api;
          await apply(api, folder, options);
          expect(api.writes).toBe(writes);
        }),
    ),
    RUNS,
  ));

/**
 * What an owner who knows nothing of us may do between two of our runs, or in the middle of one.
 */
const changes: Readonly<Record<string, (api: FakeApi, at: number) => void>> = {
  addRoute: (api, at) => {
    const known = api.state.routes.some(({ key }) => key === `GET /new/${at}`);
    if (!known) api.state.routes = [...api.state.routes, route(`GET /new/${at}`)];
  },
  removeRoute: (api, at) => {
    const chosen = theirs(api, at);
    api.state.routes = api.state.routes.filter((one) => one !== chosen);
  },
  protectRoute: (api, at) => {
    const chosen = theirs(api, at);
    if (chosen !== undefined) api.setRoute(chosen.id, { authorization: { type: "AWS_IAM" } });
  },
  deploy: (api, at) => {
    const chosen = api.state.stages[at % api.state.stages.length];
    if (chosen !== undefined) api.deployStage(chosen.name, "release");
  },
};

/** Any route but one, so that something is left to attach */
function theirs({ state }: FakeApi, at: number) {
  const routes = state.routes.filter(({ key }) => key !== "GET /open");
  return routes[at % routes.length];
}

test("whatever an owner does meanwhile, nothing of ours is left after a rollback, and nothing of theirs is opened", () =>
  fc.assert(
    fc.asyncProperty(
      randomApi.filter(({ kind }) => kind !== "websocket"),
      fc.array(
        fc.tuple(
          fc.constantFrom("apply", "undo"),
          fc.array(fc.tuple(fc.nat(30), fc.constantFrom(...Object.keys(changes)), fc.nat(9)), {
            maxLength: 3,
          }),
        ),
        { minLength: 1, maxLength: 4 },
      ),
      (original, runs) =>
        withFolder(async (folder) => {
          const api = new FakeApi(original);
          for (const [run, meanwhile] of runs) {
            const from = api.calls.length;
            // Not between our reading and our write of a route: API Gateway has no conditional
            // writes.
            let due = [...meanwhile];
            api.before = (call, count) => {
              if (call !== "read") return;
              for (const [after, change, at] of due) if (count - from >= after) changes[change]?.(api, at);
              due = due.filter(([after]) => count - from < after);
            };
            await (run === "apply" ? apply(api, folder) : undo(api, folder));
            api.before = () => undefined;
            for (const [, change, at] of due) changes[change]?.(api, at);
          }
          const before = new Map(api.state.routes.map(({ key, authorization: { type } }) => [key, type]));
          await undo(api, folder);
          expect(findAuthorizer(api.state as ApiState, FUNCTION_ARN)).toBeUndefined();
          expect([...api.statements]).toEqual([]);
          expect(
            api.state.deployments.filter(({ description }) => /^sallyport attach/.test(description)),
          ).toEqual([]);
          for (const { key, authorization } of api.state.routes)
            expect([key, authorization.type === "NONE" && before.get(key) === "AWS_IAM"]).toEqual([
              key,
              false,
            ]);
          for (const stage of api.state.stages)
            for (const [key, { type, authorizerId }] of api.answers(stage))
              expect([key, type === "CUSTOM" && authorizerId !== "other"]).toEqual([key, false]);
          const after = written(api);
          const { writes } = api;
          await undo(api, folder);
          expect([api.writes, written(api)]).toEqual([writes, after]);
        }),
    ),
    { numRuns: 150 },
  ));
