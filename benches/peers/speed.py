#!/usr/bin/env python3
"""Time text classifiers side by side: the same rows, one thread each, a fresh process for each.

usage: speed.py TRAIN.jsonl DEV.jsonl [--onrecord PATH] [--repeats N] [--only NAME,...] [--growth]

TRAIN and DEV are JSON Lines with "id", "text" and "label"; the label "checkworthy" (or --positive) is the one whose F1
is printed. Each contender reads the files, trains, and predicts DEV, 20 times over, in a process of its own; wall time,
processor time and peak memory are those of training, the smallest of the repeats. "solver" is the time of the solver
call alone where the library has one. Vectorized peers use word 1-3 and in-word character 2-5 n-grams, sublinear TF-IDF.

--growth trains onrecord on 1k, 5k, 22k, 90k and 350k rows instead: TRAIN repeated with each word dropped at a chance of
one in ten, seeded, with one thread and with two.

Set up: python3 -m venv venv && venv/bin/pip install -r requirements.txt
"""
import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time

# The rows to predict are DEV this many times over, so that starting up weighs little.
TIMES = 20

RECIPE = """
[[features.block]]
kind = "words"
min = 1
max = 3
[[features.block]]
kind = "chars"
min = 2
max = 5
[classifier]
kind = "{kind}"
c = {c}
balance = 0.0
"""


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def vectorized(train):
    """The training matrix, and what makes one of other rows."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    words = TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True, token_pattern=r"\w+|[^\w\s]")
    chars = TfidfVectorizer(ngram_range=(2, 5), sublinear_tf=True, analyzer="char_wb")
    texts = [row["text"] for row in train]
    x = hstack([words.fit_transform(texts), chars.fit_transform(texts)]).tocsr()

    def transform(rows):
        texts = [row["text"] for row in rows]
        return hstack([words.transform(texts), chars.transform(texts)]).tocsr()
    return x, transform


# Each contender trains, and gives the seconds of its solver and a function from rows to scores.


def sklearn_peer(kind):
    def run(train, positive):
        from sklearn.linear_model import LogisticRegression
        from sklearn.svm import LinearSVC
        x, transform = vectorized(train)
        y = [row["label"] == positive for row in train]
        model = LinearSVC(C=1.0) if kind == "svc" else LogisticRegression(C=10.0, max_iter=1000)
        start = time.perf_counter()
        model.fit(x, y)
        solver = time.perf_counter() - start
        return solver, lambda rows: model.decision_function(transform(rows)).tolist()
    return run


def liblinear_peer(train, positive):
    from liblinear.liblinearutil import parameter, predict, problem, train as fit
    x, transform = vectorized(train)
    problem_ = problem([1 if row["label"] == positive else -1 for row in train], x, bias=1)
    # The tolerance of scikit-learn's LinearSVC is 1e-4, that of the tool 0.1; onrecord's is 1e-3.
    start = time.perf_counter()
    model = fit(problem_, parameter("-s 1 -c 1 -B 1 -e 0.001 -q"))
    solver = time.perf_counter() - start
    sign = 1 if model.get_labels()[0] == 1 else -1
    return solver, lambda rows: [sign * value[0] for value in predict([], transform(rows), model, "-q")[2]]


def fasttext_peer(train, positive):
    import fasttext
    clean = lambda text: " ".join(re.findall(r"\w+|[^\w\s]", text.lower()))
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        for row in train:
            file.write(f"__label__{'yes' if row['label'] == positive else 'no'} {clean(row['text'])}\n")
    start = time.perf_counter()
    model = fasttext.train_supervised(file.name, epoch=10, lr=0.5, wordNgrams=2, thread=1, verbose=0, seed=0)
    solver = time.perf_counter() - start
    os.unlink(file.name)

    def score(rows):
        labels, probabilities = model.predict([clean(row["text"]) for row in rows])
        return [float(p[0] - 0.5 if label[0].endswith("yes") else 0.5 - p[0]) for label, p in zip(labels, probabilities)]
    return solver, score


def vowpal_peer(train, positive):
    import vowpalwabbit
    clean = lambda text: re.sub(r"[|:\n]", " ", text.lower())
    model = vowpalwabbit.Workspace("--loss_function logistic --ngram 2 -b 22 --quiet --random_seed 0")
    start = time.perf_counter()
    for _ in range(5):
        for row in train:
            model.learn(f"{1 if row['label'] == positive else -1} | {clean(row['text'])}")
    solver = time.perf_counter() - start
    return solver, lambda rows: [model.predict(f"| {clean(row['text'])}") for row in rows]


PEERS = {
    "scikit-learn LinearSVC": sklearn_peer("svc"),
    "scikit-learn LogisticRegression": sklearn_peer("lr"),
    "LIBLINEAR": liblinear_peer,
    "fastText": fasttext_peer,
    "Vowpal Wabbit": vowpal_peer,
}


def figures(scores, dev, positive):
    """F1 at 0 and the area under the ROC curve."""
    gold = [row["label"] == positive for row in dev]
    hits = sum(g and s > 0 for g, s in zip(gold, scores))
    f1 = 2 * hits / (sum(gold) + sum(s > 0 for s in scores))
    order = sorted(range(len(scores)), key=lambda n: scores[n])
    ranks, start = [0.0] * len(scores), 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and scores[order[end + 1]] == scores[order[start]]:
            end += 1
        for place in range(start, end + 1):
            ranks[order[place]] = (start + end) / 2 + 1
        start = end + 1
    n = sum(gold)
    auc = (sum(r for r, g in zip(ranks, gold) if g) - n * (n + 1) / 2) / (n * (len(gold) - n))
    return f1, auc


def measured(command, environment):
    """Wall seconds, processor seconds, peak MB and standard output of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"error: {' '.join(command)} failed")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output


