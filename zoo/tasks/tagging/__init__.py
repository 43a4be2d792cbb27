"""Many-to-many, aligned: a label for every step of a sequence."""
