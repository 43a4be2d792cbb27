"""The commands that are verbs of models."""
