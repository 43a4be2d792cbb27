"""The zoo's own parts, registered through the same hooks as anybody's."""

from pathlib import Path

from zoo.builtin_datasets import register_datasets as register_datasets
from zoo.builtin_tasks import register_tasks as register_tasks
from zoo.hookspecs import hookimpl
from zoo.model_folder import ModelFolder

MODELS = ModelFolder(Path(__file__).parent / "weights")

# The part of `zoo demo` in which texts are labelled, whole or word by word.
_LABELS = {
    "title": "Compare labels",
    "examples": [
        "A warm, funny film that I would gladly see again.",
        "The old man doesn't like the long, dull ending.",
    ],
}


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
    register(
        "conv_lstm",
        "zoo.cells.conv_lstm:ConvLSTMCell",
        summary="LSTM over grids, such as images; of vectors it is the LSTM",
        paper="Shi et al. 2015, arXiv:1506.04214",
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
    register(
        "multi_head",
        "zoo.layers.attention.multi_head:MultiHeadAttention",
        summary="Several heads compare, each in features of its own",
        paper="Vaswani et al. 2017, arXiv:1706.03762",
    )
    register(
        "regions",
        "zoo.layers.attention.regions:RegionAttention",
        summary="Cells of a grid propose regions of learnt places and sizes",
        paper="Pedersoli et al. 2017, arXiv:1612.01033",
    )


@hookimpl
def register_topologies(register):
    """Registers the topologies: what the tasks of a wing have in common."""
    register(
        "classification",
        "zoo.tasks.classification.sequence_classifier:SequenceClassifier",
        summary="Many-to-one: a label for a whole sequence",
        verb="classify",
        evaluator="zoo.tasks.classification.evaluate:evaluate_classification",
        experiment="zoo.tasks.classification.experiment:ClassificationExperiment",
        sample="zoo.tasks.classification.sample:SAMPLE",
        command="zoo.cli.verbs.classify:command",
        demo=_LABELS,
    )
    register(
        "tagging",
        "zoo.tasks.tagging.sequence_tagger:SequenceTagger",
        summary="Many-to-many, aligned: a label for every step",
        verb="tag",
        evaluator="zoo.tasks.tagging.evaluate:evaluate_tagging",
        experiment="zoo.tasks.tagging.experiment:TaggingExperiment",
        sample="zoo.tasks.tagging.sample:SAMPLE",
        command="zoo.cli.verbs.tag:command",
        demo=_LABELS,
    )
    register(
        "sequence_to_sequence",
        "zoo.tasks.sequence_to_sequence.sequence_to_sequence:SequenceToSequence",
        summary="Many-to-many, unaligned, and one-to-many: an encoder, and a decoder that writes",
        verb="translate",
        evaluator="zoo.tasks.sequence_to_sequence.evaluate_translation:evaluate_translation",
        sample="zoo.tasks.sequence_to_sequence.sample:SAMPLE",
        command="zoo.cli.verbs.decode:translate",
        demo={
            "title": "Translate",
            "asks": [
                {"settings": {"n_best": 3, "return_attention": True}},
                {"picture": "beam", "settings": {"beam_size": 4}},
            ],
            "examples": ["A man is riding a bicycle.", "Where is the station?"],
        },
    )
    register(
        "language_modelling",
        "zoo.tasks.language_modelling.language_model:LanguageModel",
        summary="Autoregressive: what comes next",
        verb="generate",
        evaluator="zoo.tasks.language_modelling.evaluate:evaluate_language_model",
        experiment="zoo.tasks.language_modelling.experiment:TextExperiment",
        sample="zoo.tasks.language_modelling.sample:SAMPLE",
        command="zoo.cli.verbs.generate:command",
        demo={
            "title": "Surprise",
            "asks": [
                {"verb": "surprise", "live": True},
                {"settings": {"length": 120, "temperature": 0.8, "seed": 1}},
            ],
            "examples": ["To be, or not to bee", "hello"],
            "first": ["lm-char-shakespeare"],
        },
    )
    register(
        "forecasting",
        "zoo.tasks.forecasting.forecaster:Forecaster",
        summary="Autoregressive, of numbers: which values come next",
        verb="forecast",
        evaluator="zoo.tasks.forecasting.evaluate:evaluate_forecaster",
        experiment="zoo.tasks.forecasting.experiment:SeriesExperiment",
        sample="zoo.tasks.forecasting.sample:SAMPLE",
        command="zoo.cli.verbs.forecast:command",
    )
    register(
        "transcription",
        "zoo.tasks.transcription.transcriber:Transcriber",
        summary="Many-to-many, in order and not aligned: a text from frames",
        verb="transcribe",
        evaluator="zoo.tasks.transcription.evaluate:evaluate_transcription",
        experiment="zoo.tasks.transcription.experiment:TranscriptionExperiment",
        sample="zoo.tasks.transcription.sample:SAMPLE",
        command="zoo.cli.verbs.transcribe:command",
        demo={"title": "Write down speech", "asks": [{"settings": {"return_times": True}}]},
    )


@hookimpl
def register_searches(register):
    """Registers the searches over a step function, and those over frames."""
    for name, target, summary in (
        ("greedy", "greedy_search:GreedySearch", "The best token every time"),
        ("beam", "beam_search:BeamSearch", "The best hypotheses side by side"),
        ("diverse", "diverse_beam_search:DiverseBeamSearch", "A beam in groups that differ"),
        ("sample", "sample_search:SampleSearch", "Draws tokens"),
        ("ctc_greedy", "ctc_greedy_search:CTCGreedySearch", "The best label of every frame"),
        ("ctc_beam", "ctc_beam_search:CTCBeamSearch", "The best outputs of frames side by side"),
    ):
        register(name, f"zoo.decoding.{target}", summary=summary)


@hookimpl
def register_rules(register):
    """Registers the rules that outputs can be made to keep."""
    for name, target, summary, paper in (
        ("minimum_length", "MinimumLength", "No output shorter than so many tokens", None),
        ("no_repeat_ngram", "NoRepeatNGram", "No n tokens twice", "Paulus et al. 2018"),
        ("forced_prefix", "ForcedPrefix", "Outputs begin with given tokens", None),
        ("one_of", "OneOf", "Outputs are among given ones", "De Cao et al. 2021"),
        ("coverage", "CoveragePenalty", "Every source position is looked at", "Wu et al. 2016"),
    ):
        about = {"summary": summary} | ({"paper": paper} if paper else {})
        register(name, f"zoo.decoding.rules:{target}", **about)


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
        tried_with={"max_length": 8},
    )


@hookimpl
def register_pictures(register):
    """Registers the kinds of `zoo picture`."""
    for name, target, summary in (
        ("attention", "diagnostics.attention", "Where a decoder looked for each token it wrote"),
        ("beam", "diagnostics.beam_tree", "The tree of a beam search: scores, pruned and ended"),
        ("curve", "diagnostics.curve", "Training and validation of runs, epoch by epoch"),
        ("distance", "experiments.reach", "How far back cells remember: accuracy over distance"),
        ("gradients", "experiments.gradient_flow", "Gradients through time: vanishing, exploding"),
        ("gates", "diagnostics.gates", "Gates and cell of some units over an item, step by step"),
        ("states", "diagnostics.sentence_vectors", "Whole sentences as points, by components"),
        ("unrolled", "diagnostics.unrolled", "The diagram of a model, folded and unfolded"),
    ):
        register(name, f"zoo.{target}:PICTURE", summary=summary)


@hookimpl
def register_models(register):
    """Registers the released models of `zoo/weights/index.json`."""
    MODELS.register(register)
