"""From one's own files to a model: what `zoo train nmt`, `classify`, `tag` and `caption` do.

Each reads the files, chooses sizes by how much there is, and trains as every recipe does.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

import zoo
from zoo.data import own_files
from zoo.errors import ConfigError
from zoo.experiments import recipe
from zoo.experiments.dry_run import data_folder
from zoo.experiments.vocabulary import with_words_of

# Examples up to which a size is taken; units, embedding, dropout, epochs, batch tokens, pieces.
_SIZES = (
    (2_000, (128, 64, 0.5, 40, 256, 2_000)),
    (20_000, (256, 128, 0.4, 20, 1024, 4_000)),
    (200_000, (384, 256, 0.3, 15, 1024, 8_000)),
    (float("inf"), (512, 256, 0.2, 6, 2048, 16_000)),
)
_FEWEST_PIECES = 60
_MOST_READ = 250_000  # examples that a vocabulary is learnt from; more say little more
_LABELLING = ("cell", "units", "embedding_size", "dropout")


def size_of(examples: int) -> dict[str, Any]:
    """Settings for so many examples, as options of a recipe and of a model."""
    _, values = next(size for size in _SIZES if examples <= size[0])
    names = ("units", "embedding_size", "dropout", "epochs", "batch_tokens", "vocabulary_size")
    return dict(zip(names, values, strict=True))


def with_sizes(args: argparse.Namespace, examples: int) -> argparse.Namespace:
    """The options, with sizes by the number of examples where none is given."""
    chosen = {name: value for name, value in vars(args).items() if value is not None}
    return argparse.Namespace(**{**vars(args), **size_of(examples), **chosen})


def train_translator(
    args: argparse.Namespace, source: str, target: str, valid: tuple[str, str] | None = None
) -> keras.Model:
    """Trains an `nmt` model on two files of lines that are translations of each other.

    Args:
        args: as `recipe.train` takes them, with `units`, `embedding_size`, `dropout`,
            `vocabulary_size`, `cell` and `attention`, None where the size of the data decides.
        source: file of the source text.
        target: file of its translations.
        valid: two such files to choose weights by. None: every 20th pair, 2,000 at most.

    Returns:
        The model, saved at `args.out`.

    Raises:
        ConfigError, DamagedFileError, MissingFileError: for files or settings that cannot be used.
    """
    from zoo.data import plan_batches, translation_batches
    from zoo.data.encoded_files import encode_pairs_on_disk
    from zoo.metrics import sacrebleu_13a

    pairs, unseen = _split(own_files.read_pairs(source, target), valid, own_files.read_pairs)
    args = with_sizes(args, len(pairs))
    begun = begun_from(args, "nmt")
    tokenizer = (
        begun.source_tokenizer
        if begun
        else _pieces(args, (t for pair in _some(pairs) for t in pair))
    )
    sides = [tokenizer, begun.target_tokenizer if begun else tokenizer]
    encoded = encode_pairs_on_disk(pairs, data_folder(args, Path(args.run) / "data"), *sides)
    sources, references = _columns(unseen)
    model = recipe.train(
        args,
        copies_of_begun(args)
        or (
            lambda dtype: zoo.build(
                "nmt",
                dtype=dtype,
                cell=args.cell,
                attention=args.attention,
                units=args.units,
                embedding_size=args.embedding_size,
                dropout=args.dropout,
                source_tokenizer=tokenizer,
            )
        ),
        recipe.epochs_of(args, encoded, plan_batches, translation_batches),
        score=lambda model: {
            "held out": sacrebleu_13a(model.translate(sources, beam_size=1), references).value
        },
        metric="BLEU",
        samples=lambda model: _shown(sources, model.translate(sources[:2], beam_size=1)),
        settings=settings_of_run(args, pairs),
    )
    recipe.save(args, model, dtype="float16", then="translate")
    return model


def train_classifier(
    args: argparse.Namespace, table: str, text: str, label: str, valid: str | None = None
) -> keras.Model:
    """Trains a `sentiment` model, with labels of one's own, on a table of texts and labels.

    Args:
        args: as `recipe.train` takes them, with `units`, `embedding_size`, `dropout` and `cell`,
            None where the size of the data decides.
        table: a CSV or TSV file.
        text: column of the texts.
        label: column of the labels.
        valid: such a table to choose weights by. None: every 20th row, 2,000 at most.

    Returns:
        The model, saved at `args.out`; `zoo.load(args.out).classify("...")`.

    Raises:
        ConfigError, DamagedFileError, MissingFileError: for files or settings that cannot be used.
    """
    from zoo.data import classification_batches, plan_classification
    from zoo.data.encoded_files import encode_texts_on_disk
    from zoo.inputs import WordTokenizer, train_words
    from zoo.tasks.classification.carry_over import carry_over

    rows = own_files.read_table(table, text, label)
    rows, unseen = _split(rows, valid, lambda path: own_files.read_table(path, text, label))
    args = with_sizes(args, len(rows))
    labels = tuple(sorted({row.label for row in itertools.chain(rows, unseen)}))
    begun = begun_from(args, "sentiment", "rating")
    texts = [row.text for row in _some(rows)]
    tokenizer = train_words(WordTokenizer().cut(texts), 1 if len(rows) < 2_000 else 2)
    del texts
    if begun:
        tokenizer = with_words_of(tokenizer, begun.tokenizer)
        units, embedding = begun.recurrence.output_size, begun.features.embedding.output_dim
        args = argparse.Namespace(**{**vars(args), "units": units, "embedding_size": embedding})
    encoded = encode_texts_on_disk(
        rows, data_folder(args, Path(args.run) / "data"), tokenizer, labels, longest=512
    )
    settings = {
        name: getattr(args, name) for name in ("cell", "units", "embedding_size", "dropout")
    }
    settings |= {"labels": labels, "tokenizer": tokenizer}

    def score(model):
        answers = model.classify([row.text for row in unseen])
        right = [one.label == row.label for one, row in zip(answers, unseen, strict=True)]
        return {"held out": 100 * float(np.mean(right))}

    model = recipe.train(
        args,
        lambda dtype: zoo.build("sentiment", dtype=dtype, **settings),
        recipe.epochs_of(args, encoded, plan_classification, classification_batches),
        score=score,
        metric="accuracy",
        begin=(lambda model: carry_over(begun, model)) if begun else None,
        settings=settings_of_run(args, rows),
    )
    recipe.save(args, model, then="classify")
    return model


def train_tagger(args: argparse.Namespace, conllu: str, valid: str | None = None) -> keras.Model:
    """Trains a `pos` model, with the tags that there are, on a CoNLL-U file.

    Args:
        args: as `recipe.train` takes them, with `units`, `embedding_size`, `dropout` and `cell`,
            None where the size of the data decides.
        conllu: file of tagged sentences; the fourth column holds the tags.
        valid: such a file to choose weights by. None: every 20th sentence, 2,000 at most.

    Returns:
        The model, saved at `args.out`.

    Raises:
        ConfigError, DamagedFileError, MissingFileError: for files or settings that cannot be used.
    """
    from zoo.data import encode_sentences, plan_tagging, tagging_batches
    from zoo.inputs import train_words

    sentences, unseen = _split(own_files.read_conllu(conllu), valid, own_files.read_conllu)
    args = with_sizes(args, len(sentences))
    labels = tuple(sorted({tag for one in (*sentences, *unseen) for tag in one.tags}))
    begun = begun_from(args, "pos")
    if begun:
        if not set(labels) <= set(begun.labels):
            missing = ", ".join(sorted(set(labels) - set(begun.labels)))
            raise ConfigError(
                f"{args.init_from} knows no tag {missing}: leave out --init-from, or take the tags "
                f"{', '.join(begun.labels)}."
            )
        labels = tuple(begun.labels)
    tokens = [one.tokens for one in sentences]
    tokenizer = begun.tokenizer if begun else train_words(tokens, 1 if len(tokens) < 2_000 else 2)
    encoded = encode_sentences(tokens, [one.tags for one in sentences], tokenizer, labels)
    settings = {
        name: getattr(args, name) for name in ("cell", "units", "embedding_size", "dropout")
    }

    def score(model):
        answers = model.tag([one.tokens for one in unseen])
        right = [
            tag == wanted
            for pairs, one in zip(answers, unseen, strict=True)
            for (_, tag), wanted in zip(pairs, one.tags, strict=True)
        ]
        return {"held out": 100 * float(np.mean(right))}

    model = recipe.train(
        args,
        copies_of_begun(args)
        or (
            lambda dtype: zoo.build(
                "pos", dtype=dtype, labels=labels, tokenizer=tokenizer, **settings
            )
        ),
        recipe.epochs_of(args, encoded, plan_tagging, tagging_batches),
        score=score,
        metric="accuracy",
        settings=settings_of_run(args, sentences),
    )
    recipe.save(args, model, then="tag")
    return model


def train_captioner(
    args: argparse.Namespace, captions: str, images: str, valid: str | None = None
) -> keras.Model:
    """Trains a `caption` model on photographs and a file of captions.

    The encoder is that of `args.init_from`, or EfficientNet-Lite0 as trained on ImageNet; its
    outputs are kept, so that an epoch costs what the decoder costs.

    Args:
        args: as `recipe.train` takes them, with `units`, `embedding_size`, `dropout`,
            `vocabulary_size`, `cell` and `attention`, None where the size of the data decides.
        captions: file with a line a caption: a photograph's file name, a tab, the text.
        images: folder of the photographs.
        valid: such a file to choose weights by. None: every 20th photograph, 2,000 at most.

    Returns:
        The model, saved at `args.out`.

    Raises:
        ConfigError, DamagedFileError, MissingFileError: for files or settings that cannot be used.
    """
    from zoo.data import cached_grids, caption_batches, encode_captions, plan_batches
    from zoo.data.captioned import BOUNDARIES
    from zoo.data.efficient_net import load_efficient_net
    from zoo.inputs import Images
    from zoo.layers import EfficientNetLite
    from zoo.tasks.sequence_to_sequence.evaluate_captions import GridScores

    rows = own_files.read_captions(captions, images)
    rows, unseen = _split(rows, valid, lambda path: own_files.read_captions(path, images))
    args = with_sizes(args, sum(len(row.captions) for row in rows))
    begun = begun_from(args, "caption")
    if begun:
        backbone, reader = begun.encoder.backbone, begun.input
    else:
        backbone, reader = EfficientNetLite(head_filters=0), Images()
        load_efficient_net(backbone)

    def grids(part, what, mirrored=False):
        def photographs():
            for row in part:
                yield reader.prepare([row.image])[0]["source"]

        name = f"own-{what}-{recipe.fingerprint([str(row.image.resolve()) for row in part])[:12]}"
        found = cached_grids(backbone, photographs, len(part), name, mirrored=mirrored)
        if begun and begun.encoder.pooling == "mean":
            return np.stack([grid.mean((0, 1), "float32", keepdims=True) for grid in found])
        return found

    texts = [row.captions for row in rows]
    tokenizer = begun.target_tokenizer if begun else _pieces(args, (t for ts in texts for t in ts))
    views = [grids(rows, "train", mirrored) for mirrored in (False, True)]
    encoded = encode_captions(texts, tokenizer, views)

    def build(dtype):
        names = ("cell", "attention", "units", "embedding_size", "dropout")
        settings = {name: getattr(args, name) for name in names}
        model = zoo.build("caption", dtype=dtype, target_tokenizer=tokenizer, **settings)
        model.encoder.backbone.set_weights(backbone.get_weights())
        return model

    scores = GridScores(grids(unseen, "held-out"), [row.captions for row in unseen], "held out")
    model = recipe.train(
        args,
        copies_of_begun(args) or build,
        recipe.epochs_of(args, encoded, plan_batches, caption_batches, boundaries=BOUNDARIES),
        score=scores,
        choose=lambda model: scores(model, beam_size=5),
        metric="BLEU-4",
        settings=settings_of_run(args, [(str(row.image), *row.captions) for row in rows]),
    )
    recipe.save(args, model, dtype="float16", then="caption")
    return model


def _split(examples: Any, valid: Any, read: Callable) -> tuple[Any, list]:
    """Examples to train on and examples to choose by, from other files or held out."""
    if valid is None:
        return own_files.held_out(examples)
    return examples, list(read(*valid) if isinstance(valid, tuple) else read(valid))


def _some(examples: Collection) -> Iterator:
    """At most so many examples, evenly spaced."""
    return itertools.islice(examples, 0, None, -(-len(examples) // _MOST_READ))


def begun_from(args: argparse.Namespace, *tasks: str) -> Any:
    """The model to start from, of one of the tasks; None where there is none."""
    if not args.init_from:
        return None
    model = zoo.load(args.init_from)
    if getattr(model, "task", None) not in tasks:
        raise ConfigError(
            f"{args.init_from} is a model of the task {getattr(model, 'task', None)!r}, and what "
            f"is trained here is one of {', '.join(tasks)}."
        )
    return model


def copies_of_begun(args: argparse.Namespace) -> Callable[[str], keras.Model] | None:
    """A builder of the model to start from; None where there is none."""
    if not args.init_from:
        return None

    def build(dtype):
        if dtype != "float32":
            raise ConfigError("--init-from goes with --precision float32 here.")
        return zoo.load(args.init_from)

    return build


def _pieces(args: argparse.Namespace, texts) -> Any:
    """A SentencePiece vocabulary, of fewer pieces where the text has not as many; kept."""
    from zoo.inputs import SentencePieceTokenizer, train_sentencepiece

    sentences = list(texts)

    def made() -> bytes:
        size = args.vocabulary_size
        while True:
            try:
                return train_sentencepiece(sentences, size)
            except ConfigError:
                if size <= _FEWEST_PIECES:
                    raise
                size = max(size // 2, _FEWEST_PIECES)

    kept = Path(args.run) / "sentencepiece.model"
    return SentencePieceTokenizer(recipe.made_once(kept, made, args.strategy))


def settings_of_run(args: argparse.Namespace, examples: Iterable) -> dict[str, Any]:
    """What makes a run what it is: its options, and the data."""
    return {**vars(args), "data": recipe.fingerprint(examples)}


def _columns(pairs: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [one for one, _ in pairs], [other for _, other in pairs]


def _shown(sources: Sequence[str], outputs: Sequence[str]) -> list[str]:
    return [f"{one} -> {other}" for one, other in zip(sources, outputs, strict=False)]
