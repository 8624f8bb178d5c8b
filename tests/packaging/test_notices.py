"""Each package that is shipped is named with its terms and its text."""

import importlib.util
from importlib.metadata import distribution
from pathlib import Path

import pytest

import notices


def file_of(module: str) -> str:
    spec = importlib.util.find_spec(module)
    assert spec is not None and spec.origin is not None
    return spec.origin


def test_files_lead_to_the_packages_that_they_belong_to() -> None:
    found = notices.owners([file_of("click"), file_of("PIL"), __file__])
    assert [package.name.lower() for package in found] == ["click", "pillow"]


def test_each_package_that_is_shipped_appears_with_its_terms() -> None:
    packages = notices.required("hammingbird")
    names = {package.name.lower() for package in packages}
    assert {"pyside6_essentials", "shiboken6", "numpy", "openvino", "markdown-it-py"} <= names
    assert not {"torch", "pytest", "ruff"} & names
    page = notices.page(packages)
    for package in packages:
        assert f"| {package.name} | {package.version} | " in page
        assert notices.texts(package) or notices.terms(package) != "see its text below", package.name


def test_an_extra_brings_what_it_requires() -> None:
    base, taught = (
        {package.name for package in notices.required("hammingbird", extras)}
        for extras in ((), ("training",))
    )
    assert {"torch", "safetensors"} <= taught - base


def test_the_terms_of_qt_and_of_the_photos_behind_the_network_are_there() -> None:
    page = notices.page([distribution("PySide6_Essentials")])
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in page and "GNU GENERAL PUBLIC LICENSE" in page
    assert "Flickr8k" in page and "non-commercial research" in page


def test_a_bundle_names_python_and_the_packages_of_its_files(tmp_path: Path) -> None:
    notices.write(tmp_path / "build" / notices.NAME, [file_of("click"), file_of("blake3")])
    page = (tmp_path / "build" / notices.NAME).read_text(encoding="utf-8")
    assert "| click |" in page and "| blake3 |" in page and "| pillow |" not in page
    assert "PSF License" in page


def test_a_shared_library_of_the_system_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "libbird.so.1"
    library.touch()
    monkeypatch.setenv("PATH", "")  # elsewhere than on Debian its file has to do
    notices.write(tmp_path / notices.NAME, [str(library)])
    assert "libbird.so.1" in (tmp_path / notices.NAME).read_text(encoding="utf-8")
