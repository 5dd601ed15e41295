import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Checkpoint, openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { lowerToElementary } from "@sunstep/graph-passes";
import { buildTextEncoder, buildUNet, buildVaeDecoder, buildVaeEncoder } from "@sunstep/networks";
import { type Initializer, type Model, runPasses, writeOnnx } from "@sunstep/onnx-graph";
import { fixture } from "@sunstep/testing";

export const original = (): Promise<Checkpoint> =>
  openCheckpoint(folderTree(fixture("tiny-sd15")), { variant: "fp16" });

/** The name of the file that holds the weights beside a graph. */
export const WEIGHTS = "weights.pb";

/** Changes a graph before it is written. */
export type Edit = (folder: string, model: Model) => Model;

/**
 * Writes the tiny model as a folder of graphs, in the form of an exporter: elementary operators, values and weights without
 * telling names, weights beside the graph. Returns the folder.
 */
export async function exportFolder(edit: Edit = (_, model) => model): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "sunstep-onnx-"));
  const { unet, vae, textEncoders } = await original();
  const graphs: Readonly<Record<string, Model>> = {
    unet: buildUNet({ ...unet, batch: 1, height: 16, width: 24, tokens: 77 }),
    text_encoder: buildTextEncoder({ ...textEncoders[0], batch: 1, pooled: true }),
    vae_decoder: buildVaeDecoder({ ...vae, batch: 1, height: 8, width: 16 }),
    vae_encoder: buildVaeEncoder({ ...vae, batch: 1, height: 64, width: 128 }),
  };
  for (const [name, graph] of Object.entries(graphs)) {
    mkdirSync(join(folder, name));
    const plain = edit(name, anonymous(runPasses(graph, lowerToElementary).model));
    writeFileSync(join(folder, name, WEIGHTS), await moved(plain));
    writeFileSync(join(folder, name, "model.onnx"), writeOnnx(await placed(plain)));
    const config = name.startsWith("vae") ? "vae" : name;
    await copyFile(fixture(`tiny-sd15/${config}/config.json`), join(folder, name, "config.json"));
  }
  await cp(fixture("tiny-sd15/scheduler"), join(folder, "scheduler"), { recursive: true });
  writeFileSync(
    join(folder, "model_index.json"),
    JSON.stringify({
      _class_name: "ORTStableDiffusionPipeline",
      unet: ["optimum.onnxruntime.modeling_diffusion", "ORTUnet"],
    }),
  );
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true });
}

/** The graph with numbers for names; its inputs and outputs keep theirs, as exporters let users choose them. */
function anonymous(model: Model): Model {
  const { graph } = model;
  const names = new Map([...graph.inputs, ...graph.outputs].map(({ name }) => [name, name]));
  const rename = (name: string) => {
    if (name !== "" && !names.has(name)) names.set(name, `v${names.size}`);
    return names.get(name) ?? "";
  };
  return {
    ...model,
    graph: {
      ...graph,
      nodes: graph.nodes.map((node, i) => ({
        ...node,
        name: `n${i}`,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      })),
      initializers: new Map([...graph.initializers].map(([name, one]) => [rename(name), one])),
      values: new Map(),
    },
  };
}

const externals = ({ graph }: Model) =>
  [...graph.initializers].flatMap(([name, initializer]) =>
    initializer.data.kind === "external" ? [{ name, initializer, data: initializer.data }] : [],
  );

/** The bytes of all external weights in a row. */
async function moved(model: Model): Promise<Uint8Array> {
  const parts = await Promise.all(
    externals(model).map(({ data }) => data.source.read(data.offset, data.length)),
  );
  return Buffer.concat(parts);
}

/** The graph with its weights in the file that `moved` makes. */
async function placed(model: Model): Promise<Model> {
  const initializers = new Map<string, Initializer>(model.graph.initializers);
  const source = { name: WEIGHTS, size: 0, read: () => Promise.reject(new Error("not read")) };
  let offset = 0;
  for (const { name, initializer, data } of externals(model)) {
    initializers.set(name, { ...initializer, data: { ...data, source, offset } });
    offset += data.length;
  }
  return { ...model, graph: { ...model.graph, initializers } };
}
