"""DuckDB: a native table, sorted by customer and time, names as enumerations, customers as integers.

The table's own order carries the questions about neighbours: a window with an empty OVER () keeps the
order in which rows were inserted (DuckDB documents this) and streams, where PARTITION BY sorts anew; that
takes a quarter or less of the CPU in sessions and paths. Funnels are chains of ASOF joins: the latest
start before a step dominates all earlier ones, so each step needs only the latest chain before it.
"""
import os

import duckdb
from catalogue import DAY, MONTH, SESSION_GAP, START, STEPS, TAKEN_BACK, TOUCHES, WEEK
from generate import CHANNELS, COUNTRIES, DEVICES, EVENTS

VERSION = duckdb.__version__
COLUMNS = ("{'customer_id': 'VARCHAR', 'event': 'VARCHAR', 'ts': 'BIGINT', 'channel': 'VARCHAR',"
           " 'device': 'VARCHAR', 'country': 'VARCHAR', 'value': 'DOUBLE', 'score': 'TINYINT'}")


def names(texts):
    return "(" + ", ".join(f"'{text}'" for text in texts) + ")"


def source(path):
    if path.endswith(".csv"):
        return f"read_csv('{path}', header = true, columns = {COLUMNS})"
    return f"read_json('{path}', format = 'newline_delimited', columns = {COLUMNS})"


def bulk_import(path, folder, threads):
    """Takes a file as it is, in order of arrival: what an import costs."""
    tables = duckdb.connect(f"{folder}/import.db", config={"threads": threads})
    tables.execute(f"CREATE TABLE events AS SELECT * FROM {source(path)}")
    tables.execute("CHECKPOINT")
    return tables.execute("SELECT count(*) FROM events").fetchone()[0]


def load(path, folder, threads):
    """Makes the table that the questions are asked of."""
    tables = duckdb.connect(f"{folder}/events.db", config={"threads": threads})
    for column, texts in (("event", EVENTS), ("channel", CHANNELS), ("device", DEVICES),
                          ("country", COUNTRIES)):
        tables.execute(f"CREATE TYPE {column}_name AS ENUM {names(texts)}")
    tables.execute(f"""
        CREATE TABLE events AS
        SELECT substr(customer_id, 2)::UINTEGER AS customer, event::event_name AS event, ts,
               channel::channel_name AS channel, device::device_name AS device,
               country::country_name AS country, value, score
        FROM {source(path)} ORDER BY customer, ts""")
    tables.execute("CHECKPOINT")


def funnel(also="", exclusion=None):
    """Customers by their furthest step, and by the columns `also`."""
    keys = f"{also}, " if also else ""
    parts = [f"step1 AS (SELECT customer, {keys}ts, ts AS start FROM events"
             f" WHERE event = '{STEPS[0]}')"]
    for level in range(2, 6):
        step = f"(SELECT customer, ts FROM events WHERE event = '{STEPS[level - 1]}')"
        within = f"later.ts - chain.start <= {WEEK}"
        if exclusion and level == 3:
            step = (f"(SELECT took.customer, took.ts, gone.ts AS gone FROM {step} took ASOF LEFT JOIN"
                    f" (SELECT customer, ts FROM events WHERE event = '{exclusion}') gone"
                    " ON took.customer = gone.customer AND took.ts > gone.ts)")
            within += " AND (later.gone IS NULL OR later.gone < chain.ts)"
        parts.append(
            f"step{level} AS (SELECT later.customer, {keys}later.ts, chain.start FROM {step} later"
            f" ASOF JOIN step{level - 1} chain ON later.customer = chain.customer"
            f" AND later.ts > chain.ts WHERE {within})")
    reached = " UNION ALL ".join(
        f"SELECT {keys}{level} AS level, count(DISTINCT customer) AS customers FROM step{level}"
        + (f" GROUP BY {also}" if also else "") for level in range(1, 6))
    order = f"({'PARTITION BY ' + also if also else ''} ORDER BY level)"
    return (f"WITH {', '.join(parts)}, reached AS ({reached}) SELECT * FROM (SELECT {keys}level,"
            f" customers - coalesce(lead(customers) OVER {order}, 0) AS just FROM reached)"
            " WHERE just > 0")


def paths(length, limit):
    """Neighbours that are equal become one; then the first row of a customer sees those after it."""
    following = ", ".join(
        f"CASE WHEN lead(customer, {place}) OVER () = customer THEN lead(event, {place}) OVER ()"
        f" END AS event{place}" for place in range(1, length))
    events = ", ".join(f"event{place}" for place in range(length))
    return f"""
        WITH neighbours AS (
          SELECT customer, event, lag(customer) OVER () AS customer_before,
                 lag(event) OVER () AS event_before FROM events),
        changes AS (
          SELECT customer, event, customer_before IS DISTINCT FROM customer AS is_first
          FROM neighbours
          WHERE customer_before IS DISTINCT FROM customer OR event_before <> event),
        stories AS (SELECT is_first, event AS event0, {following} FROM changes),
        counts AS (
          SELECT {events}, count(*) AS customers FROM stories WHERE is_first GROUP BY {events})
        SELECT concat_ws('>', {events}) AS path, customers FROM counts
        ORDER BY customers DESC, path LIMIT {limit}"""


