import type { SentFinding } from "./asff.ts";

/** A finding as Security Hub keeps it. */
export type StoredFinding = SentFinding & {
  readonly Id: string;
  readonly Title: string;
  readonly UpdatedAt: string;
  readonly RecordState: string;
  readonly Workflow: { readonly Status: string };
  readonly Severity: { readonly Label: string; readonly Normalized: number };
};

export interface FindingStore {
  /**
   * Stores a new finding or a newer version of a stored one; undefined if an update is not newer
   * and was ignored.
   */
  readonly put: (finding: SentFinding) => StoredFinding | undefined;
  /** In order of first import */
  readonly all: () => readonly StoredFinding[];
}

/** What only an analyst may change after the first import */
const ANALYSTS_OWN = ["Note", "UserDefinedFields", "VerificationState", "Workflow"];

const LABELS = [
  { Label: "CRITICAL", from: 90 },
  { Label: "HIGH", from: 70 },
  { Label: "MEDIUM", from: 40 },
  { Label: "LOW", from: 1 },
  { Label: "INFORMATIONAL", from: 0 },
] as const;

/**
 * Stores findings by ProductArn and Id, as BatchImportFindings does: an update applies only if its
 * UpdatedAt is strictly newer; it cannot change what belongs to the analyst; one that reactivates
 * an archived finding resets its workflow.
 * @see
 *   https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
 */
export function createFindingStore(region: string): FindingStore {
  const findings = new Map<string, StoredFinding>();
  return {
    put: (sent) => {
      const key = `${String(sent.ProductArn)}|${String(sent.Id)}`;
      const known = findings.get(key);
      if (known !== undefined && Date.parse(String(sent.UpdatedAt)) <= Date.parse(known.UpdatedAt))
        return undefined;
      const stored = complete(sent, known, region);
      findings.set(key, stored);
      return stored;
    },
    all: () => [...findings.values()],
  };
}

function complete(sent: SentFinding, known: StoredFinding | undefined, region: string): StoredFinding {
  const provided = sent.FindingProviderFields as { Severity?: unknown; Types?: unknown } | undefined;
  const reopened = known?.RecordState === "ARCHIVED" && sent.RecordState !== "ARCHIVED";
  const kept =
    known === undefined
      ? {}
      : Object.fromEntries(
          ANALYSTS_OWN.map((name) => [name, known[name]]).filter(([, value]) => value !== undefined),
        );
  const own = Object.entries(sent).filter(([name]) => known === undefined || !ANALYSTS_OWN.includes(name));
  return {
    Workflow: { Status: "NEW" },
    RecordState: "ACTIVE",
    ProductName: "Default",
    CompanyName: "Personal",
    Region: region,
    ...Object.fromEntries(own),
    ...kept,
    ...(reopened && { Workflow: { Status: "NEW" } }),
    Severity: completeSeverity(provided?.Severity ?? sent.Severity),
    Types: provided?.Types ?? sent.Types,
    ProcessedAt: new Date().toISOString(),
  } as unknown as StoredFinding;
}

function completeSeverity(stated: unknown): StoredFinding["Severity"] {
  const { Label, Normalized } = stated as { Label?: string; Normalized?: number };
  const byLabel = LABELS.find((level) => level.Label === Label);
  if (byLabel !== undefined) return { Label: byLabel.Label, Normalized: Normalized ?? byLabel.from };
  const level = LABELS.find(({ from }) => (Normalized ?? 0) >= from);
  return { Label: level?.Label ?? "INFORMATIONAL", Normalized: Normalized ?? 0 };
}
