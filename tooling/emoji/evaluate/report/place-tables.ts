import type { Tables } from "./tables.js";

/** Writes tables between the comments that name them: `<!-- table: speed -->` … `<!-- end -->`. */
export function placeTables(text: string, tables: Tables): string {
  return text.replace(/<!-- table: (.+?) -->[\s\S]*?<!-- end -->/g, (_, name: keyof Tables) => {
    if (!(name in tables)) throw new RangeError(`there is no table ${name}`);
    return `<!-- table: ${name} -->\n\n${tables[name]}\n\n<!-- end -->`;
  });
}
