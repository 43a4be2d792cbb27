"""Recurrence over time, stacks, attention, encoders and decoders. Layers know no data and no
task.
"""

from zoo.layers.attention import AdditiveAttention, Attention, MultiplicativeAttention
from zoo.layers.attention_decoder import AttentionDecoder
from zoo.layers.bidirectional import Bidirectional
from zoo.layers.recurrent import Recurrent
from zoo.layers.recurrent_encoder import RecurrentEncoder
from zoo.layers.stack import RecurrentStack

__all__ = [
    "AdditiveAttention",
    "Attention",
    "AttentionDecoder",
    "Bidirectional",
    "MultiplicativeAttention",
    "Recurrent",
    "RecurrentEncoder",
    "RecurrentStack",
]
