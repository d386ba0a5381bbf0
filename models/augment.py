#!/usr/bin/env python3
"""Add to labelled statements parts and variants of them, with the labels of `soft.csv`: what the stance model learns.

usage: augment.py REAL.jsonl STATEMENTS.jsonl ... --labels soft.csv -o rows.jsonl

REAL.jsonl is what join.py makes, STATEMENTS.jsonl the project's own statements; their rows come first. Of each come up
to two clauses, one or two windows of 4 to 18 words, and one to three copies in which a third of the words that carry
meaning are replaced by neighbours in words.safetensors; of unrelated rows, only of a third of them. What each says, a
fine-tuned encoder has judged (teacher.py): `soft.csv` holds for each text the first 8 hexadecimal digits of its SHA-256
and the tenths of the probabilities of against, favor, neutral and unrelated (a for ten tenths). A text comes out once
for each label with a tenth or more, with these tenths in "soft", so that a recipe can weigh it; a text without an entry
is left out.

A model is measured and calibrated on rows that neither it nor the encoder was taught. So a fifth of the groups, by their
hash, was kept from a second encoder, and in the folds of the cross-validation its tenths are the labels: "fit" says
whether a row teaches the final model, those of the folds, or (without it) both. Rows that both encoders were taught have
"judge": "taught".

The texts are the same in every run. They belong to the group of the row that they come from.
"""
import argparse
import collections
import csv
import hashlib
import json
import random
import re
import sys
from pathlib import Path

import numpy as np
from safetensors import safe_open

LABELS = ["against", "favor", "neutral", "unrelated"]
# Words that are never replaced: they carry the stance's grammar, or nothing.
KEPT = set(
    "the a an of to in on and or but that this it he she we they i you not no n't is are was were be been has have had "
    "do does did will would should could can must may might for with by at from as if than then there here so what "
    "which who whom when where why how our their his her its my your us them him me more most very all any some".split())
PART_OF_UNRELATED, SWAPPED, LIKE_ENOUGH, NEIGHBOURS = 0.35, 0.35, 0.45, 11


def neighbours(vocabulary):
    """For each word of the table that the vocabulary holds, the words next to it, the nearest first."""
    with safe_open(str(Path(__file__).with_name("words") / "words.safetensors"), "numpy") as file:
        words = bytes(file.get_tensor("words")).decode().split("\n")
        vectors = file.get_tensor("vectors").astype(np.float64)
    rows = [row for row, word in enumerate(words) if " " not in word and word in vocabulary]
    vectors = vectors[rows]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    found = {}
    for start in range(0, len(rows), 1000):
        likeness = np.round(vectors[start:start + 1000] @ vectors.T, 6)
        for place, of_word in enumerate(likeness, start):
            near = sorted(np.flatnonzero(of_word > LIKE_ENOUGH), key=lambda other: (-of_word[other], other))
            found[words[rows[place]]] = [words[rows[other]] for other in near if other != place][:NEIGHBOURS]
    return found


def clauses(text):
    parts = re.split(r"(?<=[,;:])\s+|\s+(?=that\b|because\b|and\b|but\b|which\b|while\b|if\b)", text)
    return [part.strip(" ,;:") for part in parts if 3 <= len(part.split()) <= 25]


def swapped(words, near, rng):
    """The words with some of them replaced; nothing where none was."""
    new, n_replaced = [], 0
    for word in words:
        parts = re.match(r"^([^A-Za-z]*)([A-Za-z'’-]+)([^A-Za-z]*)$", word)
        choices = near.get(parts.group(2).lower(), []) if parts and parts.group(2).lower() not in KEPT else []
        if choices and rng.random() < SWAPPED:
            other = rng.choice(choices)
            other = other.capitalize() if parts.group(2)[0].isupper() else other
            word, n_replaced = parts.group(1) + other + parts.group(3), n_replaced + 1
        new.append(word)
    return " ".join(new) if n_replaced else None


def variants(rows):
    """Pairs of a text and the row that it comes from, each text once."""
    counts = collections.Counter(w for row in rows for w in re.findall(r"[a-z'’-]+", row["text"].lower()))
    near = neighbours({word for word, n in counts.items() if n >= 3})
    seen, rng = {row["text"] for row in rows}, random.Random(5)
    for row in rows:
        is_related, words, made = row["label"] != "unrelated", row["text"].split(), []
        if not is_related and rng.random() > PART_OF_UNRELATED:
            continue
        parts = clauses(row["text"])
        rng.shuffle(parts)
        made += parts[:2]
        for _ in range(2 if is_related else 1):
            if len(words) > 8:
                length = rng.randint(4, min(18, len(words) - 1))
                start = rng.randint(0, len(words) - length)
                made.append(" ".join(words[start:start + length]))
        made += [swapped(words, near, rng) for _ in range(3 if is_related else 1)]
        for text in made:
            if text and len(text.split()) >= 3 and text not in seen:
                seen.add(text)
                yield text, row


def group_of(row):
    return row.get("group") or row["id"]


def is_kept_back(row):
    """Whether the row is one of the fifth that the encoder of the folds was not taught."""
    return int(hashlib.sha256(group_of(row).encode()).hexdigest(), 16) % 5 == 0


def key_of(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rows", nargs="+")
    parser.add_argument("--labels", required=True)
    parser.add_argument("-o", "--output", default="soft.jsonl")
    args = parser.parse_args()
    tenths = {}
    with open(args.labels, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            tenths[row["key"]] = [[int(digit, 16) for digit in row[name]] for name in ("tenths", "tenths_in_folds")]
    rows = [row for path in args.rows for row in rows_of(path)]
    n_texts = n_rows = 0
    with open(args.output, "w", encoding="utf-8") as file:
        def write(row):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

        for row in rows:
            write(row if is_kept_back(row) else {**row, "judge": "taught"})
        for text, row in variants(rows):
            key = key_of(text)
            if key not in tenths:
                continue
            n_texts += 1
            for label, final, in_folds in zip(LABELS, *tenths[key]):
                fits = [(final, None)] if final == in_folds else [(final, "final"), (in_folds, "folds")]
                for n, fit in fits:
                    if n:
                        n_rows += 1
                        made = {"id": f"soft-{key}-{label}", "text": text, "label": label, "target": row["target"],
                                "soft": str(n), "group": group_of(row)}
                        write({**made, "fit": fit} if fit else made)
    print(f"{len(rows)} rows, and {n_rows} of {n_texts} texts made of them; {len(tenths) - n_texts} labels without a "
          "text", file=sys.stderr)


if __name__ == "__main__":
    main()
