"""Many-to-many, in order and not aligned: a text from frames, such as those of sound."""
