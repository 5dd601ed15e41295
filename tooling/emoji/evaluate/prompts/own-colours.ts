import type { Colour } from "@sunstep/emoji-data";

const list = (names: string): readonly string[] => names.split("|").map((name) => name.trim());

/** Common concepts dominated by one hue in all three styles, by that hue. Only these are asked for in other colours. */
const CONCEPTS_BY_COLOUR: Readonly<Partial<Record<Colour, readonly string[]>>> = {
  red: list(
    `red apple | strawberry | cherries | tomato | lady beetle | rose | fire engine | red heart | broken heart |
    crab | balloon | automobile | high-heeled shoe | closed book | magnet | alarm clock`,
  ),
  orange: list("carrot | basketball | jack-o-lantern | fox | tiger face | fire | maple leaf"),
  yellow: list(
    `banana | lemon | cheese wedge | baby chick | taxi | sun with face | crescent moon | star | high voltage |
    trophy | crown | bell | key | light bulb | trumpet | grinning face | neutral face | smiling face with halo |
    thinking face | winking face`,
  ),
  green: list(
    `frog | turtle | snake | dragon | cactus | evergreen tree | deciduous tree | four leaf clover |
    christmas tree | tennis`,
  ),
  blue: list("droplet | spouting whale | dolphin | fish | gem stone | t-shirt | snowflake | dress"),
  purple: list("grapes | umbrella"),
  pink: list("pig face | blossom | sparkling heart | tulip"),
};

/** Maps a concept to its own colour. */
export const OWN_COLOURS: ReadonlyMap<string, Colour> = new Map(
  Object.entries(CONCEPTS_BY_COLOUR).flatMap(([colour, concepts]) =>
    concepts.map((concept) => [concept, colour as Colour] as const),
  ),
);
