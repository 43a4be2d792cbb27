"""A SentencePiece model in TensorFlow that lives as long as the process."""

from __future__ import annotations

import hashlib
from typing import Any


def lasting_resource(proto: bytes) -> Any:
    """Returns the resource of a SentencePiece model, one for each content.

    tensorflow-text 2.21 leaves the model to the kernel that made it, and TensorFlow throws its
    kernels away at `tf.random.set_seed` and `keras.utils.clear_session`: whoever set a seed after a
    model was loaded could not use the model any more. A model with a shared name outlives the
    kernel.

    Args:
        proto: the bytes of the model.

    Returns:
        A `tf.saved_model.experimental.TrackableResource`.

    Raises:
        tf.errors.OpError: if they are no SentencePiece model.
    """
    import tensorflow as tf
    from tensorflow_text.python.ops.sentencepiece_tokenizer import gen_sentencepiece_tokenizer

    class LastingResource(tf.saved_model.experimental.TrackableResource):
        def _create_resource(self) -> Any:
            return gen_sentencepiece_tokenizer.sentencepiece_op(
                model=proto, shared_name=f"sentencepiece_{hashlib.sha256(proto).hexdigest()}"
            )

    resource = LastingResource()
    _ = resource.resource_handle  # Asking for it makes it.
    return resource
