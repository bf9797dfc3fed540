"""Waymark's answers as the rows that the catalogue describes: one small function a question.

`waymark ask --format json` prints a document whose `answers` have an `answer` and a `receipt` each, in the
order of the questions. Moments are ISO 8601, times are milliseconds, and an estimate has a `value`.
"""
import datetime
import json

from catalogue import DAY, START, WEEK


def rows(name, answered):
    """The rows of one answer."""
    return ADAPTERS[name](answered["answer"])


def read(text):
    """The answers in the order of their questions."""
    return json.loads(text)["answers"]


def since_start(moment, unit):
    """How many days or weeks after the start of the data an interval begins."""
    return round(datetime.datetime.fromisoformat(moment).timestamp() * 1000 - START) // unit


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
             edge["medianGap"]["value"], edge["p95Gap"]) for edge in answer["edges"]]


def variants(answer):
    return [(">".join(variant["names"]), variant["customers"]) for variant in answer["variants"]]


def retention(answer):
    found = [(since_start(cohort["start"], WEEK), int(cell["period"]), cell["returned"])
             for cohort in answer["cohorts"] for cell in cohort["cells"]]
    return [row for row in found if row[2]]


def trends(answer):
    found = [(since_start(point["from"], DAY), series["breakdown"], point["customers"])
             for series in answer["series"] for point in series["points"]]
    return [row for row in found if row[2]]


def sessions(answer):
    (all_of_them,) = answer["groups"]
    return [(all_of_them["sessions"], all_of_them["meanEvents"]["value"],
             all_of_them["medianDuration"]["value"])]


def attribution(answer):
    earned = {}
    for credit in answer["credits"]:
        earned.setdefault(credit["touch"], {})[credit["model"]] = credit["value"]
    return [("none" if touch == "(no touch)" else touch,
             models["linear"], models["first"], models["last"])
            for touch, models in earned.items() if any(models.values())]


ADAPTERS = {
    "Q1": funnel, "Q2": funnel_by_country, "Q3": funnel, "Q4": graph, "Q5": variants,
    "Q6": retention, "Q7": trends, "Q8": sessions, "Q9": variants, "Q10": attribution,
}
