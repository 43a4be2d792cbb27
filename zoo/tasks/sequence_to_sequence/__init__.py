"""Many-to-many, unaligned: an encoder, a decoder, and searches over what it may say."""
