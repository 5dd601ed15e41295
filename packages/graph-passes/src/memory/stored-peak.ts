import { type Model, runPasses } from "@sunstep/onnx-graph";
import { lowerForCpu } from "../lower/for-cpu.js";
import { type Peak, peakOf } from "./peak-bytes.js";
import { readWeightsAtUse } from "./read-weights-at-use.js";

/** Estimates the values alive at once when a CPU runs a raised graph whose weights stay stored (`LoadOptions.weights`). */
export function storedPeak(model: Model): Peak {
  return peakOf(runPasses(model, [...lowerForCpu, ...readWeightsAtUse]).model);
}
