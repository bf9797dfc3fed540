"""Surveys in print, on pages of other sites, and from other programs' exports."""

import functools
import http.server
import json
import os
import re
import stat
import subprocess
import threading

import pytest
import requests

from conftest import PROGRAM, assert_accessible, set_up

EXPERIENCE = """
experience: Example Shop
stages: [service]
touchpoints:
  parcel_received: {stage: service, on: Parcel Received}
surveys:
  delivery:
    kind: csat
    ask: {en: How was your delivery?, de: Wie war die Lieferung?}
    about: parcel_received
    elements: [speed]
    questions:
      reason: {kind: text, ask: What made you say so?, when: {score: 1..2}}
"""
ADDRESS = "https://journeys.example.com"
PAGE = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width">
<script defer src="{url}/survey.js" data-survey="{survey}" data-token="{token}" data-after="0"
  data-title="Ihre Meinung" data-close="Schließen"></script></head>
<body><h1>Shop</h1><a href="/">Home</a></body></html>"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "experience.yaml").write_text(EXPERIENCE)
    return tmp_path


def survey(folder, *arguments):
    """Runs `waymark survey`."""
    return subprocess.run(
        [PROGRAM, "survey", *arguments, "--data", str(folder / "data"), "--experience",
         str(folder / "experience.yaml")], capture_output=True, text=True, timeout=90)


def answers(folder):
    """The answers that are in the store, with their customers."""
    text = subprocess.run(
        [PROGRAM, "export", "--data", str(folder / "data")], check=True, capture_output=True,
        text=True, timeout=90).stdout
    events = [json.loads(line) for line in text.splitlines()]
    return [event for event in events if event["event"] == "Survey Answered"]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def site(tmp_path):
    """Serves a page from another origin; gives its address."""
    folder = tmp_path / "site"
    folder.mkdir()
    web = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()

    def write(**names):
        (folder / "index.html").write_text(PAGE.format(**names))

    write.url = f"http://127.0.0.1:{web.server_address[1]}"
    yield write
    web.shutdown()
    thread.join(timeout=10)
    web.server_close()


# Links and codes


def test_surveys_are_listed_and_shown(folder):
    listed = survey(folder, "list")
    assert listed.returncode == 0 and re.search(r"^delivery\s+csat\s+by its link", listed.stdout, re.M)
    shown = survey(folder, "show", "delivery")
    for words in ["How was your delivery?", "1 to 5; 5 is best", "speed", "when score is 1 to 2",
                  "Languages: en, de", "About: parcel_received"]:
        assert words in shown.stdout
    unknown = survey(folder, "show", "delivry")
    assert unknown.returncode == 64 and "Did you mean delivery?" in unknown.stderr


def test_a_link_needs_the_address_and_stays(folder, serve):
    serve(folder / "data", folder / "experience.yaml")
    assert "public_address" in survey(folder, "link", "delivery").stderr
    setting = ["--set", f"public_address={ADDRESS}"]
    link = survey(folder, "link", "delivery", *setting).stdout
    assert re.fullmatch(ADDRESS + r"/survey/delivery\?t=[\w-]{22}\n", link)
    assert survey(folder, "link", "delivery", *setting).stdout == link
    printed = survey(folder, "link", "delivery", "--via", "print", *setting).stdout
    assert printed == link.strip() + "&via=print\n"
    script = survey(folder, "link", "delivery", "--via", "page", *setting).stdout
    assert f'src="{ADDRESS}/survey.js"' in script and 'data-survey="delivery"' in script


def decoded(page, svg, file):
    """What a reader of codes finds in a picture, as a browser shows it."""
    page.set_content(f"<body style='margin:0;background:#888'>{svg}</body>")
    page.locator("svg").screenshot(path=str(file))
    return subprocess.run(
        ["zbarimg", "--quiet", "--raw", str(file)], check=True, capture_output=True, text=True,
        timeout=60).stdout.strip()


