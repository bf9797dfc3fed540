"""Surveys: asked by mail, answered by thumb, counted once whatever happens."""

import base64
import concurrent.futures
import contextlib
import hashlib
import hmac
import re
import sqlite3
import time

import pytest
import requests

from collecting import free_port
from conftest import assert_accessible, set_up, token_of
from smtp_server import MailServer

API = "/api/v1"
PHONE = {"width": 360, "height": 740}
EXPERIENCE = """
experience: Grüße & Co
timezone: Europe/Berlin
asking: {at_most: 5 per 30d, quiet: none}
stages: [purchase, service]
touchpoints:
  parcel_received: {stage: service, on: Parcel Received}
surveys:
  delivery:
    kind: csat
    ask: {en: How was your delivery?, de: Wie war die Lieferung?}
    ends: [{en: Very bad, de: Sehr schlecht}, {en: Very good, de: Sehr gut}]
    after: parcel_received
    share: 100%
    elements:
      - speed: {ask: {en: Speed, de: Tempo}}
      - packaging: {ask: {en: Packaging, de: Verpackung}}
    questions:
      why:
        kind: choices
        ask: {en: What went wrong?, de: Was ging schief?}
        options: [late: {en: Too late, de: Zu spät}, broken: {en: Broken, de: Kaputt}, other]
        when: {score: 1..2}
      words: {kind: text, ask: {en: Tell us more, de: Erzählen Sie}, when: {why: [other]}}
      good: {kind: text, ask: {en: What was best?, de: Was war gut?}, when: {score: 4..5}}
    thanks:
      - {when: {score: 5}, say: {en: Wonderful!, de: Wunderbar!}, link: "https://example.com/review"}
      - say: {en: We read every answer., de: Wir lesen jede Antwort.}
  nps:
    kind: nps
    ask: Would you recommend us to a friend?
    ends: [Not at all, Certainly]
  effort:
    kind: ces
    direction: higher
    ask: How easy was it?
  short:
    kind: text
    ask: What should we do next?
    expires: 1s
"""


@pytest.fixture
def start(serve, tmp_path):
    """Starts a server with the surveys above; the same data each time."""
    def start(*settings, text=EXPERIENCE, port=0):
        file = tmp_path / "experience.yaml"
        file.write_text(text)
        options = ["surveys.seconds=1", *settings]
        server = serve(
            tmp_path / "data", file, *[part for each in options for part in ("--set", each)],
            port=port)
        server.experience = file
        return server
    return start


def open_shop(server):
    """Sets a server up, with a member's session and a key to send events with."""
    server.session = set_up(server)
    server.form = {"X-CSRF-Token": token_of(server.session.get(server.url + "/settings/keys").text)}
    key = server.session.post(
        server.url + API + "/keys", json={"name": "shop"}, headers=server.form, timeout=60)
    server.key = key.json()["secret"]


def start_with_mail(start, folder):
    """A server for mail, and a server that sends by it."""
    post, port = MailServer(folder), free_port()
    server = start(
        f"public_address=http://127.0.0.1:{port}", f"mail.server=smtp://localhost:{post.port}",
        "mail.from=Shop <shop@example.com>", port=port)
    open_shop(server)
    return post, server


@pytest.fixture
def server(start):
    server = start()
    open_shop(server)
    for name in ["ada", "bob", "eve"]:
        send(server, name, "Seen")
    return server


def send(server, customer, event, **properties):
    answer = requests.post(
        server.url + "/v1/track", json={
            "userId": customer, "event": event, "properties": properties},
        auth=(server.key, ""), timeout=60)
    assert answer.status_code == 200, answer.text


def identify(server, customer, **traits):
    answer = requests.post(
        server.url + "/v1/identify", json={"userId": customer, "traits": traits},
        auth=(server.key, ""), timeout=60)
    assert answer.status_code == 200, answer.text


def invite(server, customer="ada", survey="delivery"):
    answer = server.session.post(
        server.url + API + "/invitations", json={"survey": survey, "customer": customer},
        headers=server.form, timeout=60)
    assert answer.status_code == 201, answer.text
    return answer.json()


