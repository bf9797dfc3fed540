"""chDB, ClickHouse's engine in the process: a MergeTree sorted by customer and time, merged into one part.

Names are Enum8. A customer's events are gathered into arrays in the table's order. `windowFunnel` is the
funnel itself; it has no exclusions, so there each step's latest start is carried forward over arrays
(`arrayFill`), a seventh of what the same takes with `arrayFold`.
"""
import json

from catalogue import DAY, MONTH, SESSION_GAP, START, STEPS, TAKEN_BACK, TOUCHES, WEEK
from chdb.session import Session
from generate import CHANNELS, COUNTRIES, DEVICES, EVENTS
import chdb

VERSION = chdb.__version__
FILE_COLUMNS = ("customer_id String, event String, ts UInt64, channel String, device String,"
                " country String, value Float64, score Nullable(Int8)")
IN_ORDER = " SETTINGS optimize_aggregation_in_order = 1"


def names(texts):
    return "(" + ", ".join(f"'{text}'" for text in texts) + ")"


def numbered(texts):
    return "Enum8(" + ", ".join(f"'{text}' = {i}" for i, text in enumerate(texts, 1)) + ")"


def load(path, folder, threads):
    session = Session(f"{folder}/tables")
    session.query(f"SET max_threads = {threads}")
    session.query("CREATE DATABASE shop ENGINE = Atomic")
    session.query(f"""
        CREATE TABLE shop.events (
          customer UInt32, event {numbered(EVENTS)}, ts UInt64, channel {numbered(CHANNELS)},
          device {numbered(DEVICES)}, country {numbered(COUNTRIES)}, value Float64,
          score Nullable(Int8))
        ENGINE = MergeTree ORDER BY (customer, ts)""")
    session.query(f"""
        INSERT INTO shop.events
        SELECT toUInt32(substring(customer_id, 2)), event, ts, channel, device, country, value,
               score
        FROM file('{path}', 'CSVWithNames', '{FILE_COLUMNS}')""")
    session.query("OPTIMIZE TABLE shop.events FINAL")


def by_level(keys, levels):
    return (f"SELECT {keys}level, count() FROM ({levels}) WHERE level > 0 GROUP BY {keys}level")


def funnel(columns=""):
    steps = ", ".join(f"event = '{step}'" for step in STEPS)
    return f"""
        SELECT {columns}windowFunnel({WEEK})(ts, {steps}) AS level
        FROM events WHERE event IN {names(STEPS)} GROUP BY customer"""


def funnel_with_exclusion():
    query = f"""
        SELECT groupArray(toInt64(ts)) AS times, groupArray(event) AS codes FROM (
          SELECT customer, ts, event FROM events WHERE event IN {names([*STEPS, TAKEN_BACK])}
          ORDER BY customer, ts)
        GROUP BY customer"""
    for column, event in (("start1", STEPS[0]), ("gone", TAKEN_BACK)):
        query = f"""
            SELECT *, arrayFill(t -> t > 0, arrayMap(
              (t, code) -> if(code = '{event}', t, 0), times, codes)) AS {column} FROM ({query})"""
    for level in range(2, 6):
        taken = f"code = '{STEPS[level - 1]}' AND start > 0 AND t - start <= {WEEK}"
        also, alive = "", ""
        if level == 3:
            also, alive = ", at2, gone", ", at, away"
            taken += " AND at > away"
        query = f"""
            SELECT *, arrayMap((t, code, start{alive}) -> if({taken}, start, 0),
                               times, codes, start{level - 1}{also}) AS hit{level},
                   arrayFill(t -> t > 0, hit{level}) AS start{level} FROM ({query})"""
        if level == 2:
            query = f"""
                SELECT *, arrayFill(t -> t > 0, arrayMap(
                  (t, hit) -> if(hit > 0, t, 0), times, hit2)) AS at2 FROM ({query})"""
    level = " + ".join(f"(start{level}[-1] > 0)" for level in range(1, 6))
    return f"SELECT {level} AS level FROM ({query})"


def paths(length, limit):
    return f"""
        SELECT arrayStringConcat(way, '>') AS path, customers FROM (
          SELECT way, count() AS customers FROM (
            SELECT arraySlice(arrayCompact(groupArray(event)), 1, {length}) AS way
            FROM events GROUP BY customer)
          GROUP BY way)
        ORDER BY customers DESC, path LIMIT {limit}""" + IN_ORDER


