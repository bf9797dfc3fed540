#!/usr/bin/env python3
"""Makes a shop's event log for benchmarks: seeded, in order of arrival, with one right answer.

usage: generate.py EVENTS FOLDER FORMAT...       formats: csv, jsonl

Writes FOLDER/events_EVENTS.csv and so on, with the columns customer_id, event, ts (milliseconds),
channel, device, country, value (of purchases, otherwise 0) and score (of survey answers).

- Twenty events a customer on average, nine in the middle, four thousand at most (log-normal).
- Forty events; which one follows which is a Markov chain over the shop's pages with some noise.
- Ninety days from Monday, 2025-09-01 (UTC). No customer has two events at one instant, so there is
  one order of events and one right answer to every question.
- A customer keeps the country, a session keeps channel and device.

Customers are made in blocks, each from a seed of its own, and their events are put into one file a
day; then each day is sorted and written out. So memory is bounded by a block and by a day.
"""
import os
import sys
import tempfile

import numpy as np

SEED = 20250901
DAY = 86_400_000
START, DAYS = 1_756_684_800_000, 90
SPAN = DAYS * DAY
EVENTS_A_CUSTOMER = 20
LONGEST_STORY = 4_000
CUSTOMERS_A_BLOCK = 50_000

CHANNELS = {"paid_search": 26, "organic": 24, "email": 18, "social": 14, "direct": 12, "referral": 6}
DEVICES = {"mobile": 58, "desktop": 36, "tablet": 6}
COUNTRIES = ("US DE GB FR IN BR CA JP AU NL ES IT SE PL MX CH AT BE DK NO FI IE PT CZ KR SG ZA NZ AR"
             " TR").split()
SURVEYS = {"nps_response": (0, 10), "csat_response": (1, 5), "ces_response": (1, 7)}

# What begins a visit, and what follows what: names with weights. The order of lines is the events'.
ENTRY = "-> ad_impression 18 search_visit 14 email_open 12 ad_click 10 landing_view 9 social_visit 9" \
        " home_view 8 app_open 6 email_click 5 blog_view 4 login 4 product_view 1"
WALK = """
ad_impression -> ad_impression 45 ad_click 30 landing_view 10 search_visit 8 social_visit 7
ad_click -> landing_view 70 product_view 20 home_view 10
landing_view -> product_view 30 category_view 25 home_view 15 pricing_view 12 search_query 10 signup 8
search_visit -> product_view 35 home_view 30 category_view 25 blog_view 10
social_visit -> landing_view 35 product_view 35 blog_view 15 home_view 15
email_open -> email_click 45 email_open 25 app_open 15 login 15
email_click -> product_view 45 landing_view 20 category_view 20 home_view 10 coupon_apply 5
blog_view -> blog_view 30 home_view 20 category_view 15 pricing_view 15 product_view 12 signup 8
home_view -> category_view 30 search_query 25 product_view 25 login 12 home_view 8
category_view -> product_view 60 category_view 20 search_query 12 compare_view 8
search_query -> product_view 60 search_query 20 category_view 20
product_view -> product_view 38 add_to_cart 20 review_read 13 category_view 10 search_query 8 compare_view 6 wishlist_add 5
review_read -> product_view 40 add_to_cart 30 review_read 20 compare_view 10
compare_view -> product_view 60 add_to_cart 20 pricing_view 20
wishlist_add -> product_view 60 category_view 25 home_view 15
pricing_view -> product_view 30 signup 25 demo_request 15 faq_view 15 compare_view 15
demo_request -> signup 45 pricing_view 30 faq_view 25
signup -> product_view 40 home_view 30 login 20 ces_response 10
add_to_cart -> cart_view 45 product_view 27 checkout_start 20 add_to_cart 8
remove_from_cart -> product_view 50 cart_view 30 category_view 20
cart_view -> checkout_start 42 product_view 25 remove_from_cart 18 coupon_apply 15
checkout_start -> shipping_info 60 payment_info 20 cart_view 12 remove_from_cart 8
shipping_info -> payment_info 80 cart_view 12 shipping_info 8
payment_info -> purchase 68 payment_failed 12 payment_info 12 coupon_apply 8
coupon_apply -> checkout_start 60 cart_view 25 payment_info 15
purchase -> order_status 45 delivery_update 25 product_view 12 csat_response 10 referral_share 8
payment_failed -> payment_info 60 support_chat 20 cart_view 20
order_status -> delivery_update 40 order_status 25 product_view 15 support_ticket 10 faq_view 10
delivery_update -> delivery_update 40 order_status 25 nps_response 10 csat_response 10 return_request 8 app_open 7
support_ticket -> support_chat 40 csat_response 25 support_ticket 15 ces_response 10 refund_issued 10
support_chat -> support_chat 35 csat_response 25 faq_view 20 order_status 20
faq_view -> product_view 30 faq_view 25 support_ticket 25 support_chat 20
return_request -> refund_issued 60 support_ticket 20 order_status 20
refund_issued -> product_view 40 csat_response 30 nps_response 15 home_view 15
login -> home_view 40 product_view 30 order_status 20 support_ticket 10
app_open -> home_view 35 product_view 35 login 20 order_status 10
nps_response -> referral_share 35 home_view 35 product_view 30
csat_response -> home_view 40 product_view 40 app_open 20
ces_response -> home_view 50 product_view 50
referral_share -> home_view 45 product_view 40 referral_share 15
""".strip().splitlines()
EVENTS = [line.split()[0] for line in WALK]
NOISE = 0.04
NEW_VISIT = 0.17
VISIT_FROM_ENTRY = 0.65
SAME_DEVICE = 0.85

