"""Stage one of the built-in network: a small backbone learns to guess a teacher's feature maps."""
