"""What people wrote, on its pages: feelings, themes, the texts behind them, and texts that would do harm."""

import csv
import io
import json
import subprocess

import pytest
from conftest import (
    PROGRAM, assert_accessible, assert_for_everybody, set_up, sign_in)

EXPERIENCE = """\
experience: Parcels
timezone: Europe/Berlin
touchpoints:
  ordered: {stage: purchase, on: Order Placed}
  parcel_received: {stage: service, on: Parcel Received}
journeys:
  first_parcel: {starts: [ordered], goal: parcel_received, window: 7d}
"""

GOOD = ["The delivery was fast, I love it.", "Great service and very friendly courier!",
        "Die Lieferung war sehr schnell, vielen Dank!", "Alles bestens, gerne wieder."]
BAD = ["It arrived late and the courier threw it over the fence.",
       "The courier threw it over the fence, the box was broken.",
       "Viel zu teuer und leider kaputt.", "Awful, the courier threw it over the fence."]

HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>",
    "turned": "\u202Etxet denrut\u202C \u2066isolate \u200Fmark\u2069 end",
    "long": "late " + "x" * 8_000,
    # More than a property takes: refused at the door, and in no page.
    "megabyte": "late " + "x" * 1_000_000,
    "bell": "b\u0007c\u009b31md awful",
    "escape": "\x1b[2J\x1b]0;owned\x07\x1b[31mred awful",
    "invisible": "p\u200br\u2060i\ufeffc\u00ade is awful",
    "formula": "=HYPERLINK(\"http://example.com\",\"awful\")",
    "command": "+cmd|' /C calc'!A0", "minus": "-2+3", "at": "@SUM(A1)", "tab": "\t=1+1",
    "accented": "=\u03011+1,\u0301x", "tower": "aw" + "\u0301\u0489\u0336" * 400 + "ful",
    "lines": "one\r\ntwo\u2028three\n\n\n" * 40,
    "wide": "\ufdfd" * 300 + "𒐫" * 50,
    "cell": "}}{{7*7}} ]]> --> </style></textarea><!--",
}


def event(number, text, score, name="Survey Answered"):
    return {"event": name, "user_id": f"c{number}", "message_id": f"m{number}",
            "time": f"2026-0{1 + number % 5}-{1 + number % 27:02}T10:00:00Z",
            "properties": {"comment": text, "score": score, "survey": "delivery"}}


def run(folder, *arguments, **options):
    return subprocess.run(
        [PROGRAM, *arguments, "--data", str(folder / "data")], capture_output=True, timeout=120,
        cwd=folder, check=True, **options).stdout


@pytest.fixture
def folder(tmp_path):
    """A store in which people wrote, without a server."""
    events = [event(n, GOOD[n % 4], 9 + n % 2) for n in range(60)]
    events += [event(n, BAD[n % 4], n % 4) for n in range(60, 120)]
    events += [event(200 + n, text, 1) for n, text in enumerate(HOSTILE.values())]
    lines = "\n".join(json.dumps(each) for each in events) + "\n"
    (tmp_path / "events.jsonl").write_text(lines)
    (tmp_path / "experience.yaml").write_text(EXPERIENCE)
    run(tmp_path, "import", "events.jsonl")
    return tmp_path


@pytest.fixture
def server(serve, folder):
    return serve(folder / "data", folder / "experience.yaml")


def test_from_a_feeling_to_texts_and_their_customer(server, page):
    set_up(server)
    sign_in(page, server)
    page.get_by_role("link", name="Words", exact=True).click()
    page.wait_for_url("**/words")
    assert page.get_by_role("heading", level=1).text_content() == "Words"
    assert page.locator("figure img").first.evaluate("image => image.naturalWidth") > 100
    proposals = page.get_by_role("region", name="Proposals")
    assert "fence" in proposals.text_content()
    row = page.get_by_role("region", name="Feelings").get_by_role("link", name="Negative")
    row.click()
    page.wait_for_url("**feeling=negative**")
    texts = page.locator(".verbatims li")
    assert texts.count() == 50
    assert_accessible(page)
    page.goto(server.url + "/words/texts?theme=fence")
    assert "fence" in texts.first.text_content()
    texts.first.locator("a[href^='/customers/']").click()
    page.get_by_role("heading", name="Story").wait_for()


