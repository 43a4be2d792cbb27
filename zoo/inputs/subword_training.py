"""Training of SentencePiece models, in memory."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from zoo.errors import ConfigError
from zoo.inputs.ids import BOS_ID, EOS_ID, PAD_ID, UNKNOWN_ID
from zoo.inputs.subwords import SPECIAL_PIECES, plain_typography


def train_sentencepiece(
    sentences: Iterable[str],
    vocabulary_size: int,
    model_type: str = "bpe",
    *,
    character_coverage: float = 0.99999,
    control_pieces: Sequence[str] = (),
) -> bytes:
    """Trains a SentencePiece model on sentences, in memory.

    Byte-pair encoding is Sennrich et al. 2016 (arXiv:1508.07909), the unigram model Kudo 2018
    (arXiv:1804.10959). Quotes and dashes are made plain first (`plain_typography`), then
    `nmt_nfkc` normalises; case is kept.

    Args:
        sentences: the training text; every sentence is used.
        vocabulary_size: number of pieces, the four special ones included.
        model_type: "bpe", "unigram"; "char" for a piece for each character, "word" for a piece
            for each word, what stands between spaces.
        character_coverage: fraction of the characters of the text that get a piece of their own;
            the rarest rest is read as unknown.
        control_pieces: pieces that no text is cut into, such as "<2fr>"; ids from 4 on.

    Returns:
        The bytes of the model, for `SentencePieceTokenizer`; the same sentences give the same
        bytes.

    Raises:
        ConfigError: when `sentencepiece` is not installed, `model_type` is unknown, there is no
            text, or too little of it for so many pieces.

    Example:
        >>> proto = train_sentencepiece(sentences, 8_000)  # doctest: +SKIP
    """
    if model_type not in ("bpe", "unigram", "char", "word"):
        raise ConfigError(f"model_type is 'bpe', 'unigram', 'char' or 'word', not {model_type!r}.")
    try:
        import sentencepiece
    except ImportError as error:
        raise ConfigError(
            "Training a tokenizer needs the package sentencepiece: install it with "
            "pip install 'sequence-zoo[train]'."
        ) from error
    text = [plain_typography(sentence) for sentence in sentences]
    if not any(sentence.strip() for sentence in text):
        raise ConfigError("There is no text to train a tokenizer on: give it some sentences.")
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(text),
            model_writer=model,
            model_type=model_type,
            vocab_size=vocabulary_size,
            character_coverage=character_coverage,
            normalization_rule_name="nmt_nfkc",
            byte_fallback=False,
            control_symbols=list(control_pieces),
            pad_id=PAD_ID,
            unk_id=UNKNOWN_ID,
            bos_id=BOS_ID,
            eos_id=EOS_ID,
            pad_piece=SPECIAL_PIECES[0],
            input_sentence_size=0,
            max_sentence_length=65_536,
            num_threads=1,
            minloglevel=2,
        )
    except RuntimeError as error:
        reason = str(error).rsplit("]", 1)[-1].strip() or str(error)
        raise ConfigError(
            f"SentencePiece could not train {vocabulary_size} pieces on {len(text)} sentences "
            f"({reason}): ask for fewer pieces or give it more text."
        ) from error
    return model.getvalue()
