"""Training, export and evaluation of hash networks: the only part that imports torch."""
