import type { Pass } from "@sunstep/onnx-graph";
import { constantsAtReaders } from "./constants-at-readers.js";
import { keepOrder } from "./keep-order.js";

/**
 * Passes after lowering for a session whose weights stay as they are stored and are cast in each run: a weight is computed
 * just before its reader and freed after it.
 */
export const readWeightsAtUse: readonly Pass[] = [constantsAtReaders, keepOrder];