def test_hostile_texts_do_nothing_on_any_page(server, page):
    set_up(server)
    sign_in(page, server)
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    addresses = ["/words", "/words/texts", "/words/texts?theme=awful",
                 "/words?event=%3Cscript%3Ealert(1)%3C/script%3E",
                 "/words/texts?theme=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%E2%80%AE",
                 "/explore?q=" + "question: words\nverbatims: 100\n".replace("\n", "%0A")]
    addresses += [f"/customers/c{200 + n}" for n in range(len(HOSTILE))]
    for address in addresses:
        page.set_viewport_size({"width": 360, "height": 800})
        page.goto(server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        text = page.content()
        for harm in ["<script>alert", "<img src=\"x\"", "\u202e", "\x1b", "\u0000", "\u2066"]:
            assert harm not in text, (address, harm)
        assert page.evaluate("window.name") == "" and not dialogs
        # Marks on letters don't climb over what stands above.
        for place in page.locator(".verbatims blockquote, td.words").all():
            box = place.bounding_box()
            assert box["width"] <= 360 or "td" in place.evaluate("each => each.localName")
    assert not dialogs


def test_pages_are_for_everybody(server, page):
    set_up(server)
    sign_in(page, server)
    for address in ["/words", "/words/texts?feeling=negative", "/words?text=nothing",
                    "/words/texts?theme=nobody+said+this"]:
        if "nothing" in address:
            page.goto(server.url + address)
            assert "nothing" in page.get_by_role("alert").text_content()
        assert_for_everybody(page, server.url + address)


def test_without_texts_the_page_teaches(serve, tmp_path, page):
    (tmp_path / "experience.yaml").write_text(EXPERIENCE)
    server = serve(tmp_path / "data", tmp_path / "experience.yaml")
    set_up(server)
    sign_in(page, server)
    assert_for_everybody(page, server.url + "/words")
    assert "surveys:" in page.locator("pre").first.text_content()


def test_hostile_texts_do_nothing_in_files_and_terminals(folder, server):
    session = set_up(server)
    question = "question: words\nverbatims: 500\n"
    for answer in [
        session.get(server.url + "/explore.csv", params={"q": question}).text,
        run(folder, "words", "--verbatims", "500", "--format", "csv").decode(),
        run(folder, "export", "--format", "csv").decode(),
    ]:
        records = list(csv.reader(io.StringIO(answer, newline="")))
        assert len({len(record) for record in records}) == 1
        for field in (field for record in records for field in record):
            begins = field[:1] in "=+-@\t\r\n＝＋－＠" and field != ""
            assert not begins or field.replace(".", "").lstrip("+-").isdigit(), field[:40]
            assert not any(c in field for c in "\u0000\x1b\u202e\u2066\u200f\u0007"), field[:40]
    shown = run(folder, "words", "--verbatims", "500").decode()
    assert "\x1b" not in shown and "\u202e" not in shown and "\u0000" not in shown
    assert max(len(line) for line in shown.split("\n")) <= 200
    raw = session.get(server.url + "/explore.json", params={"q": question}).text
    assert "\x1b" not in raw and "\u0000" not in raw
    texts = [each["text"] for each in json.loads(raw)["answers"][0]["answer"]["verbatims"]]
    assert HOSTILE["script"] in texts and max(map(len, texts)) <= 2000
    drawn = run(folder, "words", "--format", "svg").decode()
    assert "<script" not in drawn and "\u202e" not in drawn
    customer = 200 + list(HOSTILE).index("formula")
    story = session.get(f"{server.url}/customers/c{customer}/events.csv").text
    assert "'=HYPERLINK" in story


def test_each_line_is_judged(folder):
    lines = ["The help was good.", "Das war leider sehr schlecht.", "二週間待っています。", "", "ok"]
    out = run_judge("\n".join(lines))
    assert [each.get("language") for each in out[:3]] == ["en", "de", "ja"]
    assert out[0]["feeling"] == "positive" and out[1]["feeling"] == "negative"
    assert "sentiment" not in out[2] and out[3] == {} and len(out) == 5


def run_judge(text):
    done = subprocess.run(
        [PROGRAM, "words", "--judge", "-"], input=text, text=True, capture_output=True, check=True,
        timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]
