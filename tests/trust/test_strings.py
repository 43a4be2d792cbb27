"""Whatever a text is, every verb that reads text answers or refuses it by a sentence.

Texts are made from seeds, of characters and pieces that have made trouble somewhere.
"""

from __future__ import annotations

import random
import unicodedata

import pytest
from refusals import is_one_sentence

from zoo.errors import ZooError

PIECES = (
    "a", "The", "chien", "hello", "don't", "l'homme", "state-of-the-art", "HELLO", "3.14", "1,000",
    "U.S.A.", "...", "?!", "«", "»", "“", "’", "—", "\u2581", "<s>", "</s>", "<unk>", "<pad>",
    "<0x41>", "\x00", "\x1b[2J", "\x07", "\x7f", "\x85", "\u200b", "\u200d", "\u202e", "\u2028",
    "\ufeff", "\ufffd", "\ufffe", "\ud800", "\udfff", "\U0010ffff", "\u0301", "e\u0301\u0327", "ß",
    "ŉ", "İ", "ı", "ﬁ", "Ǆ", "Σς", "日本語", "한국어", "ไทย", "العربية", "עברית", "हिन्दी", "🇫🇷",
    "👩\u200d👧", "😀", "𝔘𝔫𝔦", "𐍈", " ", "  ", "\u00a0", "\u3000", "\t", "\n", "\r\n", "\v", "%s",
    "{0}", "\\", "'; --", "<b>", "&amp;", "http://a.b/c?d=e#f", "a@b.c", "#tag", "1/2", "٣", "½",
    "-", "'",
)  # fmt: skip


def odd_text(rng: random.Random) -> str:
    """A text of up to some hundred characters."""
    kind = rng.randrange(5)
    if kind == 0:  # any characters, surrogates among them
        return "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randrange(30)))
    if kind == 1:  # one thing many times
        return rng.choice(PIECES) * rng.randrange(60)
    if kind == 2:  # bytes that are no text, as a terminal hands them over
        return rng.randbytes(rng.randrange(40)).decode("utf-8", "surrogateescape")
    pieces = [rng.choice(PIECES) for _ in range(rng.randrange(25))]
    text = rng.choice(("", " ", " ")).join(pieces)
    return unicodedata.normalize(rng.choice(("NFC", "NFD", "NFKC")), text) if kind == 3 else text


# What reads text -> how; every answer is a list, one for each text.
VERBS = {
    "classifier": lambda model, texts: [one.label for one in model.classify(texts)],
    "tagger": lambda model, texts: [[(p.token, p.tag) for p in row] for row in model.tag(texts)],
    "nmt": lambda model, texts: model.translate(texts, beam_size=2),
    "scores": lambda model, texts: [one.log_prob for one in model.score(texts, texts[::-1])],
    "lm": lambda model, texts: [model.score(text).log_prob for text in texts[:2]],
    "written": lambda model, texts: [model.generate(texts[0], 3, seed=1)],
    "speller": lambda model, texts: model.repair(texts),
}
MODEL_OF = {"scores": "nmt", "written": "lm"}


@pytest.mark.parametrize("verb", VERBS)
def test_any_text(models, verb, long, found):
    model, rng = models[MODEL_OF.get(verb, verb)], random.Random(f"texts of {verb}")
    tried = answered = 0
    size = {"lm": 2, "written": 1}.get(verb, 32 if long else 8)
    while tried < (100_000 / len(VERBS) if long else 24):
        texts = [odd_text(rng) for _ in range(size)]
        tried += len(texts)
        for batch in [texts] if answers(verb, model, texts) else [[text] for text in texts]:
            answered += len(batch) if len(batch) == size else bool(answers(verb, model, batch))
    found(f"odd texts, `{verb}`", tried, answered)


def answers(verb, model, texts) -> bool:
    """Whether texts are answered; False where they are refused by a sentence."""
    try:
        given = VERBS[verb](model, texts)
    except ZooError as error:
        said = str(error)
        assert is_one_sentence(said), said
        said.encode()  # may be printed
        return False
    except Exception as error:
        raise AssertionError(f"{verb} of {texts!r}") from error
    assert len(given) == len(texts), texts
    together = set("".join(texts))
    for one in given:
        if isinstance(one, str):  # may be printed, but for what was in the text itself
            "".join(c for c in one if c not in together).encode()
        elif isinstance(one, float):
            assert one == one and one <= 1e-4, (texts, one)
    return True
