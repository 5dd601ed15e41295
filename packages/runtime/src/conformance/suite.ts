import type { Runtime } from "../runtime.js";
import type { Bench, ConformanceTarget } from "./case.js";
import { dataTypeCases } from "./data-types.js";
import { deviceTensorCases } from "./device-tensors.js";
import { errorCases } from "./errors.js";
import { exactProductCases } from "./exact-products.js";
import { externalDataCases } from "./external-data.js";
import { invariantInputCases } from "./invariant-inputs.js";
import { lifetimeCases } from "./lifetime.js";
import { operatorCases } from "./operators.js";
import { variantCases } from "./variants.js";

/** A test for any test runner. It passes if `run` resolves. */
export interface ConformanceCase {
  readonly name: string;
  run(): Promise<void>;
}

export interface ConformanceSuite {
  readonly name: string;
  readonly cases: readonly ConformanceCase[];
  /** Disposes of the shared runtime, after all cases. */
  close(): Promise<void>;
}

/** Makes the cases that every backend must pass: `for (const { name, run } of suite.cases) it(name, run)`. */
export function runtimeConformance(name: string, target: ConformanceTarget): ConformanceSuite {
  let runtime: Promise<Runtime> | undefined;
  const bench: Bench = {
    target,
    tolerance: target.tolerance ?? 1e-5,
    runtime() {
      runtime ??= target.createRuntime();
      return runtime;
    },
  };
  const tables = [
    operatorCases,
    exactProductCases,
    dataTypeCases,
    externalDataCases,
    errorCases,
    deviceTensorCases,
    invariantInputCases,
    variantCases,
    lifetimeCases,
  ];
  return {
    name,
    cases: tables.flatMap((table) =>
      Object.entries(table).map(([caseName, run]) => ({ name: caseName, run: () => run(bench) })),
    ),
    async close() {
      await (await runtime)?.dispose();
    },
  };
}
