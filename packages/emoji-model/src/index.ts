export { emojiDefaults } from "./emoji-defaults.js";
export { emojiModelUrl } from "./emoji-model.js";
export { emojiSunAdapterUrl } from "./sun-adapter.js";
export { emojiTinyAutoencoderUrl } from "./tiny-autoencoder.js";
