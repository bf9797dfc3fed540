"""Retention and consent: set on a page, kept by the server, told by answers."""

import datetime
import json
import re
import subprocess

import pytest
import requests

from collecting import EXPERIENCE, basic, exported, names, send, write_key
from conftest import PROGRAM, assert_accessible, assert_for_everybody, set_up, sign_in
from test_people import invite, join, post

FORM = {"Accept": "text/html"}
NOW = datetime.datetime.now(datetime.timezone.utc)


def ago(days):
    return (NOW - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def server(serve, tmp_path):
    """A server with an admin, and events of the last months."""
    (tmp_path / "experience.yaml").write_text(EXPERIENCE)
    server = serve(tmp_path / "data", tmp_path / "experience.yaml")
    server.admin = set_up(server)
    server.key = write_key(server)
    events = [
        {"event": "Page Viewed" if number % 3 else "Order Completed", "user_id": f"c{number % 7}",
         "time": ago(number * 10), "message_id": f"m{number}"} for number in range(40)]
    assert send(server, "/v1/events", events, server.key).json()
    return server


def codes(server, items, path="/v1/events"):
    """What became of items: `taken`, `repeated`, or the code of the refusal."""
    answer = send(server, path + "?verdicts=all", items, server.key)
    assert answer.status_code == 200, answer.text
    told = answer.json().get("items")
    if told is None:  # a client of Segment is told of success alone
        return ["taken"] * len(items["batch"])
    return [item.get("code", item["outcome"]) for item in told]


def wait_for(server, words, path="/settings/retention"):
    """The page, once it has some words."""
    for _ in range(200):
        text = server.admin.get(server.url + path, headers=FORM, timeout=30).text
        if words in text:
            return text
        subprocess.run(["sleep", "0.1"], check=True)
    raise AssertionError(f"“{words}” never came: {text}")


def test_a_rule_shows_what_it_removes_and_wants_a_word(server):
    address = server.url + "/settings/retention"
    page = server.admin.get(address, params={"months": "6", "named": "Order Completed: keep"},
                            headers=FORM)
    assert page.status_code == 200
    count = int(re.search(r'id="preview"><span class="figure">(\d+)</span> events would go',
                          page.text).group(1))
    assert 10 < count < 20
    fields = {"months": "6", "named": "Order Completed: keep"}
    wrong = post(server.admin, server, "/settings/retention", **fields, confirm="yes")
    assert wrong.status_code == 422 and "Nothing was changed" in wrong.text
    assert "6</option>" not in wrong.text
    assert post(server.admin, server, "/settings/retention", **fields,
                confirm="remove").status_code == 303
    text = wait_for(server, "events were removed")
    assert f'<span class="figure">{count}</span> events were removed' in text
    assert "Removed up to now" in text
    # Late ones are refused, and told with the reason, but not kept among the refused ones.
    late = {"event": "Page Viewed", "user_id": "late-one", "time": ago(300)}
    kept = {"event": "Order Completed", "user_id": "c1", "time": ago(3000)}
    assert codes(server, [late, kept]) == ["events.expired", "taken"]
    refused = wait_for(server, "events.expired", "/sources/refused")
    assert "such events are kept from" in refused and "late-one" not in refused
    audit = server.admin.get(server.url + "/settings/audit", headers=FORM).text
    assert "events.expire" in audit and f"{count} events" in audit and "setting.change" in audit
    # Answers whose range begins earlier say so.
    asked = server.admin.get(
        server.url + "/explore", params={"q": "question: frequency"}, headers=FORM)
    assert asked.status_code == 200 and "were removed" in asked.text
    day = (NOW - datetime.timedelta(days=30)).strftime("%Y-%m-%d")
    asked = server.admin.get(
        server.url + "/explore", params={"q": f"question: frequency\nfrom: {day}"}, headers=FORM)
    assert "What this answer rests on" in asked.text and "were removed" not in asked.text
    assert server.stop() == 0
    left = exported(server.data)
    assert names(left)["Page Viewed"] == 26 - count
    assert names(left)["Order Completed"] == 15


@pytest.mark.parametrize("fields, words", [
    ({"months": "0"}, "0 months"), ({"months": "<b>x</b>"}, "&lt;b&gt;x"),
    ({"months": "6", "named": "Page Viewed"}, "names no term"),
    ({"months": "6", "named": "a: 1\na: 2"}, "two terms")])
def test_what_is_no_rule_is_refused_with_the_reason(server, fields, words):
    for answer in [
        server.admin.get(server.url + "/settings/retention", params=fields, headers=FORM),
        post(server.admin, server, "/settings/retention", **fields, confirm="remove"),
    ]:
        assert answer.status_code == 422 and words in answer.text and "<b>x" not in answer.text
    assert server.admin.get(server.url + "/settings/retention").text.count('id="preview"') == 0


def test_a_rule_is_kept_by_every_start(server, serve):
    """What became too old while the program did not run goes when it does."""
    assert server.stop() == 0
    dry = subprocess.run(
        [PROGRAM, "retain", "--data", str(server.data), "--months", "3", "--dry-run"],
        capture_output=True, text=True, timeout=120)
    assert dry.returncode == 0 and "Page Viewed" in dry.stdout, dry.stderr
    assert len(exported(server.data)) == 40
    no = subprocess.run(
        [PROGRAM, "retain", "--data", str(server.data), "--months", "3"],
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    assert no.returncode == 64 and "--yes" in no.stderr
    done = subprocess.run(
        [PROGRAM, "retain", "--data", str(server.data), "--months", "3", "--yes", "--format",
         "json"], capture_output=True, text=True, timeout=120)
    report = json.loads(done.stdout)
    assert report["removed"] == report["expired"] == 40 - len(exported(server.data)) > 20
    asked = subprocess.run(
        [PROGRAM, "ask", "frequency", "--data", str(server.data)], capture_output=True, text=True,
        timeout=120)
    assert asked.returncode == 0 and "were removed" in asked.stdout, asked.stdout + asked.stderr
    # A rule that is set while nobody looks after it is kept by the server's first round.
    import sqlite3
    with sqlite3.connect(server.data / "waymark.sqlite") as database:
        database.execute("UPDATE settings SET value = '{\"months\":1,\"named\":{}}'"
                         " WHERE name = 'retention'")
    database.close()
    again = serve(server.data, server.data.parent / "experience.yaml")
    again.admin = requests.Session()
    answer = again.admin.post(
        again.url + "/sign-in",
        data={"email": "ada@example.com", "password": "correct horse battery staple"})
    assert answer.status_code == 200
    wait_for(again, "events were removed")
    assert again.stop() == 0
    assert len(exported(server.data)) <= 4


def test_only_admins_change_it(server):
    editor, _ = join(invite(server.admin, server, "Eve", "eve@example.com", "editor"))
    for path in ["/settings/retention", "/settings/consent"]:
        assert editor.get(server.url + path).status_code == 403
    token = {"csrf": re.search(r'name="csrf" content="([^"]*)"',
                               editor.get(server.url + "/settings/account").text).group(1)}
    for path in ["/settings/retention", "/settings/consent"]:
        assert editor.post(server.url + path, data=token).status_code == 403


def test_consent_is_heeded_as_clients_send_it(server):
    def segment(user, consent=None, **more):
        item = {"type": "track", "event": "Seen", "userId": user, **more}
        if consent is not None:
            item["context"] = {"consent": {"categoryPreferences": consent}}
        return {"batch": [item]}

    assert codes(server, segment("ann"), "/v1/batch") == ["taken"]
    assert post(server.admin, server, "/settings/consent", required="yes",
                categories="Analytics").status_code == 303
    assert codes(server, segment("ann"), "/v1/batch") == ["consent.missing"]
    assert codes(server, segment("ann", {"Analytics": True, "Ads": False}), "/v1/batch") \
        == ["taken"]
    assert codes(server, segment("secret-ben", {"Analytics": False}), "/v1/batch") \
        == ["consent.denied"]
    plain = {"event": "Seen", "user_id": "cy", "time": ago(0)}
    assert codes(server, [plain, {**plain, "consent": "granted"}]) == ["consent.missing", "taken"]
    assert codes(server, [{**plain, "user_id": "dee", "consent": {"analytics": True}}]) == ["taken"]
    for path, body, wanted in [
        ("/batch", {"api_key": server.key, "batch": [
            {"event": "Seen", "distinct_id": "flo", "properties": {"consent": True}},
            {"event": "Seen", "distinct_id": "gus", "properties": {}}]}, {"flo"}),
        ("/import", [
            {"event": "Seen", "properties": {
                "time": int(NOW.timestamp()), "distinct_id": "hal", "consent": "granted",
                "$insert_id": "1"}},
            {"event": "Seen", "properties": {
                "time": int(NOW.timestamp()), "distinct_id": "ivy", "$insert_id": "2"}}],
         {"hal"}),
    ]:
        answer = requests.post(
            server.url + path, json=body, headers=basic(server.key), timeout=30)
        assert answer.status_code in (200, 400), answer.text
        for user in wanted:
            assert server.admin.get(server.url + f"/customers/user:{user}").status_code == 200
    for user in ["gus", "ivy", "secret-ben"]:
        assert server.admin.get(server.url + f"/customers/user:{user}").status_code != 200
    refused = wait_for(server, "consent.denied", "/sources/refused")
    assert "consent.missing" in refused and "secret-ben" not in refused
    server.stop()
    for file in server.data.rglob("*"):
        assert not file.is_file() or b"secret-ben" not in file.read_bytes(), file


def test_a_withdrawal_stops_what_follows_and_is_shown(server):
    identify = {"type": "identify", "userId": "kim", "anonymousId": "phone-kim"}
    assert codes(server, {"batch": [identify]}, "/v1/batch") == ["taken"]
    withdrawal = {"type": "identify", "userId": "kim", "traits": {}, "consent": "denied"}
    assert codes(server, {"batch": [withdrawal]}, "/v1/batch") == ["consent.denied"]
    seen = {"type": "track", "event": "Seen", "anonymousId": "phone-kim"}
    assert codes(server, {"batch": [seen]}, "/v1/batch") == ["consent.withdrawn"]
    story = server.admin.get(server.url + "/customers/user:kim", headers=FORM).text
    assert "denies consent since" in story
    settings = server.admin.get(server.url + "/settings/consent", headers=FORM).text
    assert '<span class="figure">2</span> identities deny consent now' in settings
    granted = {**seen, "consent": "granted"}
    assert codes(server, {"batch": [granted, {**seen, "event": "Again"}]}, "/v1/batch") \
        == ["taken", "taken"]
    story = server.admin.get(server.url + "/customers/user:kim", headers=FORM).text
    assert "denies consent since" not in story


def test_consent_refuses_what_is_no_rule(server):
    for fields in [{"required": "perhaps"}, {"required": "yes", "categories": "x" * 80}, {}]:
        answer = post(server.admin, server, "/settings/consent", **fields)
        assert answer.status_code == 422 and 'role="alert"' in answer.text


def test_the_pages_are_for_everybody(server, page):
    sign_in(page, server)
    for path in ["/settings/retention", "/settings/retention?months=3&named=Order+Completed%3A+keep",
                 "/settings/consent"]:
        for theme in ["light", "dark"]:
            page.emulate_media(color_scheme=theme)
            assert_for_everybody(page, server.url + path)


def test_a_removal_is_made_in_the_browser_and_told_while_it_goes_on(server, page):
    sign_in(page, server)
    page.goto(server.url + "/settings/retention")
    page.get_by_label("Months for which events are kept").fill("2")
    page.get_by_role("button", name="Look what would go").click()
    page.get_by_label("Type “remove” to confirm").fill("remove")
    page.get_by_role("button", name="Remove them, and keep by this rule").click()
    page.wait_for_url("**/settings/retention?done=kept")
    page.get_by_text("events were removed").wait_for(timeout=20_000)
    assert_accessible(page)
