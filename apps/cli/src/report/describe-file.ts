import { open, readFile, stat } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import {
  licenseWarnings,
  type RecognisedMethod,
  recogniseFile,
  recogniseModel,
  settingsText,
} from "@sunstep/accelerations";
import { identify, openCheckpoint, openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { inFile, SunstepError } from "@sunstep/errors";
import { generatorProgram, parseParameters, readImageText } from "@sunstep/image";
import { type Model, readOnnx } from "@sunstep/onnx-graph";

/** The description of a file: its kind, then the details of that kind. */
export type FileDescription = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** First bytes of images; a WebP is a RIFF file. */
const imageSignatures: Readonly<Record<string, readonly number[]>> = {
  PNG: [0x89, 0x50, 0x4e, 0x47],
  JPEG: [0xff, 0xd8, 0xff],
  WebP: [0x52, 0x49, 0x46, 0x46],
};

/** @throws SunstepError FILE_MISSING, and codes of the package that reads the format */
export async function describeFile(path: string): Promise<FileDescription> {
  const info = await stat(path).catch((cause: Error) => {
    throw new SunstepError("FILE_MISSING", `${path} cannot be read: ${cause.message}`, { file: path, cause });
  });
  if (info.isDirectory()) return describeFolder(path);
  if (extname(path).toLowerCase() === ".onnx") return describeOnnx(path);
  for (const [format, signature] of Object.entries(imageSignatures))
    if (await beginsWith(path, signature)) return describeImage(path, format);
  return describeSafetensors(path);
}

async function describeFolder(path: string): Promise<FileDescription> {
  const { architecture, unet, textEncoders, vae, schedulerConfig, warnings } = await openCheckpoint(
    folderTree(path),
  );
  const [{ tokenizer }] = textEncoders;
  const [textEncoder, textEncoder2] = textEncoders.map(({ config }) => ({
    width: config.hidden_size,
    layers: config.num_hidden_layers,
  }));
  return {
    kind: "diffusers folder",
    architecture,
    unet: {
      widths: unet.config.block_out_channels,
      inChannels: unet.config.in_channels,
      tensors: unet.weights.names().length,
    },
    textEncoder,
    ...(textEncoder2 && { textEncoder2 }),
    vae: { widths: vae.config.block_out_channels, scalingFactor: vae.config.scaling_factor },
    scheduler: schedulerConfig._class_name,
    tokenizer: tokenizer ? "its own" : "CLIP's",
    ...describeMethod(
      recogniseModel({ source: resolve(path), architecture, schedulerConfig, unet: unet.config }),
    ),
    ...(warnings.length > 0 && { warnings: warnings.map(({ message }) => message) }),
  };
}

async function describeSafetensors(path: string): Promise<FileDescription> {
  const file = await openSafetensors(await fileSource(path));
  const { kind, architecture, details, advice } = identify(file);
  return {
    kind,
    ...(architecture !== undefined && { architecture }),
    ...details,
    size: file.source.size,
    ...describeMethod(recogniseFile({ file, source: resolve(path) })),
    advice,
  };
}

/** The few-step method of a file or model, and what it will set. */
function describeMethod(recognised: RecognisedMethod | undefined): Readonly<Record<string, string>> {
  if (!recognised) return {};
  const { method, settings, by } = recognised;
  const [license] = licenseWarnings(method.title, method);
  return {
    method: `${method.name} (${method.title}), by its ${by}`,
    sets: settingsText(settings),
    negativePrompts: settings.guidanceScale.to > 1 ? "with guidance" : "by NAG, NASA, VSF or SUN alone",
    licence: license ? `${method.license.id}: restricts commercial use` : method.license.id,
    settingsFrom: method.source,
  };
}

async function describeOnnx(path: string): Promise<FileDescription> {
  const folder = folderTree(dirname(path));
  const model = await readOnnx(await readFile(path), {
    file: path,
    open: (location) => folder.open(location),
  });
  const { graph, opsets, metadata } = model;
  const type = ({ name, dtype, shape }: Model["graph"]["inputs"][number]) =>
    `${name} ${dtype}[${shape?.join(", ") ?? "?"}]`;
  const operators: Record<string, number> = {};
  for (const { op } of graph.nodes) operators[op] = (operators[op] ?? 0) + 1;
  return {
    kind: "ONNX model",
    inputs: graph.inputs.map(type),
    outputs: graph.outputs.map(type),
    nodes: graph.nodes.length,
    operators,
    initializers: graph.initializers.size,
    opsets: Object.fromEntries(
      Object.entries(opsets).map(([domain, version]) => [domain || "ai.onnx", version]),
    ),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

async function describeImage(path: string, format: string): Promise<FileDescription> {
  const bytes = await readFile(path);
  const text = inFile(path, () => readImageText(bytes));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasSize = format === "PNG" && bytes.length >= 24;
  const size = hasSize ? { width: view.getUint32(16), height: view.getUint32(20) } : {};
  const program = generatorProgram(text);
  const parameters = text.get("parameters");
  if (parameters === undefined || (program !== undefined && program !== "AUTOMATIC1111"))
    return { kind: format, ...size, ...(program && { generationData: `${program}'s, which is not read` }) };
  const { prompt, negativePrompt, settings } = parseParameters(parameters);
  const kind = `${format} with parameters`;
  return { kind, ...size, prompt, negativePrompt, ...Object.fromEntries(settings) };
}

async function beginsWith(path: string, signature: readonly number[]): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(signature.length), 0, signature.length, 0);
    return bytesRead === signature.length && signature.every((byte, i) => buffer[i] === byte);
  } finally {
    await file.close();
  }
}
