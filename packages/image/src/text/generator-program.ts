/** Programs that keep generation data in images, by the way they keep it. */
export type GeneratorProgram = "AUTOMATIC1111" | "ComfyUI" | "Fooocus" | "InvokeAI" | "NovelAI";

/** Keywords by which each program is known; the first that fits counts, AUTOMATIC1111's text last. */
const rules: readonly (readonly [GeneratorProgram, (text: ReadonlyMap<string, string>) => boolean])[] = [
  ["NovelAI", (text) => text.get("Software") === "NovelAI"],
  ["InvokeAI", (text) => ["invokeai_metadata", "sd-metadata", "Dream"].some((keyword) => text.has(keyword))],
  ["Fooocus", (text) => text.has("fooocus_scheme") || /^\s*\{/.test(text.get("parameters") ?? "")],
  ["AUTOMATIC1111", (text) => /(^|\n)\s*Steps: \d+/.test(text.get("parameters") ?? "")],
  ["ComfyUI", (text) => ["prompt", "workflow"].some((keyword) => /^\s*\{/.test(text.get(keyword) ?? ""))],
];

/**
 * Returns the program that wrote the texts of an image (`readImageText`), or undefined. `parseParameters` reads the text
 * of AUTOMATIC1111 and of the programs that follow it; of the others a caller can say what they are.
 */
export function generatorProgram(text: ReadonlyMap<string, string>): GeneratorProgram | undefined {
  return rules.find(([, fits]) => fits(text))?.[0];
}