@pytest.mark.parametrize("size", [20, 50, 200])
def test_a_code_leads_to_the_link(folder, serve, page, tmp_path, size):
    serve(folder / "data", folder / "experience.yaml").stop()
    setting = ["--set", f"public_address={ADDRESS}"]
    svg = survey(folder, "qr", "delivery", "--size", str(size), *setting).stdout
    link = survey(folder, "link", "delivery", "--via", "print", *setting).stdout.strip()
    assert decoded(page, svg, tmp_path / "code.png") == link
    assert svg.count("<path") == 1 and "crispEdges" in svg and f'width="{size}mm"' in svg


def test_the_server_gives_the_code_to_members_alone(folder, serve, page, tmp_path):
    server = serve(folder / "data", folder / "experience.yaml")
    session = set_up(server)
    answer = session.get(server.url + "/surveys/delivery/qr.svg", timeout=60)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "image/svg+xml"
    link = decoded(page, answer.text, tmp_path / "code.png")
    assert link.startswith(server.url + "/survey/delivery?t=") and link.endswith("&via=print")
    assert page.goto(link).status == 200
    assert session.get(server.url + "/surveys/nothing/qr.svg", timeout=60).status_code == 404
    session.cookies.clear()
    answer = session.get(
        server.url + "/surveys/delivery/qr.svg", timeout=60, allow_redirects=False)
    assert answer.status_code in (303, 401)


# On pages


@pytest.fixture
def asking(folder, serve, site):
    """Starts a server whose surveys may stand in the site, and writes the site's page."""
    def start(*origins, survey_name="delivery"):
        setting = ["--set", "surveys.origins=" + ",".join(origins)] if origins else []
        server = serve(folder / "data", folder / "experience.yaml", *setting)
        text = survey(
            folder, "link", "delivery", "--via", "page", "--set",
            f"public_address={server.url}").stdout
        token = re.search(r'data-token="([^"]+)"', text).group(1)
        site(url=server.url, survey=survey_name, token=token)
        return server
    return start