GRAPH = """
    SELECT a, b, count(), arrayUniq(groupArray(customer)),
           quantilesExactInclusive(0.5, 0.95)(gap) AS quantiles
    FROM (
      SELECT customer, a, b, gap FROM (
        SELECT customer, groupArray(event) AS codes, arrayPopBack(codes) AS befores,
               arrayPopFront(codes) AS afters,
               arrayPopFront(arrayDifference(groupArray(ts))) AS gaps
        FROM events GROUP BY customer)
      ARRAY JOIN befores AS a, afters AS b, gaps AS gap)
    GROUP BY a, b""" + IN_ORDER

# The weeks of a customer as bits; customers with the same bits are counted together.
RETENTION = f"""
    SELECT cohort, at - cohort AS later, sum(customers) FROM (
      SELECT bitPositionsToArray(weeks) AS places, places[1] AS cohort, arrayJoin(places) AS at,
             customers
      FROM (
        SELECT weeks, count() AS customers FROM (
          SELECT groupBitOr(bitShiftLeft(toUInt16(1), toUInt8(intDiv(ts - {START}, {WEEK}))))
            AS weeks
          FROM events GROUP BY customer)
        GROUP BY weeks))
    GROUP BY cohort, later""" + IN_ORDER

DAILY = f"""
    SELECT intDiv(place, 8) AS day, CAST(place % 8 AS {numbered(CHANNELS)}), count()
    FROM (
      SELECT arrayJoin(arrayDistinct(groupArray(
        toUInt16(intDiv(ts - {START}, {DAY}) * 8 + toUInt8(channel))))) AS place
      FROM events GROUP BY customer)
    GROUP BY place""" + IN_ORDER

SESSIONS = f"""
    SELECT count(), avg(session.1), quantileExactInclusive(0.5)(session.2) FROM (
      SELECT arrayJoin(arrayMap(
        part -> (length(part), part[-1] - part[1]),
        arraySplit((t, gap) -> gap > {SESSION_GAP}, times, arrayDifference(times)))) AS session
      FROM (SELECT groupArray(toInt64(ts)) AS times FROM events GROUP BY customer))""" + IN_ORDER

ATTRIBUTION = f"""
    WITH touches AS (
      SELECT customer, groupArray(ts) AS times, groupArray(channel) AS channels FROM (
        SELECT customer, ts, channel FROM events WHERE event IN {names(TOUCHES)}
        ORDER BY customer, ts)
      GROUP BY customer),
    earned AS (
      SELECT purchases.value AS value, arrayFilter(
        (channel, t) -> t < purchases.ts AND t >= purchases.ts - {MONTH},
        touches.channels, touches.times) AS earners, length(earners) AS touched
      FROM (SELECT customer, ts, value FROM events WHERE event = '{STEPS[-1]}' AND value > 0)
        AS purchases
      LEFT JOIN touches ON purchases.customer = touches.customer)
    SELECT part.1 AS channel, sum(part.2), sum(part.3), sum(part.4) FROM (
      SELECT arrayJoin(if(touched = 0, [('none', value, value, value)], arrayMap(
        (channel, place) -> (toString(channel), value / touched, if(place = 1, value, 0.),
                             if(place = touched, value, 0.)),
        earners, arrayEnumerate(earners)))) AS part
      FROM earned)
    GROUP BY channel"""

QUESTIONS = {
    "Q1": by_level("", funnel()), "Q2": by_level("country, ", funnel("any(country) AS country, ")),
    "Q3": by_level("", funnel_with_exclusion()), "Q4": GRAPH, "Q5": paths(5, 100),
    "Q6": RETENTION, "Q7": DAILY, "Q8": SESSIONS, "Q9": paths(10, 20), "Q10": ATTRIBUTION,
}


class Peer:
    def __init__(self, folder, threads):
        self.session = Session(f"{folder}/tables")
        self.session.query("USE shop")
        self.session.query(f"SET max_threads = {threads}")
        self.session.query("SET output_format_json_quote_64bit_integers = 0")

    def ask(self, name):
        answer = self.session.query(QUESTIONS[name], "JSONCompactEachRow").bytes().decode()
        rows = [json.loads(line) for line in answer.splitlines()]
        return [(*row[:-1], *row[-1]) for row in rows] if name == "Q4" else rows
