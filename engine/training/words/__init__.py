"""The text tower: sentences into the space of photo codes."""
