import { tokenizerError } from "./errors.js";

export type JsonObject = Readonly<Record<string, unknown>>;

/** A tokenizer file's content: JSON that is parsed already, or its text. */
export type JsonSource = string | object;

/** The object in `source`; `file` names it in errors. */
export function jsonObject(source: JsonSource, file: string): JsonObject {
  let value: unknown = source;
  if (typeof source === "string") {
    try {
      value = JSON.parse(source);
    } catch (cause) {
      throw tokenizerError(
        "TOKENIZER_JSON_INVALID",
        `${file} is not valid JSON: ${(cause as Error).message}`,
        {
          file,
          cause,
        },
      );
    }
  }
  if (!isObject(value))
    throw tokenizerError("TOKENIZER_JSON_INVALID", `${file} must hold a JSON object`, { file });
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field of an untrusted object; inherited names such as "constructor" count as absent. */
export function field(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
