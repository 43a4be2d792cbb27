"""From float samples to frames of features, within the graph: what recognisers of speech hear.

Frames are causal: none looks beyond its own window, so a stream gives what one piece gives.
"""
