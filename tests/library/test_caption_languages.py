"""What captions are written in, as far as small words tell."""

import pytest

from engine.library.caption_languages import UNKNOWN, caption_languages, guess_language
from engine.library.caption_overview import uncaptioned_ids
from engine.library.captions import set_captions
from engine.library.database import Library
from engine.library.photos import visible_ids
from engine.library.settings import IGNORED_CAPTIONS, ignore_captions, ignored_captions, set_setting


@pytest.fixture
def photos(library, run_index, photo_folder) -> list[int]:
    run_index(photo_folder("photos", range(4)))
    return visible_ids(library).tolist()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Two dogs are playing in the snow near a house", "English"),
        ("Zwei Hunde spielen mit einem Ball im Schnee", "German"),
        ("Deux chiens jouent dans la neige avec une balle", "French"),
        ("Dos perros juegan con una pelota en la nieve", "Spanish"),
        ("Due cani giocano sulla neve con una palla nel parco", "Italian"),
        ("Dois cães brincam na neve com uma bola", "Portuguese"),
        ("Twee honden spelen met een bal in het park", "Dutch"),
        ("Två hundar leker med en boll på gräset bredvid ett hus", "Swedish"),
        ("Две собаки играют в снегу", "Cyrillic script"),
        ("雪の中で遊ぶ二匹の犬", "Japanese"),
        ("两只狗在雪地里玩耍", "Chinese or Japanese"),
        ("dog, snow, Anna, 2019", UNKNOWN),
        ("DSC_0012", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_language_is_told_by_its_small_words_or_its_script(text: str, language: str) -> None:
    assert guess_language(text) == language


def test_captions_are_counted_by_language_with_the_unknown_last(library: Library, photos: list[int]) -> None:
    assert caption_languages(library) == {}
    texts = {photos[0]: ["dog, snow", "beach, Anna"], photos[1]: ["a dog on the beach", "the sea and a boat"]}
    set_captions(library, {**texts, photos[2]: ["ein Hund mit einem Ball"]}, "test")
    assert list(caption_languages(library).items()) == [("English", 2), ("German", 1), (UNKNOWN, 2)]
    assert uncaptioned_ids(library).tolist() == photos[3:]


def test_texts_to_ignore_are_remembered_and_nonsense_reads_as_none(library: Library) -> None:
    assert ignored_captions(library) == ()
    ignore_captions(library, ["Läuft", "OLYMPUS", "Läuft"])
    assert ignored_captions(library) == ("Läuft", "OLYMPUS")
    ignore_captions(library, [])
    assert ignored_captions(library) == ()
    set_setting(library, IGNORED_CAPTIONS, "{broken")
    assert ignored_captions(library) == ()