ROW = np.dtype([("time", "<i8"), ("value", "<f8"), ("customer", "<u4"), ("event", "u1"),
                ("channel", "u1"), ("device", "u1"), ("country", "u1"), ("score", "i1")])


def choices(weights, size=1 << 14):
    """A table in which each code stands as often as its weight says: drawing is one look-up."""
    steps = np.cumsum(np.asarray(weights, float))
    return np.searchsorted(steps / steps[-1], (np.arange(size) + 0.5) / size).astype(np.uint8)


def following():
    """For each event, and in the last row for the begin of a visit, what may come next."""
    popularity = np.array([1 / (1 + 7 * code % len(EVENTS)) for code in range(len(EVENTS))])
    tables = []
    for line in [*WALK, ENTRY]:
        words = line.split(" -> ")[-1].removeprefix("-> ").split()
        weights = np.zeros(len(EVENTS))
        for name, weight in zip(words[::2], words[1::2]):
            weights[EVENTS.index(name)] = float(weight)
        noise = NOISE * popularity / popularity.sum()
        tables.append(choices((1 - NOISE) * weights / weights.sum() + noise))
    return np.stack(tables)


NEXT = following()
CHANNEL, DEVICE = choices(list(CHANNELS.values())), choices(list(DEVICES.values()))
COUNTRY = choices(1 / np.arange(1, len(COUNTRIES) + 1) ** 1.1)


def draw(random, table, count):
    return table[random.integers(0, table.shape[-1], count)]


def lengths_of_stories(random, customers, events):
    """How many events each customer has: heavy in the tail, one at least, exact in the sum."""
    weight = np.minimum(random.lognormal(0, 1.25, customers), LONGEST_STORY / 10)
    ends = np.floor(np.cumsum(weight) / weight.sum() * (events - customers) + 0.5)
    return 1 + np.diff(ends, prepend=0).astype(np.int64)


def walks(random, lengths, begins, rows):
    """Lets all customers take their k-th step at once. Returns which rows begin a visit."""
    busiest = np.argsort(-lengths, kind="stable")
    ascending = -lengths[busiest]
    at = np.full(lengths.size, len(EVENTS))
    channel = np.zeros(lengths.size, np.uint8)
    own_device = draw(random, DEVICE, lengths.size)
    device = own_device.copy()
    visit = np.zeros(rows.size, bool)
    for step in range(lengths.max()):
        who = busiest[: np.searchsorted(ascending, -step)]
        new = random.random(who.size) < NEW_VISIT if step else np.ones(who.size, bool)
        enters = new & (random.random(who.size) < VISIT_FROM_ENTRY) if step else new
        came = np.where(enters, len(EVENTS), at[who])
        at[who] = NEXT[came, random.integers(0, NEXT.shape[1], who.size)]
        visitors = who[new]
        channel[visitors] = draw(random, CHANNEL, visitors.size)
        keeps = random.random(visitors.size) < SAME_DEVICE
        device[visitors] = np.where(
            keeps, own_device[visitors], draw(random, DEVICE, visitors.size))
        place = begins[who] + step
        visit[place] = new
        rows["event"][place] = at[who]
        rows["channel"][place], rows["device"][place] = channel[who], device[who]
    return visit


def times(random, lengths, begins, visit):
    """Milliseconds from the start: seconds inside a visit, days between, all inside the span."""
    first = np.zeros(visit.size, bool)
    first[begins] = True
    inside = np.minimum(random.lognormal(np.log(20_000), 1.1, visit.size), 1_500_000)
    between = random.lognormal(np.log(2.2 * DAY), 1.0, visit.size)
    inside[visit], between[~visit | first] = 0, 0
    busy = np.add.reduceat(inside, begins) + lengths
    pauses = np.add.reduceat(between, begins)
    begin = np.floor(random.random(lengths.size) ** 1.3 * 0.92 * (SPAN - busy))
    room = (SPAN - busy - begin) * (1 - 0.7 * random.random(lengths.size) ** 2)
    shrink = np.repeat(np.minimum(1, room / np.maximum(pauses, 1)), lengths)
    # At least a millisecond lies between two events of a customer; `busy` has counted it in.
    gaps = np.floor(inside + between * shrink).astype(np.int64) + 1
    gaps[first] = 0
    since = np.cumsum(gaps)
    return since - np.repeat(since[begins], lengths) + np.repeat(begin.astype(np.int64), lengths)


