import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { anchor, readDocument, sections, withSection } from "./sections.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));

describe("made sections", () => {
  it.each(sections)("$name in $document is current (else: pnpm docs:write)", (section) => {
    const markdown = readDocument(section.document);
    expect(withSection(markdown, section, section.text())).toBe(markdown);
  });

  it("refuses a document without the section's marks", () => {
    expect(() => withSection("# Title\n", { name: "layers" }, "")).toThrow("<!-- layers -->");
  });
});

describe("links", () => {
  it.each(documents())("%s links to files and headings that exist", (document) => {
    expect(brokenLinks(document)).toEqual([]);
  });
});

describe("examples of one's own parts", () => {
  const own = readdirSync(join(root, "examples")).filter((name) => name.startsWith("own-"));

  it.each(own)("%s stays under 60 lines", (name) => {
    expect(readDocument(`examples/${name}/main.js`).split("\n").length - 1).toBeLessThan(60);
  });
});

/** Every Markdown file that readers find: at the root, in docs/, and the READMEs. */
function documents(): string[] {
  const folders = ["docs", "packages", "apps", "examples", "tooling"].filter((name) =>
    existsSync(join(root, name)),
  );
  const under = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return /node_modules|dist|fixtures|^\./.test(entry.name) ? [] : under(path);
      return entry.name.endsWith(".md") ? [path] : [];
    });
  return [...readdirSync(root).filter((name) => name.endsWith(".md")), ...folders.flatMap(under)];
}

function brokenLinks(document: string): string[] {
  const text = readDocument(document).replace(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [path = "", heading] = target.split("#");
      const file = path === "" ? document : join(dirname(document), path);
      if (!existsSync(join(root, file))) return true;
      const page = file.endsWith(".md") ? file : join(file, "README.md");
      return heading !== undefined && !headings(page).includes(heading);
    });
}

const headings = (page: string) =>
  [...readDocument(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchor(heading));
