"""The steps of a retraining, as the page calls them."""

SET_UP, WATCH, JUDGE = STEPS = ("Set up", "Watch", "Verdict")
