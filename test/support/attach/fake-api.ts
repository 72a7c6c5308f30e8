import type {
  ApiState,
  DeployedRoute,
  RouteAuthorization,
  RouteState,
  StageState,
} from "../../../domain/attach/api-state.ts";
import {
  type Attachment,
  AttachmentConflict,
  type AttachmentStore,
} from "../../../domain/attach/attachment.ts";
import type { ApiControl, InvokePermission } from "../../../domain/attach/control.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Live = Readonly<Record<string, DeployedRoute & { readonly authorizerId?: string }>>;

export class Killed extends Error {}

const controlError = (kind: string, message: string): Error =>
  Object.assign(new Error(message), { name: "ControlError", kind, next: "Try again." });

/**
 * The control plane of one API, in memory: a state machine of what API Gateway documents, with the
 * same refusals, and what each stage answers with. `state` is as `read` returns it.
 */
export class FakeApi {
  state: Mutable<ApiState>;
  /** What each deployment asks of callers, and by which authorizer */
  readonly deployed = new Map<string, Live>();
  readonly statements = new Map<string, string>();
  readonly records = new Map<string, Attachment>();
  readonly calls: string[] = [];
  /** Called after each call's effect */
  after: (call: string, count: number) => void = () => {};
  /** Called before each call's effect */
  before: (call: string, count: number) => void = () => {};
  private serial = 0;

  constructor(state: ApiState) {
    this.state = structuredClone(state) as Mutable<ApiState>;
    for (const { id } of state.deployments) this.deployed.set(id, this.liveOf(this.state.routes));
    this.state.stages = this.state.stages.map((stage) => this.describeStage(stage));
  }

  /** Writes that were made; reads do not count. */
  get writes(): number {
    return this.calls.filter((call) => !/^(read|find|load|list|testAuthorizer)$/.test(call)).length;
  }

  /** What a request to the stage meets now, by route. */
  live({ deploymentId, autoDeploy }: StageState): Live {
    if (autoDeploy) return this.liveOf(this.state.routes);
    return (deploymentId === undefined ? undefined : this.deployed.get(deploymentId)) ?? {};
  }

  /** The same with what a canary meets */
  answers({ canary, ...stage }: StageState): readonly (readonly [string, Live[string]])[] {
    const share = canary === undefined ? {} : (this.deployed.get(canary.deploymentId) ?? {});
    return [...Object.entries(this.live(stage)), ...Object.entries(share)];
  }

  private async call<T>(name: string, effect: () => T): Promise<T> {
    this.calls.push(name);
    this.before(name, this.calls.length);
    const result = effect();
    this.after(name, this.calls.length);
    return result;
  }

  private liveOf(routes: readonly RouteState[]): Live {
    return Object.fromEntries(
      routes.map(({ key, authorization: { type, authorizerId }, apiKeyRequired }) => [
        key,
        { type, apiKeyRequired, ...(authorizerId !== undefined && { authorizerId }) },
      ]),
    );
  }

  private describeStage(stage: StageState): StageState {
    const { deployedRoutes: _, ...rest } = stage;
    if (this.state.kind !== "rest" || stage.deploymentId === undefined) return rest;
    const live = this.deployed.get(stage.deploymentId) ?? {};
    const deployedRoutes = Object.fromEntries(
      Object.entries(live).map(([key, { type, apiKeyRequired }]) => [key, { type, apiKeyRequired }]),
    );
    return { ...rest, deployedRoutes };
  }

  private setStage(name: string, change: (stage: StageState) => StageState): void {
    if (!this.state.stages.some((stage) => stage.name === name))
      throw controlError("not-found", `no stage ${name}`);
    this.state.stages = this.state.stages.map((stage) =>
      stage.name === name ? this.describeStage(change(stage)) : stage,
    );
  }

  /** What somebody else, or API Gateway itself, does. */
  addDeployment(description: string): string {
    this.serial += 1;
    const id = `d${this.serial}`;
    this.deployed.set(id, this.liveOf(this.state.routes));
    this.state.deployments = [...this.state.deployments, { id, description }];
    return id;
  }

  deployStage(name: string, description: string): void {
    const deploymentId = this.addDeployment(description);
    this.setStage(name, (stage) => ({ ...stage, deploymentId }));
  }

  setRoute(id: string, change: Partial<RouteState>): void {
    this.state.routes = this.state.routes.map((route) => (route.id === id ? { ...route, ...change } : route));
  }

  private changed(): void {
    for (const { name, autoDeploy } of this.state.stages)
      if (autoDeploy) this.deployStage(name, "Automatic deployment");
  }

