"""Caption encoders by name: built-in words, text towers, folders, Python files."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from open_clip_tiny import add_tiny_models
from safetensors.torch import save_file

from engine.errors import UsageError
from engine.training.caption_encoders import encoder_files, load_caption_encoder
from engine.training.caption_words import WordEncoder, words

CAPTIONS = [
    "A dog runs through the grass .",
    "Two dogs run on a green lawn .",
    "A dog plays on the grass .",
    "A man rides a bicycle down the street .",
    "A woman rides her bicycle on a road .",
    "A cyclist on the street .",
    "Children swim in a pool .",
    "A boy swims in the pool .",
]


def test_words_find_captions_that_speak_of_the_same() -> None:
    table = WordEncoder(CAPTIONS)(CAPTIONS)
    assert table.dtype == np.float32
    assert np.linalg.norm(table, axis=1) == pytest.approx(np.ones(len(CAPTIONS)), abs=1e-5)
    near = (table @ table.T - 2 * np.eye(len(CAPTIONS))).argmax(axis=1)
    assert near[6] == 7 and near[7] == 6
    assert {near[0], near[2]} <= {0, 1, 2} and near[3] in (4, 5)


@given(order=st.permutations(CAPTIONS))
@settings(max_examples=10, deadline=None)
def test_words_depend_on_the_set_of_captions_only(order: list[str]) -> None:
    torch.manual_seed(1)
    expected = WordEncoder(CAPTIONS)(CAPTIONS)
    torch.manual_seed(2)
    before = torch.random.get_rng_state()
    assert np.array_equal(WordEncoder([*order, order[0]])(CAPTIONS), expected)
    assert torch.equal(torch.random.get_rng_state(), before)  # a training run's own numbers stay as they are


@given(
    corpus=st.lists(st.text(max_size=20), min_size=1, max_size=8),
    asked=st.lists(st.text(max_size=20), min_size=1),
)
@settings(max_examples=60, deadline=None)
def test_any_text_gives_unit_rows_or_zeros(corpus: list[str], asked: list[str]) -> None:
    if not any(words(text) for text in corpus):
        with pytest.raises(UsageError, match="No caption has a word"):
            WordEncoder(corpus)
        return
    lengths = np.linalg.norm(WordEncoder(corpus)([*asked, *corpus]), axis=1)
    assert (np.isclose(lengths, 1, atol=1e-4) | (lengths == 0)).all()
    known = {word for text in corpus for word in words(text)}
    assert not any(length for text, length in zip(asked, lengths, strict=False) if not known & {*words(text)})


def test_captions_that_are_all_alike_are_one_point() -> None:
    found = WordEncoder(["a dog"] * 5)(["a dog", "a dog", "dogs"])
    assert found.shape == (3, 1)
    assert np.abs(found) == pytest.approx(np.ones((3, 1)))


def test_at_most_256_dimensions() -> None:
    corpus = [f"w{n} x{n} y{n % 7}" for n in range(400)]
    assert WordEncoder(corpus)(corpus).shape == (400, 256)


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Two DOGS, 3 boxes!", ["two", "dog", "3", "box"]),
        ("parties on a bus pass this grass", ["party", "on", "a", "bus", "pass", "this", "grass"]),
        ("Собаки бегут, straße", ["собаки", "бегут", "strasse"]),
        ("一只狗 in 草地", ["一", "只", "狗", "in", "草", "地"]),
        ("_ ... —", []),
    ],
)
def test_words_of_captions(caption: str, expected: list[str]) -> None:
    assert words(caption) == expected


def test_captions_in_a_script_without_blanks_share_signs() -> None:
    found = WordEncoder(["一只狗在草地上", "草地上的狗", "红色的汽车"])(["狗在草地", "红汽车", "草地上的狗"])
    assert found[0] @ found[2] > 0.5 > found[1] @ found[2]


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Weights of the whole of a tiny CLIP model."""
    import open_clip

    add_tiny_models(tmp_path, monkeypatch)
    torch.manual_seed(0)
    save_file(open_clip.create_model("tiny-vit").state_dict(), tmp_path / "clip.safetensors")
    return tmp_path / "clip.safetensors"


