// Networks with a LoRA fused by diffusers.
import { describe, expect, it } from "vitest";
import { addLoras } from "../src/index.js";
import { expected, openLora, run, tinyTextEncoder, tinyUNet } from "./models.js";

describe.each([
  ["kohya", 1],
  ["kohya_locon", 0.6],
  ["peft", 1],
  ["diffusers_legacy", 1],
])("addLoras with %s at %d", (name, scale) => {
  const file = `lora/${name}_x${scale.toFixed(1)}.safetensors`;

  it("changes the U-Net as diffusers does", async () => {
    const lora = await openLora(`lora/${name}.safetensors`);
    const { model } = addLoras([{ lora, scale }], "unet").run(tinyUNet());
    expect(await run(model)).toBeAllclose(expected(file, "eps"), { atol: 3e-5 });
  });

  it("changes the text encoder as diffusers does", async () => {
    const lora = await openLora(`lora/${name}.safetensors`);
    const { model } = addLoras([{ lora, scale }], "text_encoder").run(tinyTextEncoder());
    expect(await run(model)).toBeAllclose(expected(file, "text_last_hidden_state"), { atol: 2e-5 });
  });
});
