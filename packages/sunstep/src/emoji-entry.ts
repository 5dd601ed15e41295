import type { ModelEntry } from "@sunstep/model-registry";

/** What its adapter is called in pictures, wherever a bundler has put the file. */
export const EMOJI_SUN = "sun_adapter";

/** The name of its tiny autoencoder. */
export const EMOJI_TAESD = "emoji-taesd";

/** The embedded model under its name; where its files are is for Node and the browser to say. */
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
