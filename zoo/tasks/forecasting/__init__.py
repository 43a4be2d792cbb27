"""Autoregressive, of numbers: which values come next, after all that came before."""
