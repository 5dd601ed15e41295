// Prompts that compare methods for negative prompts: each negative prompt names something that the image would have without.
import { COMMON_CONCEPTS, type Colour, caption, type Kind, kindOf } from "@sunstep/emoji-data";
import { deck } from "./deck.js";
import { OWN_COLOURS } from "./own-colours.js";

export type Attribute =
  | { readonly kind: "colour"; readonly colour: Colour }
  | { readonly kind: "background" }
  | { readonly kind: "object"; readonly object: Kind };

/** A caption, a negative prompt that names an attribute of its image, and an unrelated one. */
export interface AttributePair {
  readonly caption: string;
  readonly seed: number;
  readonly attribute: Attribute;
  readonly negative: string;
  readonly unrelated: string;
}

/** Kinds of things that renders tell apart, and that captions name. */
export const OBJECT_KINDS = [
  "animal",
  "bird",
  "plant",
  "fruit",
  "food",
  "vehicle",
  "clothing",
] as const satisfies readonly Kind[];

const isObject = (kind: Kind): kind is (typeof OBJECT_KINDS)[number] =>
  (OBJECT_KINDS as readonly Kind[]).includes(kind);

/** Common concepts of those kinds that do not say so by their names, as "potted plant" does. */
export const OBJECTS: readonly string[] = [...COMMON_CONCEPTS]
  .sort()
  .filter((concept) => isObject(kindOf(concept)) && !concept.split(" ").includes(kindOf(concept)));

/**
 * Makes pairs, a third each about a thing's own colour, the white ground that captions without one mean, and the kind of
 * thing. Other first seeds give other pairs: those that choose strengths must not measure them.
 */
export function attributePairs(count: number, firstSeed: number): AttributePair[] {
  const nextKind = deck<Attribute["kind"]>(["colour", "background", "object"], firstSeed + 1);
  const nextColoured = deck([...OWN_COLOURS.keys()].sort(), firstSeed + 2);
  const nextCommon = deck([...COMMON_CONCEPTS].sort(), firstSeed + 3);
  const nextObject = deck(OBJECTS, firstSeed + 4);
  const hasArticle = deck([true, false], firstSeed + 5);
  const nextUnrelated = deck([...COMMON_CONCEPTS].sort(), firstSeed + 6);
  return Array.from({ length: count }, (_, index) => {
    const kind = nextKind();
    const concept = kind === "colour" ? nextColoured() : kind === "object" ? nextObject() : nextCommon();
    let unrelated = nextUnrelated();
    while (kindOf(unrelated) === kindOf(concept)) unrelated = nextUnrelated();
    const attribute = attributeOf(kind, concept);
    return {
      caption: caption({ thing: concept.replace(/^red /, ""), article: hasArticle() ? "a" : undefined }),
      seed: firstSeed + index,
      attribute,
      negative: nameOf(attribute),
      unrelated,
    };
  });
}

function attributeOf(kind: Attribute["kind"], concept: string): Attribute {
  if (kind === "colour") return { kind, colour: OWN_COLOURS.get(concept)! };
  return kind === "background" ? { kind } : { kind, object: kindOf(concept) };
}

function nameOf(attribute: Attribute): string {
  if (attribute.kind === "colour") return attribute.colour;
  return attribute.kind === "background" ? "white background" : attribute.object;
}
