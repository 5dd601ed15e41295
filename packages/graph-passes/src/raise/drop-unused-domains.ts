import type { Pass } from "@sunstep/onnx-graph";

/** Drops the operator sets of domains whose operators no node uses any more. */
export const dropUnusedDomains: Pass = {
  name: "dropUnusedDomains",
  run(model) {
    const used = new Set(["", ...model.graph.nodes.map(({ domain }) => domain)]);
    const opsets = Object.entries(model.opsets).filter(([domain]) => used.has(domain));
    if (opsets.length === Object.keys(model.opsets).length) return { model, modified: false };
    return { model: { ...model, opsets: Object.fromEntries(opsets) }, modified: true };
  },
};
