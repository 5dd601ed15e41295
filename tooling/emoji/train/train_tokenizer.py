"""CLIP's kind of tokenizer (byte-level BPE, at most 4,096 entries) for the captions of a data folder.

python train_tokenizer.py --data DATA --out TOKENIZER
"""

import argparse
import json
import os
import re
from collections import Counter

SIZE = 4096
BEGIN, END = "<|startoftext|>", "<|endoftext|>"
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+|_+")


def byte_symbols():
    """A printable character for every byte, as in CLIP and GPT-2."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return dict(zip(printable + others, map(chr, printable + [256 + i for i in range(len(others))])))


def train(counts):
    """counts: how often each word is seen. Returns the vocabulary and the merges, most frequent first."""
    symbols = byte_symbols()
    spell = lambda word: [symbols[byte] for byte in word.encode()]
    words = [[(*spell(word)[:-1], spell(word)[-1] + "</w>"), count] for word, count in counts.items()]
    vocabulary = [*symbols.values(), *(symbol + "</w>" for symbol in symbols.values())]
    merges = []
    while len(vocabulary) < SIZE - 2:
        pairs = Counter()
        for parts, count in words:
            for pair in zip(parts, parts[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        vocabulary.append("".join(best))
        for entry in words:
            if best[0] in entry[0]:
                entry[0] = merge(entry[0], best)
    return {entry: i for i, entry in enumerate([*vocabulary, BEGIN, END])}, merges


def merge(parts, pair):
    merged, i = [], 0
    while i < len(parts):
        both = tuple(parts[i : i + 2]) == pair
        merged.append("".join(pair) if both else parts[i])
        i += 2 if both else 1
    return tuple(merged)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    counts = Counter()
    for line in open(f"{args.data}/captions.jsonl", encoding="utf8"):
        for caption in json.loads(line)["captions"]:
            counts.update(WORD.findall(caption.lower()))
    vocabulary, merges = train(counts)
    os.makedirs(args.out, exist_ok=True)
    special = dict(bos_token=BEGIN, eos_token=END, unk_token=END, pad_token=END)
    config = dict(special, add_prefix_space=False, do_lower_case=True, errors="replace", model_max_length=77)
    files = {"vocab": vocabulary, "special_tokens_map": special, "tokenizer_config": {**config, "tokenizer_class": "CLIPTokenizer"}}
    for name, content in files.items():
        with open(f"{args.out}/{name}.json", "w", encoding="utf8") as file:
            json.dump(content, file, ensure_ascii=False)
    with open(f"{args.out}/merges.txt", "w", encoding="utf8") as file:
        file.write("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    print(f"{len(vocabulary)} entries from {len(counts)} words")


if __name__ == "__main__":
    main()