def block(number, customers, events):
    """The events of some customers, each customer's in order."""
    random = np.random.default_rng([SEED, number])
    lengths = lengths_of_stories(random, customers, events)
    begins = np.cumsum(lengths) - lengths
    rows = np.zeros(events, ROW)
    visit = walks(random, lengths, begins, rows)
    rows["time"] = START + times(random, lengths, begins, visit)
    rows["customer"] = number * CUSTOMERS_A_BLOCK + np.repeat(np.arange(customers), lengths)
    rows["country"] = np.repeat(draw(random, COUNTRY, customers), lengths)
    bought = np.flatnonzero(rows["event"] == EVENTS.index("purchase"))
    rows["value"][bought] = np.round(random.lognormal(np.log(45), 0.9, bought.size), 2) + 0.01
    rows["score"] = -1
    for name, (low, high) in SURVEYS.items():
        answers = np.flatnonzero(rows["event"] == EVENTS.index(name))
        marks = np.floor(random.beta(3.2, 1.4, answers.size) * (high - low + 1))
        rows["score"][answers] = np.minimum(low + marks, high)
    return rows


class Text:
    """How a row is written: its constant pieces, and a text for every code."""

    def __init__(self, form):
        places = [(c, d, n) for c in CHANNELS for d in DEVICES for n in COUNTRIES]
        if form == "csv":
            self.header = "customer_id,event,ts,channel,device,country,value,score\n"
            self.begin = "c"
            self.events = [f",{event}," for event in EVENTS]
            self.places = [f",{c},{d},{n}," for c, d, n in places]
            self.scores = [*[f",{score}\n" for score in range(11)], ",\n"]
        else:
            self.header = ""
            self.begin = '{"customer_id":"c'
            self.events = [f'","event":"{event}","ts":' for event in EVENTS]
            self.places = [f',"channel":"{c}","device":"{d}","country":"{n}","value":'
                           for c, d, n in places]
            self.scores = [*[f',"score":{score}}}\n' for score in range(11)], ',"score":null}\n']

    def lines(self, rows):
        begin, events, places, scores = self.begin, self.events, self.places, self.scores
        place = rows["channel"].astype(np.int64) * len(DEVICES) + rows["device"]
        place = place * len(COUNTRIES) + rows["country"]
        value = np.round(rows["value"], 2).tolist()
        return "".join(
            f"{begin}{customer:07d}{events[event]}{time}{places[at]}{worth}{scores[score]}"
            for customer, event, time, at, worth, score in zip(
                rows["customer"].tolist(), rows["event"].tolist(), rows["time"].tolist(),
                place.tolist(), value, rows["score"].tolist()))


def main(events, folder, forms):
    customers = max(1, events // EVENTS_A_CUSTOMER)
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as spool:
        days = [open(f"{spool}/{day}", "w+b") for day in range(DAYS)]
        made = 0
        for first in range(0, customers, CUSTOMERS_A_BLOCK):
            some = min(CUSTOMERS_A_BLOCK, customers - first)
            last = events * (first + some) // customers
            rows = block(first // CUSTOMERS_A_BLOCK, some, last - made)
            made = last
            day = (rows["time"] - START) // DAY
            rows = rows[np.argsort(day, kind="stable")]
            for out, part in zip(days, np.split(rows, np.cumsum(np.bincount(day, minlength=DAYS)))):
                part.tofile(out)
        texts = [Text(form) for form in forms]
        paths = [f"{folder}/events_{events}.{form}" for form in forms]
        # A file gets its name when it is whole, so that a broken run leaves none behind.
        outs = [open(f"{path}.part", "w", encoding="ascii") for path in paths]
        for out, text in zip(outs, texts):
            out.write(text.header)
        for spooled in days:
            spooled.seek(0)
            rows = np.fromfile(spooled, ROW)
            rows = rows[np.lexsort((rows["customer"], rows["time"]))]
            for begin in range(0, rows.size, 100_000):
                for out, text in zip(outs, texts):
                    out.write(text.lines(rows[begin : begin + 100_000]))
            spooled.close()
        for out, path in zip(outs, paths):
            out.close()
            os.rename(f"{path}.part", path)


if __name__ == "__main__":
    if len(sys.argv) < 4 or set(sys.argv[3:]) - {"csv", "jsonl"}:
        sys.exit(__doc__)
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
