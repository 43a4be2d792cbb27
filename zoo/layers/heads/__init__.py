"""Heads: from the outputs of a body to the distribution of a vector, and its likelihood.

A head is a layer from `[..., features]` to the parameters of a distribution of `size` values,
`[..., size]` or `[..., size, parameters]`, with

- `expected(parameters)`: the values `[..., size]` that a model reads as its own output;
- `drawn(parameters, noise)`: values that are drawn, `noise` `[..., size]` being what `noise(rng,
  shape)` gives;
- `moved(parameters, by)`: the parameters of the values plus `by`, `[..., size]`; a `ValueError`
  where values cannot be moved;
- `deviation(parameters)`: the standard deviations `[..., size]`, and `has_scale`, whether they are
  estimates that errors can be compared with;
- `loss()`: the negative log-likelihood as a loss of Keras.
"""
