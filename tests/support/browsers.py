"""A browser without a window, where the machine has one."""

import contextlib
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium():
    """Path of Chromium or Chrome; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def opened_page(address, **options):
    """A page at the address, which may reach no machine but this one.

    Args:
        address: of the page.
        **options: of Playwright's context, such as `viewport`.

    Yields:
        The page, and the addresses of other machines that it asked for.
    """
    from playwright.sync_api import sync_playwright

    outside = []

    def guard(route):
        inside = route.request.url.startswith((address, "data:", "blob:"))
        if not inside:
            outside.append(route.request.url)
        route.continue_() if inside else route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(),
            args=[
                *("--no-sandbox", "--use-fake-device-for-media-stream"),
                "--use-fake-ui-for-media-stream",
            ],
        )
        context = browser.new_context(**options)
        context.route("**/*", guard)
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.goto(address)
        yield page, outside
        browser.close()
