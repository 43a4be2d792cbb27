"""What is known of released models by their names alone.

Made by `zoo released` from the indexes of the zoo's distributions; a test fails when they differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

# Released models that are not in the core: the name, and the distribution that has its file.
ELSEWHERE = {
    "action-cnn3d": "zoo-models-motion",
    "action-cnnrnn": "zoo-models-motion",
    "action-frames": "zoo-models-motion",
    "action-twostream": "zoo-models-motion",
    "activity-msraction": "zoo-models-motion",
    "anomaly-ped2": "zoo-models-motion",
    "asr-an4-attn": "zoo-models-sound",
    "asr-an4-ctc": "zoo-models-sound",
    "asr-digits": "zoo-models-sound",
    "caption-attn-flickr8k": "zoo-models-vision",
    "caption-nic-flickr8k": "zoo-models-vision",
    "describe-vidvrd": "zoo-models-motion",
    "forecast-etth1": "zoo-models-numbers",
    "lips-cnnrnn": "zoo-models-motion",
    "lm-char-c": "zoo-models-text",
    "lm-char-essays": "zoo-models-text",
    "mnist-mdlstm": "zoo-models-numbers",
    "music-jsb": "zoo-models-numbers",
    "nmt-gnmt-en-de": "zoo-models-text",
    "nmt-multi": "zoo-models-text",
    "nmt-seq2seq-en-fr": "zoo-models-text",
    "nmt-transformer-en-fr": "zoo-models-text",
    "phoneme-arctic": "zoo-models-sound",
    "qa-babi": "zoo-models-text",
    "segment-utkinect": "zoo-models-motion",
    "summarize-aeslc": "zoo-models-text",
    "track-boxes": "zoo-models-motion",
    "track-boxes-online": "zoo-models-motion",
    "trajectory-ball": "zoo-models-numbers",
    "trajectory-eth": "zoo-models-numbers",
}

# What type checkers know of `zoo.load`: the class of a model by its literal name.
if TYPE_CHECKING:
    import os

    import keras

    from zoo.tasks.classification.answerer import Answerer
    from zoo.tasks.classification.clip_classifier import ClipClassifier
    from zoo.tasks.classification.sequence_classifier import SequenceClassifier
    from zoo.tasks.forecasting.clip_detector import ClipDetector
    from zoo.tasks.forecasting.composer import Composer
    from zoo.tasks.forecasting.forecaster import Forecaster
    from zoo.tasks.language_modelling.language_model import LanguageModel
    from zoo.tasks.sequence_to_sequence.caption import Captioner
    from zoo.tasks.sequence_to_sequence.describe import Describer
    from zoo.tasks.sequence_to_sequence.sequence_to_sequence import SequenceToSequence
    from zoo.tasks.sequence_to_sequence.speller import Speller
    from zoo.tasks.sequence_to_sequence.summarize import Summarizer
    from zoo.tasks.tagging.box_tracker import BoxTracker
    from zoo.tasks.tagging.frame_tagger import FrameTagger
    from zoo.tasks.tagging.sequence_tagger import SequenceTagger
    from zoo.tasks.transcription.listener import Listener
    from zoo.tasks.transcription.transcriber import Transcriber

    _Model = TypeVar("_Model")

    @overload
    def load(
        ref: Literal["qa-babi"],
        *,
        max_bytes: int | None = None,
    ) -> Answerer: ...

    @overload
    def load(
        ref: Literal[
            "track-boxes",
            "track-boxes-online",
        ],
        *,
        max_bytes: int | None = None,
    ) -> BoxTracker: ...

    @overload
    def load(
        ref: Literal[
            "caption-attn-flickr8k",
            "caption-nic-flickr8k",
        ],
        *,
        max_bytes: int | None = None,
    ) -> Captioner: ...

    @overload
    def load(
        ref: Literal[
            "action-cnn3d",
            "action-cnnrnn",
            "action-frames",
            "action-twostream",
            "lips-cnnrnn",
        ],
        *,
        max_bytes: int | None = None,
    ) -> ClipClassifier: ...

    @overload
    def load(
        ref: Literal["anomaly-ped2"],
        *,
        max_bytes: int | None = None,
    ) -> ClipDetector: ...

    @overload
    def load(
        ref: Literal["music-jsb"],
        *,
        max_bytes: int | None = None,
    ) -> Composer: ...

    @overload
    def load(
        ref: Literal["describe-vidvrd"],
        *,
        max_bytes: int | None = None,
    ) -> Describer: ...

    @overload
    def load(
        ref: Literal[
            "forecast-etth1",
            "trajectory-ball",
            "trajectory-eth",
        ],
        *,
        max_bytes: int | None = None,
    ) -> Forecaster: ...

    @overload
    def load(
        ref: Literal[
            "phoneme-arctic",
            "segment-utkinect",
        ],
        *,
        max_bytes: int | None = None,
    ) -> FrameTagger: ...

    @overload
    def load(
        ref: Literal[
            "lm-char-c",
            "lm-char-essays",
            "lm-char-hello",
            "lm-char-shakespeare",
            "lm-word-ptb",
        ],
        *,
        max_bytes: int | None = None,
    ) -> LanguageModel: ...

    @overload
    def load(
        ref: Literal["asr-an4-attn"],
        *,
        max_bytes: int | None = None,
    ) -> Listener: ...

    @overload
    def load(
        ref: Literal[
            "activity-msraction",
            "mnist-mdlstm",
            "rating-bilstm-sst5",
            "sentiment-bilstm-imdb",
            "sentiment-bilstm-sst2",
        ],
        *,
        max_bytes: int | None = None,
    ) -> SequenceClassifier: ...

    @overload
    def load(
        ref: Literal[
            "pos-bilstm-ewt",
            "pos-bilstm-fr",
            "pos-bilstm-multi",
        ],
        *,
        max_bytes: int | None = None,
    ) -> SequenceTagger: ...

    @overload
    def load(
        ref: Literal[
            "nmt-attn-en-fr",
            "nmt-gnmt-en-de",
            "nmt-multi",
            "nmt-seq2seq-en-fr",
            "nmt-transformer-en-fr",
        ],
        *,
        max_bytes: int | None = None,
    ) -> SequenceToSequence: ...

    @overload
    def load(
        ref: Literal["spell-char-en"],
        *,
        max_bytes: int | None = None,
    ) -> Speller: ...

    @overload
    def load(
        ref: Literal["summarize-aeslc"],
        *,
        max_bytes: int | None = None,
    ) -> Summarizer: ...

    @overload
    def load(
        ref: Literal[
            "asr-an4-ctc",
            "asr-digits",
        ],
        *,
        max_bytes: int | None = None,
    ) -> Transcriber: ...

    @overload
    def load(ref: str | os.PathLike, *, max_bytes: int | None = None) -> keras.Model: ...

    @overload
    def load(
        ref: str | os.PathLike, kind: type[_Model], *, max_bytes: int | None = None
    ) -> _Model: ...

    def load(ref: Any, kind: Any = None, *, max_bytes: int | None = None) -> Any:
        """See `zoo.saving.load`."""
