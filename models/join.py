#!/usr/bin/env python3
"""Join stand-off labels (no text) with the texts of the research sets, as rows to train on.

usage: join.py LABELS.csv --data DIR -o ROWS.jsonl [--need COLUMN]

LABELS.csv is `../datasets/intervention/real.csv` or a file like it; DIR holds intervention_real, polnear and
checkworthy. A text is found by its id or its place, and counts only where its hash is that of the id: the first 12
hexadecimal digits of the SHA-256 of the text with white space folded (SHA-1 for older ids; ids that end in an event
number have no hash). Rows whose text is not found are named and left out. Rows of one document share a group; a
debate is one document in whichever corpus it stands. In rows that were drawn from a larger text, `drawn` also says
whether they turned out unrelated ("contents unrelated"), so that a recipe can weigh those by themselves.
Python 3.8+, standard library only.
"""
import argparse
import csv
import hashlib
import json
import os
import re
import sys

DEBATES = ("checkworthy", "us-presidential-debates")


def folded(text):
    return " ".join(text.split())


def rows_of(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


class Texts:
    """The texts of the research sets by id and by place."""

    def __init__(self, data):
        self.data = data
        real = [row for name in ("train", "unlabelled") for row in rows_of(f"{data}/intervention_real/{name}.jsonl")]
        self.by_id = {row["id"]: row for row in real}
        self.debates = {str(row["id"]): folded(row["text"]) for row in rows_of(f"{data}/checkworthy/train.jsonl")}
        self.articles = {}

    def article(self, name):
        if name not in self.articles:
            path = f"{self.data}/polnear/train/text/{name}.txt"
            self.articles[name] = open(path, encoding="utf-8").read() if os.path.exists(path) else None
        return self.articles[name]

    def find(self, label):
        if label["id"] in self.by_id:
            return self.by_id[label["id"]]["text"]
        if label["corpus"] == "checkworthy":
            return self.debates.get(label["place"])
        if label["corpus"] == "polnear" and label.get("place"):
            text = self.article(label["document"])
            spans = [tuple(map(int, span.split("-"))) for span in label["place"].split(";")]
            return text and " … ".join(folded(text[start:end]) for start, end in spans)
        return None


def is_same(label_id, text):
    """Whether the text is the one that the id names."""
    end = re.search(r"-([0-9a-f]{12})$", label_id)
    digests = (hashlib.new(name, folded(text).encode()).hexdigest()[:12] for name in ("sha256", "sha1"))
    return end is None or end.group(1) in digests


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("labels")
    parser.add_argument("--data", required=True)
    parser.add_argument("--need", default="label", help="leave out rows without this column (default: label)")
    parser.add_argument("-o", "--output", required=True)
    args = parser.parse_args()
    texts, found, missing = Texts(args.data), [], []
    with open(args.labels, encoding="utf-8", newline="") as file:
        for label in csv.DictReader(file):
            if not label[args.need]:
                continue
            text = texts.find(label)
            if text is None or not is_same(label["id"], text):
                missing.append(label["id"])
                continue
            row = {"id": label["id"], "text": text, "target": "outside intervention"}
            row.update({key: value for key, value in label.items() if key != "id" and value})
            if label["document"]:
                row["group"] = ("debate" if label["corpus"] in DEBATES else label["corpus"]) + " " + label["document"]
            if label.get("drawn") and label["label"] == "unrelated":
                row["drawn"] = label["drawn"] + " unrelated"
            found.append(row)
    with open(args.output + ".part", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
    os.replace(args.output + ".part", args.output)
    print(f"{len(found)} rows joined, {len(missing)} without their text", *missing[:5], sep="\n  ", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
