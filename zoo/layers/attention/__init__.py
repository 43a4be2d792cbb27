"""Attentions: `precompute` a memory once, `call` it with queries."""

from zoo.layers.attention.additive import AdditiveAttention
from zoo.layers.attention.attention import Attention
from zoo.layers.attention.multi_head import MultiHeadAttention
from zoo.layers.attention.multiplicative import MultiplicativeAttention
from zoo.layers.attention.regions import RegionAttention

__all__ = [
    "AdditiveAttention",
    "Attention",
    "MultiHeadAttention",
    "MultiplicativeAttention",
    "RegionAttention",
]
