"""Recorded skeletons as what a model reads: the joints of one person, frame by frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs.input import Array, Input, Raw

if TYPE_CHECKING:
    import tensorflow as tf

# In the order of the first Kinect; left and right as the person's, seen in a mirror.
JOINTS = (
    *("hip", "spine", "neck", "head"),
    *("left shoulder", "left elbow", "left wrist", "left hand"),
    *("right shoulder", "right elbow", "right wrist", "right hand"),
    *("left hip", "left knee", "left ankle", "left foot"),
    *("right hip", "right knee", "right ankle", "right foot"),
)
# The places of these in a frame of MSR-Action3D, whose files have a row of four numbers a joint.
MSR_PLACES = (6, 3, 2, 19, 0, 7, 9, 11, 1, 8, 10, 12, 4, 13, 15, 17, 5, 14, 16, 18)
_FARTHEST = 1e3  # metres from the sensor, of a joint of a body


@keras.saving.register_keras_serializable(package="zoo")
class Skeletons(Input):
    """The joints of a person, frame by frame, in metres: x to the right, y up, z away.

    An item is an array `[time, 20, 3]`, or `[time, 60]`, with the joints in the order of
    `zoo.inputs.skeletons.JOINTS`; or the path of a file, see `read`. It may have any number of
    frames. Where the person stands, turns and how tall it is, layers take out of it.
    """

    kind = "skeleton"
    one = "an array [time, 20, 3] of joints in metres, the path of a file"
    many = "such arrays or paths"
    advice = "give NumPy arrays, or paths of .npy files and of tables of numbers"

    arrays = {  # type: ignore[assignment]
        "skeleton": Array((None, len(JOINTS), 3), "float32"),
        "lengths": Array((), "int32"),
    }
    raw = {"skeleton": Raw("float32", (None, len(JOINTS), 3)), "lengths": Raw("int32")}

    @property
    def samples(self) -> tuple[np.ndarray, ...]:  # type: ignore[override]
        """Three items, one of them without frames."""
        steps = np.arange(40)[:, None, None] / 7
        joints, axes = np.arange(len(JOINTS))[:, None], np.arange(3)
        waving = np.sin(joints + axes + 1) + 0.1 * np.sin(steps + joints * axes)
        waving = waving.astype("float32")
        return waving, waving[:9] + 2, waving[:0]

    def is_item(self, value: Any) -> bool:
        """Whether it is an array or a path."""
        return isinstance(value, (np.ndarray, str, Path))

    def prepare(self, items: Sequence[Any], names=None) -> list[dict[str, np.ndarray]]:
        """Checks items and reads files.

        Returns:
            For each `skeleton`, float32 `[time, 20, 3]`, and `lengths`, its frames.

        Raises:
            ConfigError, MissingFileError: if one cannot be read, has other axes, or a coordinate is
                no number of metres; the message names it.
        """
        found = []
        for number, item in enumerate(items, 1):
            is_path = isinstance(item, (str, Path))
            what = str(item) if is_path else f"Item {number}"
            joints = _checked(self.read(item) if is_path else item, what)
            found.append({"skeleton": joints, "lengths": np.array(len(joints), "int32")})
        return found

    def in_graph(self, raw: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Sets what is beyond the lengths to 0."""
        import tensorflow as tf

        joints = raw["skeleton"]
        is_real = tf.sequence_mask(raw["lengths"], tf.shape(joints)[1])
        return {
            "skeleton": tf.where(is_real[:, :, tf.newaxis, tf.newaxis], joints, 0.0),
            "lengths": raw["lengths"],
        }

    def raw_of(self, items: Sequence[Any]) -> dict[str, list]:
        """The joints of items, filled up with 0 to one length, and how many frames there are."""
        joints = [one["skeleton"] for one in self.prepare(items)]
        time = max(map(len, joints), default=0)
        return {
            "skeleton": [np.pad(one, [(0, time - len(one)), (0, 0), (0, 0)]) for one in joints],
            "lengths": [np.int32(len(one)) for one in joints],
        }

    def meaning(self) -> dict[str, Any]:
        """The names of the joints, in their order."""
        return {"joints": list(JOINTS)}

    @classmethod
    def read(cls, argument: str | Path) -> np.ndarray:
        """The joints in a file, float32 `[time, 20, 3]`.

        Args:
            argument: the path of an .npy file of such an array; or of a table of numbers set apart
                by spaces or commas: a frame a row, of 60 numbers, or of 61 with its number first,
                as UTKinect has them; or a joint a row, of 3 numbers, or of 4 as MSR-Action3D has
                them, which are then in its order.

        Raises:
            MissingFileError: if there is no such file.
            ConfigError: if it is no such table; the message says what it is.
        """
        path = Path(argument)
        if not path.is_file():
            raise MissingFileError(f"There is no file {str(path)!r}.")
        try:
            if path.suffix == ".npy":
                return np.load(path, allow_pickle=False)
            text = path.read_text(encoding="utf-8").replace(",", " ")
            rows = [[float(cell) for cell in line.split()] for line in text.splitlines()]
            values = np.array([row for row in rows if row], "float32")
        except (OSError, ValueError, EOFError) as error:
            reason = " ".join(str(error).split())[:80]
            raise ConfigError(
                f"{path} holds no recorded skeleton ({reason}): give rows of 60 numbers."
            ) from error
        return joints_of_table(values, str(path))

    def get_config(self):
        return {"name": self.name}


def joints_of_table(values: np.ndarray, what: str) -> np.ndarray:
    """The joints `[time, 20, 3]` in rows of 60, 61, 3 or 4 numbers; see `Skeletons.read`.

    Raises:
        ConfigError: if they are other rows.
    """
    count, size = len(JOINTS), values.shape[-1] if values.ndim == 2 else 0
    if not values.size:
        return np.zeros((0, count, 3), "float32")
    if size in (3 * count, 3 * count + 1):
        return values[:, -3 * count :].reshape(-1, count, 3)
    if size not in (3, 4) or len(values) % count:
        shape = " x ".join(map(str, values.shape))
        raise ConfigError(
            f"{what} holds {shape} numbers: give a row of {3 * count} for each frame, or {count} "
            "rows of 3 for each frame."
        )
    joints = values.reshape(-1, count, size)[..., :3]
    return joints[:, MSR_PLACES] if size == 4 else joints


def _checked(item: np.ndarray, what: str) -> np.ndarray:
    """Joints as float32 `[time, 20, 3]`."""
    count = len(JOINTS)
    if item.dtype.kind not in "iuf" or item.shape[1:] not in ((count, 3), (3 * count,)):
        raise ConfigError(
            f"{what} has the type {item.dtype} and the shape {list(item.shape)}: give numbers "
            f"[time, {count}, 3], joints in metres."
        )
    joints = item.astype("float32").reshape(-1, count, 3)
    with np.errstate(invalid="ignore"):
        is_near = np.abs(joints) < _FARTHEST
    if not is_near.all():
        frame, joint, axis = np.argwhere(~is_near)[0]
        raise ConfigError(
            f"{what} has {joints[frame, joint, axis]:g} as a coordinate of the {JOINTS[joint]} in "
            f"frame {frame}, which is no number of metres from the sensor: fill it, such as with "
            "that of the frame before."
        )
    return joints
