"""What goes into a bundle, and what the hooks of PyInstaller would bring along but nobody needs."""

import fnmatch
from collections.abc import Sequence

TocEntry = tuple[str, str, str]

# Packages that look for their own modules, data or plugins by name when they run.
WHOLE = {False: ("openvino",), True: ("openvino", "timm", "open_clip", "lightning_fabric")}

_NEVER = (
    "tkinter",
    "readline",  # GPL, as gdbm is; neither is used
    "_gdbm",
    "openvino_telemetry",
    "IPython",
    "PyInstaller",
    "pytest",
    "setuptools",
    "pip",
    "pkg_resources",
)
_TRAINING = (
    "lightning_fabric",
    "matplotlib",
    "open_clip",
    "safetensors",
    "scipy",
    "sklearn",
    "tensorboard",
    "timm",
    "torch",
    "torchvision",
    "transformers",
)
LEFT_OUT = {False: [*_NEVER, *_TRAINING], True: [*_NEVER]}

# Says where on the builder's disk things were.
METADATA_LEFT_OUT = ["INSTALLER", "RECORD", "REQUESTED", "direct_url.json"]

# Codes are made on the processor, so that they are the same everywhere (docs/decisions/0002-encoder.md).
_UNUSED = (
    "*openvino_intel_gpu_plugin*",
    "*openvino_intel_npu*",
    "*openvino_auto_*plugin*",
    "*openvino_hetero_plugin*",
    "*openvino/libs/cache.json",
    "*openvino_c.*",
    "*openvino_*_frontend*",
    "openvino/include/*",
    "openvino/cmake/*",
    "*/pkgconfig/*",
    *(f"*.dist-info/{name}" for name in METADATA_LEFT_OUT),
    "PySide6/Qt/qml/*",
    "PySide6/Qt/plugins/platforminputcontexts/*virtualkeyboard*",
    "PySide6/Qt/plugins/platforms/libqvnc*",
    "PySide6/Qt/plugins/platforms/libqeglfs*",
    "PySide6/Qt/plugins/platforms/libqlinuxfb*",
    "PySide6/Qt/plugins/platforms/libqminimalegl*",
    "PySide6/Qt/plugins/platforms/libqvkkhrdisplay*",
    "PySide6/Qt/plugins/egldeviceintegrations/*",
    "PySide6/Qt/plugins/generic/*",
    "PySide6/Qt/plugins/imageformats/*pdf*",
    "PySide6/Qt/plugins/platformthemes/libqgtk3*",
    "*Qt6Quick*",
    "*Qt6Qml*",
    "*Qt6VirtualKeyboard*",
    "*Qt6Pdf*",
    "*Qt6EglFs*",
)
# Libraries that a desktop's own drivers, fonts and themes use in the same process: two versions of them get
# into each other's way, and each desktop has them (`desktop_app.system_check` says which is missing).
_OF_THE_SYSTEM = tuple(
    f"{name}.so*"
    for name in (
        "libX11",
        "libX11-xcb",
        "libatk-1.0",
        "libblkid",
        "libbsd",
        "libcairo",
        "libcairo-gobject",
        "libcap",
        "libdatrie",
        "libdbus-1",
        "libexpat",
        "libfontconfig",
        "libfreetype",
        "libfribidi",
        "libgcc_s",
        "libgcrypt",
        "libgdk_pixbuf-2.0",
        "libgio-2.0",
        "libglib-2.0",
        "libgmodule-2.0",
        "libgobject-2.0",
        "libgpg-error",
        "libgraphite2",
        "libgthread-2.0",
        "libharfbuzz",
        "libjpeg",
        "libmount",
        "libpango-1.0",
        "libpangocairo-1.0",
        "libpangoft2-1.0",
        "libpcre2-8",
        "libpixman-1",
        "libpng16",
        "libselinux",
        "libstdc++",
        "libsystemd",
        "libthai",
        "libwayland-client",
        "libwayland-cursor",
        "libwayland-egl",
    )
)
_READERS = ("*openvino_ir_frontend*",)
_FRONTENDS = {False: _READERS, True: (*_READERS, "*openvino_pytorch_frontend*")}

INFO_PLIST = {
    "CFBundleDisplayName": "Hammingbird",
    "NSHighResolutionCapable": True,
    "CFBundleDocumentTypes": [
        {"CFBundleTypeName": "Photo", "CFBundleTypeRole": "Viewer", "LSItemContentTypes": ["public.image"],
         "LSHandlerRank": "Alternate"}
    ],
    "NSDesktopFolderUsageDescription": "Hammingbird reads the photos in the folders that you add.",
    "NSDocumentsFolderUsageDescription": "Hammingbird reads the photos in the folders that you add.",
    "NSDownloadsFolderUsageDescription": "Hammingbird reads the photos in the folders that you add.",
    "NSRemovableVolumesUsageDescription": "Hammingbird reads the photos in the folders that you add.",
    "NSNetworkVolumesUsageDescription": "Hammingbird reads the photos in the folders that you add.",
}  # fmt: skip


def needed(entries: Sequence[TocEntry], full: bool) -> list[TocEntry]:
    """The files that the program can come to use.

    Args:
        entries: Name in the bundle, file, kind.
        full: Whether the bundle teaches too.
    """
    return [entry for entry in entries if _is_needed(entry[0].replace("\\", "/"), full)]


def _is_needed(name: str, full: bool) -> bool:
    if any(fnmatch.fnmatch(name, pattern) for pattern in _FRONTENDS[full]):
        return True
    return not any(fnmatch.fnmatch(name, pattern) for pattern in _UNUSED + _OF_THE_SYSTEM)
