"""Weights of a backbone come from a file, whole or not at all, and from the hub only when asked."""

import pickle
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torchvision
from open_clip_tiny import add_tiny_models
from safetensors.torch import save_file

from engine.errors import UsageError
from engine.training.backbone_weights import load_backbone_weights
from engine.training.networks import HashNetwork

PHOTOS = torch.randint(0, 256, (2, 3, 64, 64), generator=torch.Generator().manual_seed(0)).float()
Weights = dict[str, torch.Tensor]


@pytest.fixture(autouse=True)
def tiny_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_tiny_models(tmp_path, monkeypatch)


def weights_of(network: HashNetwork) -> Weights:
    return {name: tensor.clone() for name, tensor in network.backbone.state_dict().items()}


def published(seed: int = 1) -> Weights:
    """Random weights as torchvision publishes them: with a classifier."""
    torch.manual_seed(seed)
    return torchvision.models.get_model("shufflenet_v2_x0_5", weights=None).state_dict()


def features(network: HashNetwork) -> torch.Tensor:
    with torch.inference_mode():
        return network.eval().features(PHOTOS)


def saved(folder: Path, name: str, held: object) -> Path:
    file = folder / name
    if file.suffix == ".safetensors":
        save_file(held, file)  # type: ignore[arg-type]
    else:
        torch.save(held, file)
    return file


WRAPPINGS: dict[str, Callable[[Weights], object]] = {
    "weights.safetensors": lambda w: w,
    "weights.pth": lambda w: w,
    "weights.pt": lambda w: {"state_dict": w, "epoch": 3},
    "weights.bin": lambda w: {"state_dict": {f"module.{n}": t for n, t in w.items()}},
}


@pytest.mark.parametrize("name", WRAPPINGS)
def test_a_published_network_fills_the_backbone_and_leaves_the_head(name: str, tmp_path: Path) -> None:
    weights = published()
    network = HashNetwork("shufflenet_v2_x0_5", 16)
    head, before = network.head.weight.clone(), features(network)
    load_backbone_weights(network, saved(tmp_path, name, WRAPPINGS[name](weights)))
    assert torch.equal(network.backbone.state_dict()["conv1.0.weight"], weights["conv1.0.weight"])
    assert not torch.equal(features(network), before)
    assert torch.equal(network.head.weight, head)


@pytest.mark.parametrize("name", ["tiny-vit", "tiny-rn", "tiny-conv", "tiny-timm"])
@pytest.mark.parametrize("prefix", ["", "visual.", "module.visual."])
def test_a_clip_model_gives_its_image_tower(name: str, prefix: str, tmp_path: Path) -> None:
    giver, taker = (HashNetwork(f"open_clip:{name}", 16, side=64) for _ in range(2))
    held = {prefix + n: t for n, t in weights_of(giver).items()}
    if prefix:
        text = {"logit_scale": torch.ones(()), "positional_embedding": torch.ones(16, 32)}
        held |= {prefix.removesuffix("visual.") + n: t for n, t in text.items()}
    assert not torch.equal(features(giver), features(taker))
    load_backbone_weights(taker, saved(tmp_path, "clip.safetensors", held))
    assert torch.equal(features(giver), features(taker))


@pytest.mark.parametrize("name", ["tiny-vit", "tiny-rn", "tiny-timm"])
def test_position_embeddings_are_resized_to_another_side(name: str, tmp_path: Path) -> None:
    giver = HashNetwork(f"open_clip:{name}", 16, side=64)
    key = next(n for n in weights_of(giver) if n.endswith(("positional_embedding", "pos_embed")))
    weights = weights_of(giver)
    weights[key] = torch.arange(weights[key].shape[-1]).expand(weights[key].shape).contiguous().float()
    taker = HashNetwork(f"open_clip:{name}", 16, side=96)
    load_backbone_weights(taker, saved(tmp_path, "w.safetensors", weights))
    resized = weights_of(taker)[key]
    assert resized.shape[-2] > weights[key].shape[-2]
    # The same in all places before, and so after.
    assert torch.allclose(resized, weights[key].flatten(0, -2)[0].expand(resized.shape), atol=1e-3)


def test_resizing_agrees_with_open_clips_own(tmp_path: Path) -> None:
    from open_clip.model import resize_pos_embed

    giver, taker = (HashNetwork("open_clip:tiny-vit", 16, side=side) for side in (64, 96))
    state = {"visual.positional_embedding": weights_of(giver)["positional_embedding"]}
    resize_pos_embed(state, torch.nn.ModuleDict({"visual": taker.backbone}))
    load_backbone_weights(taker, saved(tmp_path, "w.safetensors", weights_of(giver)))
    assert torch.allclose(weights_of(taker)["positional_embedding"], state["visual.positional_embedding"])


