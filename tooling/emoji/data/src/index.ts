export { backgroundPhrase, type CaptionParts, type Content, caption, ownNegatives } from "./captions.js";
export { BACKGROUND_NAMES, BACKGROUNDS, type Background, COLOURS, type Colour, HUES } from "./colours.js";
export {
  COMMON_CONCEPTS,
  COMMON_NAMES,
  CONCEPTS,
  CONCEPTS_BY_KIND,
  KINDS,
  type Kind,
  kindOf,
} from "./concepts.js";
export { EMOJI_SETS, type EmojiSetName, STYLES, TRAINING_SETS } from "./emoji-sets.js";
export { openIcons } from "./render.js";
