const LONGEST = 100;
const AREA = /^[a-z][\w./-]*(?:, [a-z][\w./-]*)*: /;

/**
 * Says what is wrong with the subject line of a commit; undefined if nothing is. CONTRIBUTING.md
 * has the convention. Pure.
 */
export function subjectFault(subject: string): string | undefined {
  if (!AREA.test(subject)) return 'does not begin with an area, as in "scorer: count retries"';
  const what = subject.replace(AREA, "");
  if (what.trim() === "") return "says nothing after the area";
  if (what.endsWith(".")) return "ends with a full stop";
  if (subject.length > LONGEST)
    return `is ${subject.length} characters long; at most ${LONGEST} are accepted`;
  return undefined;
}
