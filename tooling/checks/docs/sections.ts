import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const { mayImport, byAll } = (await import(
  new URL("../../../.dependency-cruiser.mjs", import.meta.url).href
)) as {
  readonly mayImport: Readonly<Record<string, readonly string[]>>;
  readonly byAll: readonly string[];
};

/** A part of a document that is made from the repository; it stands between `<!-- name -->` and `<!-- /name -->`. */
export interface Section {
  readonly document: string;
  readonly name: string;
  text(): string;
}

export const sections: readonly Section[] = [
  { document: "docs/architecture.md", name: "layers", text: layerTable },
  { document: "docs/decisions/README.md", name: "decisions", text: decisionList },
];

/** Returns the document with its section replaced. */
export function withSection(markdown: string, { name }: Pick<Section, "name">, text: string): string {
  const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [start, end] = [markdown.indexOf(open), markdown.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`there is no section between ${open.trim()} and ${close}`);
  return `${markdown.slice(0, start + open.length)}\n${text}\n${markdown.slice(end)}`;
}

export const readDocument = (path: string) => readFileSync(join(root, path), "utf8");

/** The packages in the order of `mayImport`, with the descriptions of their package.json. */
function layerTable(): string {
  const rows = Object.entries(mayImport).map(([name, imports]) => {
    const manifest = JSON.parse(readDocument(`packages/${name}/package.json`)) as { description: string };
    const used = imports.filter((other) => !byAll.includes(other)).map((other) => `\`${other}\``);
    return `| [\`${name}\`](../packages/${name}) | ${manifest.description} | ${used.join(", ") || "–"} |`;
  });
  return ["| package | description | may import |", "| --- | --- | --- |", ...rows, ""].join("\n");
}

/** The headings of the decisions, by area. */
function decisionList(): string {
  const areas = readdirSync(join(root, "docs/decisions")).filter((name) => name !== "README.md");
  return areas
    .sort()
    .map((file) => {
      const markdown = readDocument(`docs/decisions/${file}`);
      const [, title = file] = /^# Decisions: (.*)$/m.exec(markdown) ?? [];
      const decisions = [...markdown.matchAll(/^## (.*)$/gm)].map(
        ([, heading = ""]) => `- [${heading}](${file}#${anchor(heading)})`,
      );
      return [`**${title[0]!.toUpperCase()}${title.slice(1)}**`, "", ...decisions, ""].join("\n");
    })
    .join("\n");
}

/** The anchor that the common forges give a heading: lower case, spaces to hyphens, punctuation dropped. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, "")
    .replace(/\s/g, "-");
}
