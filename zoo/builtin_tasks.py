"""The zoo's own tasks, registered as `builtins` registers the rest."""

from zoo.hookspecs import hookimpl


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
        demo={"title": "Tell what somebody does"},
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
        demo={"title": "Tell what somebody does"},
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
        demo={"title": "Tell what happens"},
        **{"class": "zoo.tasks.classification.clip_classifier:ClipClassifier"},
    )
    register(
        "track",
        "zoo.tasks.tagging.track:build_track",
        topology="tagging",
        reads="track",
        summary="Tell where a box was in each frame, from noisy ones with gaps",
        paper="Kalman 1960; Rauch et al. 1965; Revach et al. 2022, arXiv:2107.10043",
        verb="track",
        evaluator="zoo.tasks.tagging.evaluate_boxes:evaluate_boxes",
        experiment="zoo.tasks.tagging.box_experiment:BoxExperiment",
        sample="zoo.tasks.tagging.box_sample:SAMPLE",
        demo={"title": "Follow a box"},
        command="zoo.cli.verbs.track:command",
        **{"class": "zoo.tasks.tagging.box_tracker:BoxTracker"},
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
        "summarize",
        "zoo.tasks.sequence_to_sequence.summarize:build_summarize",
        topology="sequence_to_sequence",
        reads="text",
        summary="Sum up a text in a line, such as an e-mail in its subject",
        paper="See et al. 2017, arXiv:1704.04368",
        verb="summarize",
        evaluator="zoo.tasks.sequence_to_sequence.evaluate_summaries:evaluate_summaries",
        sample="zoo.tasks.sequence_to_sequence.summarize_sample:SAMPLE",
        command="zoo.cli.verbs.summarize:command",
        demo={
            "title": "Find a subject line",
            "examples": [
                "Hi all, the budget meeting with Anna Weber is moved to Thursday at 3 pm, room 12.",
            ],
        },
        **{"class": "zoo.tasks.sequence_to_sequence.summarize:Summarizer"},
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
        demo={
            "title": "Describe a clip",
            "asks": [{"settings": {"n_best": 3}}, {"picture": "beam"}],
        },
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
        "watch",
        "zoo.tasks.forecasting.watch:build_watch",
        topology="forecasting",
        reads="frames",
        summary="Tell what is unusual before a camera, and where",
        paper="Shi et al. 2015, arXiv:1506.04214; Liu et al. 2018, arXiv:1712.09867",
        verb="unusual",
        evaluator="zoo.tasks.forecasting.evaluate_watch:evaluate_watch",
        experiment="zoo.tasks.forecasting.watch_experiment:WatchExperiment",
        sample="zoo.tasks.forecasting.clip_detector_sample:SAMPLE",
        demo={"title": "Watch a place"},
        command="zoo.cli.verbs.unusual:command",
        **{"class": "zoo.tasks.forecasting.clip_detector:ClipDetector"},
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
