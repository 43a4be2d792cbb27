"""The topologies as `keras.Model`. Importing this makes every zoo class known to Keras."""

import zoo.backend.quiet_keras  # noqa: F401
import zoo.cells  # noqa: F401
import zoo.inputs.boxes  # noqa: F401
import zoo.inputs.characters  # noqa: F401
import zoo.inputs.clips  # noqa: F401
import zoo.inputs.flow_clips  # noqa: F401
import zoo.inputs.images  # noqa: F401
import zoo.inputs.notes  # noqa: F401
import zoo.inputs.running_subwords  # noqa: F401
import zoo.inputs.running_words  # noqa: F401
import zoo.inputs.series  # noqa: F401
import zoo.inputs.skeletons  # noqa: F401
import zoo.inputs.sound  # noqa: F401
import zoo.inputs.stories  # noqa: F401
import zoo.inputs.subwords  # noqa: F401
import zoo.inputs.words  # noqa: F401
import zoo.layers  # noqa: F401
import zoo.training.losses  # noqa: F401
import zoo.training.schedules  # noqa: F401
from zoo.tasks.classification.answerer import Answerer
from zoo.tasks.classification.clip_classifier import ClipClassifier
from zoo.tasks.classification.clip_results import ClipClassification
from zoo.tasks.classification.results import Answer, Classification
from zoo.tasks.classification.sequence_classifier import SequenceClassifier
from zoo.tasks.forecasting.clip_detector import ClipDetector
from zoo.tasks.forecasting.composer import Composer
from zoo.tasks.forecasting.detector import Detector
from zoo.tasks.forecasting.forecaster import Forecaster
from zoo.tasks.forecasting.results import Forecast
from zoo.tasks.language_modelling.language_model import LanguageModel
from zoo.tasks.sequence_to_sequence.caption import Captioner
from zoo.tasks.sequence_to_sequence.describe import Describer
from zoo.tasks.sequence_to_sequence.ensemble import Ensemble
from zoo.tasks.sequence_to_sequence.results import TargetScore, Translation
from zoo.tasks.sequence_to_sequence.sequence_to_sequence import SequenceToSequence
from zoo.tasks.sequence_to_sequence.speller import Speller
from zoo.tasks.sequence_to_sequence.summarize import Summarizer
from zoo.tasks.tagging.box_results import TrackedBoxes
from zoo.tasks.tagging.box_tracker import BoxTracker
from zoo.tasks.tagging.frame_tagger import FrameTagger
from zoo.tasks.tagging.results import TaggedToken
from zoo.tasks.tagging.sequence_tagger import SequenceTagger
from zoo.tasks.tagging.spans import LabelledSpan
from zoo.tasks.transcription.listener import Listener
from zoo.tasks.transcription.results import Transcription
from zoo.tasks.transcription.transcriber import Transcriber
from zoo.tasks.unusual import Unusual

__all__ = [
    "Answer",
    "Answerer",
    "BoxTracker",
    "Captioner",
    "Classification",
    "ClipClassification",
    "ClipClassifier",
    "ClipDetector",
    "Composer",
    "Describer",
    "Detector",
    "Ensemble",
    "Forecast",
    "Forecaster",
    "FrameTagger",
    "LabelledSpan",
    "LanguageModel",
    "Listener",
    "SequenceClassifier",
    "SequenceTagger",
    "SequenceToSequence",
    "Speller",
    "Summarizer",
    "TaggedToken",
    "TargetScore",
    "TrackedBoxes",
    "Transcriber",
    "Transcription",
    "Translation",
    "Unusual",
]
