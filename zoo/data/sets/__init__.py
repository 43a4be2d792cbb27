"""One file a data set: its builder, and the files it is made of, pinned."""
