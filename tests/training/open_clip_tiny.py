"""Models of open_clip that are small enough for tests, in its own table of names while a test runs."""

import json
from pathlib import Path

import pytest

TEXT = {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1}
VISION = {
    "tiny-vit": {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16},
    "tiny-rn": {"image_size": 64, "layers": [1, 1, 1, 1], "width": 16, "patch_size": None},
    "tiny-conv": {
        "image_size": 64,
        "timm_model_name": "test_convnext",
        "timm_model_pretrained": True,  # would be fetched if it were not forbidden
        "timm_pool": "avg",
        "timm_proj": "linear",
    },
    "tiny-timm": {
        "image_size": 160,
        "timm_model_name": "test_vit",
        "timm_pool": "token",
        "timm_proj": "none",
    },
    # Its text tower is one that is fetched when it is made.
    "tiny-hub": {"image_size": 64, "layers": 1, "width": 64, "patch_size": 16},
}


def add_tiny_models(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Adds the names of VISION to open_clip's table until `patch` is undone."""
    import open_clip

    for name, vision in VISION.items():
        text = dict(TEXT, hf_model_name="nobody/no-text", hf_tokenizer_name="nobody/no-text")
        config = {"embed_dim": 24, "vision_cfg": vision, "text_cfg": text if name == "tiny-hub" else TEXT}
        (folder / f"{name}.json").write_text(json.dumps(config))
    patch.setattr(open_clip.factory, "_MODEL_CONFIGS", dict(open_clip.factory._MODEL_CONFIGS))
    patch.setattr(open_clip.factory, "_MODEL_CONFIG_PATHS", list(open_clip.factory._MODEL_CONFIG_PATHS))
    open_clip.add_model_config(folder)