@pytest.mark.parametrize("custom", [False, True])
def test_a_text_tower_encodes_as_its_whole_model_does(tiny: Path, custom: bool) -> None:
    import open_clip

    model = open_clip.create_model("tiny-vit", force_custom_text=custom).eval()
    save_file(model.state_dict(), tiny)
    captions = [f"a dog and {n} cats" for n in range(100)]
    found = load_caption_encoder(f"open_clip:tiny-vit:{tiny}", [])(captions)
    with torch.inference_mode():
        expected = model.encode_text(open_clip.get_tokenizer("tiny-vit")(captions), normalize=True)
    assert found.shape == (100, 24)
    assert torch.allclose(torch.from_numpy(found), expected, atol=1e-5)


def test_wrong_text_towers_are_explained(tiny: Path) -> None:
    for spec, said in {
        "open_clip:": "NAME:FILE",
        "open_clip:tiny-vit": "NAME:FILE",
        "open_clip:tiny-vit:": "NAME:FILE",
        f"open_clip:tiny-hub:{tiny}": "tokenizer",
        f"open_clip:RN5O:{tiny}": "RN50",
        "open_clip:tiny-vit:/no/file.pt": "/no/file.pt",
        f"open_clip:RN50:{tiny}": "lack transformer.resblocks",
    }.items():
        with pytest.raises(UsageError) as caught:
            load_caption_encoder(spec, [])
        assert said in str(caught.value)


def test_a_python_file_brings_its_own_encoder(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text(
        "import numpy\ndef load_caption_encoder():\n    return lambda c: numpy.ones((len(c), 2))\n"
    )
    assert load_caption_encoder(str(file), [])(["a", "b"]).shape == (2, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not define load_caption_encoder()"),
        ("def load_caption_encoder():\n    return 3\n", "nothing that can be called"),
        ("def load_caption_encoder():\n    raise KeyError('MINILM')\n", "KeyError: 'MINILM'"),
        ("import no_such_package_at_all\n", "no_such_package_at_all"),
        ("def (", "SyntaxError"),
    ],
)
def test_python_files_that_fail_are_explained(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.py").write_text(text)
    with pytest.raises(UsageError) as caught:
        load_caption_encoder(str(tmp_path / "own.py"), [])
    assert said in str(caught.value) and "own.py" in str(caught.value)


def stand_in(monkeypatch: pytest.MonkeyPatch, make: object) -> None:
    package = ModuleType("sentence_transformers")
    package.SentenceTransformer = make  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", package)


def test_a_folder_is_for_sentence_transformers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def make(folder: str, *, local_files_only: bool, trust_remote_code: bool) -> SimpleNamespace:
        assert (folder, local_files_only, trust_remote_code) == (str(tmp_path), True, False)
        return SimpleNamespace(encode=lambda captions, **_: [[1.0, 0.0] for _ in captions])

    stand_in(monkeypatch, make)
    found = load_caption_encoder(str(tmp_path), [])(["a", "b"])
    assert found.dtype == np.float32 and found.shape == (2, 2)


def test_a_folder_without_the_package_or_a_model_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(UsageError, match="pip install sentence-transformers"):
        load_caption_encoder(str(tmp_path), [])

    def fail(*_: object, **__: object) -> None:
        raise OSError("no config.json")

    stand_in(monkeypatch, fail)
    with pytest.raises(UsageError, match=r"no config\.json"):
        load_caption_encoder(str(tmp_path), [])


@pytest.mark.parametrize("spec", ["", " ", "alchemy", "/no/folder", "/no/file.safetensors"])
def test_unknown_encoders_are_explained(spec: str) -> None:
    with pytest.raises(UsageError, match="There is no caption encoder"):
        load_caption_encoder(spec, ["a dog"])


def test_the_files_of_an_encoder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    files = [tmp_path / "a.json", tmp_path / "sub" / "b.bin"]
    for file in files:
        file.write_text("x")
    assert encoder_files(str(tmp_path)) == files
    assert encoder_files(f"open_clip:RN50:{files[0]}") == files[:1]
    assert encoder_files("words") == encoder_files(str(tmp_path / "none")) == []
    with pytest.raises(UsageError, match="There is no caption encoder"):
        encoder_files("")
