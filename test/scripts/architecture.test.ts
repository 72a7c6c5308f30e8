import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readTrackedFiles } from "../../scripts/tracked-files.ts";

const ROOT = join(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");

interface Room {
  readonly room: string;
  readonly imports: "all" | readonly string[];
}

const CONFIG = JSON.stringify(join(ROOT, "dependency-cruiser.config.mjs"));
const print = `import(${CONFIG}).then(({ ROOMS }) => console.log(JSON.stringify(ROOMS)))`;
const printed = execFileSync(process.execPath, ["--input-type=module", "-e", print], { encoding: "utf8" });
const ROOMS: readonly Room[] = JSON.parse(printed);

/** Rooms that say in the rules what they import, and are shipped or tested with. */
const rooms = ROOMS.filter(({ room }) => room !== "examples");
const names = rooms.map(({ room }) => room);

/** A room's rule holds for the rooms inside it as well. */
const mayImport = ({ room, imports }: Room, other: string): boolean =>
  other !== room &&
  (imports === "all" || imports.some((name) => other === name || other.startsWith(`${name}/`)));

const codeOf = (cell: string): string => /`([^`]+)\/`/.exec(cell)?.[1] ?? "";

test("The table of rooms in docs/architecture.md marks exactly what each room may import", () => {
  const [, table = ""] = page.split("Exactly what each room may import, besides itself:\n");
  const lines = table.trimStart().split("\n\n")[0]?.split("\n") ?? [];
  const [head = [], , ...rows] = lines.map((line) => line.split("|").slice(1, -1));
  const columns = head.slice(1).map(codeOf);
  expect(columns).toEqual(
    names.filter((name) => rooms.some((room) => mayImport(room, name) && room.imports !== "all")),
  );
  const marked = rows.map(([room = "", ...cells]) => [
    codeOf(room),
    columns.filter((_, index) => cells[index]?.trim() === "●"),
  ]);
  expect(marked).toEqual(rooms.map((room) => [room.room, columns.filter((name) => mayImport(room, name))]));
});

test("The picture of rooms in docs/architecture.md draws exactly the arrows that no longer way replaces", () => {
  const shipped = ROOMS.filter(({ room }) => !/^(?:test|test\/support|scripts|bench|examples)$/.test(room));
  const direct = new Map(shipped.map((room) => [room.room, names.filter((name) => mayImport(room, name))]));
  const reach = (from: string): readonly string[] =>
    (direct.get(from) ?? []).flatMap((next) => [next, ...reach(next)]);
  const arrows = [...direct].flatMap(([from, targets]) =>
    targets
      .filter((to) => !targets.some((between) => between !== to && reach(between).includes(to)))
      .map((to) => `${from} --> ${to}`),
  );
  const [, picture = ""] = /```mermaid\n([\s\S]*?)```/.exec(page) ?? [];
  const drawn = [...picture.matchAll(/^ {2}(\S+) --> (.+)$/gm)].flatMap(([, from, targets = ""]) =>
    targets.split(" & ").map((to) => `${from} --> ${to}`),
  );
  expect(drawn.length).toBeGreaterThan(10);
  expect(drawn.toSorted()).toEqual(arrows.toSorted());
});

test("Every folder with code has a row in docs/architecture.md that says what it holds", () => {
  const [, section = ""] = page.split("\n## The rooms\n");
  const [table = ""] = section.split("```mermaid");
  const cells = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = ""]) => cell).join(" ");
  const folders = [...readTrackedFiles(ROOT).keys()]
    .filter((path) => /^\w[^/]*\/.*\.tsx?$/.test(path))
    .map((path) => path.slice(0, path.indexOf("/")));
  expect([...new Set(folders)].filter((folder) => !cells.includes(`\`${folder}/\``))).toEqual([]);
});
