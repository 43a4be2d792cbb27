"""A trained model as files that other programs serve, with the processing of text inside."""
