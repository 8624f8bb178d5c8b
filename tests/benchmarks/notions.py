"""Two personal notions of likeness: captions that speak of the place alone, or of who is in it."""

import re
from collections.abc import Sequence

PLACE, WHO = "place", "who"

NOTIONS: dict[str, dict[str, str]] = {
    PLACE: {
        "beach": "beach sand shore seashore",
        "sea": "ocean sea wave waves surf surfer surfing",
        "water": "water pool lake river pond creek stream fountain",
        "street": "street road sidewalk city car cars traffic building buildings",
        "snow": "snow snowy ski skier skiing snowboard snowboarder ice",
        "grass": "grass grassy field lawn meadow park yard",
        "mountain": "mountain mountains rock rocks rocky cliff climber climbing hill",
        "woods": "woods forest trees tree path trail",
        "sports ground": "court stadium track baseball soccer football basketball tennis",
        "indoors": "room kitchen table couch bed restaurant stage floor",
    },
    WHO: {
        "dog": "dog dogs puppy",
        "child": "child children boy boys girl girls kid kids baby toddler",
        "woman": "woman women lady",
        "man": "man men guy",
        "crowd": "people crowd group team players",
        "rider": "bike bicycle biker motorcycle rider horse",
    },
}
LEAST_CAPTIONS = 2  # of a photo's five: what one alone mentions may be a side issue


def categories(captions: Sequence[str], notion: str) -> frozenset[str]:
    """What at least two captions of a photo say of it by a notion."""
    told = [set(re.findall(r"[a-z]+", caption.lower())) for caption in captions]
    return frozenset(
        name
        for name, words in NOTIONS[notion].items()
        if sum(bool(own & set(words.split())) for own in told) >= LEAST_CAPTIONS
    )
