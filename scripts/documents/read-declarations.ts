import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
// TypeScript 7 has no API for programs to read sources with; 5.9 is the last that does.
import ts from "typescript5";

/** A property, method or parameter, as its source says. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly docs: Docs;
}

export interface Docs {
  readonly text: string;
  /** Of tags such as `@default`, by their names; each text of a repeated tag has its line */
  readonly tags: Readonly<Record<string, string>>;
}

/** One exported name. */
export interface Declaration {
  readonly name: string;
  readonly kind: "class" | "interface" | "type" | "function" | "constant";
  /** Path of the source, from the root */
  readonly file: string;
  readonly docs: Docs;
  /** What it extends, as the source says */
  readonly extends: readonly string[];
  /**
   * The signature of a function, the text of a type, the value of a constant; a class's constructor
   */
  readonly signature: string;
  readonly members: readonly Member[];
}

/**
 * Reads what a module exports, in the order of its export statements. It reads syntax alone: types
 * are given as the source writes them, and what a declaration inherits is named but not listed.
 *
 * @throws if an exported name is declared nowhere in the file that it comes from
 */
export function readDeclarations(root: string, entry: string): Declaration[] {
  const face = parse(join(root, entry));
  return face.statements.filter(ts.isExportDeclaration).flatMap((statement) => {
    const from = statement.moduleSpecifier;
    const names = statement.exportClause;
    if (from === undefined || !ts.isStringLiteral(from) || names === undefined || !ts.isNamedExports(names)) {
      throw new Error(`${entry}: only \`export { names } from "…"\` can be read.`);
    }
    const file = join(dirname(entry), from.text);
    const source = parse(join(root, file));
    return names.elements.map(({ name }) => declarationOf(source, file, name.text));
  });
}

const parse = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2023, true);

function declarationOf(source: ts.SourceFile, file: string, name: string): Declaration {
  for (const statement of source.statements) {
    const found = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.find((one) => one.name.getText() === name)
      : isNamed(statement) && statement.name?.text === name && statement;
    if (found) return { name, file, docs: docsOf(statement), ...describe(found) };
  }
  throw new Error(`${file} does not declare ${name}.`);
}

type Named = ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.FunctionDeclaration;

const isNamed = (node: ts.Node): node is Named =>
  ts.isClassDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isFunctionDeclaration(node);

function describe(
  node: Named | ts.VariableDeclaration,
): Pick<Declaration, "kind" | "extends" | "signature" | "members"> {
  const none = { extends: [], members: [] };
  if (ts.isTypeAliasDeclaration(node)) return { kind: "type", ...none, signature: oneLine(node.type) };
  if (ts.isFunctionDeclaration(node)) return { kind: "function", ...none, signature: signatureOf(node) };
  if (ts.isVariableDeclaration(node)) return describeVariable(node);
  const bases = node.heritageClauses?.flatMap(({ types }) => types.map((type) => type.getText())) ?? [];
  const members = [...node.members].filter(isPublic).flatMap(memberOf);
  if (ts.isInterfaceDeclaration(node)) return { kind: "interface", extends: bases, signature: "", members };
  const made = node.members.find(ts.isConstructorDeclaration);
  const hidden = made === undefined || !isPublic(made);
  return {
    kind: "class",
    extends: bases,
    signature: hidden ? "" : `new ${node.name?.text}${parameters(made)}`,
    members,
  };
}

function describeVariable(
  node: ts.VariableDeclaration,
): Pick<Declaration, "kind" | "extends" | "signature" | "members"> {
  const { initializer } = node;
  const common = { extends: [], members: [] };
  return initializer !== undefined && ts.isArrowFunction(initializer)
    ? { kind: "function", ...common, signature: signatureOf(initializer, node.name.getText()) }
    : { kind: "constant", ...common, signature: initializer === undefined ? "" : oneLine(initializer) };
}

function isPublic(node: ts.Node): boolean {
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  const hides = modifiers?.some(
    ({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword,
  );
  const name = (node as ts.NamedDeclaration).name;
  return hides !== true && (name === undefined || !ts.isPrivateIdentifier(name));
}

function memberOf(node: ts.ClassElement | ts.TypeElement): Member[] {
  const name = node.name?.getText();
  if (name === undefined) return [];
  const isStatic = ts.canHaveModifiers(node) && hasStatic(node);
  const docs = docsOf(node);
  const shown = isStatic ? `static ${name}` : name;
  if (ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) {
    return [{ name: shown, type: `${parameters(node)}${returns(node)}`, optional: false, docs }];
  }
  if (ts.isPropertyDeclaration(node) || ts.isPropertySignature(node) || ts.isGetAccessor(node)) {
    const optional = !ts.isGetAccessor(node) && node.questionToken !== undefined;
    return [{ name: shown, type: node.type === undefined ? "" : oneLine(node.type), optional, docs }];
  }
  return [];
}

const hasStatic = (node: ts.HasModifiers): boolean =>
  ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true;

const signatureOf = (node: ts.FunctionDeclaration | ts.ArrowFunction, name = node.name?.getText()): string =>
  `${name}${parameters(node)}${returns(node)}`;

const parameters = (node: ts.SignatureDeclaration): string =>
  `(${node.parameters.map((parameter) => oneLine(parameter)).join(", ")})`;

const returns = (node: ts.SignatureDeclaration): string =>
  node.type === undefined ? "" : `: ${oneLine(node.type)}`;

const oneLine = (node: ts.Node): string => node.getText().replaceAll(/\s+/g, " ");

function docsOf(node: ts.Node): Docs {
  const blocks = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const tags: Record<string, string> = {};
  for (const tag of blocks.flatMap((block) => [...(block.tags ?? [])])) {
    const name = tag.tagName.text;
    const about = ts.isJSDocParameterTag(tag) ? `\`${tag.name.getText()}\` ` : "";
    const text = `${about}${plain(ts.getTextOfJSDocComment(tag.comment))}`;
    tags[name] = tags[name] === undefined ? text : `${tags[name]}\n${text}`;
  }
  return {
    text: plain(blocks.map((block) => ts.getTextOfJSDocComment(block.comment) ?? "").join("\n")),
    tags,
  };
}

/** Paragraphs keep their breaks, lines do not. */
const plain = (text = ""): string =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, " ").trim())
    .join("\n\n");
