"""Everything of Hammingbird but the window: photos, codes, library, search, training, commands."""
