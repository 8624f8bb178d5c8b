"""What desktops read of Hammingbird: menus, file managers, software centres."""

import configparser
import mimetypes
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

RESOURCES = Path(__file__).parents[2] / "resources"
DESKTOP, ICONS = RESOURCES / "desktop", RESOURCES / "icons"
ENTRIES = {
    "hammingbird.desktop": "Desktop Entry",
    "hammingbird-similar.desktop": "Desktop Entry",
    "hammingbird-servicemenu.desktop": "Desktop Action findSimilar",
    "hammingbird.nemo_action": "Nemo Action",
}


def entry(name: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(interpolation=None)
    found.optionxform = str  # type: ignore[assignment]
    found.read(DESKTOP / name, encoding="utf-8")
    return found


@pytest.mark.parametrize(("name", "section"), ENTRIES.items())
def test_chosen_photos_are_handed_to_the_window(name: str, section: str) -> None:
    assert entry(name)[section]["Exec"] == "hammingbird app %F"


def test_all_offer_themselves_for_the_same_kinds_of_photo() -> None:
    kinds = {
        line.partition("=")[2]
        for name in ENTRIES
        for line in (DESKTOP / name).read_text(encoding="utf-8").splitlines()
        if line.lower().startswith("mimetype")
    }
    assert len(kinds) == 1
    offered = kinds.pop().strip(";").split(";")
    for ending in (".jpg", ".png", ".webp", ".tif", ".gif", ".bmp", ".heic", ".avif"):
        assert mimetypes.guess_type(f"photo{ending}")[0] in offered or ending in (".heic", ".avif", ".webp")
    assert {"image/heic", "image/avif", "image/webp"} <= set(offered)


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="needs desktop-file-utils")
@pytest.mark.parametrize("name", ["hammingbird.desktop", "hammingbird-similar.desktop"])
def test_the_desktop_files_are_valid(name: str) -> None:
    done = subprocess.run(["desktop-file-validate", DESKTOP / name], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="needs appstream")
def test_the_metadata_for_software_centres_is_valid() -> None:
    command = ["appstreamcli", "validate", "--no-net", DESKTOP / "hammingbird.metainfo.xml"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_software_centres_find_the_program_and_its_icon() -> None:
    root = ElementTree.parse(DESKTOP / "hammingbird.metainfo.xml").getroot()
    assert (DESKTOP / str(root.findtext("launchable"))).is_file()
    assert root.findtext("icon") == entry("hammingbird.desktop")["Desktop Entry"]["Icon"] == "hammingbird"


def test_icons_are_there_in_all_sizes_and_for_all_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # reading photos sets it for the whole process
    for side in (16, 24, 32, 48, 64, 128, 256, 512):
        with Image.open(ICONS / f"hammingbird-{side}.png") as icon:
            assert icon.size == (side, side) and icon.mode == "RGBA"
            assert icon.getpixel((0, 0))[3] == 0 and icon.getpixel((side // 2, side // 2))[3] == 255
    for name in ("hammingbird.ico", "hammingbird.icns"):
        with Image.open(ICONS / name) as icon:
            assert icon.width >= 256
