"""Draws one page of a picture or PDF as JPEG, in a process that can do nothing else.

    python -I drawing.py CONTENT_TYPE PAGE SIDE < file > answer

Imports nothing of the service: whatever a hostile file makes of this process, there is nothing in it.
"""

import contextlib
import io
import resource
import sys
from typing import Any

#: Bytes of memory and seconds of processor.
MEMORY, SECONDS = 1 << 30, 15
#: Pixels a picture may have before anything is unpacked: four times a phone's camera.
MOST_PIXELS = 200_000_000


def main() -> int:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # not every system knows every limit
            resource.setrlimit(what, (most, most))
    content_type, page, side = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    content = sys.stdin.buffer.read()
    draw = of_pdf if content_type == "application/pdf" else of_picture
    pages, picture = draw(content, page, side)
    if picture is None:
        return 1
    answer = io.BytesIO()
    on_white(picture).save(answer, "JPEG", quality=82, optimize=True)
    sys.stdout.buffer.write(b"%d %d\n" % (pages, answer.tell()) + answer.getvalue())
    return 0


def of_pdf(content: bytes, page: int, side: int) -> tuple[int, Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    if page > len(document):
        return len(document), None
    sheet = document[page - 1]
    return len(document), sheet.render(scale=side / max(*sheet.get_size(), 1)).to_pil()


def of_picture(content: bytes, page: int, side: int) -> tuple[int, Any]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
    picture: Any = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP"))
    if page > 1:
        return 1, None
    picture.draft("RGB", (side, side))
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((side, side))
    return 1, picture


def on_white(picture: Any) -> Any:
    """What shows through shows paper, not black."""
    from PIL import Image

    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


if __name__ == "__main__":
    sys.exit(main())
