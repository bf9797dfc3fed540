"""The ten questions of the benchmark: what they ask, how their rows look, and what they may cost.

Instants are milliseconds since 1970 (UTC), the data begin on Monday, 2025-09-01, and no customer has two
events at one instant. Every peer holds one table `events`, sorted by customer and time; what a row of an
answer holds is said here once, and every peer and the adapter of Waymark's answers give exactly that.
"""
from typing import NamedTuple

START = 1_756_684_800_000
DAY = 86_400_000
WEEK = 7 * DAY
MONTH = 30 * DAY
SESSION_GAP = 1_800_000

STEPS = ["product_view", "add_to_cart", "checkout_start", "payment_info", "purchase"]
TAKEN_BACK = "remove_from_cart"
TOUCHES = ["ad_click", "landing_view", "search_visit", "social_visit", "email_open", "email_click"]


class Question(NamedTuple):
    """A question; the first `keys` columns of its rows name the row, the others are its figures."""

    title: str
    columns: str
    keys: int
    target: float
    """Nanoseconds of CPU per stored event that Waymark may use."""


QUESTIONS = {
    # The furthest step of each customer with a first step, within seven days of the latest start.
    "Q1": Question("five-step funnel", "level customers", 1, 2.5),
    "Q2": Question("funnel by country", "country level customers", 2, 3),
    # A chain that stands between the second and the third step dies when something is taken back.
    "Q3": Question("funnel with exclusion", "level customers", 1, 3),
    # Directly following events of a customer, the same event again included; times in milliseconds.
    "Q4": Question("graph of transitions", "from to transitions customers median p95", 2, 13),
    # The first five events, equal neighbours counted as one, the 100 most frequent, then by name.
    "Q5": Question("first five events", "path customers", 1, 4),
    # Week of the first event; weeks later; customers with any event in that later week.
    "Q6": Question("weekly retention", "cohort later customers", 2, 2),
    "Q7": Question("daily customers by channel", "day channel customers", 2, 3),
    # A session ends where the next event is more than thirty minutes away.
    "Q8": Question("sessions", "sessions mean_events median_duration", 0, 5),
    "Q9": Question("variants of ten events", "path customers", 1, 5),
    # Purchases of a value above zero; touches from thirty days before it, up to but without it.
    "Q10": Question("attribution, three models", "channel linear first last", 1, 4),
}
