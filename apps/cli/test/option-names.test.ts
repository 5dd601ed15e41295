// Messages tell users what to set. Every option that a message names must exist: of this program, or of a public function.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";
import { distillOptions, generateOptions } from "../src/options/options.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folders = [
  ...[
    "checkpoint",
    "model-registry",
    "lora",
    "sun-adapter",
    "scheduler",
    "accelerations",
    "pipeline",
    "sunstep",
  ].map((name) => `packages/${name}/src`),
  "apps/cli/src",
];
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `${folder}/${path}`),
);
const parsed = files.map((file) =>
  ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true),
);

/** Interfaces of options beside those that are called so. */
const optionTypes =
  /Options$|^(LoraSource|RunControl|Replacements|Acceleration|LoadedModel|SunModel|StableDiffusion)$/;

/** Names of options, of methods of models, and of exported functions. */
function publicNames(): Set<string> {
  const names = new Set<string>();
  for (const statement of parsed.flatMap(({ statements }) => [...statements])) {
    if (ts.isFunctionDeclaration(statement)) names.add(statement.name!.text);
    const isType = ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement);
    if (!isType || !optionTypes.test(statement.name!.text)) continue;
    for (const { name } of statement.members) if (name && ts.isIdentifier(name)) names.add(name.text);
  }
  return names;
}

interface Message {
  readonly file: string;
  readonly text: string;
}

/** Texts of several words. The values in a template stand as "…". */
function messages(): Message[] {
  const found: Message[] = [];
  const visit = (file: ts.SourceFile, node: ts.Node): void => {
    const text = ts.isStringLiteralLike(node)
      ? node.text
      : ts.isTemplateExpression(node)
        ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join("…")
        : "";
    if (text.includes(" ")) found.push({ file: file.fileName, text });
    ts.forEachChild(node, (child) => visit(file, child));
  };
  for (const file of parsed) visit(file, file);
  return found;
}

/** Words that follow "option" in a sentence. */
const notNames = new Set(["asks", "has", "of", "or", "out", "that"]);

const flags = new Set(
  [...Object.keys(generateOptions), ...Object.keys(distillOptions)].map((name) => `--${name}`),
);
const names = publicNames();
const all = messages();

it("finds messages that name options", () => {
  expect(all.length).toBeGreaterThan(300);
  expect(all.filter(({ text }) => text.includes("predictionType")).length).toBeGreaterThan(0);
});

it("names no option of the command line that does not exist", () => {
  const named = all.flatMap(({ file, text }) =>
    [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => ({ file, flag, text })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ flag }) => !flags.has(flag))).toEqual([]);
});

it("names no option of a function that does not exist", () => {
  const named = all.flatMap(({ file, text }) =>
    [...text.matchAll(/(?<![\w.$/-])[a-z]+[A-Z]\w*|(?<=\boption )[a-z]\w*/g)].map(([name]) => ({
      file,
      name,
      text,
    })),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ name }) => !names.has(name) && !notNames.has(name))).toEqual([]);
});