GRAPH = """
    WITH pairs AS (
      SELECT customer, event AS a, lead(event) OVER () AS b, lead(ts) OVER () - ts AS gap,
             lead(customer) OVER () AS customer_after FROM events)
    SELECT a, b, count(*), count(DISTINCT customer), quantile_cont(gap, [0.5, 0.95]) AS quantiles
    FROM pairs WHERE customer_after = customer GROUP BY a, b"""

# Of a customer's rows in one week one is enough; the first week is carried to the rows after it.
RETENTION = f"""
    WITH weeks AS (SELECT customer, (ts - {START}) // {WEEK} AS week_at FROM events),
    neighbours AS (
      SELECT customer, week_at, lag(week_at) OVER () AS week_before,
             lag(customer) OVER () AS customer_before FROM weeks),
    active AS (
      SELECT week_at, CASE WHEN customer_before IS DISTINCT FROM customer
                      THEN (customer::BIGINT << 8) + week_at END AS begun
      FROM neighbours WHERE customer_before IS DISTINCT FROM customer OR week_before <> week_at),
    cohorts AS (
      SELECT week_at,
             max(begun) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) & 255 AS cohort
      FROM active)
    SELECT cohort, week_at - cohort, count(*) FROM cohorts GROUP BY ALL"""

DAILY = f"""
    WITH days AS (
      SELECT customer, ((ts - {START}) // {DAY})::UTINYINT AS day_at, channel FROM events),
    neighbours AS (
      SELECT *, lag(customer) OVER () AS customer_before, lag(day_at) OVER () AS day_before,
             lag(channel) OVER () AS channel_before FROM days)
    SELECT day_at, channel, count(DISTINCT customer) FROM neighbours
    WHERE customer_before IS DISTINCT FROM customer OR day_before <> day_at
       OR channel_before <> channel
    GROUP BY ALL"""

SESSIONS = f"""
    WITH edges AS (
      SELECT ts,
        coalesce(lag(customer) OVER () <> customer OR ts - lag(ts) OVER () > {SESSION_GAP}, true)
          AS is_first,
        coalesce(lead(customer) OVER () <> customer OR lead(ts) OVER () - ts > {SESSION_GAP}, true)
          AS is_last
      FROM events),
    ends AS (
      SELECT is_first, CASE WHEN is_last THEN 0 ELSE lead(ts) OVER () - ts END AS duration
      FROM edges WHERE is_first OR is_last)
    SELECT count(*), (SELECT count(*) FROM events) / count(*), quantile_cont(duration, 0.5)
    FROM ends WHERE is_first"""

ATTRIBUTION = f"""
    WITH purchases AS (
      SELECT row_number() OVER () AS number, customer, ts, value FROM events
      WHERE event = '{STEPS[-1]}' AND value > 0),
    touches AS (SELECT customer, ts, channel FROM events WHERE event IN {names(TOUCHES)}),
    pairs AS (
      SELECT number, value, channel, touches.ts FROM purchases JOIN touches
        ON touches.customer = purchases.customer
       AND touches.ts < purchases.ts AND touches.ts >= purchases.ts - {MONTH}),
    earned AS (
      SELECT number, any_value(value) AS value, count(*) AS touches,
             arg_min(channel, ts) AS opener, arg_max(channel, ts) AS closer
      FROM pairs GROUP BY number),
    parts AS (
      SELECT channel, sum(pairs.value / touches) AS even, 0 AS opening, 0 AS closing
      FROM pairs JOIN earned USING (number) GROUP BY channel
      UNION ALL SELECT opener, 0, sum(value), 0 FROM earned GROUP BY opener
      UNION ALL SELECT closer, 0, 0, sum(value) FROM earned GROUP BY closer)
    SELECT channel::VARCHAR, sum(even), sum(opening), sum(closing) FROM parts GROUP BY channel
    UNION ALL SELECT 'none', sum(value), sum(value), sum(value)
    FROM purchases ANTI JOIN earned USING (number) HAVING count(*) > 0"""

QUESTIONS = {
    "Q1": funnel(), "Q2": funnel(also="country"), "Q3": funnel(exclusion=TAKEN_BACK), "Q4": GRAPH,
    "Q5": paths(5, 100), "Q6": RETENTION, "Q7": DAILY, "Q8": SESSIONS, "Q9": paths(10, 20),
    "Q10": ATTRIBUTION,
}


class Peer:
    def __init__(self, folder, threads):
        self.tables = duckdb.connect(
            os.path.join(folder, "events.db"), read_only=True, config={"threads": threads})

    def ask(self, name):
        rows = self.tables.execute(QUESTIONS[name]).fetchall()
        return [(*row[:-1], *row[-1]) for row in rows] if name == "Q4" else rows
