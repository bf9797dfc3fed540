"""The voice of a customer from end to end: asked by mail, answered by thumb, on the map, seen to."""

import datetime
import re

import requests

from collecting import free_port, write_key
from conftest import set_up, sign_in
from smtp_server import MailServer
from test_surveys import identify, looked_at, phone, tap, until

EXPERIENCE = """\
experience: Shop
asking: {at_most: 5 per 30d, quiet: none}
teams:
  - support: {title: Customer support, mail: support@example.com}
touchpoints:
  order: {on: Order Completed}
  parcel: {on: Parcel Received, owner: support, title: Parcel received, feeling: 5}
journeys:
  first_order: {starts: [order], steps: [parcel], goal: parcel}
surveys:
  delivery:
    title: How the parcel came
    kind: csat
    ask: How was your delivery?
    after: parcel
    questions:
      reason: {kind: text, ask: What made you say so?, when: {score: 1..3}}
    loop: {when: {score: 1..2}, due: 2d}
themes:
  late: {title: Lateness, words: [late, "too long"]}
"""


def send(server, event, seconds):
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
    answer = requests.post(
        server.url + "/v1/track", auth=(server.key, ""), timeout=60, json={
            "userId": "ada", "event": event, "timestamp": moment.isoformat()})
    assert answer.status_code == 200, answer.text


def mails(post, recipient):
    return [mail for mail in post.handler.mails if mail.recipients == [recipient]]


def test_the_whole_way_of_what_a_customer_says(serve, tmp_path, page, browser):
    post, port = MailServer(tmp_path), free_port()
    file = tmp_path / "experience.yaml"
    file.write_text(EXPERIENCE)
    settings = [
        "surveys.seconds=1", f"public_address=http://127.0.0.1:{port}",
        f"mail.server=smtp://localhost:{post.port}", "mail.from=Shop <shop@example.com>"]
    server = serve(
        tmp_path / "data", file, *[part for each in settings for part in ("--set", each)],
        port=port)
    try:
        session = set_up(server)
        server.key = write_key(server)
        api = server.url + "/api/v1"
        identify(server, "ada", email="ada@example.org")
        send(server, "Order Completed", 3600)
        looked_at(server)
        send(server, "Parcel Received", 0)

        # Event → survey mail, which a scanner looks through.
        asked = until(lambda: mails(post, "ada@example.org"))[0]
        links = set(re.findall(r'https?://[^\s"<>]+', asked.text() + asked.text("html")))
        links = {link.replace("&amp;", "&") for link in links}
        scale = [link for link in links if "score=" in link]
        assert len(scale) >= 5
        for link in links:
            assert link.startswith(server.url), link
            assert requests.get(link, timeout=60).status_code == 200
            requests.head(link, timeout=60)
        assert session.get(api + "/tickets", timeout=60).json()["items"] == []

        # Mail → answer by thumb.
        small = phone(browser)
        small.goto(next(link for link in scale if link.endswith("score=4")))
        tap(small, "score", 1)
        small.get_by_label("What made you say so?").fill("Far too late, and the box was broken.")
        small.get_by_role("button", name="Send").tap()
        small.get_by_role("heading", name="Thank you").wait_for()
        small.goto(scale[0])
        assert small.get_by_text("already").is_visible()
        small.context.close()

        # Answer → score on the map.
        until(lambda: session.get(api + "/tickets", timeout=60).json()["items"])
        sign_in(page, server)
        page.goto(server.url + "/journeys/first_order")
        waiting = page.locator('.map.screen a[href="/inbox?touchpoint=parcel"]')
        assert waiting.inner_text().split() == ["1", "ticket"]
        journey = session.get(api + "/journeys/first_order/map", timeout=60).json()["map"]
        [parcel] = [
            touchpoint for step in journey["steps"] for touchpoint in step["touchpoints"]
            if touchpoint["name"] == "parcel"]
        assert (parcel["feeling"]["count"], parcel["feeling"]["value"]) == (1, 1)

        # Answer → what it comes to, and the words.
        page.goto(server.url + "/surveys")
        page.get_by_role("link", name="How the parcel came").click()
        page.get_by_role("heading", name="How the parcel came").wait_for()
        page.get_by_role("link", name="In their words").wait_for()
        page.goto(server.url + "/words")
        page.get_by_text("Lateness").first.wait_for()

        # Answer → ticket for the owner → closed.
        told = until(lambda: mails(post, "support@example.com"))[0]
        assert "ada" not in told.text() and "broken" not in told.text()
        page.goto(re.search(r"https?://\S+/inbox/1", told.text()).group())
        assert "Far too late" in page.locator("blockquote").inner_text()
        page.get_by_label("What was done, or what others should know").fill("Sent a new one")
        page.get_by_role("button", name="Close", exact=True).click()
        assert "closed" in page.locator(".facts").inner_text()
        page.goto(server.url + "/journeys/first_order")
        page.locator("#measured").wait_for()
        assert waiting.count() == 0
        assert len(mails(post, "ada@example.org")) == 1
    finally:
        post.stop()
