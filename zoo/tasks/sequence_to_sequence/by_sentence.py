"""Texts of several sentences, for models that learnt from single ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from zoo.inputs.sentences import calm, cut_sentences, is_shouted
from zoo.tasks.sequence_to_sequence.decoding_model import DecodingModel
from zoo.tasks.sequence_to_sequence.results import TargetScore, Translation

END = "</s>"


class BySentence(DecodingModel):
    """A `DecodingModel` of text that can read sentence by sentence.

    Where `by_sentence` is set, a text is cut by `zoo.inputs.sentences`, its sentences are read one
    by one, those in capitals as if they were not, and their outputs are joined by spaces, in
    capitals where the sentence was. The k-th output of a text is made of the k-th of each
    sentence; log-probabilities and scores are sums.

    Attributes:
        by_sentence: whether it does.
    """

    @property
    def export_signatures(self) -> str:  # type: ignore[override]
        """The functions of the exported model."""
        room = "zoo.tasks.sequence_to_sequence."
        if self.by_sentence:
            return room + "sentence_signatures:SentenceSignatures"
        return room + "signatures:DecodingSignatures"

    def _hypotheses(self, listed, search, looks, begins, shortlist) -> list[list[Translation]]:
        if not self.by_sentence:
            return super()._hypotheses(listed, search, looks, begins, shortlist)
        texts = cut_sentences(listed)
        flat = [calm(sentence) for sentences in texts for sentence in sentences]
        # The first sentence alone has what the output must begin with.
        starts = [
            begin if place == 0 else []
            for begin, sentences in zip(begins, texts, strict=True)
            for place in range(len(sentences))
        ]
        found = iter(super()._hypotheses(flat, search, looks, starts, shortlist))
        return [_joined([next(found) for _ in sentences], sentences) for sentences in texts]

    def _scores(self, listed, outputs, search) -> list[TargetScore]:
        """Sentence by sentence, where an output has as many as its item; else each as one."""
        if not self.by_sentence:
            return super()._scores(listed, outputs, search)
        pairs = [_paired(text, output) for text, output in zip(listed, outputs, strict=True)]
        sources = [calm(source) for pair in pairs for source, _ in pair]
        targets = [target for pair in pairs for _, target in pair]
        found = iter(super()._scores(sources, targets, search))
        return [_summed([next(found) for _ in pair]) for pair in pairs]

    def _stream(self, item, search, begin, place=0) -> Iterator[str]:
        if not self.by_sentence:
            yield from super()._stream(item, search, begin, place)
            return
        (sentences,) = cut_sentences([item])
        space = ""
        for number, sentence in enumerate(sentences):
            first = begin if number == 0 else []
            for text in super()._stream(calm(sentence), search, first, place + number):
                yield space + (text.upper() if is_shouted(sentence) else text)
                space = ""
            space = " "


def _joined(found: list[list[Translation]], sentences: Sequence[str]) -> list[Translation]:
    """The outputs of a text from those of its sentences."""
    shouted = [is_shouted(sentence) for sentence in sentences]
    outputs = []
    for parts in zip(*found, strict=False):
        texts = [
            part.text.upper() if loud else part.text
            for part, loud in zip(parts, shouted, strict=True)
        ]
        looks = [part.attention for part in parts if part.attention is not None]
        outputs.append(
            Translation(
                text=" ".join(text for text in texts if text),
                score=sum(part.score for part in parts),
                log_prob=sum(part.log_prob for part in parts),
                tokens=[token for part in parts for token in part.tokens],
                source_tokens=[token for part in parts for token in part.source_tokens],
                attention=_side_by_side(looks) if len(looks) == len(parts) else None,
            )
        )
    return outputs


def _side_by_side(matrices: Sequence[np.ndarray]) -> np.ndarray:
    """Matrices along the diagonal of one, zeros elsewhere."""
    rows, columns = np.sum([matrix.shape for matrix in matrices], axis=0)
    whole = np.zeros((rows, columns), "float32")
    row = column = 0
    for matrix in matrices:
        height, width = matrix.shape
        whole[row : row + height, column : column + width] = matrix
        row, column = row + height, column + width
    return whole


def _paired(text: str, output: str | Translation) -> list[tuple[str, str | Translation]]:
    """The sentences of a text and of an output of it; both as one where they are not as many."""
    (sentences,) = cut_sentences([text])
    parts: Sequence[str | Translation]
    if isinstance(output, str):
        cut = cut_sentences([output])[0]
        parts = [calm(part) for part in cut] if len(cut) == len(sentences) else [output]
    else:
        parts = _cut_at_ends(output)
    if len(parts) == len(sentences):
        return list(zip(sentences, parts, strict=True))
    return [(" ".join(sentences), output)]


def _cut_at_ends(output: Translation) -> list[Translation]:
    """A translation for each sentence that its tokens end; the last may have no end."""
    parts: list[list[str]] = [[]]
    for place, token in enumerate(output.tokens):
        parts[-1].append(token)
        if token == END and place + 1 < len(output.tokens):
            parts.append([])
    return [Translation("", 0.0, 0.0, tokens, []) for tokens in parts]


def _summed(scores: Sequence[TargetScore]) -> TargetScore:
    """The score of a text from those of its sentences."""
    gains = [gain for score in scores for gain in score.token_log_probs]
    log_prob = sum(score.log_prob for score in scores)
    return TargetScore(
        log_prob=log_prob,
        score=sum(score.score for score in scores),
        perplexity=float(np.exp(-log_prob / len(gains))),
        tokens=[token for score in scores for token in score.tokens],
        token_log_probs=gains,
    )
