"""Recurrence and convolution over time, stacks, attention, encoders and decoders. Layers know no
data and no task.
"""

from zoo.layers.attention import (
    AdditiveAttention,
    Attention,
    MultiHeadAttention,
    MultiplicativeAttention,
    RegionAttention,
)
from zoo.layers.bidirectional import Bidirectional
from zoo.layers.causal_attention import CausalSelfAttention
from zoo.layers.causal_convolution import CausalConvolution
from zoo.layers.character_cnn import CharacterCNN
from zoo.layers.crf import CRF
from zoo.layers.decoders.attention_decoder import AttentionDecoder
from zoo.layers.decoders.input_feeding_decoder import InputFeedingDecoder
from zoo.layers.decoders.recurrent_decoder import RecurrentDecoder
from zoo.layers.decoders.transformer_decoder import TransformerDecoder
from zoo.layers.dense_stack import DenseStack
from zoo.layers.efficient_net_lite import EfficientNetLite
from zoo.layers.encoders.clip_convolutions import ClipConvolutions
from zoo.layers.encoders.clip_encoder import ClipEncoder
from zoo.layers.encoders.clip_grids import ClipGrids
from zoo.layers.encoders.frame_encoder import FrameEncoder
from zoo.layers.encoders.image_encoder import ImageEncoder
from zoo.layers.encoders.recurrent_encoder import RecurrentEncoder
from zoo.layers.encoders.transformer_encoder import TransformerEncoder
from zoo.layers.grid_stack import GridStack
from zoo.layers.heads.bernoulli import BernoulliHead, BernoulliLikelihood
from zoo.layers.heads.ctc import CTCHead, CTCLoss
from zoo.layers.heads.gaussian import GaussianHead, GaussianLikelihood
from zoo.layers.image_patches import ImagePatches
from zoo.layers.inverted_residual import InvertedResidual
from zoo.layers.kalman_bank import KalmanBank
from zoo.layers.mdlstm import MDLSTM
from zoo.layers.neural_cache import NeuralCache
from zoo.layers.ngram_scores import NGramScores
from zoo.layers.placewise import Placewise
from zoo.layers.pooling import Pooling
from zoo.layers.query_reduction import QueryReduction
from zoo.layers.recurrent import Recurrent
from zoo.layers.skeleton_motion import SkeletonMotion
from zoo.layers.sound.deltas import Deltas
from zoo.layers.sound.frame_normalization import FrameNormalization
from zoo.layers.sound.log_mel import LogMel
from zoo.layers.sound.mfcc import MFCC
from zoo.layers.sound.spec_augment import SpecAugment
from zoo.layers.stack import RecurrentStack
from zoo.layers.story_reader import StoryReader
from zoo.layers.tcn import TCN
from zoo.layers.token_embedding import TokenEmbedding
from zoo.layers.transformer import CausalTransformer
from zoo.layers.word_features import WordFeatures

__all__ = [
    "CRF",
    "CTCHead",
    "CTCLoss",
    "MDLSTM",
    "MFCC",
    "TCN",
    "AdditiveAttention",
    "Attention",
    "AttentionDecoder",
    "BernoulliHead",
    "BernoulliLikelihood",
    "Bidirectional",
    "CausalConvolution",
    "CausalSelfAttention",
    "CausalTransformer",
    "CharacterCNN",
    "Deltas",
    "ClipConvolutions",
    "ClipEncoder",
    "ClipGrids",
    "DenseStack",
    "EfficientNetLite",
    "FrameEncoder",
    "FrameNormalization",
    "GaussianHead",
    "GaussianLikelihood",
    "GridStack",
    "ImageEncoder",
    "ImagePatches",
    "InputFeedingDecoder",
    "InvertedResidual",
    "KalmanBank",
    "LogMel",
    "MultiHeadAttention",
    "MultiplicativeAttention",
    "NGramScores",
    "NeuralCache",
    "Placewise",
    "Pooling",
    "QueryReduction",
    "Recurrent",
    "RecurrentDecoder",
    "RecurrentEncoder",
    "RecurrentStack",
    "RegionAttention",
    "SkeletonMotion",
    "SpecAugment",
    "StoryReader",
    "TokenEmbedding",
    "TransformerDecoder",
    "TransformerEncoder",
    "WordFeatures",
]
