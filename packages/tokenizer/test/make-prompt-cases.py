"""Writes prompt-cases.json: prompts as AUTOMATIC1111 reads them.

usage: python make-prompt-cases.py STABLE_DIFFUSION_WEBUI_FOLDER > prompt-cases.json

Needs lark, and the checkout's modules/prompt_parser.py (written with version 1.10). Random prompts come from a seed.
"""

import json
import random
import re
import sys
from itertools import product

sys.path.insert(0, sys.argv[1])
from modules import prompt_parser  # noqa: E402

STEPS = 10

SCHEDULED = [
    "test", "a [b:3]", "a [b: 3]", "a [[[b]]:2]", "[(a:2):3]", "a [b : c : 1] d", "a[b:[c:d:2]:1]e", "a [unbalanced",
    "a [b:.5] c", "a [{b|d{:.5] c", "((a][:b:c [d:3]", "[a|(b:1.1)]", "[fe|]male", "[fe|||]male", "[|a] b",
    "[from:to:0.5]", "[from::0.5]", "[:to:0.5]", "[::3]", "[:3]", "[a:b:c:3]", "[a:b]", "[a:1:2]", "[a:b:-1]", "[a:b:0]",
    "[a:b:1.0]", "[a:b:1.]", "[a:b:1]", "[a:b:12]", "[a:b:1e1]", "[a:b:2.5e-1]", "[a:b:+3]", "[a:b: 3 ]", "[a:b:3 x]",
    "[a:b:3.5.1]", "[a:b:0.99]", "[a:b:0.05]", "[a|b:3]", "[[a|b]:c:3]", "[a:[b|c]:3]", "[[a:b:2]|c]", "[a|[b|c]]",
    "a | b [c:d:3]", "(a|b) [c:d:3]", "(a:b:c [d:e:3])", "[a (b:c:3]", "[a: (b:c:d) :3]", "[a) b:c:3]", "[a (b] c)",
    "[[a:b:3]", "[a:b:3]]", "([a:b:3]", "[(a:b:3]", "a \\[b:c:3\\] [d:e:4]", "[a\\:b:c:3]", "[a\\|b|c]", "a \\", "[a:b:3] \\",
    "[a:b:3]\n[c|d]", "a: b [c:d:5]", "[a:b:3](c)[d:e:7]", "[(cat:1.2):[dog]:0.3] in (grass)", "", "[]", "[|]", "[a]",
    "[a:]", "[:]", "[a:3", "a:3]", "[a:b:0.3] and [c:0.7] or [d|e]", "\\\n[a:b:3]", "[a  :  b  :  .5  ]",
]
COMPOSED = [
    "a cat", "a cat AND a dog", "a cat AND a dog :0.5", "a cat :1.2 AND a dog: -0.5 AND x", "a cat:1.3", "a (cat:1.2)",
    "a (cat:1.2) AND (dog:1.3)", "BRAND AND SAND", "ANDAND", "AND", "a AND", "a\nAND b :2.\n", "it is 10:30", "a :.5", "a :x",
    "a: 1.5 b", "[a:b:0.5] AND c", "a :+2", "a :1e2", "a::2", "a AND_b", "aAND b", "a,AND,b", "a :0.5:0.7 AND b",
]

generator = random.Random(20)
PIECES = ["[", "]", "(", ")", ":", "|", "a", "b ", " ", "3", "0.5", "\\(", "\\", "c", "[a:b:3]", "[c|d]"]
for _ in range(400):
    prompt = "".join(generator.choice(PIECES) for _ in range(generator.randint(1, 14)))
    # lark resolves these ambiguities by its own order; see the head of prompt-schedule.ts.
    if not re.search(r"\][\[\]():]{2}", prompt):
        SCHEDULED.append(prompt)
COMPOSED += [" ".join(parts) for parts in product(["a", "b :2", ":3"], ["AND", "and"], ["c", "d:0.5 ", ""])]


def schedule(prompt):
    entries = prompt_parser.get_learned_conditioning_prompt_schedules([prompt], STEPS)[0]
    kept = [entry for i, entry in enumerate(entries) if i + 1 == len(entries) or entries[i + 1][1] != entry[1]]
    return [prompt, kept]


def composition(prompt):
    indexes, texts, _ = prompt_parser.get_multicond_prompt_list([prompt])
    return [prompt, [[texts[index], weight] for index, weight in indexes[0]]]


def lines(name, cases):
    return f'"{name}": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]"


unique = list(dict.fromkeys(SCHEDULED))
print("{\n" + f'"steps": {STEPS},\n' + lines("schedules", map(schedule, unique)) + ",\n"
      + lines("compositions", map(composition, dict.fromkeys(COMPOSED))) + "\n}")
