// Gradients of single operators and small compositions. Upstream gradients are given: loss = sum(output * upstream).

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gradients } from "@sunstep/autodiff";
import { GraphBuilder, int } from "@sunstep/onnx-graph";
import { type Tensor, tensor } from "@sunstep/tensor";
import { type GoldenTensor, type KindChecker, readSafetensors } from "@sunstep/testing";
import { emitOperator, type OperatorCase } from "../operator-graphs.js";
import { runOnce } from "../session.js";
import { compareGroup, type Tolerance } from "../tolerances.js";

interface GradientCase extends OperatorCase {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  readonly suggested_tolerance: { readonly out: Tolerance; readonly grad: Tolerance };
}

type Stored = (key: string) => GoldenTensor;

/** Every output `out.NAME` and gradient `grad/NAME` of a case. */
async function evaluate(testCase: GradientCase, stored: Stored): Promise<Record<string, Tensor>> {
  const graph = new GraphBuilder({ name: testCase.name, opsets: { "": 23 } });
  const names = Object.keys(testCase.inputs);
  const inputs = Object.fromEntries(
    names.map((name) => [name, graph.input(name, "float32", testCase.inputs[name]!)]),
  );
  const upstream = Object.entries(testCase.outputs).map(([name, shape]) =>
    graph.input(`dout.${name}`, "float32", shape),
  );
  const parts = emitOperator(graph, testCase, inputs).map((output, i) => {
    graph.output(`out.${Object.keys(testCase.outputs)[i]}`, output);
    return graph.op("ReduceSum", [graph.op("Mul", [output, upstream[i]])], { keepdims: int(0) });
  });
  graph.output(
    "loss",
    parts.reduce((a, b) => graph.op("Add", [a, b])),
  );
  const feed = (name: string, key: string): [string, Tensor] => {
    const { data, shape } = stored(key);
    return [name, tensor(Float32Array.from(data, Number), shape)];
  };
  const feeds = [
    ...names.map((name) => feed(name, `in.${name}`)),
    ...upstream.map(({ name }) => feed(name, name)),
  ];
  const model = gradients(graph.build(), { loss: "loss", withRespectTo: names });
  return runOnce(model, Object.fromEntries(feeds));
}

async function checkOperator(testCase: GradientCase, stored: Stored): Promise<void> {
  const results = await evaluate(testCase, stored);
  const { out, grad } = testCase.suggested_tolerance;
  compareGroup(
    Object.keys(testCase.outputs).map(
      (name) => [name, results[`out.${name}`]!, stored(`out.${name}`)] as const,
    ),
    out,
  );
  compareGroup(
    Object.keys(testCase.inputs).map(
      (name) => [name, results[`grad/${name}`]!, stored(`grad.${name}`)] as const,
    ),
    grad,
  );
}

export const kind: KindChecker = {
  kind: "gradient-ops",
  async check(testCase, dir) {
    const { cases, file } = testCase as { cases: string; file: string };
    const { ops } = JSON.parse(readFileSync(join(dir, cases), "utf8")) as { ops: readonly GradientCase[] };
    const tensors = readSafetensors(join(dir, file));
    const failures: string[] = [];
    for (const operator of ops) {
      const stored: Stored = (key) => {
        const found = tensors.get(`${operator.name}/${key}`);
        if (!found) throw new Error(`${file} has no ${operator.name}/${key}`);
        return found;
      };
      try {
        await checkOperator(operator, stored);
      } catch (error) {
        failures.push(`${operator.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (failures.length > 0) {
      throw new Error(
        `${failures.length} of ${ops.length} operators differ\n${failures.slice(0, 10).join("\n")}`,
      );
    }
  },
};
