"""The Debian package, made of a stand-in for the bundle."""

import shutil
import subprocess
from pathlib import Path

import pytest

import build_deb

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    bundle = tmp_path / "dist" / "hammingbird"
    (bundle / "_internal").mkdir(parents=True)
    (bundle / "hammingbird").write_text("#!/bin/sh\n")
    (bundle / "_internal" / "libbird.so").write_bytes(bytes(200_000))
    (bundle / "_internal" / build_deb.NOTICES).write_text("# Third-party notices\n")
    return build_deb.build(tmp_path / "dist")


def told(*command: object) -> str:
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def test_it_says_what_it_is_and_what_it_needs(package: Path) -> None:
    fields = dict(
        line.split(": ", 1) for line in told("dpkg-deb", "--field", package).splitlines() if line[:1] != " "
    )
    assert fields["Package"] == "hammingbird" and package.name.startswith("hammingbird_")
    assert int(fields["Installed-Size"]) >= 195
    assert "libc6" in fields["Depends"] and "python" not in fields["Depends"]


def test_all_is_where_a_desktop_looks(package: Path, tmp_path: Path) -> None:
    told("dpkg-deb", "--extract", package, tmp_path / "root")
    usr = tmp_path / "root" / "usr"
    assert (usr / "bin/hammingbird").resolve() == usr / "lib/hammingbird/hammingbird"
    assert (usr / "lib/hammingbird/hammingbird").stat().st_mode & 0o777 == 0o755
    assert (usr / "lib/hammingbird/_internal/libbird.so").stat().st_mode & 0o777 == 0o644
    share = usr / "share"
    for file in (
        "applications/hammingbird.desktop",
        "applications/hammingbird-similar.desktop",
        "icons/hicolor/48x48/apps/hammingbird.png",
        "icons/hicolor/scalable/apps/hammingbird.svg",
        "kio/servicemenus/hammingbird-similar.desktop",
        "man/man1/hammingbird.1.gz",
        "metainfo/org.hammingbird.hammingbird.metainfo.xml",
        "nemo/actions/hammingbird.nemo_action",
        "doc/hammingbird/copyright",
        f"doc/hammingbird/{build_deb.NOTICES}.gz",
    ):
        assert (share / file).is_file(), file


def test_everything_in_it_belongs_to_root_and_is_summed_up(package: Path, tmp_path: Path) -> None:
    listed = told("dpkg-deb", "--contents", package).splitlines()
    assert listed and all(line.split()[1] == "root/root" for line in listed)
    told("dpkg-deb", "--raw-extract", package, tmp_path / "raw")
    subprocess.run(["md5sum", "--check", "--quiet", "DEBIAN/md5sums"], cwd=tmp_path / "raw", check=True)
