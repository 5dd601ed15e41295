import type { Model } from "./model.js";

/** What a pass made of a model; `modified` is false where it found nothing to do and returned its argument. */
export interface PassResult {
  readonly model: Model;
  readonly modified: boolean;
}

/** A transformation of models, a value with a name. */
export interface Pass {
  readonly name: string;
  run(model: Model): PassResult;
}

/** Runs passes one after the other. */
export function runPasses(model: Model, passes: readonly Pass[]): PassResult {
  return passes.reduce<PassResult>(
    (before, pass) => {
      const after = pass.run(before.model);
      return { model: after.model, modified: before.modified || after.modified };
    },
    { model, modified: false },
  );
}
