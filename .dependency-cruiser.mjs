// Who may import whom: imports go down this table only. `pnpm check:imports` holds it, together with "no cycles",
// "no ONNX Runtime but in the backends" and "no Node built-ins in what browsers run".
import { builtinModules } from "node:module";

/** What each package may import besides itself. `errors`, `files` and `image` depend on nothing above them and may be imported by all. */
export const mayImport = {
  errors: [],
  files: [],
  "command-line": [],
  jobs: [],
  image: ["tensor"],
  tensor: [],
  scheduler: ["tensor"],
  tokenizer: [],
  "onnx-graph": ["tensor"],
  checkpoint: ["tensor"],
  networks: ["onnx-graph", "checkpoint"],
  "graph-passes": ["onnx-graph"],
  quantization: ["tensor", "onnx-graph", "graph-passes"],
  "onnx-checkpoint": ["onnx-graph", "checkpoint", "networks", "graph-passes"],
  "sun-adapter": ["tensor", "onnx-graph", "checkpoint"],
  "negative-attention": ["onnx-graph"],
  lora: ["tensor", "onnx-graph", "checkpoint"],
  runtime: ["tensor", "onnx-graph", "graph-passes", "quantization"],
  "runtime-node": ["runtime", "runtime-web", "quantization", "graph-passes", "onnx-graph", "tensor"],
  "runtime-web": ["runtime", "quantization", "graph-passes", "onnx-graph", "tensor"],
  "model-registry": ["checkpoint"],
  autodiff: ["onnx-graph", "graph-passes"],
  distillation: [
    "tensor",
    "scheduler",
    "onnx-graph",
    "graph-passes",
    "checkpoint",
    "networks",
    "sun-adapter",
    "runtime",
    "autodiff",
    "pipeline",
    "accelerations",
  ],
  pipeline: [
    "tensor",
    "scheduler",
    "tokenizer",
    "onnx-graph",
    "graph-passes",
    "checkpoint",
    "networks",
    "lora",
    "runtime",
  ],
  accelerations: [
    "tensor",
    "scheduler",
    "checkpoint",
    "sun-adapter",
    "negative-attention",
    "lora",
    "pipeline",
  ],
  "emoji-model": [],
  sunstep: [
    "checkpoint",
    "onnx-checkpoint",
    "scheduler",
    "tokenizer",
    "lora",
    "sun-adapter",
    "runtime",
    "runtime-node",
    "runtime-web",
    "model-registry",
    "pipeline",
    "accelerations",
    "emoji-model",
  ],
};

/** Packages that programs for Node are made of; no browser runs them. */
const nodeOnly = ["command-line", "jobs"];

export const byAll = ["errors", "files", "image"];
const source = (names) => `^packages/(${names.join("|")})/`;

const importDirection = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `direction-${name}`,
  comment: `packages/${name} may import ${[...allowed, ...byAll].join(", ")}; see mayImport in .dependency-cruiser.mjs`,
  severity: "error",
  from: { path: `^packages/${name}/src/` },
  to: { path: "^(packages|apps|tooling)/", pathNot: source([name, ...allowed, ...byAll]) },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...importDirection,
    {
      name: "package-without-a-row",
      comment: "a new package needs a row in mayImport of .dependency-cruiser.mjs",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: source(Object.keys(mayImport)) },
      to: {},
    },
    {
      name: "no-cycles",
      comment: "a module that imports itself by a detour cannot be understood or tested alone",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "apps-are-leaves",
      comment: "nothing imports an app, and packages and apps import no tooling",
      severity: "error",
      from: { path: "^(packages|apps)/([^/]+)/src/" },
      to: { path: "^(apps|tooling)/", pathNot: "^$1/$2/" },
    },
    {
      name: "public-entries-only",
      comment: "other packages are imported by their name, not by a path into their sources",
      severity: "error",
      from: { path: "^(packages|apps|tooling)/([^/]+)/" },
      to: {
        path: "^packages/[^/]+/src/",
        pathNot: [
          "^$1/$2/",
          "^packages/[^/]+/src/(index|node|web|browser|files|worker|conformance|training|presets|clip|redis)\\.ts$",
        ],
      },
    },
    {
      name: "no-build-output",
      comment: "sources are imported, not what was built from them",
      severity: "error",
      from: {},
      to: { path: "^(packages|apps)/[^/]+/dist/" },
    },
    {
      name: "onnxruntime-in-backends",
      comment: "a backend is passed in; only runtime-node and runtime-web know ONNX Runtime",
      severity: "error",
      from: { path: "^(packages|apps)/[^/]+/src/", pathNot: source(["runtime-node", "runtime-web"]) },
      to: { path: "(^|/)onnxruntime-" },
    },
    {
      name: "browsers-have-no-node",
      comment: "what index.ts reaches runs in browsers too; Node's modules belong behind src/node.ts",
      severity: "error",
      from: {
        path: "^packages/[^/]+/src/index\\.ts$",
        pathNot: source(["runtime-node", "sunstep", ...nodeOnly]),
      },
      to: { reachable: true, path: `^(node:)?(${builtinModules.join("|")})$` },
    },
    {
      name: "declared-dependencies",
      comment: "what a package's sources import is in its package.json, and resolves",
      severity: "error",
      // These start a worker from source in the workspace, and are in no package.
      from: { path: "^(packages|apps)/[^/]+/src/", pathNot: "worker\\.js$" },
      to: {
        dependencyTypes: ["unknown", "undetermined", "npm-no-pkg", "npm-unknown", "npm-dev"],
        // What runtime-web needs of it is part of what it publishes.
        pathNot: "/onnxruntime-web/",
      },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    exclude: { path: "(^|/)fixtures/" },
    doNotFollow: { path: "(^|/)(node_modules|dist)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
  },
};
