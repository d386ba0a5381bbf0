#!/usr/bin/env python3
"""Join stand-off labels of statements in their articles with what the program finds there, as rows to train on.

usage: join_articles.py LABELS SCORED.jsonl --texts DIR [--part taught|kept] [--scores NAME=OTHER.jsonl] -o ROWS.jsonl

LABELS is `../datasets/in_article/labels.csv`, or `articles.jsonl` beside it, whose texts are in it (`--texts` is not
needed then; their rows are marked `drawn` "own", or "own none" where the gold has no statement). Each row of labels.csv names an article by the first 12 hexadecimal digits of the
SHA-256 of its text, and a statement by the code points of its content. SCORED.jsonl is what `onrecord score DIR
--format jsonl --keep-context` wrote of the articles' texts, DIR/ID.txt. A label goes to the statement that shares most
with the labelled place, and at least half of both; statements without a label are left out.
--part takes the articles alone that the encoder was taught, or was not. --scores adds the logarithms of the
probabilities that another run of `score` gave, under a name that recipes can ask for.
Labels: favor, against, neutral, unrelated; `none` (no statement at all) becomes unrelated with `drawn` "none", for a
recipe to weigh; `dropped` (two readings that share no label) stays without.
Python 3.8+, standard library only.
"""
import argparse
import collections
import csv
import hashlib
import json
import math
import os

# The order of the labels in a model.
LABELS = ["favor", "against", "neutral", "unrelated"]


def spans(place):
    return [tuple(map(int, part.split("-"))) for part in place.split(";")]


def size(parts):
    return sum(end - start for start, end in parts)


def shared(one, other):
    return sum(max(0, min(b, d) - max(a, c)) for a, b in one for c, d in other)


def log_probabilities(path):
    """Of each statement, by id, as a scorer gives them to a model beside: labels in order, never below log(.001)."""
    of = {}
    with open(path, encoding="utf-8") as file:
        for statement in map(json.loads, file):
            probabilities = statement.get("stance", {}).get("probabilities")
            if probabilities:
                of[statement["id"]] = [round(math.log(probabilities[label] + 1e-3), 4) for label in LABELS]
    return of


def stand_off(arguments):
    """Rows of labels.csv by article; which articles are at hand unchanged; which are not."""
    labels = collections.defaultdict(list)
    with open(arguments.labels, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if arguments.part in (None, row["encoder"]):
                labels[row["id"]].append(row)
    known, foreign = {}, []
    for name, rows in labels.items():
        path = os.path.join(arguments.texts, name + ".txt")
        if os.path.exists(path):
            with open(path, "rb") as file:
                known[name] = hashlib.sha256(file.read()).hexdigest()[:12] == rows[0]["article"]
        if not known.get(name):
            foreign.append(name)
    return labels, known, foreign


def own_labels(path, letters):
    """The same rows of the project's own articles."""
    labels = {}
    with open(path, encoding="utf-8") as file:
        for article in map(json.loads, file):
            if not letters or article["id"][0] in letters:
                labels[article["id"]] = [
                    {
                        "place": ";".join(f"{start}-{end}" for start, end in statement["content"]),
                        "label": statement["stance"][0],
                        "second": "".join(statement["stance"][1:2]),
                    }
                    for statement in article["statements"]
                ]
    return labels


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels")
    parser.add_argument("scored")
    parser.add_argument("--texts")
    parser.add_argument("--ids", default="", help="first letters of the articles' names; all where empty")
    parser.add_argument("--part", choices=["taught", "kept"])
    parser.add_argument("--scores", action="append", default=[], metavar="NAME=OTHER.jsonl")
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()

    is_own = arguments.labels.endswith(".jsonl")
    if is_own:
        labels = own_labels(arguments.labels, arguments.ids)
        known, foreign = dict.fromkeys(labels, True), []
    else:
        labels, known, foreign = stand_off(arguments)
    others = {}
    for entry in arguments.scores:
        name, path = entry.split("=", 1)
        others[name] = log_probabilities(path)
    counts = collections.Counter()
    with open(arguments.scored, encoding="utf-8") as scored, open(arguments.output, "w", encoding="utf-8") as out:
        for line in scored:
            statement = json.loads(line)
            # The first line may say which program wrote the others.
            name = statement.get("article")
            if not known.get(name):
                continue
            best = max(labels[name], key=lambda row: shared(statement["content"], spans(row["place"])))
            common = shared(statement["content"], spans(best["place"]))
            fits = 2 * common >= size(statement["content"]) and 2 * common >= size(spans(best["place"]))
            label = best["label"] if fits else "none" if is_own and common == 0 else "dropped"
            counts[label if fits else "not labelled"] += 1
            if label == "dropped":
                continue
            for source, scores in others.items():
                statement["context"].setdefault("scores", {})[source] = scores[statement["id"]]
            row = {
                "id": statement["id"],
                "article": name,
                "text": statement["text"],
                "label": "unrelated" if label == "none" else label,
                "second": best["second"] if fits else "",
                "drawn": ("own " if is_own else "") + "none" if label == "none" else "own" if is_own else "article",
                "target": "outside intervention",
                "kind": statement["kind"],
                "speaker": (statement.get("speaker") or {}).get("name"),
                "context": statement["context"],
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(dict(counts), f"{len(foreign)} articles not found or changed" if foreign else "")


if __name__ == "__main__":
    main()
