"""Takes the pictures of docs/pictures from a running demo city."""

import io
import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
PASSWORD = "ve-xanh-dung-thu"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

HEIGHTS = {1280: 900, 390: 844}
#: Picture, width, who looks, the page, and what is pressed there first.
VIEWS = (
    ("case", 1280, "canbo1.11443@vexanh.example", "/cases/?state=in_progress", "main a[href^='/cases/20']"),
    ("home-phone", 390, "chutich.11443@vexanh.example", "/", ""),
    ("board", 1280, "chutich.11443@vexanh.example", "/board/", ""),
    ("overview", 1280, "kiemtra@vexanh.example", "/overview/", ""),
)


def main() -> None:
    site = (sys.argv[1:] or ["http://localhost:8000"])[0]
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, width, email, address, first in VIEWS:
            page = browser.new_page(viewport={"width": width, "height": HEIGHTS[width]}, locale="vi-VN")
            sign_in(page, site, email)
            page.goto(f"{site}{address}")
            if first:
                page.locator(first).first.click()
            page.wait_for_load_state("networkidle")
            taken = Image.open(io.BytesIO(page.screenshot()))
            # So many colours are enough for a page, and a third of the bytes.
            taken.convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(
                PICTURES / f"{name}.png", optimize=True
            )
            page.close()
        browser.close()


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{site}/")


if __name__ == "__main__":
    main()
