// A pass of your own: the backbone scaling of FreeU (Si et al. 2023, arXiv 2309.11497). In the U-Net's decoder, half of the
// backbone's channels are amplified where skip connections join it.
import { editGraph, int } from "@sunstep/onnx-graph";
import { StableDiffusion } from "sunstep";

/**
 * @param {number} scale 1.2 to 1.4 in the paper
 * @returns {import("@sunstep/onnx-graph").Pass}
 */
function scaleBackbone(scale) {
  return {
    name: "scaleBackbone",
    run: (model) =>
      editGraph(model, (node, emit) => {
        const isSkip = node.op === "Concat" && emit.value(node.outputs[0]).shape.length === 4;
        if (!isSkip) return undefined;
        const [backbone, skip] = node.inputs;
        const channels = emit.value(backbone).shape[1];
        const half = Math.floor(channels / 2);
        const sizes = emit.ints([half, channels - half]);
        const [first, second] = emit.ops("Split", [emit.value(backbone), sizes], 2, { axis: int(1) });
        const amplified = emit.op("Mul", [first, emit.scalar(scale)]);
        const joined = emit.op("Concat", [amplified, second], { axis: int(1) });
        return [...emit.nodes, { ...node, inputs: [joined.name, skip] }];
      }),
  };
}

const sd = await StableDiffusion.fromPretrained("emoji", { passes: { unet: [scaleBackbone(1.2)] } });
const { images } = await sd.generate("a red apple", { seed: 42 });
await images[0].save("apple.png");
await sd.dispose();
