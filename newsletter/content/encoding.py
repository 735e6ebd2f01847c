"""A picture that somebody brought becomes one that a letter can carry: upright, stripped, small. Bytes in, bytes out.

What it is, its bytes say, never its name. A letter shows it at most 600 pixels wide; up to 1,200 are kept, for screens
that are twice as fine. What a camera noted besides (where, when, with which telephone) stays behind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, UnidentifiedImageError

from newsletter.content.refusals import ContentRefused

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000  # 260 MB at worst while it is read (measured); telephones take 12 or 24 million
SMALLEST = 8
SHOWN = 600
KEPT = (2 * SHOWN, 4_000)
FEW_COLORS = 2_048
LARGE_PNG = 300_000
QUALITY = 82
TAKEN = ("JPEG", "PNG", "WEBP", "GIF")
EXPORT_IT = "export it smaller, 1,200 pixels wide are enough"
RIGHT = "right would be a JPEG, PNG, WebP or GIF"
# What people bring instead, by its first bytes.
OTHERS = (
    (rb"\s*(<\?xml|<!--|<!DOCTYPE svg|<svg)", "an SVG drawing, which mail programs do not show"),
    (rb"%PDF", "a PDF"),
    (rb"....ftyp(hei|hev|mif)", "an HEIC photo, which mail programs do not show"),
    (rb"....ftypavif", "an AVIF picture, which mail programs do not show"),
    (rb"II\*\0|MM\0\*", "a TIFF picture, which mail programs do not show"),
    (rb"BM", "a BMP picture, which mail programs do not show"),
    (rb"MZ|\x7fELF|#!", "a program, whatever its name says"),
)
# How a camera was held (TIFF 6.0, tag 274), and what turns its picture upright.
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ON_ITS_SIDE = {5, 6, 7, 8}
SRGB = ImageCms.createProfile("sRGB")


class PictureRefused(ContentRefused):
    """This file cannot stand in a letter; the message says what would be right."""


@dataclass(frozen=True)
class Encoded:
    """A picture as it is sent: its bytes, the size at which a letter shows it in CSS pixels, and what was lost."""

    data: bytes
    media_type: str
    width: int
    height: int
    remark: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal: the same picture is kept once."""
        return sha256(self.data).hexdigest()


def encode(data: bytes) -> Encoded:
    """The file `data` as a letter can carry it: JPEG, or PNG where it is transparent or has few colors.

    Raises PictureRefused for what is no picture, broken, too small or too large; its size is read from its head,
    before anything of it is unpacked.
    """
    _check_bytes(data)
    try:
        with Image.open(BytesIO(data), formats=TAKEN) as image:
            _check_size(*image.size)
            moved = image.format != "MPO" and getattr(image, "is_animated", False)
            photo = image.format in {"JPEG", "MPO"}
            clean = _upright(image)
    except PictureRefused:
        raise
    except UnidentifiedImageError:
        raise PictureRefused(_instead(data)) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(_too_many("over 80")) from None
    except Exception as broken:  # Pillow's readers raise whatever they stumble over
        raise PictureRefused(
            "this picture breaks off or is damaged; right would be the whole file, saved once more"
        ) from broken
    width = min(SHOWN, clean.width)
    return Encoded(
        *_written(clean, photo=photo),
        width=width,
        height=max(1, round(clean.height * width / clean.width)),
        remark="It moved; a letter shows its first picture." if moved else "",
    )


def too_large(size: int) -> str:
    """What to say of a file of so many bytes."""
    return f"this file has {size / 1024 / 1024:.0f} MB; at most {MOST_BYTES // 1024 // 1024} MB: {EXPORT_IT}"


def _check_bytes(data: bytes) -> None:
    if not data:
        raise PictureRefused("this file is empty; right would be a picture")
    if len(data) > MOST_BYTES:
        raise PictureRefused(too_large(len(data)))


def _check_size(width: int, height: int) -> None:
    if min(width, height) < SMALLEST:
        raise PictureRefused(
            f"this picture has {width} by {height} pixels, too few to be seen; "
            f"right would be at least {SMALLEST} each way"
        )
    if width * height > MOST_PIXELS:
        raise PictureRefused(_too_many(f"{width * height / 1_000_000:.0f}"))


def _too_many(megapixels: str) -> str:
    return f"this picture has {megapixels} megapixels; at most {MOST_PIXELS // 1_000_000}: {EXPORT_IT}"


def _instead(data: bytes) -> str:
    for start, name in OTHERS:
        if re.match(start, data, re.DOTALL | re.IGNORECASE):
            return f"this is {name}; {RIGHT}"
    return f"this is not a picture that we know; {RIGHT}"


def _upright(image: Image.Image) -> Image.Image:
    """The first frame, small, upright and in plain colors. Turned last, when there is little of it to turn."""
    held = image.getexif().get(ORIENTATION)
    profile = image.info.get("icc_profile")
    small = _eight_bits(image)
    small.thumbnail(KEPT[::-1] if held in ON_ITS_SIDE else KEPT, Image.Resampling.LANCZOS)
    small.load()  # what was small enough already has not been read yet
    small = _in_srgb(small, profile)
    return small.transpose(TURNS[held]) if held in TURNS else small


def _eight_bits(image: Image.Image) -> Image.Image:
    """With eight bits for each of its channels, and its transparency as one of them."""
    if image.mode in {"P", "PA", "LA"} or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode.startswith("I"):  # 16 bits of gray; a plain conversion would cut them off at white
        return image.convert("I").point(lambda shade: shade / 256).convert("L")
    return image.convert("L") if image.mode == "1" else image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """In the colors that every screen knows; what a broken profile would say is left out."""
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            described = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, described, SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
        else:
            return converted or image
    return image if image.mode in {"RGB", "RGBA", "L"} else image.convert("RGB")


def _written(image: Image.Image, *, photo: bool) -> tuple[bytes, str]:
    """The bytes and their type. `info` is emptied: Pillow would write remarks and profiles from there."""
    image.info.clear()
    opaque = image.mode != "RGBA" or image.getchannel("A").getextrema() == (255, 255)
    if opaque and (photo or image.getcolors(FEW_COLORS) is None):
        return _saved(image.convert("RGB"), "JPEG", quality=QUALITY, progressive=True), "image/jpeg"
    png = _saved(image.convert("RGB") if opaque else image, "PNG")
    if len(png) > LARGE_PNG:
        png = _saved(image.quantize(256, Image.Quantize.FASTOCTREE), "PNG")
    return png, "image/png"


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, optimize=True, **options)
    return file.getvalue()
