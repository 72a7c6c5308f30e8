import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A way in which an app of `cdk init` is written and run. */
export interface Variant {
  readonly name: string;
  /** Whether its relative imports carry extensions */
  readonly esModules: boolean;
  /** Development dependencies beyond those of `cdk init` */
  readonly install: readonly string[];
  /** Changes what `cdk init` wrote */
  readonly change: (folder: string) => void;
  readonly jestEnvironment?: Readonly<Record<string, string>>;
}

type Json = Record<string, unknown>;

function edit(folder: string, file: string, change: (content: Json) => Json): void {
  const path = join(folder, file);
  writeFileSync(path, `${JSON.stringify(change(JSON.parse(readFileSync(path, "utf8"))), null, 2)}\n`);
}

const setCompilerOptions = (folder: string, options: Json): void =>
  edit(folder, "tsconfig.json", (content) => ({
    ...content,
    compilerOptions: { ...(content.compilerOptions as Json), ...options },
  }));

export const CDK_INIT: Variant = {
  name: "cdk-init",
  esModules: false,
  install: [],
  change: () => {},
};

/** As `cdk init` wrote apps for years. */
const COMMONJS: Variant = {
  name: "commonjs-ts-node",
  esModules: false,
  install: ["typescript@~5.9.3", "ts-node@^10.9.2", "ts-jest@^29.4.0"],
  change: (folder) => {
    setCompilerOptions(folder, { module: "CommonJS", moduleResolution: "node10" });
    edit(folder, "cdk.json", (content) => ({
      ...content,
      app: "npx ts-node --prefer-ts-exts bin/my-app.ts",
    }));
    writeFileSync(
      join(folder, "jest.config.js"),
      `module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\\\.tsx?$': 'ts-jest' },
};
`,
    );
  },
};

const ES_MODULES: Variant = {
  name: "esm-tsx",
  esModules: true,
  install: [],
  change: (folder) => {
    edit(folder, "package.json", (content) => ({ ...content, type: "module" }));
    edit(folder, "cdk.json", (content) => ({ ...content, app: "npx tsx bin/my-app.ts" }));
    writeFileSync(
      join(folder, "jest.config.js"),
      `export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\\\.{1,2}/.*)\\\\.js$': '$1' },
  transform: { '^.+\\\\.tsx?$': ['@swc/jest', { module: { type: 'es6' } }] },
};
`,
    );
  },
  jestEnvironment: { NODE_OPTIONS: "--experimental-vm-modules" },
};

export const VARIANTS: readonly Variant[] = [CDK_INIT, COMMONJS, ES_MODULES];
