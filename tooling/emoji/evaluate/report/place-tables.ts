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

/** Writes text between the comments of two names, `<!-- tables -->` and `<!-- end -->`. */
export function placeBetween(text: string, [begin, end]: readonly [string, string], content: string): string {
  const place = new RegExp(`<!-- ${begin} -->[\\s\\S]*<!-- ${end} -->`);
  return text.replace(place, () => `<!-- ${begin} -->\n\n${content}\n\n<!-- ${end} -->`);
}
