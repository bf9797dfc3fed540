"""What people say about a step of a journey, on its page: how it felt, and what they wrote."""

import json
import subprocess

import pytest
from conftest import PROGRAM, assert_for_everybody, set_up, sign_in
from test_people import invite, join
from test_words import HOSTILE

EXPERIENCE = """\
experience: Parcels
timezone: Europe/Berlin
touchpoints:
  ad: {on: Ad Clicked}
  search: {on: Searched}
  ordered: {title: The order, on: Order Placed}
  parcel: {title: The parcel, on: Parcel Received, feeling: 5}
  review: {title: A review, on: Review Posted, score: properties.stars, control: external}
journeys:
  first_parcel: {starts: [ad, search], steps: [ordered, parcel], goal: review, window: 30d}
surveys:
  delivery:
    kind: csat
    ask: How was it?
    after: parcel
    questions:
      reason: {kind: text, ask: What made you say so?}
"""
STEP = "/journeys/first_parcel/steps/2"


def story(number, comment, month, answered=4):
    def event(name, day, hour, **properties):
        return {"event": name, "user_id": f"c{number}", "message_id": f"{name}-{number}",
                "time": f"2026-{month:02}-{day:02}T{hour:02}:00:00Z", "properties": properties}

    return [
        event("Ad Clicked" if number % 3 else "Searched", 1, 8), event("Order Placed", 1, 9),
        event("Parcel Received", 1, 10),
        event("Survey Answered", answered, 20, survey="delivery", touchpoint="parcel",
              score=1 + number % 5, occasion=f"2026-{month:02}-01T10:00:00Z", comment=comment),
        event("Review Posted", 1, 11, stars=2, comment=f"Review of {number}")]


@pytest.fixture
def server(serve, tmp_path):
    events = [each for n in range(30) for each in story(n, f"Text {n} was great", 2)]
    events += [each for n, text in enumerate(HOSTILE.values())
               for each in story(100 + n, text, 4, 1 + n // 5)]
    lines = "\n".join(json.dumps(each) for each in events) + "\n"
    (tmp_path / "events.jsonl").write_text(lines)
    (tmp_path / "experience.yaml").write_text(EXPERIENCE)
    subprocess.run(
        [PROGRAM, "import", "events.jsonl", "--data", str(tmp_path / "data")], check=True,
        capture_output=True, timeout=120, cwd=tmp_path)
    return serve(tmp_path / "data", tmp_path / "experience.yaml")


def words(page):
    return page.get_by_role("region", name="What people wrote about it")


def test_a_step_shows_how_it_felt_and_what_people_wrote(server, page):
    set_up(server)
    sign_in(page, server)
    page.goto(server.url + STEP + "?range=own&from=2026-02-01&to=2026-02-28")
    tile = page.locator(".tile", has_text="Feeling")
    assert "3.0" in tile.inner_text() and "n = 30" in tile.inner_text().replace("\u2009", " ") \
        .replace("\u202f", " ").replace("\u00a0", " ")
    assert " to " in tile.inner_text() and "designed 5.0" in tile.inner_text()
    texts = words(page).locator(".verbatims li")
    assert texts.count() == 5
    assert "30 texts" in words(page).inner_text() and "the latest 5" in words(page).inner_text()
    first = texts.first.inner_text()
    assert "was great" in first and "positive" in first and "Score" in first and "2026-02-04" in first
    words(page).get_by_role("link", name="All about The parcel").click()
    page.wait_for_url("**/words/texts?event=parcel&from=2026-02-01&to=2026-03-01")
    assert page.locator(".verbatims li").count() == 30
    # A goal outside of the company's control has its own words.
    page.goto(server.url + "/journeys/first_parcel/steps/3?range=own&from=2026-02-01&to=2026-02-28")
    assert "Review of" in words(page).locator(".verbatims").inner_text()
    # Nobody wrote about the order.
    page.goto(server.url + "/journeys/first_parcel/steps/1")
    assert words(page).locator(".verbatims").count() == 0
    assert "about_ordered:" in words(page).locator("pre").inner_text()
    assert "about: ordered" in words(page).locator("pre").inner_text()


def test_hostile_texts_do_nothing_on_the_page_of_a_step(server, page):
    set_up(server)
    sign_in(page, server)
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.set_viewport_size({"width": 360, "height": 800})
    # The latest five stand on the page, so each day shows some others.
    for day in range(1, 1 + (len(HOSTILE) + 4) // 5):
        page.goto(f"{server.url}{STEP}?range=own&from=2026-04-{day:02}&to=2026-04-{day:02}")
        assert 0 < words(page).locator(".verbatims li").count() <= 5
        text = page.content()
        for harm in ["<script>alert", "<img src=\"x\"", "\u202e", "\x1b", "\u0000", "\u2066"]:
            assert harm not in text, harm
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not dialogs


def test_the_page_of_a_step_is_for_everybody(server, page):
    set_up(server)
    sign_in(page, server)
    for address in [STEP, "/journeys/first_parcel/steps/1"]:
        assert_for_everybody(page, server.url + address)


def test_a_survey_is_told_apart_by_starting_point(server, page):
    session = set_up(server)
    report = session.get(server.url + "/surveys/delivery?inline=1").text
    assert "By starting point of “First parcel”" in report
    scores = session.get(
        server.url + "/explore.csv", params={
            "q": "question: scores\nsurvey: delivery\nby: start\njourney: first_parcel\nto: 2026-03-01"})
    rows = [line.split(",") for line in scores.text.splitlines()]
    by = {row[0]: row[3] for row in rows[1:] if row[1] == "all"}
    assert by == {"(all)": "30", "ad": "20", "search": "10"}, scores.text


def test_a_viewer_reads_texts_and_is_sent_nowhere_forbidden(server):
    vera, _ = join(invite(set_up(server), server, "Vera", "vera@example.com", "viewer"))
    page = vera.get(server.url + STEP + "?range=own&from=2026-02-01&to=2026-02-28").text
    assert page.count("was great") == 5
    assert "/words" not in page
    assert vera.get(server.url + "/words/texts").status_code == 403


def test_a_step_before_anybody_wrote_teaches_how_they_would(serve, tmp_path):
    event = {"event": "Order Placed", "user_id": "a", "time": "2026-02-01T10:00:00Z"}
    (tmp_path / "events.jsonl").write_text(json.dumps(event) + "\n")
    (tmp_path / "experience.yaml").write_text(EXPERIENCE)
    subprocess.run(
        [PROGRAM, "import", "events.jsonl", "--data", str(tmp_path / "data")], check=True,
        capture_output=True, timeout=120, cwd=tmp_path)
    server = serve(tmp_path / "data", tmp_path / "experience.yaml")
    page = set_up(server).get(server.url + STEP)
    assert page.status_code == 200 and "about: parcel" in page.text
    assert "notice problem" not in page.text
