// Prompts that compare methods for negative prompts: each negative prompt names something that the image would have without.
import { COMMON_CONCEPTS, COMMON_NAMES, type Colour, caption, type Kind, kindOf } from "@sunstep/emoji-data";
import { deck } from "./deck.js";
import { OWN_COLOURS } from "./own-colours.js";

export type Attribute =
  | { readonly kind: "colour"; readonly colour: Colour }
  | { readonly kind: "object"; readonly object: Kind };

/** A caption, a negative prompt that names an attribute of its image, and an unrelated one. */
export interface AttributePair {
  readonly caption: string;
  readonly seed: number;
  readonly attribute: Attribute;
  readonly negative: string;
  readonly unrelated: string;
}

/** Kinds of things that renders tell apart. */
export const OBJECT_KINDS = [
  "animal",
  "bird",
  "plant",
  "fruit",
  "food",
  "vehicle",
  "clothing",
] as const satisfies readonly Kind[];

/** Common concepts of those kinds. */
export const OBJECTS: readonly string[] = [...COMMON_CONCEPTS]
  .sort()
  .filter((concept) => (OBJECT_KINDS as readonly Kind[]).includes(kindOf(concept)));

/** Those with a second name. A negative prompt that were the caption itself would undo guidance, and nothing else. */
const named = OBJECTS.filter((concept) => COMMON_NAMES[concept] !== undefined);

/**
 * Makes pairs, one half about a thing's own colour, the other about the thing, by its second name. Other first seeds give
 * other pairs: those that choose strengths must not measure them.
 */
export function attributePairs(count: number, firstSeed: number): AttributePair[] {
  const nextKind = deck<Attribute["kind"]>(["colour", "object"], firstSeed + 1);
  const nextColoured = deck([...OWN_COLOURS.keys()].sort(), firstSeed + 2);
  const nextNamed = deck(named, firstSeed + 3);
  const hasArticle = deck([true, false], firstSeed + 4);
  const nextUnrelated = deck([...COMMON_CONCEPTS].sort(), firstSeed + 5);
  return Array.from({ length: count }, (_, index) => {
    const isColour = nextKind() === "colour";
    const concept = isColour ? nextColoured() : nextNamed();
    let unrelated = nextUnrelated();
    while (kindOf(unrelated) === kindOf(concept)) unrelated = nextUnrelated();
    const colour = OWN_COLOURS.get(concept)!;
    return {
      caption: caption({ thing: concept.replace(/^red /, ""), article: hasArticle() ? "a" : undefined }),
      seed: firstSeed + index,
      attribute: isColour ? { kind: "colour", colour } : { kind: "object", object: kindOf(concept) },
      negative: isColour ? colour : COMMON_NAMES[concept]!,
      unrelated,
    };
  });
}
