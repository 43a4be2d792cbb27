"""Which released models are built alike, so that what takes long is tried with one of them."""

# A model -> another with the same layers, of other sizes and data.
LIKE_ANOTHER = {
    "action-cnn3d": "action-cnnrnn",
    "action-frames": "action-cnnrnn",
    "lm-char-c": "lm-word-ptb",
    "lm-char-essays": "lm-word-ptb",
    "lm-char-shakespeare": "lm-word-ptb",
    "nmt-multi": "nmt-attn-en-fr",
    "pos-bilstm-fr": "pos-bilstm-ewt",
    "pos-bilstm-multi": "pos-bilstm-ewt",
    "rating-bilstm-sst5": "sentiment-bilstm-imdb",
    "sentiment-bilstm-sst2": "sentiment-bilstm-imdb",
    "trajectory-ball": "trajectory-eth",
}
