"""Autoregressive: what comes next, after all that came before."""
