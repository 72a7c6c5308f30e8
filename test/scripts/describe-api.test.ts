import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as face from "../../lib/index.ts";
import { apiPage, describeApi, undocumented } from "../../scripts/documents/describe-api.ts";

const root = join(import.meta.dirname, "../..");

test("docs/api.md matches the docstrings (else run `npm run api`)", () => {
  expect(readFileSync(apiPage(root), "utf8")).toBe(describeApi(root));
});

test("docs/api.md has every name that the library exports at run time", () => {
  const headings = describeApi(root).match(/^### .*$/gm) ?? [];
  expect(headings).toEqual(expect.arrayContaining(Object.keys(face).map((name) => `### ${name}`)));
});

test("everything public has a docstring", () => {
  expect(undocumented(root)).toEqual([]);
});

describe("a library of one file", () => {
  let folder: string;
  const write = (source: string) => writeFileSync(join(folder, "lib/door.ts"), source);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sallyport-api-"));
    mkdirSync(join(folder, "lib"));
    writeFileSync(join(folder, "lib/index.ts"), 'export { Gate, type GateProps } from "./door.ts";');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("names each public member that has no docstring, and no private one", () => {
    write(`
      /** What a door is made with. */
      export interface GateProps { readonly width: number; }
      export class Gate { readonly open: boolean; private readonly key = 1; #bolt = 2; protected hinge = 3; }`);
    expect(undocumented(folder)).toEqual([
      "lib/door.ts: Gate",
      "lib/door.ts: Gate.open",
      "lib/door.ts: GateProps.width",
    ]);
  });

  test("shows the constructor, defaults and errors, and no text breaks the table", () => {
    write(`
      /** What a door is made with. */
      export interface GateProps {
        /**
         * Metres, or | nothing.
         * @default - as wide as the wall
         */
        readonly width?: number | undefined;
      }
      /** A door. */
      export class Gate extends Wall {
        /** @param props its size */
        constructor(props: GateProps) {}
        /**
         * Opens it.
         * @throws if it is locked
         */
        static open(door: Gate): void {}
      }`);
    const text = describeApi(folder);
    expect(text).toContain("extends `Wall`");
    expect(text).toContain("new Gate(props: GateProps)");
    expect(text).toContain("| `static open` | `(door: Gate): void` | Opens it. Throws if it is locked. |");
    expect(text).toContain(
      "| `width?` | `number \\| undefined` | Metres, or \\| nothing. Default: as wide as the wall. |",
    );
  });

  test("a name that is exported and declared nowhere is an error", () => {
    write("export const other = 1;");
    expect(() => describeApi(folder)).toThrow("lib/door.ts does not declare Gate.");
  });
});
