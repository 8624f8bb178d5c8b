"""The page where a model learns from captions: set up, watch, judge."""
