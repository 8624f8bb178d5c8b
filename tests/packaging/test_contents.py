"""What a bundle holds and what it leaves out."""

import pytest

import contents

LIBS = "openvino/libs/"
USED = (
    LIBS + "libopenvino.so.2641",
    LIBS + "libopenvino_intel_cpu_plugin.so",
    LIBS + "libopenvino_ir_frontend.so.2641",
    "PySide6/Qt/plugins/platforms/libqxcb.so",
    "PySide6/Qt/plugins/platforms/libqoffscreen.so",
    "engine/resources/model/engine.bin",
)
UNUSED = (
    LIBS + "libopenvino_intel_gpu_plugin.so",
    LIBS + "libopenvino_onnx_frontend.so.2641",
    "openvino\\libs\\openvino_intel_npu_plugin.dll",
    "PySide6/Qt/lib/libQt6Quick.so.6",
    "hammingbird-0.1.0.dist-info/direct_url.json",  # says where on the builder's disk it was
)


def entries(names: tuple[str, ...]) -> list[contents.TocEntry]:
    return [(name, f"/somewhere/{name}", "BINARY") for name in names]


@pytest.mark.parametrize("full", [False, True])
def test_what_runs_is_kept_and_the_rest_left_out(full: bool) -> None:
    assert contents.needed(entries(USED + UNUSED), full) == entries(USED)


def test_what_turns_a_taught_network_into_its_fast_form_is_kept_where_one_can_teach() -> None:
    converter = entries((LIBS + "libopenvino_pytorch_frontend.so.2641",))
    assert contents.needed(converter, full=True) == converter
    assert contents.needed(converter, full=False) == []


def test_the_base_edition_leaves_training_out_and_the_full_one_does_not() -> None:
    assert {"torch", "safetensors", "timm"} <= set(contents.LEFT_OUT[False])
    assert "torch" not in contents.LEFT_OUT[True]
