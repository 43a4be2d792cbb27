"""A page on which the models of this installation can be played with; it knows no task."""
