import { isReasonCode, type Outcome, type ReasonCode } from "../domain/decision/reason.ts";
import { DEVICE_TRUST_LEVELS, type DeviceTrust } from "../domain/evidence/device-trust.ts";
import type { PrincipalKind } from "../domain/evidence/principal-kind.ts";
import { PolicyError, type PolicyProblem } from "./policy-error.ts";

/** One row of a table of cases. Times are minutes after midnight. */
export interface PolicyCase {
  readonly name: string;
  /** Line of the row, from 1 */
  readonly line: number;
  readonly kind: PrincipalKind;
  readonly roles: readonly string[];
  readonly mfa: boolean;
  readonly signedInAt?: number;
  readonly tokensRevoked: boolean;
  readonly userQuarantined: boolean;
  readonly sessionRevoked: boolean;
  readonly sessionQuarantined: boolean;
  readonly deviceTrust: DeviceTrust;
  readonly deviceQuarantined: boolean;
  /** What the registry and a proof say; none: the device is not enrolled and nothing is proven */
  readonly deviceFacts: readonly DeviceFact[];
  /** Absent: the risk table could not be read */
  readonly score?: number;
  readonly roseAt?: number;
  readonly at: number;
  /** 1 is Monday, 7 is Sunday */
  readonly dayOfWeek: number;
  readonly method: string;
  readonly path: string;
  readonly country?: string;
  readonly countries: readonly string[];
  readonly outcome: Outcome;
  readonly reasons: readonly ReasonCode[];
}

/** Any of them says that the device is enrolled, and for this user unless it is another's. */
export const DEVICE_FACTS = [
  "enrolled",
  "another's",
  "retired",
  "by its key",
  "by another key",
  "healthy",
  "unhealthy",
  "stale",
] as const;
export type DeviceFact = (typeof DEVICE_FACTS)[number];

type Row = Omit<PolicyCase, "name" | "line">;
/**
 * One thing that a column may say, and what it says of the row; undefined if it makes no sense
 * after all.
 */
type Word = readonly [
  pattern: RegExp,
  says: (match: string, rest: string, row: Row) => Partial<Row> | undefined,
];

const COLUMNS = ["who", "device", "risk", "when", "request", "outcome", "reasons"] as const;
const HEADER = `case | ${COLUMNS.join(" | ")}`;
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const EMPTY: Row = {
  kind: "user",
  roles: [],
  mfa: false,
  tokensRevoked: false,
  userQuarantined: false,
  sessionRevoked: false,
  sessionQuarantined: false,
  deviceTrust: "unknown",
  deviceQuarantined: false,
  deviceFacts: [],
  at: 0,
  dayOfWeek: 1,
  method: "",
  path: "",
  countries: [],
  outcome: "deny",
  reasons: [],
};

