"""Polars: one frame in memory, sorted by customer and time, names as enumerations.

Most questions are asked of neighbours by shifting columns, not by grouping customers: in sorted rows a
customer ends where the next one begins.
"""
import os

import polars as pl
from catalogue import DAY, MONTH, SESSION_GAP, START, STEPS, TAKEN_BACK, TOUCHES, WEEK
from generate import CHANNELS, COUNTRIES, DEVICES, EVENTS
from polars import col

VERSION = pl.__version__
NAMES = {"event": EVENTS, "channel": list(CHANNELS), "device": list(DEVICES), "country": COUNTRIES}
FILE_COLUMNS = {
    "customer_id": pl.String, "event": pl.String, "ts": pl.Int64, "channel": pl.String,
    "device": pl.String, "country": pl.String, "value": pl.Float64, "score": pl.Int8,
}
# Far more than all the time of the data lies between two customers, so no window reaches over.
APART = 2**34


def load(path, folder, threads):
    """Makes the frame once; every process reads it into memory."""
    frame = pl.scan_csv(path, schema=FILE_COLUMNS).select(
        col("customer_id").str.slice(1).cast(pl.UInt32).alias("customer"), "ts",
        *[col(column).cast(pl.Enum(texts)) for column, texts in NAMES.items()], "value", "score",
    ).collect(engine="streaming")
    frame.sort("customer", "ts").write_parquet(os.path.join(folder, "events.parquet"))


def is_first():
    return (col("customer") != col("customer").shift()).fill_null(True)


def is_last():
    return (col("customer") != col("customer").shift(-1)).fill_null(True)


def changes(column):
    return is_first() | (col(column) != col(column).shift())


def funnel(events, also=(), exclusion=None):
    names = [*STEPS, exclusion] if exclusion else STEPS
    rows = events.filter(col("event").is_in(names)).select(
        "customer", "event", *also,
        at=col("customer").cast(pl.Int64) * APART + (col("ts") - START))
    # Of equal steps in a row the last start, and the first of a later step, say all.
    starts = col("event") == STEPS[0]
    rows = rows.filter(
        pl.when(starts).then(is_last() | (col("event") != col("event").shift(-1)))
        .otherwise(changes("event")).fill_null(True))
    rows = rows.with_columns(start1=pl.when(starts).then("at").forward_fill())
    if exclusion:
        rows = rows.with_columns(
            gone=pl.when(col("event") == exclusion).then("at").forward_fill())
    for level in range(2, 6):
        before = f"start{level - 1}"
        taken = (col("event") == STEPS[level - 1]) & (col("at") - col(before) <= WEEK)
        if exclusion and level == 3:
            taken &= col("gone").is_null() | (col("gone") < col("at2"))
        new = {f"start{level}": pl.when(taken).then(before).forward_fill()}
        if exclusion and level == 2:
            new["at2"] = pl.when(taken).then("at").forward_fill()
        rows = rows.with_columns(**new)
    own = col("customer").cast(pl.Int64) * APART
    level = pl.sum_horizontal(
        [(col(f"start{level}") >= own).fill_null(False).cast(pl.UInt8) for level in range(1, 6)])
    return rows.filter(is_last()).select(*also, level=level).filter(col("level") > 0).group_by(
        *also, "level").len()


def graph(events):
    pairs = events.select(
        "customer", a=col("event"), b=col("event").shift(-1), gap=col("ts").shift(-1) - col("ts"),
        same=col("customer").shift(-1) == col("customer")).filter("same")
    # Inside a group rows keep their order: customers are counted where they change.
    return pairs.group_by("a", "b").agg(
        pl.len(), customers=(col("customer") != col("customer").shift()).sum() + 1,
        median=col("gap").quantile(0.5, "linear"), p95=col("gap").quantile(0.95, "linear"))


def paths(events, length, limit):
    rows = events.select("customer", "event").filter(changes("event"))
    following = [
        pl.when(col("customer").shift(-place) == col("customer")).then(col("event").shift(-place))
        .alias(f"event{place}") for place in range(1, length)]
    ways = [f"event{place}" for place in range(length)]
    counts = rows.select(
        is_first().alias("first"), col("event").alias("event0"), *following,
    ).filter("first").group_by(ways).len()
    most = counts.filter(col("len") >= col("len").top_k(limit).min())
    path = pl.concat_str([col(way).cast(pl.String) for way in ways], separator=">",
                         ignore_nulls=True)
    return most.select(path.alias("path"), "len").sort(
        "len", "path", descending=[True, False]).head(limit)


def retention(events):
    rows = events.select(
        "customer", week=((col("ts") - START) // WEEK).cast(pl.Int8)).filter(changes("week"))
    rows = rows.select("week", cohort=pl.when(is_first()).then("week").forward_fill())
    return rows.group_by("cohort", later=col("week") - col("cohort")).len()


def daily(events):
    rows = events.select(
        "customer", "channel", day=((col("ts") - START) // DAY).cast(pl.UInt8))
    rows = rows.filter(changes("day") | changes("channel"))
    return rows.group_by("day", "channel").agg(col("customer").n_unique())


def sessions(events):
    begins = is_first() | (col("ts") - col("ts").shift() > SESSION_GAP)
    ends = is_last() | (col("ts").shift(-1) - col("ts") > SESSION_GAP)
    return events.select(
        events=pl.len(), duration=col("ts").filter(ends) - col("ts").filter(begins),
    ).select(sessions=pl.len(), mean=col("events").first() / pl.len(),
             median=col("duration").quantile(0.5, "linear"))


def attribution(events):
    purchases = events.filter((col("event") == STEPS[-1]) & (col("value") > 0)).select(
        "customer", "value", bought=col("ts")).with_row_index("number")
    touches = events.filter(col("event").is_in(TOUCHES)).select("customer", "ts", "channel")
    pairs = purchases.join(touches, on="customer", maintain_order="left_right").filter(
        (col("ts") < col("bought")) & (col("ts") >= col("bought") - MONTH))
    number, value = col("number"), col("value")
    opens = (number != number.shift()).fill_null(True)
    closes = (number != number.shift(-1)).fill_null(True)
    parts = pairs.select(
        col("channel").cast(pl.String), even=value / pl.len().over("number"),
        opening=pl.when(opens).then(value).otherwise(0.0),
        closing=pl.when(closes).then(value).otherwise(0.0),
    ).group_by("channel").agg(pl.all().sum())
    alone = purchases.join(pairs.select("number"), on="number", how="anti").filter(
        pl.len() > 0).select(pl.lit("none").alias("channel"), even=value.sum(),
                             opening=value.sum(), closing=value.sum())
    return pl.concat([parts, alone])


QUESTIONS = {
    "Q1": funnel, "Q2": lambda events: funnel(events, also=["country"]),
    "Q3": lambda events: funnel(events, exclusion=TAKEN_BACK), "Q4": graph,
    "Q5": lambda events: paths(events, 5, 100), "Q6": retention, "Q7": daily, "Q8": sessions,
    "Q9": lambda events: paths(events, 10, 20), "Q10": attribution,
}
# Where the streaming engine is the cheaper one; it may group rows out of their order.
STREAMING = {"Q6", "Q7"}


class Peer:
    def __init__(self, folder, threads):
        frame = pl.read_parquet(os.path.join(folder, "events.parquet")).rechunk()
        self.events = frame.with_columns(col("customer").set_sorted()).lazy()

    def ask(self, name):
        engine = "streaming" if name in STREAMING else "in-memory"
        return QUESTIONS[name](self.events).collect(engine=engine).rows()
