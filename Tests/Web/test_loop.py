"""The loop: what customers say becomes tickets, teams are told, people see to them, the map shows it."""

import datetime
import hashlib
import hmac
import http.server
import json
import subprocess
import threading
import time

import pytest

from collecting import send, write_key
from conftest import PROGRAM, assert_for_everybody, set_up, sign_in
from smtp_server import MailServer
from test_people import invite, join, post

FORM = {"Accept": "text/html"}
SECRET = "a secret of some length"
EXPERIENCE = """\
experience: Shop
teams:
  - support: {title: Customer support, mail: support@example.com}
  - press: {title: Press}
touchpoints:
  ordered: {on: 'event == "Order Completed"'}
  parcel: {on: 'event == "Parcel Received"', owner: support, title: Parcel received}
  review: {on: 'event == "Review Posted"', owner: press, control: external, score: properties.stars}
journeys:
  first_order:
    starts: [ordered]
    steps: [parcel]
    goal: review
surveys:
  delivery:
    title: How the parcel came
    kind: csat
    ask: How was it?
    about: parcel
    questions:
      why: {kind: choice, ask: Why?, options: [late, broken], when: {score: 1..3}}
    loop: {when: {score: 1..2}, to: support, due: DUE}
loops:
  bad_review: {title: A bad review, on: 'event == "Review Posted" && properties.stars <= 2', due: 3d}
"""


def now(seconds=0):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def answer(number, score=1, user="c1", seconds=-1, **properties):
    return {
        "event": "Survey Answered", "user_id": user, "time": now(seconds),
        "message_id": f"survey/delivery/{number}/answered",
        "properties": {"survey": "delivery", "score": score, **properties}}


