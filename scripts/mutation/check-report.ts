/** The parts of Stryker's JSON report that count here (mutation-testing-report-schema 2). */
export interface MutationReport {
  readonly files: Readonly<
    Record<string, { readonly source: string; readonly mutants: readonly ReportedMutant[] }>
  >;
}

interface ReportedMutant {
  readonly status: string;
  readonly replacement?: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

/** Both count from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A mutant that no test can kill, found again by its text, since lines move. */
export interface ExplainedSurvivor {
  readonly file: string;
  /** The line on which the mutant begins, without the blanks around it */
  readonly line: string;
  /** What is replaced, and by what, with each run of white space as one blank */
  readonly original: string;
  readonly replacement: string;
  readonly why: string;
}

export interface ReportCheck {
  /** Percent of the mutants that some test kills; an explained survivor is not killed */
  readonly score: number;
  readonly files: readonly { readonly file: string; readonly killed: number; readonly all: number }[];
  /** Survivors without an explanation */
  readonly unexplained: readonly Omit<ExplainedSurvivor, "why">[];
  /** Explanations of mutants that are killed or no longer exist, in the files of the report */
  readonly outdated: readonly ExplainedSurvivor[];
}

const KILLED = ["Killed", "Timeout"];
/** A mutant that was not tested counts as one that survived. */
const SURVIVED = ["Survived", "NoCoverage", "RuntimeError", "Pending"];

/** Judges a report by the list of explained survivors. Pure. */
export function checkReport(report: MutationReport, explained: readonly ExplainedSurvivor[]): ReportCheck {
  const files = Object.entries(report.files).map(([file, { source, mutants }]) => {
    const killed = mutants.filter(({ status }) => KILLED.includes(status)).length;
    const survivors = mutants
      .filter(({ status }) => SURVIVED.includes(status))
      .map((mutant) => describe(file, source, mutant));
    return { file, killed, all: killed + survivors.length, survivors };
  });
  const survivors = files.flatMap((file) => file.survivors);
  const all = files.reduce((sum, file) => sum + file.all, 0);
  const killed = files.reduce((sum, file) => sum + file.killed, 0);
  return {
    score: all === 0 ? 0 : (100 * killed) / all,
    files: files.map(({ file, killed, all }) => ({ file, killed, all })),
    unexplained: survivors.filter((one) => !explained.some((other) => isSame(one, other))),
    outdated: explained.filter(
      (one) => one.file in report.files && !survivors.some((other) => isSame(one, other)),
    ),
  };
}

type Survivor = Omit<ExplainedSurvivor, "why">;

function describe(
  file: string,
  source: string,
  { location: { start, end }, replacement = "" }: ReportedMutant,
): Survivor {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  const line = (lines[0] ?? "").trim();
  const last = lines.length - 1;
  const cut = lines.map((text, index) =>
    text.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined),
  );
  return { file, line, original: oneLine(cut.join("\n")), replacement: oneLine(replacement) };
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

const isSame = (one: Survivor, other: Survivor): boolean =>
  one.file === other.file &&
  one.line === other.line &&
  one.original === other.original &&
  one.replacement === other.replacement;
