"""The functions of an exported model that reads text sentence by sentence.

They are those of `zoo.tasks.sequence_to_sequence.signatures`; a text is cut, its sentences are
searched for as rows of one batch, and what is found is joined, as `BySentence` does in Python.
"""

from __future__ import annotations

import tensorflow as tf

from zoo.inputs.sentences import calm_in_graph, cut_in_graph
from zoo.tasks.sequence_to_sequence.signatures import DecodingSignatures


class SentenceSignatures(DecodingSignatures):
    """For a `BySentence` model; settings as for `DecodingSignatures`."""

    def _best(self, *raw):
        return self._of_sentences(super()._best, *raw)

    def _n_best(self, *raw):
        return self._of_sentences(super()._n_best, *raw)

    def _of_sentences(self, function, text, *language):
        """The strings that a function gives for sentences joined, its numbers summed."""
        cut = cut_in_graph(text)
        found, texts = _aloud(function, cut, language)
        sums = {name: _summed(values, cut) for name, values in found.items()}
        return {"text": _joined(texts, cut), **sums}

    def _alignment(self, text, *language):
        cut = cut_in_graph(text)
        found, texts = _aloud(super()._alignment, cut, language)
        outputs = {"text": _joined(texts, cut), "score": _summed(found["score"], cut)}
        attention = found["attention"]
        outputs["tokens"], rows = _in_a_row(found["tokens"], cut)
        outputs["source_tokens"], columns = _in_a_row(found["source_tokens"], cut)
        # Each sentence's matrix stands where those before it end.
        cells = tf.where(
            tf.sequence_mask(rows, tf.shape(attention)[1])[:, :, tf.newaxis]
            & tf.sequence_mask(columns, tf.shape(attention)[2])[:, tf.newaxis, :]
        )
        sentence = cells[:, 0]
        places = [
            tf.gather(cut.value_rowids(), sentence),
            cells[:, 1] + tf.gather(_before(rows, cut), sentence),
            cells[:, 2] + tf.gather(_before(columns, cut), sentence),
        ]
        shape = [
            tf.shape(outputs["tokens"])[:1],
            *(tf.shape(outputs[name])[1:] for name in ("tokens", "source_tokens")),
        ]
        outputs["attention"] = tf.scatter_nd(
            tf.stack(places, 1),
            tf.gather_nd(attention, cells),
            tf.cast(tf.concat(shape, 0), "int64"),
        )
        return outputs

    def _scored(self, text, *language_and_target):
        *language, target = language_and_target
        sources, targets = cut_in_graph(text), cut_in_graph(target)
        # Where both have as many sentences these are pairs; else the texts are one.
        pairs = sources.row_lengths() == targets.row_lengths()
        sources = _cut_where(pairs, sources, tf.strings.reduce_join(sources, 1, separator=" "))
        targets = targets.with_values(calm_in_graph(targets.values)[0])
        targets = _cut_where(pairs, targets, target)
        language = [tf.gather(codes, sources.value_rowids()) for codes in language]
        found = super()._scored(calm_in_graph(sources.values)[0], *language, targets.values)
        return tuple(_summed(values, sources) for values in found)


def _aloud(function, cut, language):
    """What a function gives for sentences, and its `text`, in capitals where the sentence was."""
    calm, shouted = calm_in_graph(cut.values)
    found = function(calm, *(tf.gather(codes, cut.value_rowids()) for codes in language))
    texts = found.pop("text")
    shouted = tf.reshape(shouted, [-1, *[1] * (len(texts.shape) - 1)])
    return found, tf.where(shouted, tf.strings.upper(texts, "utf-8"), texts)


def _cut_where(pairs, cut, whole):
    """The sentences of texts, or the whole text where they are no pairs; strings `[n, (parts)]`."""
    both = tf.concat([cut, tf.RaggedTensor.from_tensor(whole[:, tf.newaxis])], 0)
    count = cut.nrows()
    rows = tf.range(count)
    return tf.gather(both, tf.where(pairs, rows, rows + count))


def _joined(texts, cut):
    """Strings `[sentences, ...]` as `[texts, ...]`, with spaces between those of one text."""
    joined = tf.strings.reduce_join(cut.with_values(texts), axis=1, separator=" ")
    return tf.strings.strip(tf.strings.regex_replace(joined, " {2,}", " "))


def _summed(values, cut):
    """Numbers `[sentences, ...]` as sums `[texts, ...]`."""
    return tf.math.unsorted_segment_sum(values, cut.value_rowids(), cut.nrows())


def _in_a_row(pieces, cut):
    """Pieces `[sentences, time]` as `[texts, time]`, and how many each sentence has."""
    lengths = tf.reduce_sum(tf.cast(pieces != "", tf.int64), axis=1)
    ragged = cut.with_values(tf.RaggedTensor.from_tensor(pieces, lengths))
    return ragged.merge_dims(1, 2).to_tensor(""), lengths


def _before(lengths, cut):
    """For each sentence, how many steps those before it in its text have."""
    starts = tf.cumsum(lengths, exclusive=True)
    return starts - tf.gather(starts, tf.gather(cut.row_starts(), cut.value_rowids()))
