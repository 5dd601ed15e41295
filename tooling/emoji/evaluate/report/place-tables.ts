/** Writes tables between the comments that name them: `<!-- table: speed -->` … `<!-- end -->`. `kind` is their first word. */
export function placeTables(
  text: string,
  tables: Readonly<Record<string, string>>,
  kind: "table" | "strict" = "table",
): string {
  const places = new RegExp(`<!-- ${kind}: (.+?) -->[\\s\\S]*?<!-- end -->`, "g");
  return text.replace(places, (_, name: string) => {
    if (!(name in tables)) throw new RangeError(`there is no table ${name}`);
    return `<!-- ${kind}: ${name} -->\n\n${tables[name]}\n\n<!-- end -->`;
  });
}