def without(weights: Weights, *names: str) -> Weights:
    return {n: t for n, t in weights.items() if n not in names}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda w: without(w, "conv1.0.weight"), "lack conv1.0.weight."),
        (lambda w: {f"x.{n}": t for n, t in w.items()}, "lack conv1.0.weight, conv1.1.bias, "),
        (lambda w: {**w, "a": w["fc.bias"], "b": w["fc.bias"], "c": w["fc.bias"], "d": w["fc.bias"]},
         "beyond what the network has, a, b, c and 1 more."),
        (lambda w: {**w, "conv1.0.weight": torch.zeros(3, 3)}, "another shape for conv1.0.weight"),
    ],
)  # fmt: skip
def test_weights_that_do_not_fit_change_nothing(
    spoil: Callable[[Weights], Weights], words: str, tmp_path: Path
) -> None:
    network = HashNetwork("shufflenet_v2_x0_5", 16)
    before = weights_of(network)
    with pytest.raises(UsageError) as caught:
        load_backbone_weights(network, saved(tmp_path, "w.pth", spoil(published())))
    assert words in str(caught.value)
    assert all(torch.equal(before[n], t) for n, t in weights_of(network).items())


def test_counters_of_batch_norms_may_be_missing(tmp_path: Path) -> None:
    weights = {n: t for n, t in published().items() if "num_batches" not in n}
    load_backbone_weights(HashNetwork("shufflenet_v2_x0_5", 16), saved(tmp_path, "w.pth", weights))


class Trap:
    """What a hostile file would run."""

    def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
        return pytest.fail, ("code from a file of weights was run",)


def test_files_that_hold_no_weights_are_refused(tmp_path: Path) -> None:
    network = HashNetwork("shufflenet_v2_x0_5", 16)
    (tmp_path / "empty.pt").write_bytes(b"")
    (tmp_path / "noise.safetensors").write_bytes(b"\x07" * 100)
    (tmp_path / "noise.bin").write_bytes(b"\x07" * 100)
    (tmp_path / "words.txt").write_text("no weights")
    (tmp_path / "trap.pt").write_bytes(pickle.dumps({"a": Trap()}, protocol=2))
    saved(tmp_path, "trap2.pt", {"state_dict": {"a": Trap()}})
    saved(tmp_path, "list.pt", [torch.ones(1)])
    saved(tmp_path, "numbers.pt", {"a": 1})
    saved(tmp_path, "none.pt", {})
    _save_script(tmp_path / "script.pt")
    wrong = {*tmp_path.iterdir()} - {*tmp_path.glob("*.json")}  # those describe the tiny models
    assert len(wrong) == 10
    for file in [*wrong, tmp_path, tmp_path / "missing.pt"]:
        with pytest.raises(UsageError) as caught:
            load_backbone_weights(network, file)
        assert file.name in str(caught.value)
        assert caught.value.remedy


def _save_script(file: Path) -> None:
    """What OpenAI publishes: a program, not weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # torch wants to be rid of such files as well
        torch.jit.save(torch.jit.trace(torch.nn.Linear(2, 2), torch.zeros(1, 2)), file)


def test_the_hub_is_asked_when_the_person_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import open_clip

    weights, asked = published(), []
    network = HashNetwork("shufflenet_v2_x0_5", 16)
    hub = "torchvision.models._api.load_state_dict_from_url"
    monkeypatch.setattr(hub, lambda url, **_: asked.append(url) or weights)
    load_backbone_weights(network, "hub")
    assert torch.equal(network.backbone.state_dict()["conv1.0.weight"], weights["conv1.0.weight"])
    assert len(asked) == 1 and "shufflenetv2_x0.5" in asked[0]

    giver, tower = (HashNetwork("open_clip:tiny-vit", 16) for _ in range(2))
    file = saved(tmp_path, "c.safetensors", {f"visual.{n}": t for n, t in weights_of(giver).items()})
    tags = {"tiny-vit": {"wrong": {"quick_gelu": True}, "right": {"hf_hub": "a/b"}, "other": {}}}
    monkeypatch.setattr(open_clip.pretrained, "_PRETRAINED", tags)
    monkeypatch.setattr(open_clip, "download_pretrained", lambda tag: asked.append(tag) or file)
    load_backbone_weights(tower, "hub")
    assert torch.equal(features(giver), features(tower))
    assert asked[1:] == [{"hf_hub": "a/b"}]


def test_a_hub_out_of_reach_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    import open_clip

    def fail(*_: object, **__: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", fail)
    monkeypatch.setattr(open_clip, "download_pretrained", fail)
    for name in ("shufflenet_v2_x0_5", "open_clip:tiny-vit"):
        if "tiny" in name:
            monkeypatch.setattr(open_clip.pretrained, "_PRETRAINED", {"tiny-vit": {"one": {}}})
        with pytest.raises(UsageError, match="can't be downloaded: no route to host"):
            load_backbone_weights(HashNetwork(name, 16), "hub")


def test_a_tower_without_published_weights_says_so() -> None:
    with pytest.raises(UsageError, match="no weights for tiny-vit"):
        load_backbone_weights(HashNetwork("open_clip:tiny-vit", 16), "hub")
