// The things that the emoji model has learned, by kind. Names are those of the Unicode emoji charts, in lower case:
// they are also how the icon packages name their images.

const list = (names: string): readonly string[] => names.split("|").map((name) => name.trim());

/** Kind of thing to its concepts. A concept belongs to one kind. */
export const CONCEPTS_BY_KIND = {
  face: list(
    `grinning face | beaming face with smiling eyes | face with tears of joy | slightly smiling face |
    winking face | smiling face with halo | smiling face with heart-eyes | star-struck | face blowing a kiss |
    face savoring food | winking face with tongue | zany face | money-mouth face | thinking face |
    zipper-mouth face | neutral face | face with rolling eyes | grimacing face | sleeping face |
    face with medical mask | nauseated face | hot face | cold face | exploding head | cowboy hat face |
    partying face | smiling face with sunglasses | nerd face | confused face | worried face | frowning face |
    astonished face | flushed face | pleading face | fearful face | crying face | loudly crying face |
    face screaming in fear | weary face | yawning face | enraged face | angry face | smiling face with horns |
    clown face`,
  ),
  creature: list("skull | pile of poo | ghost | alien | alien monster | robot | dragon face | dragon"),
  heart: list(
    "heart with arrow | heart with ribbon | sparkling heart | broken heart | heart on fire | red heart",
  ),
  animal: list(
    `monkey face | monkey | gorilla | dog face | poodle | wolf | fox | raccoon | cat face | cat | lion |
    tiger face | horse face | unicorn | zebra | deer | cow face | cow | pig face | pig | ram | goat | camel |
    llama | giraffe | elephant | rhinoceros | mouse face | hamster | rabbit face | rabbit | hedgehog | bat |
    bear | koala | panda | sloth | otter | kangaroo | paw prints | frog | crocodile | turtle | lizard | snake |
    sauropod | t-rex | spouting whale | whale | dolphin | fish | tropical fish | blowfish | shark | octopus |
    spiral shell | jellyfish | crab | lobster | shrimp | squid | snail`,
  ),
  bird: list(
    `turkey | chicken | rooster | hatching chick | baby chick | bird | penguin | dove | eagle | duck | swan |
    owl | flamingo | peacock | parrot`,
  ),
  insect: list("butterfly | bug | ant | honeybee | lady beetle | spider | scorpion"),
  plant: list(
    `bouquet | cherry blossom | rose | hibiscus | sunflower | blossom | tulip | seedling | potted plant |
    evergreen tree | deciduous tree | palm tree | cactus | herb | four leaf clover | maple leaf | mushroom`,
  ),
  fruit: list(
    `grapes | melon | watermelon | tangerine | lemon | banana | pineapple | mango | red apple | pear | peach |
    cherries | strawberry | blueberries | kiwi fruit | coconut`,
  ),
  vegetable: list(
    `tomato | avocado | eggplant | potato | carrot | ear of corn | hot pepper | bell pepper | cucumber |
    broccoli | garlic | onion`,
  ),
  food: list(
    `bread | croissant | pretzel | bagel | pancakes | waffle | cheese wedge | meat on bone | poultry leg |
    bacon | hamburger | french fries | pizza | hot dog | sandwich | taco | burrito | egg | cooking |
    green salad | popcorn | rice ball | cooked rice | steaming bowl | spaghetti | sushi | fried shrimp`,
  ),
  dessert: list(
    `dango | soft ice cream | ice cream | doughnut | cookie | birthday cake | shortcake | cupcake | pie |
    chocolate bar | candy | lollipop | honey pot`,
  ),
  drink: list(
    `glass of milk | hot beverage | teapot | wine glass | cocktail glass | tropical drink | beer mug |
    cup with straw | bubble tea`,
  ),
  place: list(
    `snow-capped mountain | volcano | tent | house | hut | office building | castle | church | ferris wheel`,
  ),
  vehicle: list(
    `locomotive | bullet train | tram | bus | ambulance | fire engine | police car | taxi | automobile |
    sport utility vehicle | pickup truck | delivery truck | tractor | racing car | motorcycle |
    motor scooter | bicycle | kick scooter | skateboard | sailboat | canoe | speedboat | ship | airplane |
    parachute | helicopter | satellite | rocket | flying saucer`,
  ),
  weather: list(
    `full moon | crescent moon | sun | sun with face | ringed planet | star | glowing star | cloud |
    cloud with rain | cloud with lightning | rainbow | umbrella | high voltage | snowflake | snowman | fire |
    droplet | water wave`,
  ),
  celebration: list(
    `jack-o-lantern | christmas tree | firecracker | sparkles | balloon | party popper | ribbon |
    wrapped gift`,
  ),
  sport: list(
    `trophy | sports medal | soccer ball | baseball | basketball | volleyball | american football | tennis |
    bowling | boxing glove | ice skate | skis | sled | bullseye`,
  ),
  game: list(
    `yo-yo | kite | pool 8 ball | crystal ball | magic wand | video game | joystick | game die |
    puzzle piece | teddy bear | piñata`,
  ),
  clothing: list(
    `glasses | sunglasses | necktie | t-shirt | jeans | scarf | gloves | coat | socks | dress | kimono |
    bikini | purse | handbag | backpack | running shoe | high-heeled shoe | woman's boot | crown | top hat |
    graduation cap | billed cap | lipstick | ring | gem stone`,
  ),
  music: list(
    "musical note | microphone | headphone | radio | saxophone | trumpet | guitar | violin | drum | bell",
  ),
  tool: list(
    `pencil | pen | paintbrush | crayon | scissors | hammer | axe | dagger | bow and arrow | shield |
    wrench | screwdriver | gear | magnet | ladder | test tube | microscope | telescope | broom`,
  ),
  object: list(
    `anchor | ring buoy | hourglass done | watch | alarm clock | artist palette | thread | yarn | megaphone |
    mobile phone | telephone | battery | laptop | desktop computer | printer | keyboard | computer mouse |
    floppy disk | movie camera | television | camera | candle | light bulb | flashlight | closed book |
    open book | books | scroll | newspaper | coin | money bag | treasure chest | credit card | envelope |
    package | postbox | memo | briefcase | file folder | calendar | pushpin | paperclip | locked | key |
    bomb | syringe | pill | door | bed | chair | toilet | bathtub | basket | bucket | soap | toothbrush |
    shopping cart | moai`,
  ),
  symbol: list(
    `collision | speech balloon | kiss mark | check mark button | cross mark | warning | red circle |
    red square`,
  ),
} as const satisfies Record<string, readonly string[]>;