  readonly control: ApiControl = {
    read: () => this.call("read", () => structuredClone(this.state) as ApiState),
    createAuthorizer: ({ name, functionArn, credentialsArn }) =>
      this.call("createAuthorizer", () => {
        if (this.state.authorizers.length >= 10) throw controlError("limit-exceeded", "10 authorizers");
        if (this.state.authorizers.some((one) => one.name === name))
          throw controlError("conflict", "name taken");
        this.serial += 1;
        const id = `a${this.serial}`;
        this.state.authorizers = [
          ...this.state.authorizers,
          {
            id,
            name,
            type: "REQUEST",
            functionArn,
            ttlSeconds: 0,
            identitySources: [],
            ...(credentialsArn !== undefined && { credentialsArn }),
            ...(this.state.kind === "http" && { payloadFormat: "2.0", simpleResponses: true }),
          },
        ];
        return id;
      }),
    deleteAuthorizer: (id) =>
      this.call("deleteAuthorizer", () => {
        if (this.state.routes.some(({ authorization }) => authorization.authorizerId === id))
          throw controlError("conflict", "the authorizer is in use");
        this.state.authorizers = this.state.authorizers.filter((one) => one.id !== id);
      }),
    setAuthorization: (id, to: RouteAuthorization) =>
      this.call("setAuthorization", () => {
        if (!this.state.routes.some((route) => route.id === id))
          throw controlError("not-found", "no such route");
        const { authorizerId } = to;
        if (authorizerId !== undefined && !this.state.authorizers.some((one) => one.id === authorizerId))
          throw controlError("invalid", "no such authorizer");
        this.setRoute(id, { authorization: structuredClone(to) });
        this.changed();
      }),
    putGatewayResponse: (response) =>
      this.call("putGatewayResponse", () => {
        const others = this.state.gatewayResponses.filter(({ type }) => type !== response.type);
        this.state.gatewayResponses = [...others, structuredClone(response)].sort((a, b) =>
          a.type < b.type ? -1 : 1,
        );
      }),
    deleteGatewayResponse: (type) =>
      this.call("deleteGatewayResponse", () => {
        this.state.gatewayResponses = this.state.gatewayResponses.filter((one) => one.type !== type);
      }),
    setStageVariable: (stage, name, value) =>
      this.call("setStageVariable", () =>
        this.setStage(stage, ({ variables, ...rest }) => {
          const { [name]: _, ...others } = variables;
          return { ...rest, variables: value === undefined ? others : { ...others, [name]: value } };
        }),
      ),
    deploy: ({ stage, description, canaryPercent }) =>
      this.call("deploy", () => {
        if (canaryPercent === undefined) this.deployStage(stage, description);
        else {
          const canary = { deploymentId: this.addDeployment(description), percent: canaryPercent };
          this.setStage(stage, (one) => ({ ...one, canary }));
        }
        return `d${this.serial}`;
      }),
    pointStage: (name, deploymentId) =>
      this.call("pointStage", () => {
        if (!this.state.deployments.some(({ id }) => id === deploymentId))
          throw controlError("not-found", "no such deployment");
        this.setStage(name, ({ canary: _, ...stage }) => ({ ...stage, deploymentId }));
      }),
    removeCanary: (name) =>
      this.call("removeCanary", () => this.setStage(name, ({ canary: _, ...stage }) => stage)),
    deleteDeployment: (deploymentId) =>
      this.call("deleteDeployment", () => {
        const uses = (stage: StageState) =>
          stage.deploymentId === deploymentId || stage.canary?.deploymentId === deploymentId;
        if (this.state.stages.some(uses)) throw controlError("conflict", "a stage points to the deployment");
        this.state.deployments = this.state.deployments.filter(({ id }) => id !== deploymentId);
        this.deployed.delete(deploymentId);
      }),
    flushAuthorizerCache: () => this.call("flushAuthorizerCache", () => undefined),
    testAuthorizer: (id) =>
      this.call("testAuthorizer", () => {
        if (this.state.kind !== "rest") return undefined;
        const authorizer = this.state.authorizers.find((one) => one.id === id);
        const mayInvoke = authorizer?.credentialsArn !== undefined || this.statements.size > 0;
        return { status: mayInvoke ? 200 : 500, milliseconds: 12 };
      }),
  };

  readonly permission: InvokePermission = {
    grant: (statementId, sourceArn) =>
      this.call("grant", () => void this.statements.set(statementId, sourceArn)),
    revoke: (statementId) => this.call("revoke", () => void this.statements.delete(statementId)),
    find: (statementId) => this.call("find", () => this.statements.get(statementId)),
  };

  readonly store: AttachmentStore = {
    load: ({ apiId }) => this.call("load", () => structuredClone(this.records.get(apiId))),
    save: (attachment, previous) =>
      this.call("save", () => {
        if (this.records.get(attachment.address.apiId)?.updatedAt !== previous)
          throw new AttachmentConflict("somebody else has written the record");
        this.records.set(attachment.address.apiId, structuredClone(attachment));
      }),
    remove: ({ apiId }, previous) =>
      this.call("remove", () => {
        if (this.records.get(apiId)?.updatedAt !== previous)
          throw controlError("conflict", "written meanwhile");
        this.records.delete(apiId);
      }),
    list: () => this.call("list", () => [...this.records.values()]),
  };
}