def test_a_page_shows_a_survey_once_and_its_answer_arrives(asking, site, folder, page):
    server = asking(site.url)
    page.goto(site.url)
    box = page.get_by_role("dialog", name="Ihre Meinung")
    box.wait_for(timeout=20_000)
    frame = page.frame_locator("iframe")
    assert frame.locator("h1").inner_text() == "Wie war die Lieferung?"
    assert page.evaluate("document.activeElement === document.body")
    high = page.locator("iframe").bounding_box()["height"]
    assert high > 320
    frame.get_by_label("4", exact=True).first.check(force=True)
    frame.get_by_role("button", name="Absenden").click()
    frame.get_by_text("Vielen Dank!").wait_for(timeout=20_000)
    page.wait_for_function(
        f"document.querySelector('iframe').getBoundingClientRect().height < {high}",
        timeout=20_000)
    box.get_by_role("button", name="Schließen").click()
    assert box.count() == 0
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.locator("iframe").count() == 0
    server.stop()
    [answer] = answers(folder)
    assert answer["properties"]["score"] == 4 and answer["properties"]["asked_by"] == "page"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_for_everybody(asking, site, page, scheme, tmp_path):
    asking(site.url)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(site.url)
    page.get_by_role("dialog").wait_for(timeout=20_000)
    assert_accessible(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    page.screenshot(path=str(tmp_path / "page.png"))


@pytest.mark.parametrize("inside", [False, True])
def test_the_keyboard_closes_it(asking, site, page, inside):
    asking(site.url)
    page.goto(site.url)
    box = page.get_by_role("dialog")
    box.wait_for(timeout=20_000)
    box.get_by_role("button").focus()
    if inside:
        page.frame_locator("iframe").get_by_role("radio").first.focus()
    page.keyboard.press("Escape")
    box.wait_for(state="detached", timeout=20_000)


@pytest.mark.parametrize("why", ["origin", "unknown"])
def test_visitors_see_nothing_where_it_may_not_be_shown(asking, site, browser, why):
    # The console tells of the refusal, so this page may have errors there.
    asking(*(["https://elsewhere.example"] if why == "origin" else [site.url]),
           survey_name="delivery" if why == "origin" else "other")
    page = browser.new_page()
    with page.expect_request(lambda request: "/survey/" in request.url, timeout=20_000):
        page.goto(site.url)
    page.wait_for_function(
        "(() => { const box = document.querySelector('[role=dialog]');"
        " return !box || getComputedStyle(box).visibility === 'hidden'; })()", timeout=20_000)
    assert page.get_by_role("dialog").count() == 0
    page.wait_for_selector("iframe", state="detached", timeout=30_000)
    assert page.evaluate("localStorage.length") == 0
    page.close()


def test_only_open_links_of_pages_may_stand_in_frames(asking, site, page):
    server = asking(site.url)
    link = requests.get(site.url, timeout=60).text
    token = re.search(r'data-token="([^"]+)"', link).group(1)
    address = f"{server.url}/survey/delivery?t={token}"
    framed = requests.get(address + "&via=page", timeout=60).headers
    assert f"frame-ancestors {site.url}" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    for other in [address, address + "&via=print", server.url + "/sign-in?via=page"]:
        headers = requests.get(other, timeout=60).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"


# From other programs


FORMBRICKS = '''"No.","Response ID","Timestamp","Finished","Survey ID","User ID","1. How was your delivery?","2. Speed","3. What made you say so?"
"1","r1","2026-03-01 10:00:00","Yes","s","c17","2","1","Too late, ""by far"""
"2","r2","2026-03-01 11:00:00","No","s","c18","5","",""
"3","r3","2026-03-01 12:00:00","Yes","s","","5","4",""
"4","r4","2026-03-01 13:00:00","Yes","s","c19","9","4",""
'''


def test_an_export_is_read_once_however_often_it_comes(folder):
    file = folder / "responses.csv"
    file.write_text(FORMBRICKS)
    command = ["import", str(file), "--survey", "delivery"]
    shown = survey(folder, *command, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "an export of formbricks" in shown.stdout and "2 answers" in shown.stdout
    assert "score = “1. How was your delivery?”" in shown.stdout
    assert not (folder / "data").exists()
    first = survey(folder, *command)
    assert "2 answers: 2 added" in first.stdout and "1 broken off" in first.stdout
    assert "1 × survey.number" in first.stdout
    [rejected] = (folder / "data/rejects").glob("*.jsonl")
    rejection = json.loads(rejected.read_text())
    assert rejection["record"] == 4 and rejection["raw"].startswith("line 5:")
    assert stat.S_IMODE(os.stat(rejected).st_mode) == 0o600
    again = json.loads(survey(folder, *command, "--format", "json").stdout)
    assert (again["added"], again["repeated"], again["partial"], again["rejected"]) == (0, 2, 1, 1)
    found = sorted(answers(folder), key=lambda event: event["properties"]["score"])
    assert [event["properties"]["score"] for event in found] == [2, 5]
    assert found[0]["properties"]["comment"] == 'Too late, "by far"'
    assert found[0]["user_id"] == "c17" and found[1]["anonymous_id"].endswith("formbricks:r3")


@pytest.mark.parametrize("text, arguments, told", [
    ("a,b\n1,2\n", [], "No column is the answer to “How was your delivery?”"),
    ("id,time,score\n", ["--columns", "sped=id"], "Did you mean speed?"),
    ("id,time,score\n", ["--columns", "score"], "names no column"),
    ("id,time,score\n", ["--columns", "score=id", "--columns", "score=time"], "twice"),
    ('id,time,score\n"1', [], "never closes"),
    ("\xff", [], "not UTF-8"),
    ("id,time,score\n1,2026-01-01,3\n", ["--timezone", "Mars/Olympus"], "Mars/Olympus"),
])
def test_an_export_that_cannot_be_read_is_refused(folder, text, arguments, told):
    file = folder / "responses.csv"
    file.write_bytes(text.encode("latin-1" if text == "\xff" else "utf-8"))
    answer = survey(folder, "import", str(file), "--survey", "delivery", *arguments)
    assert answer.returncode == 64 and told in answer.stderr, answer.stderr