def one_thread(n=1):
    names = ["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
    return os.environ | {name: str(n) for name in names}


def run_onrecord(args, kind, c):
    """Best of the repeats: training (wall, processor, memory), prediction seconds, scores."""
    with tempfile.TemporaryDirectory() as folder:
        recipe, model = os.path.join(folder, "r.toml"), os.path.join(folder, "m.safetensors")
        with open(recipe, "w") as file:
            file.write(RECIPE.format(kind=kind, c=c))
        train = [args.onrecord, "train", args.train, "--recipe", recipe, "--folds", "0", "-o", model]
        best = min((measured(train, one_thread())[:3] for _ in range(args.repeats)), key=lambda m: m[1])
        many = os.path.join(folder, "many.jsonl")
        with open(many, "w", encoding="utf-8") as file:
            dev = rows_of(args.dev)
            for n in range(TIMES * len(dev)):
                file.write(json.dumps(dict(dev[n % len(dev)], id=str(n))) + "\n")
        predict = [args.onrecord, "predict", many, "-m", model, "--format", "jsonl"]
        found = min((measured(predict, one_thread()) for _ in range(args.repeats)), key=lambda m: m[1])
        # The start of the program, the reading of model and rows and the writing of predictions are in it.
        rows = [json.loads(line) for line in found[3].decode().splitlines()[:len(dev)]]
    task = next(key for key in rows[0] if isinstance(rows[0][key], dict))
    return best, found, [row[task]["probabilities"][args.positive] - 0.5 for row in rows]


def growth(args):
    rows = rows_of(args.train)
    print(f"{'rows':>8} {'1 thread s':>11} {'2 threads s':>12} {'ratio':>6} {'peak MB':>8}")
    for wanted in (1_000, 5_000, 22_000, 90_000, 350_000):
        rng = random.Random(0)
        with tempfile.TemporaryDirectory() as folder:
            data, recipe = os.path.join(folder, "rows.jsonl"), os.path.join(folder, "r.toml")
            with open(data, "w") as file:
                for n in range(wanted):
                    row = dict(rows[n % len(rows)], id=str(n))
                    if n >= len(rows):
                        kept = [word for word in row["text"].split() if rng.random() > 0.1]
                        row["text"] = " ".join(kept) or row["text"]
                    file.write(json.dumps(row) + "\n")
            with open(recipe, "w") as file:
                file.write(RECIPE.format(kind="svm", c=1.0))
            command = [args.onrecord, "train", data, "--recipe", recipe, "--folds", "0", "-o", f"{folder}/m.safetensors"]
            one, two = (measured(command, one_thread(n)) for n in (1, 2))
        print(f"{wanted:8} {one[0]:11.2f} {two[0]:12.2f} {one[0] / two[0]:6.2f} {one[2]:8.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("train")
    parser.add_argument("dev")
    parser.add_argument("--onrecord", default="target/release/onrecord")
    parser.add_argument("--positive", default="checkworthy")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.peer:
        dev = rows_of(args.dev)
        solver, score = PEERS[args.peer](rows_of(args.train), args.positive)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        start = time.perf_counter()
        scores = score(dev * TIMES)[:len(dev)]
        predict = time.perf_counter() - start
        print(json.dumps({"scores": scores, "solver": solver, "predict": predict, "memory": memory}))
        return
    if args.growth:
        growth(args)
        return
    dev = rows_of(args.dev)
    table = []
    for name in PEERS:
        if args.only and name not in args.only.split(","):
            continue
        command = [sys.executable, __file__, args.train, args.dev, "--positive", args.positive, "--peer", name]
        runs = [measured(command, one_thread()) for _ in range(args.repeats)]
        wall, processor, _, _ = min(runs, key=lambda m: m[1])
        said = [json.loads(run[3].decode().splitlines()[-1]) for run in runs]
        solver, predict, memory = (min(s[what] for s in said) for what in ("solver", "predict", "memory"))
        table.append((name, wall - predict, processor - predict, solver, predict, memory, *figures(said[0]["scores"], dev, args.positive)))
    for name, kind, c in [("onrecord svm", "svm", 1.0), ("onrecord logistic", "logistic", 5.0)]:
        best, found, scores = run_onrecord(args, kind, c)
        table.append((name, best[0], best[1], float("nan"), found[1], best[2], *figures(scores, dev, args.positive)))
    base = next((row for row in table if row[0] == "scikit-learn LinearSVC"), table[0])
    print(f"{'':32} {'train s':>8} {'cpu s':>7} {'ratio':>6} {'solver s':>8} {'predict s':>9} {'texts/s':>8} {'MB':>6} {'F1':>6} {'AUC':>6}")
    for name, wall, cpu, solver, predict, memory, f1, auc in table:
        print(f"{name:32} {wall:8.2f} {cpu:7.2f} {cpu / base[2]:6.2f} {solver:8.2f} {predict:9.3f} {TIMES * len(dev) / predict:8.0f} {memory:6.0f} {f1:6.3f} {auc:6.3f}")


if __name__ == "__main__":
    main()