export type Kind = keyof typeof CONCEPTS_BY_KIND;

export const KINDS = Object.keys(CONCEPTS_BY_KIND) as readonly Kind[];

/** All concepts, kind by kind. */
export const CONCEPTS: readonly string[] = KINDS.flatMap((kind) => CONCEPTS_BY_KIND[kind]);

const kinds: ReadonlyMap<string, Kind> = new Map(
  KINDS.flatMap((kind) => CONCEPTS_BY_KIND[kind].map((concept) => [concept, kind] as const)),
);

/** Kind of a concept: "animal" for "cat face". */
export function kindOf(concept: string): Kind {
  const kind = kinds.get(concept);
  if (kind === undefined) throw new RangeError(`"${concept}" is none of the ${CONCEPTS.length} concepts`);
  return kind;
}

/** The most requested concepts. The model saw them most often and knows them best. */
export const COMMON_CONCEPTS: readonly string[] = list(
  `red apple | banana | strawberry | grapes | watermelon | lemon | pineapple | cherries | carrot | tomato |
  mushroom | pizza | hamburger | french fries | hot dog | doughnut | cookie | ice cream | soft ice cream |
  birthday cake | cupcake | lollipop | hot beverage | beer mug | wine glass | egg | bread | cheese wedge |
  sushi | popcorn | cat face | dog face | panda | koala | bear | lion | tiger face | fox | rabbit face |
  mouse face | pig face | cow face | monkey face | frog | owl | penguin | baby chick | duck | fish |
  tropical fish | spouting whale | dolphin | octopus | crab | turtle | snake | butterfly | honeybee |
  lady beetle | snail | spider | unicorn | horse face | elephant | dragon | rose | tulip | sunflower |
  blossom | cactus | evergreen tree | deciduous tree | palm tree | four leaf clover | maple leaf |
  automobile | bus | taxi | police car | fire engine | tractor | racing car | bicycle | motorcycle |
  locomotive | airplane | rocket | helicopter | sailboat | ship | flying saucer | house | castle | tent |
  sun | sun with face | crescent moon | star | cloud | cloud with rain | rainbow | umbrella | high voltage |
  snowflake | snowman | fire | droplet | red heart | broken heart | sparkling heart | jack-o-lantern |
  christmas tree | balloon | wrapped gift | trophy | soccer ball | basketball | tennis | guitar | drum |
  trumpet | crown | top hat | t-shirt | dress | high-heeled shoe | running shoe | sunglasses | ring |
  gem stone | bell | key | light bulb | candle | closed book | books | scissors | hammer | mobile phone |
  laptop | camera | television | alarm clock | magnet | robot | alien | ghost | skull | pile of poo |
  clown face | teddy bear | kite | bomb | envelope | grinning face | face with tears of joy |
  smiling face with heart-eyes | smiling face with sunglasses | crying face | angry face | winking face |
  sleeping face | thinking face | neutral face | smiling face with halo`,
);

