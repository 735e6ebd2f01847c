"""What somebody brought becomes what a letter can carry, or one sentence that says what would be right."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from newsletter.content.encoding import Encoded, PictureRefused, encode


def gradient(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """As many colors as a photograph has."""
    wide = Image.linear_gradient("L").resize((width, height))
    high = Image.radial_gradient("L").resize((width, height))
    return Image.merge("RGB", (wide, high, wide.transpose(Image.Transpose.ROTATE_180))).convert(mode)


def file(image: Image.Image, kind: str, **options: Any) -> bytes:
    held = BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def opened(made: Encoded) -> Image.Image:
    return Image.open(BytesIO(made.data))


def png_head(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and has nothing behind its head."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunks + struct.pack(">I", 10) + b"IDAT" + bytes(14)


@pytest.mark.parametrize(
    ("size", "kept", "shown"),
    [
        ((4000, 3000), (1200, 900), (600, 450)),
        ((1200, 800), (1200, 800), (600, 400)),
        ((800, 500), (800, 500), (600, 375)),
        ((300, 200), (300, 200), (300, 200)),
        ((100, 9000), (44, 4000), (44, 4000)),
        ((900, 8), (900, 8), (600, 5)),
    ],
)
def test_it_is_kept_twice_as_large_as_a_letter_shows_it_and_never_made_larger(
    size: tuple[int, int], kept: tuple[int, int], shown: tuple[int, int]
) -> None:
    made = encode(file(gradient(*size), "JPEG"))
    assert (opened(made).size, (made.width, made.height)) == (kept, shown)
    assert (made.media_type, opened(made).format) == ("image/jpeg", "JPEG")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright_however_the_camera_was_held_and_says_nothing_of_the_camera(
    orientation: int,
) -> None:
    upright = Image.new("RGB", (1600, 800), "white")
    upright.paste("red", (0, 0, 400, 800))
    held = upright.transpose(BACK[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112], exif[0x0110], exif[0x9286] = orientation, "a telephone", "where she lives"
    made = encode(file(held, "JPEG", exif=exif, comment=b"by the_nurse", quality=95))
    seen = opened(made)
    assert seen.size == (1200, 600)
    assert [seen.convert("RGB").getpixel(at)[1] < 100 for at in ((20, 300), (1180, 300))] == [True, False]
    assert not seen.getexif()
    assert not any(word in made.data for word in (b"a telephone", b"where she", b"the_nurse", b"Exif"))


# What a camera held so does to an upright scene: the turn that its number undoes.
BACK = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def see_through(mode: str) -> Image.Image:
    image = Image.new("RGBA", (40, 40), (200, 30, 30, 255))
    image.paste((0, 0, 0, 0), (0, 0, 20, 40))
    return image if mode == "RGBA" else image.convert(mode)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (file(see_through("RGBA"), "PNG"), "image/png"),
        (file(see_through("RGBA").quantize(16), "PNG"), "image/png"),
        (file(see_through("LA"), "PNG"), "image/png"),
        (file(see_through("RGBA"), "WEBP", lossless=True), "image/png"),
        (file(see_through("RGBA"), "GIF"), "image/png"),
        (file(Image.new("RGB", (40, 40), "white"), "PNG", transparency=(255, 255, 255)), "image/png"),
    ],
    ids=["RGBA", "palette", "gray", "WebP", "GIF", "one color"],
)
def test_what_one_can_see_through_stays_so(data: bytes, media_type: str) -> None:
    made = encode(data)
    assert made.media_type == media_type
    assert opened(made).convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize(
    ("image", "kind", "media_type"),
    [
        (Image.new("RGB", (700, 300), "navy"), "PNG", "image/png"),
        (Image.new("1", (64, 64), 1), "PNG", "image/png"),
        (Image.new("P", (64, 64)), "GIF", "image/png"),
        (gradient(700, 300), "PNG", "image/jpeg"),
        (gradient(700, 300).convert("RGBA"), "PNG", "image/jpeg"),
        (gradient(700, 300), "WEBP", "image/jpeg"),
        (gradient(700, 300, "L"), "JPEG", "image/jpeg"),
        (gradient(700, 300, "CMYK"), "JPEG", "image/jpeg"),
        (Image.new("RGB", (700, 300), "navy"), "JPEG", "image/jpeg"),
    ],
)
def test_few_colors_make_a_png_and_many_a_jpeg(image: Image.Image, kind: str, media_type: str) -> None:
    made = encode(file(image, kind))
    assert made.media_type == media_type
    assert opened(made).mode in {"RGB", "RGBA", "L", "P"}


def test_sixteen_bits_of_gray_become_eight_and_not_white() -> None:
    made = encode(file(Image.new("I;16", (40, 40), 40_000), "PNG"))
    assert opened(made).convert("L").getpixel((5, 5)) == pytest.approx(156, abs=1)


def test_a_print_shops_colors_and_a_wide_profile_become_the_screens_own() -> None:
    wide = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    for profile in (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), wide.tobytes(), b"?"):
        made = encode(file(Image.new("RGB", (40, 40), (200, 30, 30)), "JPEG", icc_profile=profile))
        assert "icc_profile" not in opened(made).info
        assert opened(made).convert("RGB").getpixel((5, 5)) == pytest.approx((200, 30, 30), abs=4)


def test_a_large_transparent_picture_is_not_a_heavy_one() -> None:
    noise = Image.merge("RGBA", [Image.effect_noise((1200, 900), 90) for _ in range(4)])
    made = encode(file(noise, "PNG"))
    assert len(made.data) < 1_200_000 < len(file(noise, "PNG"))
    assert opened(made).convert("RGBA").getchannel("A").getextrema() != (255, 255)


def test_a_gif_that_moves_keeps_its_first_picture_and_that_is_said() -> None:
    frames = [Image.new("RGB", (40, 40), color) for color in ("red", "lime")]
    made = encode(file(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100))
    assert made.remark == "It moved; a letter shows its first picture."
    assert opened(made).convert("RGB").getpixel((5, 5)) == (255, 0, 0)
    assert not getattr(opened(made), "is_animated", False)
    assert encode(file(frames[0], "GIF")).remark == ""


WHOLE = file(gradient(200, 150), "JPEG")
BAD = {
    "nothing": (b"", "this file is empty; right would be a picture"),
    "20 MB": (bytes(20 * 1024 * 1024), "this file has 20 MB; at most 10 MB: export it smaller"),
    "50 megapixels": (png_head(10_000, 5_000), "this picture has 50 megapixels; at most 25"),
    "a bomb": (png_head(60_000, 60_000), "this picture has over 80 megapixels"),
    "one pixel": (
        file(Image.new("RGB", (1, 1)), "PNG"),
        "this picture has 1 by 1 pixels, too few to be seen",
    ),
    "a drawing": (
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "this is an SVG drawing, which mail programs",
    ),
    "a drawing with a script": (
        b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "this is an SVG drawing, which mail programs",
    ),
    "a program": (b"MZ\x90\0" + bytes(400), "this is a program, whatever its name says"),
    "another program": (b"\x7fELF\x02\x01" + bytes(400), "this is a program, whatever its name says"),
    "a telephone's own": (b"\0\0\0\x18ftypheic" + bytes(40), "this is an HEIC photo, which mail programs"),
    "a PDF": (b"%PDF-1.7\n", "this is a PDF; right would be a JPEG, PNG, WebP or GIF"),
    "a scan": (file(gradient(20, 20), "TIFF"), "this is a TIFF picture, which mail programs do not show"),
    "words": (b"Dear reader,", "this is not a picture that we know; right would be a JPEG, PNG, WebP or GIF"),
    "half a JPEG": (WHOLE[: len(WHOLE) // 2], "this picture breaks off or is damaged"),
    "half a PNG": (file(gradient(90, 90), "PNG")[:900], "this picture breaks off or is damaged"),
    "a head alone": (png_head(100, 100), "this picture breaks off or is damaged"),
}


@pytest.mark.parametrize(("data", "said"), BAD.values(), ids=BAD.keys())
def test_what_cannot_stand_in_a_letter_is_refused_with_what_would_be_right(data: bytes, said: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        encode(data)
    assert refused.value.line.startswith(said)
