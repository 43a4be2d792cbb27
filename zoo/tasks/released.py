"""What type checkers know of `zoo.load`: the class of a released model by its literal name.

Nothing of it is there when a program runs. A test compares the names with the indexes of released
models, those of other distributions among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

Answerers = Literal["qa-babi"]
BoxTrackers = Literal["track-boxes", "track-boxes-online"]
Captioners = Literal["caption-attn-flickr8k", "caption-nic-flickr8k"]
Classifiers = Literal[
    "activity-msraction",
    "mnist-mdlstm",
    "rating-bilstm-sst5",
    "sentiment-bilstm-imdb",
    "sentiment-bilstm-sst2",
]
ClipClassifiers = Literal["action-cnnrnn", "lips-cnnrnn"]
ClipDetectors = Literal["anomaly-ped2"]
Composers = Literal["music-jsb"]
Describers = Literal["describe-vidvrd"]
Forecasters = Literal["forecast-etth1", "trajectory-ball", "trajectory-eth"]
FrameTaggers = Literal["phoneme-arctic", "segment-utkinect"]
LanguageModels = Literal[
    "lm-char-c", "lm-char-essays", "lm-char-hello", "lm-char-shakespeare", "lm-word-ptb"
]
Listeners = Literal["asr-an4-attn"]
Spellers = Literal["spell-char-en"]
Taggers = Literal["pos-bilstm-ewt", "pos-bilstm-fr", "pos-bilstm-multi"]
Transcribers = Literal["asr-an4-ctc", "asr-digits"]
Translators = Literal["nmt-attn-en-fr", "nmt-multi", "nmt-seq2seq-en-fr", "nmt-transformer-en-fr"]

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
    from zoo.tasks.tagging.box_tracker import BoxTracker
    from zoo.tasks.tagging.frame_tagger import FrameTagger
    from zoo.tasks.tagging.sequence_tagger import SequenceTagger
    from zoo.tasks.transcription.listener import Listener
    from zoo.tasks.transcription.transcriber import Transcriber

    _Model = TypeVar("_Model")

    @overload
    def load(ref: Answerers, *, max_bytes: int | None = None) -> Answerer: ...

    @overload
    def load(ref: BoxTrackers, *, max_bytes: int | None = None) -> BoxTracker: ...

    @overload
    def load(ref: Captioners, *, max_bytes: int | None = None) -> Captioner: ...

    @overload
    def load(ref: Classifiers, *, max_bytes: int | None = None) -> SequenceClassifier: ...

    @overload
    def load(ref: ClipClassifiers, *, max_bytes: int | None = None) -> ClipClassifier: ...

    @overload
    def load(ref: ClipDetectors, *, max_bytes: int | None = None) -> ClipDetector: ...

    @overload
    def load(ref: Composers, *, max_bytes: int | None = None) -> Composer: ...

    @overload
    def load(ref: Describers, *, max_bytes: int | None = None) -> Describer: ...

    @overload
    def load(ref: Forecasters, *, max_bytes: int | None = None) -> Forecaster: ...

    @overload
    def load(ref: FrameTaggers, *, max_bytes: int | None = None) -> FrameTagger: ...

    @overload
    def load(ref: LanguageModels, *, max_bytes: int | None = None) -> LanguageModel: ...

    @overload
    def load(ref: Listeners, *, max_bytes: int | None = None) -> Listener: ...

    @overload
    def load(ref: Spellers, *, max_bytes: int | None = None) -> Speller: ...

    @overload
    def load(ref: Taggers, *, max_bytes: int | None = None) -> SequenceTagger: ...

    @overload
    def load(ref: Transcribers, *, max_bytes: int | None = None) -> Transcriber: ...

    @overload
    def load(ref: Translators, *, max_bytes: int | None = None) -> SequenceToSequence: ...

    @overload
    def load(ref: str | os.PathLike, *, max_bytes: int | None = None) -> keras.Model: ...

    @overload
    def load(
        ref: str | os.PathLike, kind: type[_Model], *, max_bytes: int | None = None
    ) -> _Model: ...

    def load(ref: Any, kind: Any = None, *, max_bytes: int | None = None) -> Any:
        """See `zoo.saving.load`."""