/** What each column may say: words between commas. */
const WORDS: Readonly<Record<(typeof COLUMNS)[number], { accepted: string; words: readonly Word[] }>> = {
  who: {
    accepted:
      "user, service, role NAME, mfa, signed in HH:MM, tokens revoked, user quarantined, session revoked, session quarantined",
    words: [
      [/^(user|service)$/, (kind) => ({ kind: kind as PrincipalKind })],
      [/^role (\S+)$/, (role, _, { roles }) => ({ roles: [...roles, role] })],
      [/^mfa$/, () => ({ mfa: true })],
      [/^signed in (\d\d):(\d\d)$/, timeFor("signedInAt")],
      [/^tokens revoked$/, () => ({ tokensRevoked: true })],
      [/^user quarantined$/, () => ({ userQuarantined: true })],
      [/^session revoked$/, () => ({ sessionRevoked: true })],
      [/^session quarantined$/, () => ({ sessionQuarantined: true })],
    ],
  },
  device: {
    accepted: `${DEVICE_TRUST_LEVELS.join(", ")}, quarantined, ${DEVICE_FACTS.join(", ")}`,
    words: [
      [/^(unknown|low|medium|high)$/, (trust) => ({ deviceTrust: trust as DeviceTrust })],
      [/^quarantined$/, () => ({ deviceQuarantined: true })],
      [
        new RegExp(`^(${DEVICE_FACTS.join("|")})$`),
        (fact, _, { deviceFacts }) => ({ deviceFacts: [...deviceFacts, fact as DeviceFact] }),
      ],
    ],
  },
  risk: {
    accepted: "a whole number from 0 to 100, unknown, rose HH:MM",
    words: [
      [/^(\d{1,2}|100)$/, (score) => ({ score: Number(score) })],
      [/^unknown$/, () => ({})],
      [/^rose (\d\d):(\d\d)$/, timeFor("roseAt")],
    ],
  },
  when: {
    accepted: `HH:MM, ${DAYS.join(", ")}`,
    words: [
      [/^(\d\d):(\d\d)$/, timeFor("at")],
      [/^([A-Z]\w+)$/, (day) => (DAYS.includes(day) ? { dayOfWeek: DAYS.indexOf(day) + 1 } : undefined)],
    ],
  },
  request: {
    accepted: "METHOD /path, from COUNTRY, only COUNTRY COUNTRY ...",
    words: [
      [/^([A-Z]+) (\/\S*)$/, (method, path) => ({ method, path })],
      [/^from ([A-Z]{2})$/, (country) => ({ country })],
      [/^only ([A-Z]{2}(?: [A-Z]{2})*)$/, (list) => ({ countries: list.split(" ") })],
    ],
  },
  outcome: {
    accepted: "allow, step-up, deny",
    words: [[/^(allow|step-up|deny)$/, (outcome) => ({ outcome: outcome as Outcome })]],
  },
  reasons: {
    accepted: "codes of domain/decision/reason.ts",
    words: [
      [
        /^([a-z-]+)$/,
        (code, _, { reasons }) => (isReasonCode(code) ? { reasons: [...reasons, code] } : undefined),
      ],
    ],
  },
};

/**
 * Reads the cases out of a Markdown text: every table whose header is `case | who | device | risk |
 * when | request | outcome | reasons`. Other text is for people and skipped.
 *
 * @throws {PolicyError} listing every row that cannot be understood, and a text without any case
 */
export function readCases(file: string, text: string): readonly PolicyCase[] {
  const problems: PolicyProblem[] = [];
  const cases: PolicyCase[] = [];
  const names = new Set<string>();
  for (const [index, row] of text.split(/\r?\n/).entries()) {
    const cells = cellsOf(row);
    if (cells === undefined || cells[0] === "case" || /^:?-+:?$/.test(cells[0] ?? "")) continue;
    const report = (found: string, accepted: string) =>
      problems.push({ file, line: index + 1, found, accepted });
    const [name = ""] = cells;
    if (name === "") report("a case without a name", "each case with a name");
    else if (names.has(name)) report(`the case "${name}" again`, "each name once");
    names.add(name);
    if (cells.length === COLUMNS.length + 1) cases.push(readRow(cells, index + 1, report));
    else report(`${cells.length} columns`, HEADER);
  }
  if (cases.length === 0 && problems.length === 0) {
    problems.push({ file, line: 1, found: "no case", accepted: `a table with ${HEADER}` });
  }
  if (problems.length > 0) throw new PolicyError(problems);
  return cases;
}

function cellsOf(row: string): readonly string[] | undefined {
  const cells = /^\s*\|(.*)\|\s*$/.exec(row)?.[1]?.split("|");
  return cells?.map((cell) => cell.replaceAll("`", "").trim());
}

function readRow(
  cells: readonly string[],
  line: number,
  report: (found: string, accepted: string) => void,
): PolicyCase {
  let row = EMPTY;
  for (const [index, column] of COLUMNS.entries()) {
    const { accepted, words } = WORDS[column];
    for (const word of (cells[index + 1] ?? "").split(",").map((part) => part.trim())) {
      const said = meaningOf(word, words, row);
      if (said === undefined) report(`"${word}" under ${column}`, accepted);
      else row = { ...row, ...said };
    }
  }
  return { ...row, name: cells[0] ?? "", line };
}

function meaningOf(word: string, words: readonly Word[], row: Row): Partial<Row> | undefined {
  for (const [pattern, says] of words) {
    const match = pattern.exec(word);
    if (match !== null) return says(match[1] ?? "", match[2] ?? "", row);
  }
  return undefined;
}

function timeFor(field: "at" | "signedInAt" | "roseAt"): Word[1] {
  return (hour, minute) =>
    Number(hour) < 24 && Number(minute) < 60 ? { [field]: Number(hour) * 60 + Number(minute) } : undefined;
}
