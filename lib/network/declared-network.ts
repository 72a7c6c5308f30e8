/**
 * The tiers of a segmented network; each is a security group that others are allowed by reference.
 */
export const TIERS = ["api", "database", "cache", "endpoints", "link", "balancer"] as const;

/** A tier of a segmented network. */
export type Tier = (typeof TIERS)[number];

/** TCP from a tier to a port of a tier, or of a prefix list (`prefixList`). */
export interface Flow {
  /** The tier whose members open the connection */
  readonly from: Tier;
  /** The tier or prefix list that they reach */
  readonly to: string;
  /** TCP port */
  readonly port: number;
}

/** What a network says of itself, by the ids of its resources: the only paths that may be. */
export interface DeclaredNetwork {
  /** Id of the VPC */
  readonly vpc: string;
  /** Security groups of each tier */
  readonly groups: Readonly<Partial<Record<Tier, readonly string[]>>>;
  /** Every path that is allowed */
  readonly flows: readonly Flow[];
  /** Interface and gateway endpoints */
  readonly endpoints: readonly string[];
  /** Functions that must be in the tier `api` */
  readonly functions: readonly string[];
  /** The DNS firewall's rule group and its lists of names */
  readonly firewall: {
    readonly ruleGroup: string;
    readonly allowedList: string;
    readonly blockedList: string;
    /** The names that may be resolved, as `textOf` shows them */
    readonly domains: readonly string[];
  };
  /** CloudFormation types beyond the known ones that may be in a tier */
  readonly alsoPlaced: readonly string[];
}

/** How a prefix list is called at the end of a flow. */
export const prefixList = (id: string): string => `prefix list ${id}`;

/** A flow as one line, such as `api → database tcp 5432`. */
export const describeFlow = ({ from, to, port }: Flow): string => `${from} → ${to} tcp ${port}`;
