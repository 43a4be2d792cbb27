"""The task `spell`: repair damaged words, letter by letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zoo.tasks.sequence_to_sequence.nmt import build_nmt
from zoo.tasks.sequence_to_sequence.speller import Speller


def build_spell(
    cell="gru",
    attention="additive",
    *,
    units: int = 192,
    embedding_size: int = 48,
    encoder_layers: int = 2,
    decoder_layers: int = 1,
    dropout: float = 0.2,
    source_tokenizer=None,
    lexicon: Sequence[str] | Mapping[str, int] | None = None,
    names: Sequence[str] | None = None,
    name: str = "spell",
    **config: Any,
) -> Speller:
    """An untrained speller: the parts of the task `nmt`, small, over letters.

    `zoo.build("spell", cell="gru", attention="additive", ...)` calls it with names resolved.

    Args:
        cell: class of a recurrent cell, called with the number of units.
        attention: class of an attention, called with the number of units.
        units: width of the decoder's layers, and of both directions of the encoder's together.
        embedding_size: width of the letters' embeddings.
        encoder_layers: bidirectional layers.
        decoder_layers: decoder layers.
        dropout: as in `zoo.tasks.sequence_to_sequence.nmt.build_nmt`.
        source_tokenizer: a tokenizer of letters, kept in the model's file.
        lexicon: the words that a repair is chosen among, kept there too. None: it spells freely. A
            mapping from words to how often each is seen: the commoner of words as near comes first.
        names: words that stay as they are, kept there too, see `Speller`. None: none are.
        name: name of the model.
        **config: other settings of `build_nmt`.

    Returns:
        A built `Speller`.

    Raises:
        ConfigError: as `build_nmt` does, and if `lexicon` or `names` is no list of words.
    """
    model = build_nmt(
        cell,
        attention,
        units=units,
        embedding_size=embedding_size,
        encoder_layers=encoder_layers,
        decoder_layers=decoder_layers,
        dropout=dropout,
        source_tokenizer=source_tokenizer,
        name=name,
        **config,
    )
    return Speller.made_of(model, lexicon, "spell", names)
