export { emojiDefaults, emojiModelUrl } from "./emoji-model.js";
