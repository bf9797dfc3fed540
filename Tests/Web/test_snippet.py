"""The script that sites put into their pages, in a real browser on a page of another origin."""

import functools
import http.server
import threading

import pytest
import requests
from collecting import EXPERIENCE, exported, names, write_key

PAGE = """<!doctype html><html lang="en"><head><title>Shop</title>
<link rel="icon" href="data:,">{early}
<script defer src="{src}" data-key="{key}" {options}></script></head><body>
<button data-waymark="Plan Chosen" data-waymark-plan-name="pro"><b>Choose</b></button>
<a href="/other.html">Other</a></body></html>"""


@pytest.fixture
def server(serve, tmp_path):
    (tmp_path / "experience.yaml").write_text(EXPERIENCE)
    return serve(tmp_path / "data", tmp_path / "experience.yaml")


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def site(server, tmp_path):
    """Makes a site of another origin whose pages name the script; gives its address."""
    folder = tmp_path / "site"
    folder.mkdir()
    web = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()
    key = write_key(server)

    def make(options="", early=""):
        text = PAGE.format(src=server.url + "/waymark.js", key=key, options=options, early=early)
        for name in ("index.html", "other.html"):
            (folder / name).write_text(text)
        return f"http://127.0.0.1:{web.server_address[1]}"

    yield make
    web.shutdown()
    thread.join(timeout=10)
    web.server_close()


def answered(page, action):
    """Does something, and waits until the server has answered the events of it."""
    with page.expect_response(lambda answer: "/v1/batch" in answer.url, timeout=20_000) as waiting:
        action()
    assert waiting.value.status == 200, waiting.value.text()


def stored(page):
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('waymark:'))")


def until_all_is_answered(page):
    """Waits until nothing is kept to be sent; a page keeps what was not answered."""
    page.wait_for_function(
        "!Object.keys(localStorage).some(key => key.startsWith('waymark:e'))", timeout=90_000)


def events(server):
    assert server.stop() == 0
    return exported(server.data)


def test_the_script_is_small_and_may_be_loaded_by_any_site(server):
    answer = requests.get(server.url + "/waymark.js", headers={"Accept-Encoding": "identity"})
    assert len(answer.content) < 3072
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


def test_pages_clicks_and_calls_arrive_once(server, site, page):
    address = site(early="<script>waymark=[['track','Early',{n:1}]]</script>")
    answered(page, lambda: page.goto(address + "/index.html?utm_campaign=spring&secret=1#part"))
    answered(page, lambda: page.get_by_text("Choose").click())
    answered(page, lambda: page.evaluate("history.pushState({}, '', '/cart')"))
    page.evaluate("history.replaceState({}, '', '/cart?page=2')")
    answered(page, lambda: page.evaluate("waymark.identify(7, {plan: 'pro'})"))
    answered(page, lambda: page.evaluate("waymark.track('Paid', {amount: 9.5})"))
    answered(page, lambda: page.goto(address + "/other.html"))
    until_all_is_answered(page)
    found = events(server)
    assert names(found) == {
        "Page Viewed": 3, "Early": 2, "Plan Chosen": 1, "$identify": 1, "Paid": 1}
    text = str(found)
    assert "secret" not in text and "spring" in text
    chosen = next(event for event in found if event["event"] == "Plan Chosen")
    assert chosen["properties"]["plan_name"] == "pro"
    paid = next(event for event in found if event["event"] == "Paid")
    assert paid["user_id"] == "7" and paid["properties"]["amount"] == 9.5
    assert len({event.get("anonymous_id") for event in found if event.get("anonymous_id")}) == 1


def test_what_happens_offline_or_while_the_server_is_away_arrives_later_once(
        server, site, browser, serve):
    # A page of its own: the console tells of failed requests here.
    context = browser.new_context()
    page = context.new_page()
    address = site()
    answered(page, lambda: page.goto(address + "/"))
    context.set_offline(True)
    page.evaluate("for (let n = 0; n < 40; n++) waymark.track('Offline ' + n)")
    page.wait_for_timeout(700)
    assert sum(":e" in key for key in stored(page)) == 40
    answered(page, lambda: context.set_offline(False))
    until_all_is_answered(page)

    experience = server.data.parent / "experience.yaml"
    port = int(server.url.rsplit(":", 1)[1])
    server.kill()
    page.evaluate("waymark.track('Away')")
    page.wait_for_timeout(700)
    again = serve(server.data, experience, port=port)
    until_all_is_answered(page)
    context.close()
    assert names(events(again)) == {
        "Page Viewed": 1, "Away": 1, **{f"Offline {n}": 1 for n in range(40)}}


def test_leaving_a_page_sends_what_waits(server, site, page):
    address = site()
    answered(page, lambda: page.goto(address + "/"))
    with page.expect_request(
            lambda request: "/v1/batch" in request.url and "Left" in (request.post_data or ""),
            timeout=20_000):
        page.evaluate("waymark.track('Left'); location.href = '/other.html'")
    page.wait_for_url("**/other.html")
    until_all_is_answered(page)
    assert names(events(server))["Left"] == 1


def test_nothing_is_stored_or_sent_before_consent(server, site, page):
    address = site('data-consent="required"')
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "/v1/" in request.url else None)
    page.goto(address + "/")
    page.evaluate("waymark.track('Before'); waymark.identify('ada')")
    page.wait_for_timeout(700)
    assert stored(page) == [] and sent == []
    answered(page, lambda: page.evaluate("waymark.consent('granted')"))
    # The denial is told to the server, which takes nothing more of the visitor from anybody.
    answered(page, lambda: page.evaluate("waymark.consent('denied')"))
    assert stored(page) == ["waymark:consent"]
    sent.clear()
    page.evaluate("waymark.track('After')")
    page.goto(address + "/other.html")
    page.wait_for_timeout(700)
    assert sent == [] and stored(page) == ["waymark:consent"]
    assert names(events(server)) == {"Page Viewed": 1, "Before": 1, "$identify": 1}


def test_a_signal_for_privacy_is_respected_where_the_site_says_so(server, site, page):
    address = site('data-privacy-signal="respect"')
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "/v1/" in request.url else None)
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})")
    page.goto(address + "/")
    page.evaluate("waymark.track('Quiet')")
    page.wait_for_timeout(700)
    assert stored(page) == [] and sent == []
