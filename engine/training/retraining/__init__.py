"""The library learns what its owner means by alike: a model is trained on, and judged beside the old one."""
