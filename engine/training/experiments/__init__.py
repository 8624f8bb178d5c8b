"""Comparisons of objectives on the same photos, backbone, budget and seeds, from a plan in a TOML file."""
