"""The one room where the backends of Keras differ: loops, compilation, gradients, quiet imports."""
