"""Makes a Debian package of the bundle in dist/: `python packaging/build_deb.py DIST`.

Needs dpkg-deb, and the environment that the bundle was built in (for the man page).
"""

import gzip
import hashlib
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib.metadata import version
from pathlib import Path

from man_page import man_page
from notices import NAME as NOTICES

ROOT = Path(__file__).parents[1]
DESKTOP, ICONS = ROOT / "resources" / "desktop", ROOT / "resources" / "icons"
PLACE = "usr/lib/hammingbird"
SHARE = {
    "hammingbird.desktop": "applications/hammingbird.desktop",
    "hammingbird-similar.desktop": "applications/hammingbird-similar.desktop",
    "hammingbird.metainfo.xml": "metainfo/org.hammingbird.hammingbird.metainfo.xml",
    "hammingbird-servicemenu.desktop": "kio/servicemenus/hammingbird-similar.desktop",
    "hammingbird.nemo_action": "nemo/actions/hammingbird.nemo_action",
}
# What the bundle leaves to the system: graphics drivers' own libraries, fonts, and what each desktop has.
DEPENDS = (
    "libc6 (>= 2.36)",  # of the system that it is built on, Debian 12
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libfreetype6",
    "libgcc-s1",
    "libgl1",
    "libglib2.0-0",
    "libstdc++6",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
    "libx11-6",
    "libx11-xcb1",
    "libxcb1",
)
MAINTAINER = "The Hammingbird project <hammingbird@localhost>"  # there is no address yet
CHANGELOG = """\
hammingbird ({version}) unstable; urgency=medium

  * See CHANGELOG.md.gz in this folder.

 -- {maintainer}  {date}
"""
CONTROL = """\
Package: hammingbird
Version: {version}
Section: graphics
Priority: optional
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {kibibytes}
Depends: {depends}
Description: find photos by likeness, at once and offline
 Point it at your folders, pick a photo, and see the ones like it. Photos are
 also found by words, and by the captions that they carry.
 .
 Photos are only read: never moved, changed or uploaded.
 .
 This package indexes and searches. Teaching a network of one's own needs the
 full edition, or Hammingbird from pip with its training extra.
"""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Hammingbird

Files: *
Copyright: 2026 the Hammingbird project and the authors named in {notices}
License: Apache-2.0
 Hammingbird itself is given under the Apache License 2.0, whose text is in
 /usr/share/common-licenses/Apache-2.0. The terms of everything else that this
 package carries, the LGPL of Qt and PySide6 and the terms of the photos that
 the built-in network was trained on among them, are in
 /usr/share/doc/hammingbird/{notices}.gz.
"""


def build(dist: Path) -> Path:
    """Makes the package.

    Args:
        dist: Holds the folder `hammingbird`, as PyInstaller made it; the package is written there.

    Returns:
        The package.
    """
    architecture = _told("dpkg", "--print-architecture")
    package = dist / f"hammingbird_{version('hammingbird')}_{architecture}.deb"
    with tempfile.TemporaryDirectory(dir=dist) as folder:
        root = Path(folder)
        root.chmod(0o755)
        _lay_out(root, dist / "hammingbird")
        _control(root, architecture)
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", str(root), str(package)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return package


def _lay_out(root: Path, bundle: Path) -> None:
    shutil.copytree(bundle, root / PLACE, symlinks=True)
    for path in (root / PLACE).rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o755 if path.parent == root / PLACE else 0o644)
    (root / "usr/bin").mkdir()
    (root / "usr/bin/hammingbird").symlink_to("../lib/hammingbird/hammingbird")
    for source, target in SHARE.items():
        _copy(DESKTOP / source, root / "usr/share" / target)
    for icon in ICONS.glob("hammingbird-*.png"):
        side = icon.stem.rpartition("-")[2]
        _copy(icon, root / f"usr/share/icons/hicolor/{side}x{side}/apps/hammingbird.png")
    _copy(ICONS / "hammingbird.svg", root / "usr/share/icons/hicolor/scalable/apps/hammingbird.svg")
    doc = root / "usr/share/doc/hammingbird"
    _packed(root / "usr/share/man/man1/hammingbird.1.gz", man_page().encode())
    _packed(doc / f"{NOTICES}.gz", (bundle / "_internal" / NOTICES).read_bytes())
    _packed(doc / "CHANGELOG.md.gz", (ROOT / "CHANGELOG.md").read_bytes())
    date = format_datetime(datetime.now(UTC))
    changelog = CHANGELOG.format(version=version("hammingbird"), maintainer=MAINTAINER, date=date)
    _packed(doc / "changelog.gz", changelog.encode())
    (doc / "copyright").write_text(COPYRIGHT.format(notices=NOTICES), encoding="utf-8")


def _control(root: Path, architecture: str) -> None:
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    sums = [
        f"{hashlib.md5(f.read_bytes(), usedforsecurity=False).hexdigest()}  {f.relative_to(root)}"
        for f in files
    ]
    control = root / "DEBIAN"
    control.mkdir()
    (control / "md5sums").write_text("\n".join(sums) + "\n", encoding="utf-8")
    text = CONTROL.format(
        version=version("hammingbird"),
        maintainer=MAINTAINER,
        architecture=architecture,
        kibibytes=sum(file.stat().st_size for file in files) // 1024,
        depends=", ".join(DEPENDS),
    )
    (control / "control").write_text(text, encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _packed(target: Path, text: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(text, 9, mtime=0))


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    print(build(Path(sys.argv[1]).absolute()))