/** Common names of concepts whose Unicode names differ. */
export const COMMON_NAMES: Readonly<Record<string, string>> = {
  automobile: "car",
  "dog face": "dog",
  "cat face": "cat",
  "horse face": "horse",
  "t-shirt": "shirt",
  "mobile phone": "phone",
  airplane: "plane",
  "hot beverage": "coffee",
  "beer mug": "beer",
  "wrapped gift": "present",
  honeybee: "bee",
  "lady beetle": "ladybug",
  "pile of poo": "poop",
  "evergreen tree": "pine tree",
  "deciduous tree": "tree",
  "monkey face": "monkey",
  "pig face": "pig",
  "cow face": "cow",
  "rabbit face": "bunny",
  "mouse face": "mouse",
  "tiger face": "tiger",
  "dragon face": "dragon",
  "t-rex": "dinosaur",
  sauropod: "dinosaur",
  "soft ice cream": "ice cream",
  doughnut: "donut",
  hamburger: "burger",
  "flying saucer": "ufo",
  "racing car": "race car",
  "motor scooter": "scooter",
  "desktop computer": "computer",
  laptop: "laptop computer",
  "slightly smiling face": "smiling face",
  "grinning face": "happy face",
  "crying face": "sad face",
  "face with tears of joy": "laughing face",
  "smiling face with heart-eyes": "heart eyes face",
  "smiling face with sunglasses": "cool face",
  "closed book": "book",
  "gem stone": "diamond",
  "game die": "dice",
  "ear of corn": "corn",
  "glass of milk": "milk",
  "poultry leg": "chicken leg",
  "jack-o-lantern": "pumpkin",
  "billed cap": "cap",
  locked: "lock",
  "running shoe": "shoe",
  "sun with face": "smiling sun",
  "high voltage": "lightning bolt",
  "fire engine": "fire truck",
};

/**
 * More words for concepts, in captions only: prompts of the evaluation use `COMMON_NAMES`. A word belongs to one
 * concept.
 */
export const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  "red apple": ["apple"],
  "hot beverage": ["cup of coffee", "cup of tea", "tea"],
  "beer mug": ["glass of beer"],
  "wine glass": ["glass of wine", "wine"],
  "french fries": ["fries", "chips"],
  "hot dog": ["hotdog"],
  "cheese wedge": ["cheese"],
  "birthday cake": ["cake"],
  lollipop: ["lolly"],
  cupcake: ["muffin"],
  "soft ice cream": ["ice cream cone"],
  "baby chick": ["chick"],
  "spouting whale": ["blue whale"],
  "cat face": ["kitten", "kitty"],
  "dog face": ["puppy"],
  "lady beetle": ["ladybird"],
  honeybee: ["bumblebee"],
  blossom: ["flower"],
  "four leaf clover": ["clover", "lucky clover"],
  "maple leaf": ["autumn leaf"],
  "palm tree": ["palm"],
  automobile: ["auto"],
  taxi: ["cab"],
  motorcycle: ["motorbike"],
  bicycle: ["bike"],
  locomotive: ["steam train", "train"],
  airplane: ["aeroplane", "jet"],
  rocket: ["spaceship"],
  sailboat: ["sailing boat", "boat"],
  ship: ["cruise ship"],
  house: ["home"],
  sun: ["sunshine"],
  "crescent moon": ["moon"],
  "cloud with rain": ["rain", "rain cloud"],
  "high voltage": ["lightning", "thunderbolt"],
  snowflake: ["snow"],
  fire: ["flame"],
  droplet: ["water drop", "drop of water"],
  "red heart": ["heart", "love heart"],
  "jack-o-lantern": ["halloween pumpkin"],
  "christmas tree": ["xmas tree"],
  "wrapped gift": ["gift", "gift box"],
  trophy: ["golden cup"],
  "soccer ball": ["soccer"],
  tennis: ["tennis ball"],
  "t-shirt": ["tee"],
  "high-heeled shoe": ["high heel", "heels"],
  "running shoe": ["sneaker", "trainer"],
  sunglasses: ["shades"],
  ring: ["diamond ring"],
  "gem stone": ["gem", "jewel"],
  "light bulb": ["lightbulb", "lamp"],
  books: ["stack of books", "pile of books"],
  "mobile phone": ["smartphone", "cell phone"],
  laptop: ["notebook computer"],
  camera: ["photo camera"],
  television: ["tv"],
  "alarm clock": ["clock"],
  envelope: ["letter", "mail"],
  "pile of poo": ["poo"],
  "clown face": ["clown"],
  "grinning face": ["smiley", "smile"],
  "smiling face with heart-eyes": ["face in love"],
  "angry face": ["mad face"],
  "winking face": ["wink"],
  "sleeping face": ["sleepy face"],
  "smiling face with halo": ["angel face"],
};
