"""The steps of a retraining, as the page calls them."""

from desktop_app.translation import QT_TR_NOOP

SET_UP, WATCH, JUDGE = STEPS = (QT_TR_NOOP("Set up"), QT_TR_NOOP("Watch"), QT_TR_NOOP("Verdict"))
