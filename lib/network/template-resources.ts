/** One resource of a CloudFormation template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Properties;
}

export type Properties = Readonly<Record<string, unknown>>;

/** Resources by id: the logical ids of one template, or any other names that references use too. */
export type Resources = Readonly<Record<string, TemplateResource>>;

export interface ResourceReference {
  readonly id: string;
  /** Absent for Ref */
  readonly attribute?: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a value refers to, if it is exactly one Ref or Fn::GetAtt. */
export function referenceOf(value: unknown): ResourceReference | undefined {
  if (!isRecord(value) || Object.keys(value).length !== 1) return undefined;
  if (typeof value.Ref === "string") return { id: value.Ref };
  const got = value["Fn::GetAtt"];
  if (typeof got === "string") {
    const [id = "", ...attribute] = got.split(".");
    return { id, attribute: attribute.join(".") };
  }
  if (Array.isArray(got) && typeof got[0] === "string") return { id: got[0], attribute: String(got[1]) };
  return undefined;
}

/** The ids that a value refers to, however deep in joins, conditions and substitutions. */
export function referencesIn(value: unknown): Set<string> {
  const found = new Set<string>();
  const visit = (part: unknown): void => {
    const reference = referenceOf(part);
    if (reference !== undefined) found.add(reference.id);
    if (Array.isArray(part)) part.forEach(visit);
    if (!isRecord(part)) return;
    const substituted = part["Fn::Sub"];
    const template = Array.isArray(substituted) ? substituted[0] : substituted;
    if (typeof template === "string") {
      for (const [, id = ""] of template.matchAll(/\$\{([^!.}][^.}]*)/g)) found.add(id);
    }
    Object.values(part).forEach(visit);
  };
  visit(value);
  return found;
}

/**
 * A value as one text to compare and to show: joins are joined, references stand as
 * `${id.attribute}`.
 */
export function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const reference = referenceOf(value);
  if (reference !== undefined) {
    return `\${${reference.id}${reference.attribute === undefined ? "" : `.${reference.attribute}`}}`;
  }
  const join = isRecord(value) ? value["Fn::Join"] : undefined;
  if (Array.isArray(join) && Array.isArray(join[1])) return join[1].map(textOf).join(String(join[0]));
  const sub = isRecord(value) ? value["Fn::Sub"] : undefined;
  if (typeof sub === "string") return sub;
  return JSON.stringify(value);
}

/**
 * A property that holds a list; what is not a list counts as a list of one, so that nothing is
 * overlooked.
 */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

export const propertiesOf = (resource: TemplateResource): Properties => resource.Properties ?? {};

/** A value as a record; empty if it is none. */
export const recordOf = (value: unknown): Properties => (isRecord(value) ? value : {});
