import type { ModelEntry } from "@sunstep/model-registry";

/** The name of its adapter in images, wherever a bundler puts the file. */
export const EMOJI_ADAPTER = "sun_adapter";

/** The name of its tiny autoencoder. */
export const EMOJI_TAESD = "emoji-taesd";

/** The embedded model under its name. Node and browsers find its files in their own ways. */
export const emojiEntry = {
  name: "emoji",
  kind: "pipeline",
  architecture: "sd1",
  source: "@sunstep/emoji-model",
  license: "mit",
  description: "Small embedded model of emoji, 128 pixels; the default",
} as const satisfies ModelEntry;

/** Its tiny autoencoder, also for fine-tunes of it. */
export const emojiTaesdEntry = {
  name: EMOJI_TAESD,
  kind: "autoencoder",
  architecture: "sd1",
  source: "@sunstep/emoji-model",
  license: "mit",
  description: "Tiny autoencoder of the embedded model: previews and fast decoding",
} as const satisfies ModelEntry;
