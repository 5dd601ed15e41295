// `pnpm docs:write`: writes the sections of the documents that are made from the repository.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readDocument, sections, withSection } from "./sections.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
for (const section of sections)
  writeFileSync(
    join(root, section.document),
    withSection(readDocument(section.document), section, section.text()),
  );
