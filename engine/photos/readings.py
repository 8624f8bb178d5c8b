"""What reading a file gives: plain data, so that the process that asks needs no picture library."""

from dataclasses import dataclass

THUMBNAIL_SIDE = 256
THUMBNAIL_LONG_SIDE = 2048
DEFAULT_MAX_MEGAPIXELS = 500.0
LONGEST_CAPTION = 4000  # letters; what files say is cut there, and nothing longer can be typed

REASONS: dict[str, str] = {
    "empty": "The file has no content.",
    "damaged": "The file's content is damaged, or no picture at all.",
    "truncated": "The end of the file is missing; it was perhaps not copied to its end.",
    "too-large": "The picture has more megapixels than the limit allows.",
    "unsupported": "The file holds a kind of picture that can't be read.",
    "no-permission": "The file may not be read by this user.",
    "vanished": "The file was gone when its turn came.",
    "not-a-file": "This is a device, a pipe or a folder, not an ordinary file.",
    "read-error": "The disk or the network gave an error while the file was read.",
    "timeout": "Reading the file took too long.",
    "crashed": "The decoder broke down on this file.",
    "out-of-memory": "Decoding the file takes more memory than is allowed.",
}


@dataclass(frozen=True)
class PhotoMetadata:
    """What the file says about the photo.

    Attributes:
        taken_at: ISO 8601 local time such as "2024-05-01T12:30:00", None when unknown.
        camera: Maker and model such as "Canon EOS 5D", None when unknown.
        captions: (source, text) pairs, see `engine.photos.written_words`.
    """

    taken_at: str | None = None
    camera: str | None = None
    captions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class DecodedPhoto:
    """A photo as the library keeps it.

    Attributes:
        pixel_hash: 32 bytes, BLAKE3 of the upright full size and the upright thumbnail's pixels before
            compression; it stays when a program rewrites the file's metadata.
        width: Upright full width in pixels.
        height: Upright full height in pixels.
        format: "JPEG", "HEIF" and the like.
        thumbnail: WebP; short side at most `THUMBNAIL_SIDE`, long side at most `THUMBNAIL_LONG_SIDE`, never
            enlarged.
        pixels: uint8 (S, S, 3) RGB as bytes, made from `thumbnail` by
            `engine.photos.network_pixels.network_input`.
        metadata: What the file says about the photo.
    """

    pixel_hash: bytes
    width: int
    height: int
    format: str
    thumbnail: bytes
    pixels: bytes
    metadata: PhotoMetadata


@dataclass(frozen=True)
class PhotoReading:
    """What one read of one file gave.

    Attributes:
        content_hash: 32 bytes, BLAKE3 of the file; empty when the file is no picture, since such files
            (films, archives) are not read to their end.
        size: Bytes, from the open file.
        mtime_ns: Modification time, from the open file before it was read: a file that changes meanwhile
            differs from it at the next run.
        photo: None when the file is no picture and its ending does not claim so, or when `unchanged`.
        unchanged: True when `content_hash` is the expected one; nothing was decoded.
    """

    content_hash: bytes
    size: int
    mtime_ns: int
    photo: DecodedPhoto | None
    unchanged: bool = False


@dataclass(frozen=True)
class Preview:
    """A photo to look at.

    Attributes:
        width: Of `rgb`, in pixels.
        height: Of `rgb`, in pixels.
        full_width: Upright width of the whole picture in the file (of a camera RAW: of its preview).
        full_height: Likewise.
        rgb: uint8 (height, width, 3) as bytes, upright, sRGB.
    """

    width: int
    height: int
    full_width: int
    full_height: int
    rgb: bytes
