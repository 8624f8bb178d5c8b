"""Ranking photos by Hamming distance."""