class Hook(http.server.ThreadingHTTPServer):
    """Takes webhooks; answers with the statuses given first, and then with 200."""

    def __init__(self, *statuses):
        self.statuses, self.calls = list(statuses), []
        super().__init__(("127.0.0.1", 0), HookHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook"


class HookHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.server.calls.append((status, dict(self.headers), body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def until(look, seconds=180):
    """What a look finds, once it finds something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError("It never came.")


class Shop:
    """A server with tickets, mail and a webhook, and its admin."""

    def __init__(self, serve, folder, due="2d", statuses=()):
        self.serve, self.folder = serve, folder
        self.experience = folder / "experience.yaml"
        self.experience.write_text(EXPERIENCE.replace("DUE", due))
        self.mail, self.hook = MailServer(folder), Hook(*statuses)
        self.environment = {
            "WAYMARK_MAIL_SERVER": f"smtp://localhost:{self.mail.port}",
            "WAYMARK_MAIL_FROM": "Shop <shop@example.com>",
            "WAYMARK_TEAM_PRESS_WEBHOOK": self.hook.url, "WAYMARK_TEAM_PRESS_SECRET": SECRET}
        self.start()
        self.admin = set_up(self.server)
        self.key = write_key(self.server)

    def start(self):
        self.server = self.serve(
            self.folder / "data", self.experience, environment=self.environment)

    def restart(self):
        self.server.kill()
        self.start()

    def send(self, *events):
        answer = send(self.server, "/v1/events", list(events), self.key)
        assert answer.status_code == 200, answer.text

    def get(self, path, **options):
        answer = self.admin.get(self.server.url + path, timeout=60, **options)
        assert answer.status_code == 200, answer.text
        return answer

    def tickets(self, **query):
        return self.get("/api/v1/tickets", params=query).json()["items"]

    def wait(self, count, **query):
        return until(lambda: (found := self.tickets(**query)) and len(found) >= count and found)

    def act(self, number, **fields):
        return post(self.admin, self.server, f"/inbox/{number}", **fields)


@pytest.fixture
def shop_with(serve, tmp_path):
    shops = []

    def start(**options):
        shops.append(Shop(serve, tmp_path, **options))
        return shops[-1]

    yield start
    for shop in shops:
        shop.mail.stop()
        shop.hook.shutdown()


def test_the_whole_loop_in_a_browser(shop_with, page):
    shop = shop_with()
    hostile = "Too late \u202e<script>alert(1)</script>\n=cmd()"
    shop.send(
        {"event": "Order Completed", "user_id": "c1", "time": now(-3600)},
        {"event": "Parcel Received", "user_id": "c1", "time": now(-1800)},
        answer(1, comment=hostile), answer(2, score=5, user="c2"))
    ticket, = shop.wait(1)
    assert ticket["touchpoint"] == "parcel" and ticket["team"] == "support"
    assert ticket["latest"]["customer"] == "user:c1" and ticket["latest"]["score"] == 1
    mail, = shop.mail.wait_for(1)
    assert mail.recipients == ["support@example.com"]
    assert mail.mail["Subject"] == "Ticket 1: How the parcel came, score 1 (Parcel received)"
    assert "/inbox/1" in mail.text() and "c1" not in mail.text() and "late" not in mail.text()

    sign_in(page, shop.server)
    page.goto(shop.server.url + "/journeys/first_order")
    waiting = '.map.screen a[href="/inbox?touchpoint=parcel"]'
    badge = page.locator(waiting)
    assert badge.inner_text().split() == ["1", "ticket"]
    badge.click()
    page.get_by_role("link", name="1 · How the parcel came").click()
    assert page.locator("blockquote").inner_text() == "Too late <script>alert(1)</script>\n=cmd()"
    page.get_by_role("button", name="Take it").click()
    assert page.get_by_role("status").inner_text() == "It is yours."
    page.get_by_label("What was done, or what others should know").fill("Called: <b>refund</b>")
    page.get_by_role("button", name="Note").click()
    page.locator(".deeds").get_by_text("Called: <b>refund</b>").wait_for()
    page.get_by_label("What was done, or what others should know").fill("Refunded")
    page.get_by_role("button", name="Close", exact=True).click()
    page.locator(".facts", has_text="closed").wait_for()

    page.goto(shop.server.url + "/journeys/first_order")
    page.locator("#measured").wait_for()
    assert page.locator(waiting).count() == 0
    page.goto(shop.server.url + "/inbox")
    assert page.get_by_role("heading", name="Nothing here").is_visible()
    page.locator(".live[data-state=on]").wait_for()
    shop.send(answer(3, seconds=0, comment="Late again"))
    page.get_by_role("link", name="1 · How the parcel came").wait_for(timeout=120_000)
    shop.mail.wait_for(2)
    assert "is open again" in shop.mail.mails[1].mail["Subject"]
    audit = shop.get("/settings/audit?area=ticket", headers=FORM).text
    assert audit.count("ticket.") >= 3 and "refund" not in audit.replace("Refund", "refund")
    for address in ["/inbox", "/inbox/1", "/inbox?state=closed"]:
        for scheme in ["light", "dark"]:
            page.emulate_media(color_scheme=scheme)
            assert_for_everybody(page, shop.server.url + address)


def test_an_answer_opens_one_ticket_however_often_it_comes(shop_with):
    shop = shop_with()
    shop.send(answer(1), answer(1))
    shop.wait(1)
    shop.send(answer(1))
    shop.mail.wait_for(1)
    shop.restart()
    shop.send(answer(1), answer(9, user="c9"))
    shop.wait(2)
    assert [each["reopened"] for each in shop.tickets()] == [0, 0]
    assert len(shop.get("/api/v1/tickets/1").json()["answers"]) == 1
    # A mail that was taken, but not yet noted as sent, goes out again under the same name.
    until(lambda: len(shop.mail.names()) == 2)
    time.sleep(3)
    assert len(shop.mail.names()) == 2


def test_the_terminal_has_tickets_in_the_form_of_the_api(shop_with):
    shop = shop_with()
    shop.send(answer(1), answer(9, user="c9"))
    shop.wait(2)
    told = subprocess.run(
        [PROGRAM, "inbox", "--format", "json", "--data", shop.server.data, "--experience",
         shop.experience], check=True, capture_output=True, text=True, timeout=60).stdout
    by_number = sorted(json.loads(told), key=lambda ticket: ticket["number"])
    assert by_number == shop.tickets()


def test_history_that_is_brought_in_opens_nothing(shop_with):
    shop = shop_with()
    shop.send(answer(1, seconds=-8 * 86_400), answer(2, user="c2"))
    ticket, = shop.wait(1)
    assert ticket["latest"]["customer"] == "user:c2"


def test_a_webhook_is_signed_and_tried_again_until_it_is_taken(shop_with):
    shop = shop_with(statuses=(500, 503))
    shop.send({
        "event": "Review Posted", "user_id": "c4", "time": now(-1),
        "properties": {"stars": 1, "text": "Never again"}})
    ticket, = shop.wait(1)
    assert ticket["origin"] == "rule" and ticket["team"] == "press"
    assert ticket["latest"]["score"] == 1 and ticket["latest"]["comment"] == "Never again"
    until(lambda: "The webhook answered 50" in shop.get("/inbox/1", headers=FORM).text)
    calls = until(lambda: len(shop.hook.calls) == 3 and shop.hook.calls)
    assert [status for status, _, _ in calls] == [500, 503, 200]
    assert len({body for _, _, body in calls}) == 1
    _, headers, body = calls[2]
    code = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Waymark-Signature"] == "sha256=" + code
    told = json.loads(body)
    assert told["id"] == headers["Idempotency-Key"]
    assert told["type"] == "ticket.opened" and told["ticket"]["number"] == 1
    assert "c4" not in body.decode() and "Never again" not in body.decode()
    until(lambda: "The webhook answered" not in shop.get("/inbox/1", headers=FORM).text)
    assert not any(SECRET in line or shop.hook.url in line for line in shop.server.lines)


def test_what_could_not_be_sent_is_sent_after_a_crash(shop_with):
    shop = shop_with(statuses=(500,) * 50)
    shop.send({
        "event": "Review Posted", "user_id": "c4", "time": now(-1), "properties": {"stars": 1}})
    until(lambda: shop.hook.calls)
    shop.server.kill()
    shop.hook.statuses.clear()
    before = len(shop.hook.calls)
    shop.start()
    until(lambda: any(status == 200 for status, _, _ in shop.hook.calls[before:]))
    assert len({headers["Idempotency-Key"] for _, headers, _ in shop.hook.calls}) == 1


def test_a_mail_that_is_sent_again_after_a_crash_has_the_same_name(shop_with):
    shop = shop_with()
    shop.mail.handler.slow = True
    shop.send(answer(1))
    shop.mail.wait_for(1)
    shop.server.kill()
    shop.mail.handler.slow = False
    shop.start()
    shop.mail.wait_for(2)
    assert len(shop.mail.names()) == 1


def test_a_team_is_reminded_once(shop_with):
    shop = shop_with(due="1s")
    shop.send({"event": "Order Completed", "user_id": "c1", "time": now(-60)}, answer(1))
    mails = shop.mail.wait_for(2)
    # Where the first waits for long, both go out at the same time.
    assert sorted("is overdue" in mail.mail["Subject"] for mail in mails) == [False, True]
    ticket, = shop.tickets(state="overdue")
    assert ticket["overdue"] is True
    time.sleep(3)
    assert len(shop.mail.mails) == 2
    assert "1 overdue" in shop.get("/journeys/first_order", headers=FORM).text
    assert '"overdue" : 1' in shop.get("/journeys/first_order.json").text


def test_an_erased_customer_leaves_no_trace_in_a_ticket(shop_with):
    shop = shop_with()
    shop.send(answer(1, user="erase-me-77", comment="I am erase-me-77"))
    shop.wait(1)
    assert shop.act(1, do="note", text="erase-me-77 again").status_code == 303
    erased = post(
        shop.admin, shop.server, "/customers/user:erase-me-77/erase", confirm="erase-me-77")
    assert erased.status_code == 200 and "left in" not in erased.text
    ticket = shop.get("/api/v1/tickets/1").json()
    assert "erase-me" not in json.dumps(ticket) and ticket["latest"]["score"] == 1
    assert "erase-me" not in shop.get("/inbox/1", headers=FORM).text
    shop.server.stop()
    for file in (shop.folder / "data").rglob("*"):
        if file.is_file():
            assert b"erase-me" not in file.read_bytes(), file


def test_viewers_look_and_do_nothing(shop_with):
    shop = shop_with()
    shop.send(answer(1))
    shop.wait(1)
    viewer, _ = join(invite(shop.admin, shop.server, "Vic", "vic@example.com", "viewer"))
    page = viewer.get(shop.server.url + "/inbox/1", headers=FORM)
    assert page.status_code == 200 and "Take it" not in page.text
    assert post(viewer, shop.server, "/inbox/1", do="take").status_code == 403
    assert shop.tickets()[0]["state"] == "open"


def test_what_can_not_be_done_is_refused(shop_with):
    shop = shop_with()
    shop.send(answer(1))
    shop.wait(1)
    for fields in [
            {"do": "dance"}, {"do": "close", "text": " "}, {"do": "assign", "member": "99"},
            {"do": "note", "text": "x" * 4001}, {"do": "take", "seen": "1"}, {"do": "reopen"}]:
        answered = shop.act(1, **fields)
        assert answered.status_code == 422 and 'role="alert"' in answered.text, fields
    assert shop.act(7, do="take").status_code == 404
    assert shop.admin.get(shop.server.url + "/inbox?state=lost").status_code == 422
    assert shop.admin.get(shop.server.url + "/inbox/x", headers=FORM).status_code >= 400
    assert shop.tickets()[0]["state"] == "open"


def test_the_inbox_teaches_how_a_loop_is_written(shop_with, page):
    shop = shop_with()
    shop.experience.write_text("touchpoints:\n  web: Website\n")
    sign_in(page, shop.server)
    page.goto(shop.server.url + "/inbox")
    assert page.get_by_role("heading", name="Nothing opens a ticket yet").is_visible()
    assert_for_everybody(page, shop.server.url + "/inbox")
    shop.experience.write_text("loops: {a: {on: Review}}\nnonsense: 1\n")
    page.goto(shop.server.url + "/inbox")
    assert "nothing is opened" in page.get_by_role("alert").inner_text()
