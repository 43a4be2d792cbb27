"""The version of the zoo, which imports nothing."""

__version__ = "0.1.0"
