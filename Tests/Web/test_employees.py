"""Employees beside customers: the report of an employees' survey, and the question behind it."""

from conftest import assert_for_everybody, set_up, sign_in


def test_the_report_of_employees_shows_customers_beside_them(serve, shop_copy, page):
    server = serve(shop_copy / ".waymark", shop_copy / "experience.yaml")
    session = set_up(server)
    sign_in(page, server)
    address = server.url + "/surveys/workplace"
    page.goto(address)
    title = page.get_by_role("link", name="Beside what customers score")
    title.wait_for()
    page.get_by_alt_text("Employees and customers, from 1").wait_for()
    lead = page.get_by_text("associated, not caused").first.inner_text()
    # Of so few customers one team has too few answers to count.
    assert lead.startswith("4 of the 5 teams that a coefficient needs"), lead
    # With all tiles at once: one that is still on its way is faded.
    assert_for_everybody(page, address + "?inline=1")

    # The title leads to Explore, with the teams' figures.
    page.goto(address)
    title.click()
    page.get_by_role("rowheader", name="logistics").first.wait_for()

    # A number leads to customers, and never to an employee.
    rows = session.get(server.url + "/explore.csv", params={"q": "question: linkage"}).text
    assert "logistics,2026-05" in rows and "staff_" not in rows


def test_a_part_of_the_company_is_not_singled_out(serve, shop_copy):
    server = serve(shop_copy / ".waymark", shop_copy / "experience.yaml")
    session = set_up(server)
    for more, problem in [
            ("for: new_shoppers", "employees or customers, and not both"),
            ("unit: session", "neither an employee nor a customer"),
            ("breakdown: channel", "could tell who answered")]:
        answer = session.get(
            server.url + "/explore.csv", params={"q": "question: linkage\n" + more})
        assert answer.status_code == 422 and problem in answer.text, answer.text
