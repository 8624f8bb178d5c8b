"""Which folders lie on drives of other computers, as the system's list of mounts says."""

import os
from pathlib import Path

import psutil

# Kinds of mounts that don't tell of what other computers change.
REMOTE = frozenset(
    {
        "9p",
        "afpfs",
        "afs",
        "ceph",
        "cifs",
        "davfs",
        "glusterfs",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "virtiofs",
        "vboxsf",
        "webdav",
    }
)


def is_network(folder: Path) -> bool:
    """True for a folder on a drive of another computer; the drive itself is not asked."""
    path = os.path.abspath(folder)  # noqa: PTH100 - resolving would ask the drive
    if path.startswith(("\\\\", "//")):  # a share of Windows without a letter
        return True
    mounts = [part for part in psutil.disk_partitions(all=True) if _is_below(path, part.mountpoint)]
    if not mounts:
        return False
    mount = max(mounts, key=lambda part: len(part.mountpoint))
    kind = mount.fstype.lower()
    return kind in REMOTE or kind.startswith("fuse.") or "remote" in mount.opts.split(",")


def _is_below(path: str, mount: str) -> bool:
    return Path(path).is_relative_to(mount)
