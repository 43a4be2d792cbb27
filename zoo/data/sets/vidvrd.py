"""Clips of VidVRD as a tfds data set: features of frames, and a description of three words."""

from __future__ import annotations

import hashlib
import zipfile

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.hashed_splits import split_of
from zoo.errors import DamagedFileError

_FILE = "vidvrd/vidvrd.npz"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/w21180239/video_relation_detection/archive/dcef9708ec91.zip",
        "95be2a52947689bafedf2b76ec22704bf8ff6141ded199db2100692469959de7",
        newest_release=True,  # packed anew in the mirror
        most_bytes=1 << 30,
    )
)

FRAMES, FEATURES = 20, 256
PLACES = ("subject", "relation", "object")


def read_clips() -> list[tuple[str, np.ndarray, str]]:
    """The split, the features `[20, 256]` and the description of each clip.

    A clip is in a split by the SHA-256 of its features, 80, 10 and 10 of 100.

    Raises:
        DamagedFileError: if the file holds no such arrays.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(_FILE)
    try:
        with np.load(path, allow_pickle=False) as arrays:
            features, texts = arrays["features"], arrays["captions"]
        if features.shape != (len(texts), FRAMES, FEATURES):
            raise ValueError(f"its features have the shape {features.shape}")
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        reason = " ".join(str(error).split())
        raise DamagedFileError(
            f"{path} has no features and captions of clips ({reason}): get the file again, of a "
            "mirror, as the archive at its URL holds them in another form."
        ) from error
    return [
        (split_of(hashlib.sha256(clip.tobytes()).hexdigest()), clip.astype("float32"), str(text))
        for clip, text in zip(features, texts, strict=True)
    ]


with tfds.core.registered.skip_registration():

    class VidVRD(tfds.core.GeneratorBasedBuilder):
        """447 clips: what one thing does to another, and 20 frames as 256 features each.

        The features are the principal components of those of ResNet-152. A description is a
        subject, a relation and an object, such as "dog bite frisbee". Clips of one video may be in
        several splits.
        """

        name = "vidvrd"
        VERSION = tfds.core.Version("1.0.0")
        places = PLACES

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Clips described by subject, relation and object.",
                features=tfds.features.FeaturesDict(
                    {
                        "series": tfds.features.Tensor(shape=(None, FEATURES), dtype=np.float32),
                        "description": tfds.features.Text(),
                    }
                ),
                homepage="https://xdshang.github.io/docs/imagenet-vidvrd.html",
                citation="Shang et al. 2017, doi:10.1145/3123266.3123380",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            found = read_clips()
            return {
                split: self._generate_examples([one[1:] for one in found if one[0] == split])
                for split in ("train", "validation", "test")
            }

        def _generate_examples(self, clips):
            for key, (series, text) in enumerate(clips):
                yield key, {"series": series, "description": text}
