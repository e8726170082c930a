"""Takes the pictures of docs/pictures from a running demo city."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
PASSWORD = "ve-xanh-dung-thu"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def main() -> None:
    site = (sys.argv[1:] or ["http://localhost:8000"])[0]
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        wide = browser.new_page(viewport={"width": 1280, "height": 900}, locale="vi-VN")
        sign_in(wide, site, "canbo1.11443@vexanh.example")
        wide.goto(f"{site}/cases/?state=in_progress")
        wide.locator("main a[href^='/cases/20']").first.click()
        wide.screenshot(path=PICTURES / "case.png")
        phone = browser.new_page(viewport={"width": 390, "height": 844}, locale="vi-VN")
        sign_in(phone, site, "chutich.11443@vexanh.example")
        phone.screenshot(path=PICTURES / "home-phone.png")
        browser.close()


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{site}/")


if __name__ == "__main__":
    main()
