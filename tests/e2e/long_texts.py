"""Tries a translator on texts that are longer than, or unlike, what it was trained on.

    python tests/e2e/long_texts.py nmt-attn-en-fr

A model that falls apart says a few words over and over. Counted is the longest loop of every
output: how often in a row it says the same one to eight words, beyond what its source does.
Texts of 500 words are made from a seed, with and without full stops, and of the everyday phrases;
others are repeated words and digits.
"""

from __future__ import annotations

import argparse
import random
import re

import everyday

import zoo

LONGEST_LOOP = 8  # words
MOST_TURNS = 3  # in a row are no loop yet: "très, très, très"
WORDS = 500

WHO = "a man|two women|the children|an old farmer|a girl in a red dress|three dogs".split("|")
DOES = "sits on|looks at|walks past|is painting|stands behind|points to|cleans".split("|")
WHAT = "a wooden bench|the big house|a white truck|some flowers|the river|a small boat".split("|")
WHERE = (
    "in the snow|near the station|at night|with a smile|on a sunny day|in front of a shop".split(
        "|"
    )
)


def sentence(rng: random.Random) -> str:
    """A description of a scene, without punctuation."""
    return " ".join(rng.choice(part) for part in (WHO, DOES, WHAT, WHERE))


def running(rng: random.Random, end: str) -> str:
    """About 500 words of descriptions, `end` after each."""
    found = ""
    while len(found.split()) < WORDS:
        found += sentence(rng).capitalize() + end
    return found.strip()


def texts(seed: int = 0) -> dict[str, list[str]]:
    """What is tried, by kind."""
    rng = random.Random(seed)
    phrases = [phrase for phrase, _ in everyday.phrases()]
    spoken = [" ".join(rng.choices(phrases, k=WORDS // 4)) for _ in range(3)]
    digits = [" ".join(str(rng.randrange(10**n)) for n in range(1, 9)) for _ in range(3)]
    return {
        "500 words, sentences": [running(rng, ". ") for _ in range(5)],
        "500 words, commas": [running(rng, ", ") for _ in range(3)],
        "500 words, no punctuation": [running(rng, " ") for _ in range(3)],
        "500 words, everyday phrases": spoken,
        "one word again and again": [f"{word} " * n for word in ("dog", "very") for n in (5, 50)],
        "digits": [*digits, "1 " * 40, "0" * 60, "3.14159265358979323846"],
        "letters and marks": ["a b c d e f g h i j k", "?!" * 30, "ha" * 40, "AAAA BBBB " * 10],
    }


def turns(text: str) -> int:
    """How often in a row a text says the same one to `LONGEST_LOOP` words, at most.

    >>> turns("a man a man a man in a house"), turns("one two three"), turns("")
    (3, 1, 0)
    """
    words = re.findall(r"\w+|[^\w\s]", text.lower())
    most = min(len(words), 1)
    for size in range(1, LONGEST_LOOP + 1):
        same = 0  # words in a row that stand `size` words earlier too
        for now, before in zip(words[size:], words, strict=False):
            same = same + 1 if now == before else 0
            most = max(most, 1 + same // size)
    return most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="released name, or path of a .keras file")
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--by-sentence", action="store_true", help="cut texts into sentences")
    args = parser.parse_args()
    model = zoo.load(args.model)
    if args.by_sentence:
        model = model.with_sentences()
    print("| texts | tried | with a loop | words out for a word in |\n|---|---|---|---|")
    for kind, asked in texts().items():
        answers = model.translate(asked, beam_size=args.beam)
        loops = [
            (text, answer)
            for text, answer in zip(asked, answers, strict=True)
            if turns(answer) > max(turns(text), MOST_TURNS)
        ]
        told = sum(len(one.split()) for one in answers) / sum(len(one.split()) for one in asked)
        print(f"| {kind} | {len(asked)} | {len(loops)} | {told:.2f} |", flush=True)
        for text, answer in loops:
            print(f"    {text[:60]!r} -> {answer[:200]!r}")


if __name__ == "__main__":
    main()
