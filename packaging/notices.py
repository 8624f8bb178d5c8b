"""Third-party notices of what is really shipped: `python packaging/notices.py FILE [EXTRA...]`.

For a bundle they are made from the files in it (`write`), for an installation with pip from what Hammingbird
and its extras require. Either way names, versions and terms come from the packages' own metadata.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
NAME = "THIRD-PARTY-NOTICES.md"
LICENCE_WORDS = ("license", "licence", "copying", "notice", "authors")
# Wheels without the texts of their own licences.
MISSING_TEXTS = {
    "pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
}
# Where the metadata say too little.
TERMS = {
    "pebble": "LGPL-3.0-or-later",
    "pyinstaller": "GPL-2.0-or-later with an exception: what it bundles may have any licence",
}
HEAD = """# Third-party notices

Hammingbird is given under the Apache License 2.0 (`LICENSE`). It stands on the work of others, listed here
with their terms; their full texts follow below. A command wrote this page from what is really shipped.

## Qt and PySide6

The window uses Qt and PySide6 under the GNU Lesser General Public License, version 3. They are shipped as the
shared libraries that the PySide6 project publishes, unchanged: you may replace them by others of the same
interface (in a bundle they lie in `_internal/PySide6`), and take the program apart to find faults in such a
change. Their sources are at https://code.qt.io and
https://download.qt.io/official_releases/QtForPython/.

## The built-in network
"""


def owners(files: Iterable[str]) -> list[Distribution]:
    """The installed packages that these files belong to, by name.

    Args:
        files: Absolute paths.
    """
    wanted = {os.path.realpath(file) for file in files}
    return _sorted(package for package in distributions() if not wanted.isdisjoint(_files(package)))


def _files(package: Distribution) -> Iterator[str]:
    """Absolute paths of a package's files; only its folder may be a link."""
    folder = os.path.realpath(str(package.locate_file("")))
    return (os.path.normpath(f"{folder}/{file}") for file in package.files or ())


def required(name: str, extras: Sequence[str] = ()) -> list[Distribution]:
    """What a package requires, and what that requires in turn, as far as it is installed here."""
    found: dict[str, Distribution] = {}
    waiting = [(name, tuple(extras))]
    while waiting:
        wanted, wanted_extras = waiting.pop()
        try:
            package = distribution(wanted)
        except PackageNotFoundError:  # for another system or Python
            continue
        known = canonicalize_name(wanted) in found
        found[canonicalize_name(wanted)] = package
        if known and not wanted_extras:
            continue
        for line in package.requires or ():
            requirement = Requirement(line)
            if _applies(requirement, wanted_extras):
                waiting.append((requirement.name, tuple(requirement.extras)))
    return _sorted(found.values())


def page(
    packages: Sequence[Distribution],
    others: Sequence[str] = (),
    their_texts: Sequence[tuple[str, str]] = (),
) -> str:
    """The notices.

    Args:
        packages: What is shipped.
        others: Lines about shipped things that are no Python packages.
        their_texts: Names and texts of their terms.
    """
    model = (ROOT / "resources" / "model" / "LICENSE").read_text(encoding="utf-8").strip()
    lines = [HEAD, model, "", "## Packages", "", "| package | version | terms |", "|---|---|---|"]
    lines += [f"| {package.name} | {package.version} | {terms(package)} |" for package in packages]
    if others:
        lines += ["", "## Python and system libraries", "", *others]
    lines += ["", "## Texts"]
    told: set[str] = set()
    for name, text in [*_all_texts(packages), *their_texts]:
        if text not in told:  # a dozen packages have the very same Apache or GNU text
            lines += ["", f"### {name}", "", "```", text, "```"]
            told.add(text)
    return "\n".join(lines) + "\n"


def _all_texts(packages: Sequence[Distribution]) -> list[tuple[str, str]]:
    return [(f"{package.name}: {name}", text) for package in packages for name, text in texts(package)]


def terms(package: Distribution) -> str:
    """Under which licence a package is given, in a few words."""
    given = package.metadata
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in given.get_all("Classifier") or ()
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    stated = given["License-Expression"] or ""
    short = next(iter((given["License"] or "").strip().splitlines()), "")
    found = (
        TERMS.get(canonicalize_name(package.name))
        or stated
        or (short if len(short) < 80 else "")
        or ", ".join(classifiers)
    )
    return found.replace("|", "/") or "see its text below"


def texts(package: Distribution) -> list[tuple[str, str]]:
    """The licence texts that a package brings along, each with its name."""
    found = []
    for file in package.files or ():
        path = Path(str(package.locate_file(file)))
        named = any(word in file.name.lower() for word in LICENCE_WORDS)
        if named and file.suffix not in (".py", ".pyc", ".json") and path.is_file():
            found.append((file.name, path.read_text(encoding="utf-8", errors="replace").strip()))
    for name in MISSING_TEXTS.get(canonicalize_name(package.name), ()):
        found.append((name, (ROOT / "packaging" / "licences" / name).read_text(encoding="utf-8").strip()))
    return found


def write(path: Path, files: Sequence[str]) -> None:
    """Writes the notices of a bundle that is made of these files."""
    packages = owners(files)
    theirs = {file for package in packages for file in _files(package)}
    path.parent.mkdir(parents=True, exist_ok=True)
    # Names that are not absolute are links within the bundle.
    left = sorted({f for f in files if Path(f).is_absolute() and os.path.realpath(f) not in theirs})
    path.write_text(page(packages, *_others(left)), encoding="utf-8")


def _others(files: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Lines about Python and the system's libraries, and the names and texts of their terms."""
    version = ".".join(map(str, sys.version_info[:3]))
    lines = [f"- Python {version}, PSF License 2.0 (https://docs.python.org/3/license.html)"]
    python = Path(sys.base_prefix) / "lib"
    libraries = [
        Path(file).resolve()
        for file in files
        if ".so" in Path(file).name and not Path(file).resolve().is_relative_to(python)
    ]
    packages = _debian_packages(libraries) if libraries else {}
    if packages:
        named = ", ".join(f"{name} {number}" for name, number in packages.items())
        lines.append(f"- Libraries of Debian, each under the terms in its text below: {named}")
    elif libraries:
        named = ", ".join(sorted({library.name for library in libraries}))
        lines.append(f"- Libraries of the system it was built on, each under its own terms: {named}")
    texts = [(name, Path("/usr/share/doc") / name / "copyright") for name in packages]
    return lines, [
        (f"{name}: copyright", path.read_text(encoding="utf-8", errors="replace").strip())
        for name, path in texts
        if path.is_file()
    ]


def _debian_packages(libraries: Sequence[Path]) -> dict[str, str]:
    """The Debian packages that system libraries belong to, with versions; none elsewhere.

    Where directories were joined into /usr, packages may know a file by its older path.
    """
    paths = [str(library) for library in libraries]
    paths += [path.removeprefix("/usr") for path in paths if path.startswith("/usr/lib")]
    owned = _said("dpkg-query", "--search", *paths)
    packages = sorted({line.rpartition(": ")[0] for line in owned})
    shown = _said("dpkg-query", "--show", "--showformat", "${Package} ${Version}\n", *packages)
    return dict(line.split(" ", 1) for line in shown) if packages else {}


def _said(*command: str) -> list[str]:
    """The lines that a command prints; none where it is not installed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    return done.stdout.splitlines()


def _applies(requirement: Requirement, extras: Sequence[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _sorted(packages: Iterable[Distribution]) -> list[Distribution]:
    return sorted(packages, key=lambda package: canonicalize_name(package.name))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(required("hammingbird", sys.argv[2:])), encoding="utf-8")