def invitations(server, **filters):
    answer = server.session.get(server.url + API + "/invitations", params=filters, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def story(server, customer, name=None):
    """A customer's events that tell of surveys."""
    answer = server.session.get(f"{server.url}{API}/customers/{customer}/events", timeout=60)
    events = answer.json().get("items", [])
    return [each for each in events if each["event"] == name or (
        name is None and each["event"].startswith("Survey"))]


def until(check, seconds=40):
    """What `check` gives once it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.1)
    raise AssertionError("It did not come to be.")


def looked_at(server, survey="delivery"):
    """Waits for the first look at a survey: nobody is asked for what was before it."""
    def look():
        file = f"file:{server.data}/waymark.sqlite?mode=ro"
        with contextlib.closing(sqlite3.connect(file, uri=True)) as database:
            return database.execute(
                "SELECT 1 FROM survey_looks WHERE survey = ?", [survey]).fetchone()
    until(look)


def phone(browser, **options):
    context = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, locale="en-GB", **options)
    return context.new_page()


def tap(page, field, value):
    page.locator(f'input[name="{field}"][value="{value}"]').tap()


def test_a_customer_is_asked_by_mail_and_answers_by_thumb(start, browser, tmp_path):
    post, server = start_with_mail(start, tmp_path)
    try:
        looked_at(server)
        identify(server, "ada", email="ada@example.org", language="de")
        send(server, "ada", "Parcel Received")
        send(server, "bob", "Parcel Received")
        mail = until(lambda: post.handler.mails and post.handler.mails[0])
        assert mail.recipients == ["ada@example.org"]
        link = re.search(re.escape(server.url) + r"/s/[\w-]+", mail.text()).group()
        page = phone(browser)
        page.goto(link + "?score=1")
        assert page.locator("html").get_attribute("lang") == "de"
        assert page.get_by_role("heading", level=1).inner_text() == "Wie war die Lieferung?"
        assert page.locator('input[name="score"][value="1"]').is_checked()
        assert not story(server, "user:ada", "Survey Answered")
        page.get_by_label("Zu spät").tap()
        page.get_by_role("button", name="Absenden").tap()
        page.get_by_text("Wir lesen jede Antwort.").wait_for()
        [sent] = story(server, "user:ada", "Survey Sent")
        [answer] = story(server, "user:ada", "Survey Answered")
        assert sent["properties"]["asked_by"] == "mail"
        expected = {
            "survey": "delivery", "score": 1, "answers.why": "late", "language": "de",
            "touchpoint": "parcel_received", "asked_by": "mail", "channel": "email"}
        assert expected.items() <= answer["properties"].items()
        assert "occasion" in answer["properties"]
        # Bob may be looked at by the next round.
        [failed] = until(lambda: [
            each for each in invitations(server, customer="user:bob") if each.get("reason")])
        assert failed["reason"] == "asking.address"
        time.sleep(2.5)
        assert len(post.handler.mails) == 1
        page.context.close()
    finally:
        post.stop()


def test_a_mail_can_be_answered_before_it_is_known_to_be_out(start, tmp_path):
    post, server = start_with_mail(start, tmp_path)
    try:
        looked_at(server)
        post.handler.slow = True
        for name in ["ada", "bob", "eve"]:
            identify(server, name, email=f"{name}@example.org")
            send(server, name, "Parcel Received")
        # Those who came to be due later than the others wait for the next round.
        mails = until(lambda: post.handler.mails)
        link = re.search(re.escape(server.url) + r"/s/[\w-]+", mails[0].text()).group()
        [name] = [each.split("@")[0] for each in mails[0].recipients]
        assert requests.get(link, timeout=60).status_code == 200
        [waiting] = invitations(server, customer=f"user:{name}")
        assert waiting["state"] == "waiting"
        assert requests.post(
            link, data={"score": 3, "do": "keep"}, timeout=60).status_code == 204
        answer = requests.post(link, data={"score": 3}, timeout=60)
        assert answer.status_code == 200 and "Thank you" in answer.text, answer.text
        assert requests.get(link, timeout=60).status_code == 409
        told = ["Survey Answered", "Survey Sent"]
        assert sorted(each["event"] for each in story(server, f"user:{name}")) == told
        # What is noted of the mail later undoes nothing.
        post.handler.slow = False
        until(lambda: len(post.handler.mails) == 3)
        until(lambda: len(invitations(server, state="sent")) == 2)
        [answered] = invitations(server, customer=f"user:{name}")
        assert answered["state"] == "answered"
        assert sorted(each["event"] for each in story(server, f"user:{name}")) == told
    finally:
        post.handler.slow = False
        post.stop()


def test_invitations_wait_until_a_server_for_mail_is_set(start):
    server = start()
    open_shop(server)
    looked_at(server)
    identify(server, "ada", email="ada@example.org")
    send(server, "ada", "Parcel Received")
    [waiting] = until(lambda: invitations(server))
    assert (waiting["state"], waiting["survey"]) == ("waiting", "delivery")
    assert not story(server, "user:ada", "Survey Sent")


def test_a_phone_shows_a_page_for_everybody(server, browser):
    links = [invite(server, survey=name)["link"] for name in ["delivery", "nps", "effort"]]
    for scheme in ["light", "dark"]:
        page = phone(browser, color_scheme=scheme)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        for link in links:
            answer = page.goto(link)
            headers = answer.headers
            assert headers["cache-control"] == "no-store"
            assert "noindex" in headers["x-robots-tag"]
            assert headers["referrer-policy"] == "same-origin"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "set-cookie" not in headers
            assert page.locator("h1").count() == 1
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
            for point in page.locator(".point").all():
                box = point.bounding_box()
                assert box["width"] >= 44 and box["height"] >= 44, box
            assert_accessible(page)
            assert not page.locator("nav").count()
        page.goto(links[0] + "?score=2")
        assert_accessible(page)
        assert all(url.startswith((server.url, "data:")) for url in asked), asked
        page.context.close()


def test_questions_follow_from_answers_at_once(server, browser):
    page = phone(browser)
    page.goto(invite(server)["link"])
    assert not page.get_by_text("What went wrong?").is_visible()
    tap(page, "score", 2)
    assert page.get_by_text("What went wrong?").is_visible()
    assert not page.get_by_label("Tell us more").is_visible()
    page.get_by_text("Other", exact=True).tap()
    page.get_by_label("Tell us more").fill("<script>alert(1)</script>\n=1+1 \u202e")
    tap(page, "elements.speed", 1)
    page.get_by_role("button", name="Send").tap()
    page.get_by_text("We read every answer.").wait_for()
    [answer] = story(server, "user:ada", "Survey Answered")
    assert answer["properties"]["answers.why"] == "other"
    assert answer["properties"]["comment"].startswith("<script>alert(1)</script>\n=1+1")
    assert answer["properties"]["elements.speed"] == 1
    page.context.close()


def test_an_earlier_answer_that_is_changed_takes_its_questions_with_it(server, browser):
    page = phone(browser)
    page.goto(invite(server)["link"])
    tap(page, "score", 1)
    page.get_by_text("Broken", exact=True).tap()
    tap(page, "score", 5)
    assert not page.get_by_text("What went wrong?").is_visible()
    page.get_by_role("button", name="Send").tap()
    page.get_by_role("heading", name="Thank you!").wait_for()
    page.get_by_text("Wonderful!").wait_for()
    assert page.get_by_role("link", name="Go on").get_attribute("href") == (
        "https://example.com/review")
    [answer] = story(server, "user:ada", "Survey Answered")
    assert "answers.why" not in answer["properties"]
    page.context.close()


def test_without_a_script_further_questions_come_with_the_next_page(server, browser):
    page = phone(browser, java_script_enabled=False)
    page.goto(invite(server)["link"])
    tap(page, "score", 1)
    page.get_by_role("button", name="Send").tap()
    page.get_by_text("Your answer leads to another question.").wait_for()
    assert not story(server, "user:ada", "Survey Answered")
    page.get_by_text("Other", exact=True).tap()
    page.get_by_role("button", name="Send").tap()
    page.get_by_label("Tell us more").fill("No script here")
    page.get_by_role("button", name="Send").tap()
    page.get_by_text("We read every answer.").wait_for()
    [answer] = story(server, "user:ada", "Survey Answered")
    assert answer["properties"]["comment"] == "No script here"
    page.context.close()


def test_a_keyboard_is_enough(server, browser):
    page = browser.new_page(locale="en-GB")
    page.goto(invite(server, survey="nps")["link"])
    page.keyboard.press("Tab")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    assert page.locator('input[name="score"][value="9"]').is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Thank you!").wait_for()
    [answer] = story(server, "user:ada", "Survey Answered")
    assert answer["properties"]["score"] == 9
    page.close()


def test_two_languages_and_a_switch_that_loses_nothing(server, browser):
    link = invite(server)["link"]
    page = phone(browser)
    page.goto(link)
    tap(page, "score", 4)
    page.get_by_role("button", name="Deutsch").tap()
    page.get_by_role("heading", name="Wie war die Lieferung?").wait_for()
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.locator('input[name="score"][value="4"]').is_checked()
    page.context.close()
    german = requests.get(link, headers={"Accept-Language": "de-CH, en;q=0.5"}, timeout=60)
    assert '<html lang="de"' in german.text
    chosen = requests.get(link + "?lang=en", headers={"Accept-Language": "de"}, timeout=60)
    assert '<html lang="en"' in chosen.text


def test_what_was_filled_in_is_there_again(server, browser):
    link = invite(server)["link"]
    page = phone(browser)
    page.goto(link)
    tap(page, "score", 2)
    page.get_by_text("Too late").tap()
    page.get_by_role("button", name="Finish later").tap()
    page.get_by_role("heading", name="Kept for you").wait_for()
    page.context.close()
    page = phone(browser)
    page.goto(link)
    assert page.locator('input[name="score"][value="2"]').is_checked()
    assert page.get_by_label("Too late").is_checked()
    with page.expect_response(lambda answer: answer.request.method == "POST") as kept:
        tap(page, "elements.packaging", 5)
    assert kept.value.status == 204
    page.context.close()
    page = phone(browser, java_script_enabled=False)
    page.goto(link)
    assert page.locator('input[name="elements.packaging"][value="5"]').is_checked()
    assert not story(server, "user:ada", "Survey Answered")
    page.context.close()


def test_looking_changes_nothing(server):
    made = invite(server)
    for address in ["", "?score=1", "?score=5&lang=de", "?score=99", "?do=dismiss", "?x[]=%00"]:
        for method in ["GET", "HEAD"]:
            for agent in ["Mozilla/5.0", "SafeLinks scanner"]:
                requests.request(
                    method, made["link"] + address, headers={"User-Agent": agent}, timeout=60)
    [unchanged] = invitations(server, customer="user:ada")
    assert unchanged["state"] == "sent"
    assert len(story(server, "user:ada")) == 1


def test_it_is_answered_once_however_many_try(server):
    link = invite(server)["link"]
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(
            lambda score: requests.post(
                link, data={"score": score % 5 + 1, "seen": ["why", "good"]}, timeout=60),
            range(16)))
    assert sorted(each.status_code for each in answers) == [200] + [409] * 15
    assert all("Answered already" in each.text for each in answers if each.status_code == 409)
    assert len(story(server, "user:ada", "Survey Answered")) == 1
    assert requests.get(link, timeout=60).status_code == 409
    assert requests.post(link, data={"do": "dismiss"}, timeout=60).status_code == 409
    assert len(story(server, "user:ada")) == 2


def test_no_means_no(server, browser):
    link = invite(server)["link"]
    page = phone(browser)
    page.goto(link)
    page.get_by_role("button", name="No, thanks").tap()
    page.get_by_role("heading", name="All right").wait_for()
    assert page.goto(link).status == 410
    page.context.close()
    assert requests.post(link, data={"score": 1}, timeout=60).status_code == 410
    assert len(story(server, "user:ada", "Survey Dismissed")) == 1
    assert not story(server, "user:ada", "Survey Answered")


def test_it_can_be_answered_for_so_long(server):
    link = invite(server, survey="short")["link"]
    until(lambda: story(server, "user:ada", "Survey Expired"))
    answer = requests.post(link, data={"comment": "late"}, timeout=60)
    assert answer.status_code == 410 and "has ended" in answer.text
    assert requests.get(link, timeout=60).status_code == 410
    assert not story(server, "user:ada", "Survey Answered")
    assert len(story(server, "user:ada", "Survey Expired")) == 1


def test_links_that_nobody_made_lead_nowhere(server):
    good = invite(server)["link"]
    base, token = good.rsplit("/", 1)
    answers = []
    for changed in [
        token[:-1], token + "A", token[:-1] + ("A" if token[-1] != "A" else "B"),
        "B" + token[1:-1] + "A", token.swapcase(), "..%2f..%2fsettings", "%00", "<script>", "x" * 5000,
    ]:
        answer = requests.get(f"{base}/{changed}", headers={"Accept": "text/html"}, timeout=60)
        assert answer.status_code in (404, 429), changed
        assert "<script>" not in answer.text
        answer = requests.post(f"{base}/{changed}", data={"score": 1}, timeout=60)
        assert answer.status_code in (404, 429), changed
        answers.append(answer)
    # One whose wait is over may be let through in between.
    assert [each for each in answers if each.status_code == 429 and each.headers["retry-after"]]
    other = invite(server, "bob")["link"].rsplit("/", 1)[1]
    mixed = other[:11] + token[11:]
    assert requests.post(f"{base}/{mixed}", data={"score": 1}, timeout=60).status_code in (404, 429)
    # Who has a good link is not kept waiting by those who guess.
    assert requests.get(good, timeout=60).status_code == 200
    assert not story(server, "user:ada", "Survey Answered")


@pytest.mark.parametrize("fields", [
    {}, {"score": "6"}, {"score": "nine"}, {"score": ["1", "2"]}, {"score": "1", "price": "1"},
    {"score": "1", "elements.price": "1"}, {"score": "1", "answers.why": "nothing"},
    {"score": "5", "answers.good": "x" * 10_001},
])
def test_answers_that_do_not_fit_are_refused_and_asked_for_again(server, fields):
    link = invite(server)["link"]
    answer = requests.post(link, data=fields, timeout=60)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and "<form" in answer.text
    assert requests.post(
        link, data={**fields, "do": "keep"}, timeout=60).status_code == (422 if fields else 204)
    assert not story(server, "user:ada", "Survey Answered")


def test_a_body_without_end_is_refused(server):
    link = invite(server)["link"]
    answer = requests.post(link, data={"score": "1", "answers.good": "x" * 2_000_000}, timeout=60)
    assert answer.status_code == 413 and "Too long" in answer.text
    assert requests.get(link, timeout=60).status_code == 200


def test_pages_of_other_sites_send_nothing(server):
    link = invite(server)["link"]
    for headers in [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]:
        answer = requests.post(link, data={"score": 1}, headers=headers, timeout=60)
        assert answer.status_code == 403
    assert not story(server, "user:ada", "Survey Answered")


def test_an_answer_survives_the_end_of_the_server_at_any_moment(server, start):
    links = [invite(server, name)["link"] for name in ["ada", "bob", "eve"] for _ in range(8)]
    paths = ["/s/" + link.rsplit("/", 1)[1] for link in links]

    def answer(path):
        try:
            return requests.post(
                server.url + path, data={"score": 3}, timeout=20).status_code
        except requests.RequestException:
            return None

    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(answer, path) for path in paths]
        until(lambda: sum(each.done() for each in waiting) >= 5)
        server.kill()
        thanked = [each.result() == 200 for each in waiting]
    assert any(thanked)
    again = start()
    again.session = server.session
    statuses = [requests.post(again.url + path, data={"score": 3}, timeout=60).status_code
                for path in paths]
    assert set(statuses) <= {200, 409}
    assert all(status == 409 for status, was in zip(statuses, thanked) if was)
    until(lambda: sum(
        len(story(again, f"user:{name}", "Survey Answered")) for name in ["ada", "bob", "eve"])
        == len(paths))
    assert {each["state"] for each in invitations(again)} == {"answered"}


def test_a_mistake_elsewhere_in_the_experience_closes_no_survey(server):
    link = invite(server)["link"]
    assert requests.get(link, timeout=60).status_code == 200
    server.experience.write_text(EXPERIENCE + "journeys: {first: {steps: [nowhere]}}\n")
    assert requests.get(link, timeout=60).status_code == 200
    server.experience.write_text(EXPERIENCE.replace("  delivery:\n", "  parcel:\n"))
    answer = requests.get(link, timeout=60)
    assert answer.status_code == 410 and "is closed" in answer.text


def test_a_server_that_begins_with_a_mistake_asks_to_come_again(server, start):
    path = "/s/" + invite(server)["link"].rsplit("/", 1)[1]
    server.stop()
    again = start(text=EXPERIENCE + "journeys: {first: {steps: [nowhere]}}\n")
    answer = requests.post(again.url + path, data={"score": 3}, timeout=60)
    assert answer.status_code == 503 and answer.headers["retry-after"]
    again.experience.write_text(EXPERIENCE)
    assert requests.post(again.url + path, data={"score": 3}, timeout=60).status_code == 200


def test_an_erased_customer_s_link_leads_nowhere(server):
    link = invite(server)["link"]
    requests.post(link, data={"score": 1, "do": "keep"}, timeout=60)
    answer = server.session.post(
        server.url + API + "/customers/user:ada/erasure", json={"confirm": "ada"},
        headers=server.form, timeout=60)
    assert answer.status_code == 200 and answer.json()["isProven"], answer.text
    assert requests.get(link, timeout=60).status_code == 404
    assert not invitations(server)


def test_who_may_invite_whom(server):
    def post(**body):
        answer = server.session.post(
            server.url + API + "/invitations", json=body, headers=server.form, timeout=60)
        return answer.status_code, answer.json().get("code")

    assert post(survey="nothing", customer="ada") == (422, "survey.unknown")
    assert post(survey="delivery", customer="nobody") == (422, "customers.unknown")
    made = invite(server)
    assert "link" not in server.session.get(
        f"{server.url}{API}/invitations/{made['id']}", timeout=60).json()
    assert requests.get(server.url + API + "/invitations", timeout=60).status_code == 401
    assert [each["id"] for each in invitations(server, survey="delivery", state="sent")] == [
        made["id"]]
    assert not invitations(server, state="answered")


def open_link(server, survey):
    """The link that is printed, made with the server's own key."""
    with sqlite3.connect(f"file:{server.data}/waymark.sqlite?mode=ro", uri=True) as database:
        [(key,)] = database.execute("SELECT value FROM settings WHERE name = 'survey.key'")
    code = hmac.new(
        base64.urlsafe_b64decode(key + "="), b"survey\nopen\n" + survey.encode(), hashlib.sha256)
    token = base64.urlsafe_b64encode(code.digest()[:16]).decode().rstrip("=")
    return f"{server.url}/survey/{survey}?t={token}"


def test_an_open_link_is_answered_without_a_name_once_for_each_browser(server, browser):
    invite(server)
    link = open_link(server, "nps")
    page = phone(browser)
    page.goto(link + "&via=print")
    assert_accessible(page)
    assert page.get_by_text("kept without your name").is_visible()
    assert not page.get_by_role("button", name="Finish later").count()
    tap(page, "score", 10)
    page.get_by_role("button", name="Send").tap()
    page.get_by_role("heading", name="Thank you!").wait_for()
    page.goto(link)
    page.get_by_role("heading", name="Answered already").wait_for()
    page.context.close()
    customers = server.session.get(
        f"{server.url}{API}/customers", params={"id": "survey-"}, timeout=60).json()["items"]
    [visitor] = [each["identity"] for each in customers]
    [answer] = story(server, visitor, "Survey Answered")
    expected = {"score": 10, "survey": "nps", "asked_by": "link", "channel": "print"}
    assert expected.items() <= answer["properties"].items()


def test_an_open_link_counts_what_is_sent_twice_once(server):
    invite(server)
    link = open_link(server, "nps")
    visitor = re.search(r'name="visitor" value="([^"]+)"', requests.get(link, timeout=60).text)[1]
    fields = {"score": 3, "visitor": visitor}
    statuses = [requests.post(link, data=fields, timeout=60).status_code for _ in range(3)]
    assert statuses == [200, 409, 409]
    for forged in ["", "x", visitor[:-1], visitor[:-1] + ("A" if visitor[-1] != "A" else "E")]:
        answer = requests.post(link, data={"score": 3, "visitor": forged}, timeout=60)
        assert answer.status_code in (404, 429), forged
    assert requests.get(link[:-1], timeout=60).status_code in (404, 429)
    other = link.replace("/survey/nps", "/survey/delivery")
    assert requests.get(other, timeout=60).status_code in (404, 429)


def test_the_log_names_no_link_and_no_answer(server):
    link = invite(server)["link"]
    requests.post(link, data={"score": 5, "answers.good": "very private", "seen": "good"}, timeout=60)
    server.said("/s/{token}")
    text = "\n".join(server.lines)
    assert link.rsplit("/", 1)[1] not in text and "very private" not in text
