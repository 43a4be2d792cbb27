"""The universal parts of speech, in the order of their numbers (Petrov et al. 2012)."""

# Version 2 of the guidelines, universaldependencies.org/u/pos.
UPOS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN",
    "PUNCT", "SCONJ", "SYM", "VERB", "X",
)  # fmt: skip
