"""A real Chromium in front of the pages, where the machine has one."""

import os
import shutil

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    """The browser, or a skip that says what to install."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("no Chromium: install the package chromium, or name one in CHROMIUM")
    # Playwright runs a loop of its own in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Reader:
    """A person at a browser: what they click is what they read on the page."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.complaints = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def open(self, path):
        self.page.goto(self.address + path)

    def sign_in(self, person, password):
        self.open("/accounts/login/")
        self.page.locator("#id_login").fill(person.email)
        self.page.locator("#id_password").fill(password)
        self.page.locator("main button[type=submit]").click()
        return self

    def reads(self, text):
        self.page.get_by_text(text).first.wait_for(timeout=5000)


@pytest.fixture
def reader(chromium, live_server):
    """Makes readers, each with a browser of their own."""
    contexts = []

    def make(width=1280, locale="vi-VN"):
        context = chromium.new_context(
            locale=locale, reduced_motion="reduce", viewport={"width": width, "height": 900}, bypass_csp=False
        )
        contexts.append(context)
        return Reader(context.new_page(), live_server.url)

    yield make
    for context in contexts:
        context.close()
