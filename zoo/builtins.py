"""The zoo's own parts, registered through the same hooks as anybody's."""

from pathlib import Path

from zoo.builtin_datasets import register_datasets as register_datasets
from zoo.hookspecs import hookimpl
from zoo.model_folder import ModelFolder

MODELS = ModelFolder(Path(__file__).parent / "weights")

# Released models that are not in the core: the name, and the distribution that has its file.
ELSEWHERE = {
    "activity-msraction": "zoo-models-motion",
    "asr-an4-attn": "zoo-models-sound",
    "asr-an4-ctc": "zoo-models-sound",
    "asr-digits": "zoo-models-sound",
    "caption-attn-flickr8k": "zoo-models-vision",
    "caption-nic-flickr8k": "zoo-models-vision",
    "describe-vidvrd": "zoo-models-motion",
    "forecast-etth1": "zoo-models-numbers",
    "lips-cnnrnn": "zoo-models-motion",
    "mnist-mdlstm": "zoo-models-numbers",
    "music-jsb": "zoo-models-numbers",
    "nmt-multi": "zoo-models-text",
    "nmt-seq2seq-en-fr": "zoo-models-text",
    "nmt-transformer-en-fr": "zoo-models-text",
    "phoneme-arctic": "zoo-models-sound",
    "qa-babi": "zoo-models-text",
    "trajectory-ball": "zoo-models-numbers",
    "trajectory-eth": "zoo-models-numbers",
}

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
def register_tasks(register):
    """Registers the tasks that can be built."""
    register(
        "nmt",
        "zoo.tasks.sequence_to_sequence.nmt:build_nmt",
        topology="sequence_to_sequence",
        reads="text",
        summary="Translate text from one language to another",
    )
    register(
        "pos",
        "zoo.tasks.tagging.pos:build_pos",
        topology="tagging",
        reads="text",
        summary="Tell the part of speech of every word",
    )
    register(
        "phonemes",
        "zoo.tasks.tagging.phonemes:build_phonemes",
        topology="tagging",
        reads="audio",
        summary="Tell which speech sound is said at every time",
        paper="Graves and Schmidhuber 2005, doi:10.1016/j.neunet.2005.06.042",
        evaluator="zoo.tasks.tagging.evaluate_phonemes:evaluate_phonemes",
        experiment="zoo.tasks.tagging.phoneme_experiment:PhonemeExperiment",
        sample="zoo.tasks.tagging.phoneme_sample:SAMPLE",
        demo={"title": "Hear phonemes"},
        **{"class": "zoo.tasks.tagging.frame_tagger:FrameTagger"},
    )
    register(
        "segment",
        "zoo.tasks.tagging.segment:build_segment",
        topology="tagging",
        reads="skeleton",
        summary="Tell what somebody does at every time of a recording",
        paper="Lea et al. 2017, arXiv:1611.05267",
        evaluator="zoo.tasks.tagging.evaluate_segments:evaluate_segments",
        experiment="zoo.tasks.tagging.segment_experiment:SegmentExperiment",
        sample="zoo.tasks.tagging.segment_sample:SAMPLE",
        **{"class": "zoo.tasks.tagging.frame_tagger:FrameTagger"},
    )
    register(
        "sentiment",
        "zoo.tasks.classification.sentiment:build_sentiment",
        topology="classification",
        reads="text",
        summary="Tell whether a text is negative or positive",
    )
    register(
        "rating",
        "zoo.tasks.classification.sentiment:build_rating",
        topology="classification",
        reads="text",
        summary="Tell how negative or positive a text is, in five degrees",
    )
    register(
        "image",
        "zoo.tasks.classification.image:build_image",
        topology="classification",
        reads="image",
        summary="Tell what a small grey image shows, such as a digit",
        paper="Graves et al. 2007, arXiv:0705.2011",
        experiment="zoo.tasks.classification.image_experiment:ImageExperiment",
        sample="zoo.tasks.classification.image_sample:SAMPLE",
        demo={"title": "Draw a digit", "widget": "drawing"},
    )
    register(
        "activity",
        "zoo.tasks.classification.activity:build_activity",
        topology="classification",
        reads="skeleton",
        summary="Tell what somebody does, from where the joints of the body are",
        paper="Du et al. 2015, doi:10.1109/CVPR.2015.7298714",
        evaluator="zoo.tasks.classification.evaluate_activity:evaluate_activity",
        experiment="zoo.tasks.classification.activity_experiment:ActivityExperiment",
        sample="zoo.tasks.classification.activity_sample:SAMPLE",
    )
    register(
        "qa",
        "zoo.tasks.classification.qa:build_qa",
        topology="classification",
        reads="text",
        verb="answer",
        summary="Answer a question about a story",
        paper="Seo et al. 2017, arXiv:1606.04582",
        evaluator="zoo.tasks.classification.evaluate_answers:evaluate_answers",
        experiment="zoo.tasks.classification.qa_experiment:QAExperiment",
        sample="zoo.tasks.classification.qa_sample:SAMPLE",
        command="zoo.cli.verbs.question:command",
        demo={
            "title": "Answer questions",
            "asks": [{"settings": {"return_attention": True}}],
            "examples": [
                "Where is the milk? Mary got the milk. Mary went to the garden. John left.",
            ],
        },
        **{"class": "zoo.tasks.classification.answerer:Answerer"},
    )
    register(
        "action",
        "zoo.tasks.classification.action:build_action",
        topology="classification",
        reads="frames",
        summary="Tell what happens in a clip",
        paper="Donahue et al. 2015, arXiv:1411.4389; Tran et al. 2015, arXiv:1412.0767",
        evaluator="zoo.tasks.classification.evaluate_clips:evaluate_clips",
        experiment="zoo.tasks.classification.clip_experiment:ClipExperiment",
        sample="zoo.tasks.classification.clip_sample:SAMPLE",
        **{"class": "zoo.tasks.classification.clip_classifier:ClipClassifier"},
    )
    register(
        "spell",
        "zoo.tasks.sequence_to_sequence.spell:build_spell",
        topology="sequence_to_sequence",
        reads="text",
        summary="Repair words with letters lost or replaced by x",
        verb="repair",
        evaluator="zoo.tasks.sequence_to_sequence.evaluate_spelling:evaluate_spelling",
        command="zoo.cli.verbs.repair:command",
        demo={"title": "Repair words", "examples": ["good mornixx, wrld", "recieve teh mesage"]},
        **{"class": "zoo.tasks.sequence_to_sequence.speller:Speller"},
    )
    register(
        "caption",
        "zoo.tasks.sequence_to_sequence.caption:build_caption",
        topology="sequence_to_sequence",
        reads="image",
        summary="Say what a photograph shows",
        paper="Vinyals et al. 2015, arXiv:1411.4555; Xu et al. 2015, arXiv:1502.03044",
        verb="caption",
        evaluator="zoo.tasks.sequence_to_sequence.evaluate_captions:evaluate_captions",
        sample="zoo.tasks.sequence_to_sequence.caption_sample:SAMPLE",
        command="zoo.cli.verbs.caption:command",
        demo={
            "title": "Describe a photograph",
            "asks": [{"settings": {"n_best": 3, "return_attention": True}}],
        },
        **{"class": "zoo.tasks.sequence_to_sequence.caption:Captioner"},
    )
    register(
        "describe",
        "zoo.tasks.sequence_to_sequence.describe:build_describe",
        topology="sequence_to_sequence",
        reads="series",
        summary="Say in words what features of the frames of a clip show",
        paper="Venugopalan et al. 2015, arXiv:1505.00487",
        verb="describe",
        evaluator="zoo.tasks.sequence_to_sequence.evaluate_descriptions:evaluate_descriptions",
        sample="zoo.tasks.sequence_to_sequence.describe_sample:SAMPLE",
        command="zoo.cli.verbs.describe:command",
        **{"class": "zoo.tasks.sequence_to_sequence.describe:Describer"},
    )
    register(
        "lm",
        "zoo.tasks.language_modelling.lm:build_lm",
        topology="language_modelling",
        reads="text",
        summary="Write text, and tell how likely a text is",
    )
    register(
        "forecast",
        "zoo.tasks.forecasting.forecast:build_forecast",
        topology="forecasting",
        reads="series",
        summary="Tell how series of numbers go on, and how sure that is",
        paper="Lin et al. 2023, arXiv:2308.11200; Salinas et al. 2020, arXiv:1704.04110",
    )
    register(
        "trajectory",
        "zoo.tasks.forecasting.trajectory:build_trajectory",
        topology="forecasting",
        reads="series",
        summary="Tell where something that moves goes next",
        paper="Alahi et al. 2016; Schöller et al. 2020, arXiv:1903.07933",
        evaluator="zoo.tasks.forecasting.evaluate_tracks:evaluate_tracks",
        experiment="zoo.tasks.forecasting.experiment:TrackExperiment",
        demo={"title": "Foresee a path", "asks": [{"settings": {"steps": 12}}]},
    )
    register(
        "anomaly",
        "zoo.tasks.forecasting.anomaly:build_anomaly",
        topology="forecasting",
        reads="series",
        summary="Tell what is unusual in a series",
        paper="Malhotra et al. 2015",
        verb="unusual",
        evaluator="zoo.tasks.forecasting.evaluate_unusual:evaluate_unusual",
        experiment="zoo.tasks.forecasting.experiment:UsualExperiment",
        sample="zoo.tasks.forecasting.detector_sample:SAMPLE",
        demo={"title": "Find what is unusual"},
        command="zoo.cli.verbs.unusual:command",
        **{"class": "zoo.tasks.forecasting.detector:Detector"},
    )
    register(
        "music",
        "zoo.tasks.forecasting.music:build_music",
        topology="forecasting",
        reads="music",
        summary="Write music in chords, and tell how likely a piece is",
        paper="Boulanger-Lewandowski et al. 2012, arXiv:1206.6392",
        verb="generate",
        evaluator="zoo.tasks.forecasting.evaluate_music:evaluate_music",
        experiment="zoo.tasks.forecasting.music_experiment:MusicExperiment",
        sample="zoo.tasks.forecasting.music_sample:SAMPLE",
        demo={
            "title": "Compose",
            "asks": [{"settings": {"length": 24, "seed": 1}}],
            "examples": ["C3 G3 E4 C5", "D3 A3 F4 D5, G3 B3 D4 G4"],
        },
        command="zoo.cli.verbs.generate:command",
        **{"class": "zoo.tasks.forecasting.composer:Composer"},
    )
    register(
        "asr",
        "zoo.tasks.transcription.asr:build_asr",
        topology="transcription",
        reads="audio",
        summary="Write down what is said",
        paper="Graves et al. 2006, doi:10.1145/1143844.1143891; 2013, arXiv:1303.5778",
    )
    register(
        "las",
        "zoo.tasks.transcription.las:build_las",
        topology="transcription",
        reads="audio",
        summary="Write down what is said, asking again what was heard",
        paper="Chan et al. 2016, arXiv:1508.01211; Watanabe et al. 2017",
        experiment="zoo.tasks.transcription.experiment:ListeningExperiment",
        sample="zoo.tasks.transcription.las_sample:SAMPLE",
        **{"class": "zoo.tasks.transcription.listener:Listener"},
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
