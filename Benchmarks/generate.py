#!/usr/bin/env python3
"""Makes a shop's event log for benchmarks: seeded, in order of arrival, with one right answer.

usage: generate.py EVENTS FILE.csv

Columns: customer_id, event, ts (ms), channel, device, country, value, score. Twenty events a
customer on average with a heavy tail, forty event types, ninety days. Instants are unique.
"""
import sys
import numpy as np

WALK = ["product_view", "add_to_cart", "checkout_start", "payment_info", "purchase"]
OTHER = [
    "ad_click", "landing_view", "search_visit", "social_visit", "email_open", "email_click",
    "blog_view", "home_view", "category_view", "search_query", "review_read", "compare_view",
    "wishlist_add", "pricing_view", "signup", "remove_from_cart", "cart_view", "shipping_info",
    "coupon_apply", "payment_failed", "order_status", "delivery_update", "support_ticket",
    "support_chat", "faq_view", "return_request", "refund_issued", "login", "app_open",
    "nps_response", "csat_response", "ces_response", "referral_share", "store_visit", "newsletter",
]
EVENTS = np.array(WALK + OTHER)
CHANNELS = np.array(["web", "app", "email", "social", "store", "phone"])
DEVICES = np.array(["mobile", "desktop", "tablet"])
COUNTRIES = np.array(["US", "DE", "GB", "FR", "IN", "BR", "CA", "JP", "AU", "NL", "ES", "IT"])
START, SPAN = 1_756_684_800_000, 90 * 86_400_000


def main(count: int, path: str) -> None:
    random = np.random.default_rng(20250901)
    customers = max(1, count // 20)
    weight = random.lognormal(0.0, 1.25, customers)
    customer = np.sort(random.choice(customers, count, p=weight / weight.sum()))
    first = np.r_[True, customer[1:] != customer[:-1]]
    # A walk down the funnel with noise: from step k on to k + 1, back to 0, or to another event.
    move = random.random(count)
    step = np.zeros(count, np.int16)
    level = 0
    for i, (begins, m) in enumerate(zip(first.tolist(), move.tolist())):
        if begins:
            level = 0
        if m < 0.25:
            step[i] = 0
            level = 1
        elif m < 0.38 and level:
            step[i] = level
            level = (level + 1) % len(WALK)
        else:
            step[i] = -1
    noise = len(WALK) + (random.zipf(1.4, count) - 1) % len(OTHER)
    event = np.where(step >= 0, step, noise)
    time = random.integers(0, SPAN, count)
    order = np.lexsort((time, customer))
    time = time[order]
    # Inside a customer instants ascend; equal ones are moved by a millisecond.
    for _ in range(100):
        equal = np.flatnonzero((np.diff(time) <= 0) & (np.diff(customer) == 0)) + 1
        if not equal.size:
            break
        time[equal] = time[equal - 1] + 1
    arrival = np.argsort(time, kind="stable")
    value = np.where(event == 4, np.round(np.exp(random.normal(3.8, 0.9, count)), 2), 0.0)
    score = np.where(event >= 34, random.integers(0, 11, count), -1)
    country = COUNTRIES[random.integers(0, len(COUNTRIES), customers)]
    channel = CHANNELS[random.integers(0, len(CHANNELS), count)]
    device = DEVICES[random.integers(0, len(DEVICES), count)]
    with open(path, "w") as out:
        out.write("customer_id,event,ts,channel,device,country,value,score\n")
        for begin in range(0, count, 1_000_000):
            rows = arrival[begin : begin + 1_000_000]
            out.write("".join(
                f"c{c:07d},{e},{t},{ch},{d},{co},{v},{s if s >= 0 else ''}\n"
                for c, e, t, ch, d, co, v, s in zip(
                    customer[rows].tolist(), EVENTS[event[rows]].tolist(),
                    (START + time[rows]).tolist(), channel[rows].tolist(),
                    device[rows].tolist(), country[customer[rows]].tolist(),
                    value[rows].tolist(), score[rows].tolist())))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(int(sys.argv[1]), sys.argv[2])
