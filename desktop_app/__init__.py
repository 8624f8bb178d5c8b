"""The window of Hammingbird."""
