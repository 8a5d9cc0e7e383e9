"""Makes the README's pictures from the demo: the room, a story, the digest. Run by `make pictures`.

It runs the whole recorded day at 240 times its speed (about seven minutes) in a temporary folder.
"""

from __future__ import annotations

import base64
import email
import email.policy
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
PORT = 8790
PASSWORD = "mot-mat-khau-chi-de-chup-hinh"  # noqa: S105 - of a demo that ends with this script
PATIENCE_S = 900


def main() -> None:
    """Run the demo, take the pictures, end the demo."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "demo"
        command = [sys.executable, "-m", "runtime", "demo", "--speed", "240"]
        command += ["--web-port", str(PORT), "--data-dir", str(data)]
        log = Path(folder) / "log"
        with log.open("w") as out, subprocess.Popen(command, stdout=out) as demo:
            try:
                link = wait_for(lambda: re.search(r"http://\S+/bat-dau/\S+", log.read_text()))
                take_pictures(link.group(), data)
            finally:
                demo.terminate()


def take_pictures(link: str, data: Path) -> None:
    """Take every picture of a running demo."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1360, "height": 860}, locale="vi-VN")
        become_admin(page, link)
        wait_for(lambda: recorded_hour(page) >= 19)
        page.screenshot(path=HERE / "room.png")
        page.locator("a[href^='/vu-viec/s']").first.click()
        page.screenshot(path=HERE / "story.png")
        digest = wait_for(lambda: find_digest(data))
        picture_of_mail(browser, digest, HERE / "digest.png")
        browser.close()


def become_admin(page: Page, link: str) -> None:
    """Use the one-time link."""
    wait_for(lambda: page.goto(link))
    page.locator("input[type=email]").fill("quantri@lamgiang.example.vn")
    page.locator("form input[type=text]").first.fill("Quản trị")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("form button").first.click()
    page.wait_for_load_state()


def recorded_hour(page: Page) -> int:
    """Return the hour of the recorded clock as the room shows it; 24 and more on the next day."""
    page.goto(f"http://127.0.0.1:{PORT}/")
    shown = re.search(r"(\d\d):\d\d (\d\d)/", page.locator("body").inner_text())
    if shown is None:
        return 0
    first_days.append(shown.group(2))
    return int(shown.group(1)) + (24 if shown.group(2) != first_days[0] else 0)


first_days: list[str] = []


def find_digest(data: Path) -> Path | None:
    """Return the digest mail of the recorded morning, None while it is not there."""
    for path in sorted((data / "outbox").rglob("*.eml")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if str(mail["Subject"]).startswith("Điểm tin"):
            return path
    return None


def picture_of_mail(browser: Browser, path: Path, target: Path) -> None:
    """Render the HTML part of a mail with its inline pictures."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    html = ""
    for part in mail.walk():
        if part.get_content_type() == "text/html":
            html = part.get_content()
    for part in mail.walk():
        name = (part["Content-ID"] or "").strip("<>")
        if name:
            data = base64.b64encode(part.get_payload(decode=True)).decode()
            html = html.replace(f"cid:{name}", f"data:{part.get_content_type()};base64,{data}")
    page = browser.new_page(viewport={"width": 660, "height": 900})
    page.set_content(html)
    page.screenshot(path=target, full_page=True)


def wait_for(ask: Callable[[], Any]) -> Any:
    """Return the first true answer of ``ask``; errors count as no answer until patience ends."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            if answer := ask():
                return answer
        except Exception:
            if time.monotonic() > deadline:
                raise
        if time.monotonic() > deadline:
            raise TimeoutError(ask)
        time.sleep(2)


if __name__ == "__main__":
    main()
