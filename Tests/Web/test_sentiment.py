"""The feeling of texts against what people said of them, beside VADER on the same rows.

The rows are those that C. J. Hutto and E. Gilbert had judged by twenty people each for their paper (ICWSM 2014);
they come with the source package of vaderSentiment 2.5. Half of them, chosen by a hash, were looked at while
the lexicon was written. The figures here are of the other half.
"""

import hashlib
import html
import io
import json
import subprocess
import tarfile

import pytest
from conftest import PROGRAM, ROOT
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

PACKAGE = ROOT / ".build/web/labelled/vaderSentiment-2.5.tar.gz"
INNER = "vaderSentiment-2.5/additional_resources/hutto_ICWSM_2014.tar.gz"

# Rows that are judged, and the least correlation and macro F1 that is enough: a little below what is measured.
SETS = {
    "tweets": ("tweets", 0.83, 0.69),
    "product reviews": ("amazonReviewSnippets", 0.61, 0.55),
    "film reviews": ("movieReviewSnippets", 0.47, 0.41),
    "newspaper": ("nytEditorialSnippets", 0.43, 0.50),
}


def rows(name):
    """The held-out rows of a set: what people said on the mean, from -4 to 4, and the text."""
    with tarfile.open(PACKAGE) as package:
        inner = io.BytesIO(package.extractfile(INNER).read())
    with tarfile.open(fileobj=inner) as archive:
        text = archive.extractfile(f"hutto_ICWSM_2014/{name}_GroundTruth.txt").read()
    found = []
    for line in text.decode("utf-8", "replace").split("\n"):
        parts = line.rstrip("\r").split("\t")
        if len(parts) < 3:
            continue
        is_held_out = hashlib.sha256(f"{name}/{parts[0]}".encode()).digest()[0] >= 128
        if is_held_out:
            found.append((float(parts[1]), html.unescape(parts[2]).replace("\n", " ")))
    return found


def judged(texts):
    """What Waymark says of each text; a text that it doesn't judge feels like nothing."""
    run = subprocess.run(
        [PROGRAM, "words", "--judge", "-"], input="\n".join(texts) + "\n", text=True,
        capture_output=True, check=True, timeout=300)
    lines = run.stdout.splitlines()
    assert len(lines) == len(texts)
    return [json.loads(line).get("sentiment", 0.0) for line in lines]


def correlation(left, right):
    mean, other = sum(left) / len(left), sum(right) / len(right)
    product = sum((x - mean) * (y - other) for x, y in zip(left, right))
    squares = sum((x - mean) ** 2 for x in left) * sum((y - other) ** 2 for y in right)
    return product / squares ** 0.5


def tone(score, least):
    return 1 if score >= least else -1 if score <= -least else 0


def accuracy_and_f1(truth, found):
    accuracy = sum(a == b for a, b in zip(truth, found)) / len(truth)
    scores = []
    for each in (-1, 0, 1):
        hits = sum(a == each == b for a, b in zip(truth, found))
        said = sum(a == each for a in truth) + sum(b == each for b in found)
        scores.append(2 * hits / said if said else 0)
    return accuracy, sum(scores) / 3


@pytest.mark.parametrize("title", SETS)
def test_feelings_are_near_what_people_said(title, capsys):
    name, least_correlation, least_f1 = SETS[title]
    labelled = rows(name)
    means, texts = [row[0] for row in labelled], [row[1] for row in labelled]
    truth = [tone(mean, 0.5) for mean in means]
    own = judged(texts)
    analyzer = SentimentIntensityAnalyzer()
    peer = [analyzer.polarity_scores(text)["compound"] for text in texts]
    figures = {}
    for who, scores, least in [("Waymark", own, 0.1), ("VADER 3.3.2", peer, 0.05)]:
        figures[who] = (
            correlation(means, scores), *accuracy_and_f1(truth, [tone(s, least) for s in scores]))
    with capsys.disabled():
        for who, (r, accuracy, f1) in figures.items():
            print(f"\n{title:16} {len(texts):5} rows  {who:12} correlation {r:.3f}  "
                  f"accuracy {accuracy:.3f}  macro F1 {f1:.3f}", end="")
    assert figures["Waymark"][0] >= least_correlation and figures["Waymark"][2] >= least_f1
