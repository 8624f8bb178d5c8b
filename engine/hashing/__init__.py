"""Codes, model files and the encoder: from a thumbnail's pixels to packed bits, without torch."""
