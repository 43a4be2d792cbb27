"""The zoo's own parts, registered through the same hooks as anybody's."""

import json
from pathlib import Path

from zoo.hookspecs import hookimpl

INDEX = Path(__file__).parent / "weights" / "index.json"


@hookimpl
def register_cells(register):
    """Registers the recurrent cells."""
    register(
        "simple",
        "zoo.cells.simple_rnn:SimpleRNNCell",
        summary="Simple recurrence with tanh or ReLU",
        paper="Elman 1990",
    )
    register(
        "lstm",
        "zoo.cells.lstm:LSTMCell",
        summary="Long short-term memory",
        paper="Hochreiter & Schmidhuber 1997",
    )
    register(
        "gru",
        "zoo.cells.gru:GRUCell",
        summary="Gated recurrent unit",
        paper="Cho et al. 2014, arXiv:1406.1078",
    )


@hookimpl
def register_attentions(register):
    """Registers the attentions over an encoder's memory."""
    register(
        "additive",
        "zoo.layers.attention.additive:AdditiveAttention",
        summary="A small network scores query and memory together",
        paper="Bahdanau et al. 2015, arXiv:1409.0473",
    )
    register(
        "multiplicative",
        "zoo.layers.attention.multiplicative:MultiplicativeAttention",
        summary="A bilinear product scores query against memory",
        paper="Luong et al. 2015, arXiv:1508.04025",
    )


@hookimpl
def register_tasks(register):
    """Registers the tasks that can be built."""
    register(
        "nmt",
        "zoo.tasks.sequence_to_sequence.nmt:build_nmt",
        summary="Translate text from one language to another",
        verb="translate",
        topology="many-to-many, unaligned",
        evaluator="zoo.tasks.sequence_to_sequence.evaluate_translation:evaluate_translation",
        **{"class": "zoo.tasks.sequence_to_sequence.sequence_to_sequence:SequenceToSequence"},
    )
    register(
        "pos",
        "zoo.tasks.tagging.pos:build_pos",
        summary="Tell the part of speech of every word",
        verb="tag",
        topology="many-to-many, aligned",
        evaluator="zoo.tasks.tagging.evaluate:evaluate_tagging",
        **{"class": "zoo.tasks.tagging.sequence_tagger:SequenceTagger"},
    )
    for task, summary in (
        ("sentiment", "Tell whether a text is negative or positive"),
        ("rating", "Tell how negative or positive a text is, in five degrees"),
    ):
        register(
            task,
            f"zoo.tasks.classification.sentiment:build_{task}",
            summary=summary,
            verb="classify",
            topology="many-to-one",
            evaluator="zoo.tasks.classification.evaluate:evaluate_classification",
            **{"class": "zoo.tasks.classification.sequence_classifier:SequenceClassifier"},
        )
    register(
        "spell",
        "zoo.tasks.sequence_to_sequence.spell:build_spell",
        summary="Repair words with letters lost or replaced by x",
        verb="repair",
        topology="many-to-many, unaligned",
        evaluator="zoo.tasks.sequence_to_sequence.evaluate_spelling:evaluate_spelling",
        **{"class": "zoo.tasks.sequence_to_sequence.speller:Speller"},
    )
    register(
        "lm",
        "zoo.tasks.language_modelling.lm:build_lm",
        summary="Write text, and tell how likely a text is",
        verb="generate",
        topology="autoregressive",
        evaluator="zoo.tasks.language_modelling.evaluate:evaluate_language_model",
        **{"class": "zoo.tasks.language_modelling.language_model:LanguageModel"},
    )


@hookimpl
def register_datasets(register):
    """Registers the data sets."""
    register(
        "multi30k",
        "zoo.data.sets.multi30k:Multi30k",
        summary="Descriptions of 31,000 images in English, German, French and Czech",
        paper="Elliott et al. 2016, arXiv:1605.00459",
    )
    register(
        "tatoeba",
        "zoo.data.sets.tatoeba:Tatoeba",
        summary="Short everyday sentences in English and French, many translations of each",
    )
    register(
        "imdb",
        "zoo.data.sets.imdb:IMDB",
        summary="100,000 film reviews, half of them labelled as negative or positive",
        paper="Maas et al. 2011",
    )
    register(
        "hello",
        "zoo.data.sets.hello:Hello",
        summary="The word hello, for language models that are to be understood",
    )
    register(
        "ptb",
        "zoo.data.sets.ptb:PTB",
        summary="A million words of news, 10,000 of them known, for language models",
        paper="Mikolov et al. 2010",
        level="word",
    )
    register(
        "tiny_shakespeare",
        "zoo.data.sets.tiny_shakespeare:TinyShakespeare",
        summary="A million characters of Shakespeare's plays, for language models",
    )
    register(
        "sst",
        "zoo.data.sets.sst:SST",
        summary="Sentences of film reviews and all their phrases, rated in two or five degrees",
        paper="Socher et al. 2013",
    )
    register(
        "ud",
        "zoo.data.sets.universal_dependencies:UniversalDependencies",
        summary="Parts of speech of English web text (ewt) and French news (sequoia)",
        paper="Nivre et al. 2020, arXiv:2004.10643",
    )


@hookimpl
def register_exporters(register):
    """Registers the formats of `zoo export`."""
    register(
        "savedmodel",
        "zoo.export.saved_model:export_saved_model",
        summary="Strings to strings, for TensorFlow Serving and programs without the zoo",
        check="zoo.export.check:compare_with_model",
    )
    register(
        "onnx",
        "zoo.export.onnx_graph:export_onnx",
        summary="Ids to logits of a tagger or classifier, for ONNX Runtime",
        check="zoo.export.onnx_graph:compare_with_model",
    )
    register(
        "litert",
        "zoo.export.litert:export_litert",
        summary="Ids to logits of a tagger or classifier, texts of one length, for LiteRT",
        check="zoo.export.litert:compare_with_model",
    )


@hookimpl
def register_models(register):
    """Registers the released models of `zoo/weights/index.json`."""
    for model in json.loads(INDEX.read_text(encoding="utf-8"))["models"]:
        register(model["name"], **{key: model[key] for key in model if key != "name"})
