// A run between two steps as a safetensors file: training state, state of the batch source and losses so far are tensors;
// everything else is JSON in the metadata.

import { type ByteSource, openSafetensors, readWeight, writeSafetensors } from "@sunstep/checkpoint";
import { SunstepError } from "@sunstep/errors";
import { type Tensor, tensor } from "@sunstep/tensor";
import type { SourceState } from "../batches/batch-source.js";
import { distillationError } from "../errors.js";
import type { TrainingState } from "../training/training-state.js";
import { LossHistory } from "./loss-history.js";
import type { RunIdentity } from "./run-identity.js";

export interface RunState {
  readonly identity: RunIdentity;
  /** Steps of the whole run. */
  readonly steps: number;
  readonly training: TrainingState;
  readonly source: SourceState;
  readonly history: LossHistory;
}

const FORMAT = "sunstep distillation 1";
const VECTORS = ["parameters", "moment1", "moment2", "ema"] as const;
const HISTORY = "history";

export function encodeRunState({ identity, steps, training, source, history }: RunState): Uint8Array {
  const vectors = VECTORS.map((name) => [name, tensor(training[name], [training[name].length])] as const);
  const tensors = {
    ...Object.fromEntries<Tensor>(vectors),
    ...source.tensors,
    [HISTORY]: history.toTensor(),
  };
  const run = { identity, steps, step: training.step, source: source.json };
  return writeSafetensors(tensors, { format: FORMAT, run: JSON.stringify(run) });
}

/** @throws TRAINING_RESUME_BROKEN */
export async function decodeRunState(file: ByteSource): Promise<RunState> {
  try {
    const { metadata, weights } = await openSafetensors(file);
    if (metadata.format !== FORMAT) throw new Error(`its format is ${metadata.format ?? "not said"}`);
    const { identity, steps, step, source } = JSON.parse(metadata.run!) as StoredRun;
    const tensors: Record<string, Tensor> = {};
    for (const name of weights.names()) tensors[name] = await readWeight(weights.get(name));
    const { parameters, moment1, moment2, ema, [HISTORY]: history, ...rest } = tensors;
    const vector = (read: Tensor | undefined) => read!.data as Float32Array;
    return {
      identity,
      steps,
      training: {
        step,
        parameters: vector(parameters),
        moment1: vector(moment1),
        moment2: vector(moment2),
        ema: vector(ema),
      },
      source: { tensors: rest, json: source },
      history: LossHistory.fromTensor(history!),
    };
  } catch (cause) {
    const problem = SunstepError.isInstance(cause)
      ? cause.message
      : `${file.name}: ${(cause as Error).message}`;
    throw distillationError("TRAINING_RESUME_BROKEN", `${problem}: not a checkpoint that can be resumed`, {
      file: file.name,
      cause,
    });
  }
}

interface StoredRun {
  readonly identity: RunIdentity;
  readonly steps: number;
  readonly step: number;
  readonly source: unknown;
}
