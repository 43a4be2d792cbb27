"""Losses, schedules, checkpoints and callbacks. Training knows models only as Keras models."""
