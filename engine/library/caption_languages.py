"""Which languages captions are written in, guessed from the small words that sentences can't do without."""

import re
import unicodedata
from collections import Counter

from engine.library.database import Library

UNKNOWN = "unknown"
SAMPLE = 5_000  # captions that are looked at, spread over all
MOST_LETTERS = 2_000  # of one caption

# Words that are frequent in one of these languages and mean nothing by themselves; some stand in several.
_SMALL_WORDS = {
    "English": "the a an and of in on at with is are was to for from by his her their this that two near it",
    "German": "der die das ein eine einen einem einer und mit im in auf am ist sind von zu zwei bei dem für",
    "French": "le la les un une des et avec dans sur est sont de du au aux en deux par pour près qui ce",
    "Spanish": "el la los las un una unos unas y con en es son de del al dos por para que su este esta cerca",
    "Italian": "il lo la i gli le un uno una e con in nel nella sul sulla è sono di del della due per che al",
    "Portuguese": "o a os as um uma uns umas e com em no na nos nas é são de do da dos das dois por para",
    "Dutch": "de het een en met in op is zijn van te naar twee bij aan voor door die dat naast uit",
    "Swedish": "en ett och med i på är av till två vid den det som från under över för bredvid",
    "Danish": "en et og med i på er af til to ved den det som fra under over for siden",
    "Polish": "i w na z do jest są od dwa dwie przy pod nad dla oraz który która to się po",
}
_LANGUAGES = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
# Scripts that are not used for the languages above, by the beginnings of Unicode's names of their letters.
_SCRIPTS = {
    "CYRILLIC": "Cyrillic script",
    "GREEK": "Greek",
    "CJK": "Chinese or Japanese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "ARABIC": "Arabic script",
    "HEBREW": "Hebrew",
    "DEVANAGARI": "Devanagari script",
    "THAI": "Thai",
}


def guess_language(text: str) -> str:
    """A language's name, or that of a script; `UNKNOWN` for names, lists of keywords and ties."""
    text = text[:MOST_LETTERS]
    script = _script(text)
    if script:
        return script
    words = re.findall(r"[^\W\d_]+", text.casefold())
    ranked = sorted(
        ((sum(word in small for word in words), language) for language, small in _LANGUAGES.items()),
        reverse=True,
    )
    (most, language), (second, _) = ranked[:2]
    return language if most > second else UNKNOWN


def caption_languages(lib: Library) -> dict[str, int]:
    """How many captions are written in which language, of a sample; the most frequent first, unknown last."""
    newest = int(lib.value("SELECT max(id) FROM captions") or 0)
    texts = lib.rows(
        "SELECT text FROM captions WHERE id % ? = 0 AND photo_id IN (SELECT photo_id FROM visible_files)",
        (newest // SAMPLE + 1,),
    )
    counted = Counter(guess_language(text) for (text,) in texts)
    return dict(sorted(counted.items(), key=lambda item: (item[0] == UNKNOWN, -item[1], item[0])))


def _script(text: str) -> str:
    """The name of the script that most letters belong to; empty for Latin."""
    letters = [sign for sign in text if sign.isalpha()]
    scripts = Counter(_SCRIPTS.get(unicodedata.name(sign, "").split(" ", 1)[0], "") for sign in letters)
    # Japanese mixes its own letters with Chinese ones.
    if scripts["Japanese"]:
        scripts["Japanese"] += scripts.pop("Chinese or Japanese", 0)
    return scripts.most_common(1)[0][0] if scripts else ""
