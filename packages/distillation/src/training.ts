// Building blocks of a training run, for a loop of your own: trainer, optimizer, graphs, the adapter's vector.

export { lossGraph } from "./graphs/loss-graph.js";
export type { Objective } from "./graphs/objective.js";
export { targetGraph } from "./graphs/target-graph.js";
export { weightsFromInput } from "./graphs/weights-from-input.js";
export {
  type AdapterTensor,
  adapterLayout,
  adapterTensors,
  layoutLength,
} from "./training/adapter-layout.js";
export { Optimizer, type OptimizerStep } from "./training/optimizer.js";
export { stageSpan } from "./training/stages.js";
export { type Batch, type StepResult, Trainer, type TrainerOptions } from "./training/trainer.js";
export { initialState, stateFrom, type TrainingState } from "./training/training-state.js";
