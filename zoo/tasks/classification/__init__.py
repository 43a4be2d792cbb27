"""Many-to-one: one label for a whole sequence."""
