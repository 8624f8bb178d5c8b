"""Photos on disk: which there are, what they look like, what they say about themselves."""
