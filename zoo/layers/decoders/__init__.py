"""Decoders: from a memory to logits of tokens.

Contract: `call(memory, mask, tokens, training)` gives the logits `[batch, time, vocabulary]` after
each token (teacher forcing); `start(memory, mask)` gives `(states, constants)`, and
`step(tokens, states, constants)` one step of every hypothesis, `[batch, beam]`, for searches.
"""

from zoo.layers.decoders.attention_decoder import AttentionDecoder
from zoo.layers.decoders.input_feeding_decoder import InputFeedingDecoder
from zoo.layers.decoders.recurrent_decoder import RecurrentDecoder
from zoo.layers.decoders.transformer_decoder import TransformerDecoder

__all__ = ["AttentionDecoder", "InputFeedingDecoder", "RecurrentDecoder", "TransformerDecoder"]
