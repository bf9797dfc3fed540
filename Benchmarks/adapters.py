"""Waymark's answers as the rows that the catalogue describes: one small function a question.

`waymark ask` prints a list with one `{"answer": ..., "receipt": ...}` for each question. Times are
milliseconds, or texts where they are calendar dates.
"""
import datetime
import json

from catalogue import DAY, START, WEEK


def rows(name, answered):
    """The rows of one answer."""
    return ADAPTERS[name](answered["answer"])


def read(text):
    """The answers in the order of their questions."""
    return json.loads(text)


def since_start(instant, unit):
    """How many days or weeks after the start of the data an interval begins."""
    if isinstance(instant, str):
        moment = datetime.datetime.fromisoformat(instant)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.timezone.utc)
        instant = moment.timestamp() * 1000
    return int((instant - START) // unit)


def levels(steps):
    """From how many came at least so far, to how many came just so far."""
    counts = [step["count"] for step in steps] + [0]
    just = [(level + 1, counts[level] - counts[level + 1]) for level in range(len(steps))]
    return [row for row in just if row[1]]


def funnel(answer):
    return levels(answer["steps"])


def funnel_by_country(answer):
    return [(group["value"], *row) for group in answer["groups"] for row in levels(group["steps"])]


def graph(answer):
    return [(edge["from"], edge["to"], edge["transitions"], edge["customers"],
             edge["median"], edge["p95"]) for edge in answer["edges"]]


def variants(answer):
    return [(">".join(way["path"]), way["customers"]) for way in answer["variants"]]


def retention(answer):
    found = [(since_start(cohort["start"], WEEK), later, period["customers"])
             for cohort in answer["cohorts"] for later, period in enumerate(cohort["periods"])]
    return [row for row in found if row[2]]


def trends(answer):
    found = [(since_start(point["start"], DAY), series["value"], point["customers"])
             for series in answer["series"] for point in series["points"]]
    return [row for row in found if row[2]]


def sessions(answer):
    return [(answer["sessions"], answer["meanEvents"], answer["medianDuration"])]


def attribution(answer):
    return [(group["channel"], group["linear"], group["first"], group["last"])
            for group in answer["channels"]]


ADAPTERS = {
    "Q1": funnel, "Q2": funnel_by_country, "Q3": funnel, "Q4": graph, "Q5": variants,
    "Q6": retention, "Q7": trends, "Q8": sessions, "Q9": variants, "Q10": attribution,
}
