"""Review pages in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def watched(context: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages; at the end none may have complained, asked for anything or shown a dialog."""
    said, asked, pages = [], [], []

    def dismiss(dialog):
        said.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def open_page(path, **size):
        page = context.new_page()
        if size:
            page.set_viewport_size(size)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", dismiss)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        pages.append(path.as_uri())
        return page

    yield open_page
    assert said == []
    # The page itself, again when it is loaded again, and the labels that it hands over.
    assert [url for url in asked if url not in pages and not url.startswith("blob:")] == []


def press(page, keys):
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def shown_title(page):
    """Title of the negative in view."""
    return page.locator("#item h3").first.text_content()


def download(page):
    """The labels file, and its rows."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download labels").click()
    lines = waiting.value.path().read_text(encoding="utf-8").splitlines()
    return waiting.value, [json.loads(line) for line in lines]


def progress(page):
    """What the page says of how far it is labelled."""
    return page.locator("#progress").text_content()
