import { parseModelReference } from "@sunstep/model-registry";
import { resolveModel } from "@sunstep/model-registry/node";
import { listModels } from "sunstep";

/**
 * Refuses a name, file or folder that is not there. URLs and hub ids are looked up at their first use.
 * @throws MODEL_UNKNOWN, MODEL_NOT_FOUND, MODEL_NOT_SAFETENSORS
 */
export async function checkSource(source: string): Promise<void> {
  const names = listModels();
  const { kind } = parseModelReference(source);
  const isLocal = kind === "path" || (kind === "name" && names.every(({ name }) => name !== source));
  if (isLocal) await resolveModel(source, { names });
}
