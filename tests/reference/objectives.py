#!/usr/bin/env python3
"""Objectives that LIBLINEAR reaches on a small data set, for the tests of the estimators.

usage: pip install liblinear-official==2.50.0 && python3 tests/reference/objectives.py > tests/reference/objectives.json

Numbers are quarters, exact in any float. The objective is computed here from the weights, not taken from the tool's
output, which has six digits.
"""
import json
import math


from liblinear.liblinearutil import parameter, problem, train

N_ROWS, N_FEATURES = 150, 12


def data():
    state = 11
    rows, labels = [], []
    for _ in range(N_ROWS):
        row = {}
        for column in range(N_FEATURES):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            value = (state >> 33) % 9 - 4
            if value and (state >> 50) % 3:
                row[column + 1] = value / 4
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        noise = ((state >> 33) % 100) / 40 - 1.25
        labels.append(1 if row.get(1, 0) - row.get(2, 0) + row.get(3, 0) / 2 + noise > 0 else -1)
        rows.append(row)
    return rows, labels


LOSSES = {
    0: lambda margin: math.log1p(math.exp(-margin)),
    1: lambda margin: max(0.0, 1 - margin) ** 2,
    3: lambda margin: max(0.0, 1 - margin),
}


def crammer_singer(rows):
    """Three labels, and the objectives of Crammer and Singer's machine on them."""
    def best(row):
        scores = [row.get(1, 0) - row.get(2, 0), row.get(3, 0) + row.get(4, 0) / 2, row.get(5, 0) - row.get(1, 0) / 4]
        return scores.index(max(scores))
    # Every seventh row has another label than its best.
    labels = [(best(row) + (n % 7 == 0)) % 3 for n, row in enumerate(rows)]
    results = []
    for c in (0.1, 1.0, 10.0):
        model = train(problem(labels, rows, bias=1), parameter(f"-s 4 -c {c} -e 1e-10 -B 1 -q"))
        functions = {label: model.get_decfun(place) for place, label in enumerate(model.get_labels())}
        value = 0.5 * sum(sum(w * w for w in weights) + b * b for weights, b in functions.values())
        for row, own in zip(rows, labels):
            scores = {label: sum(weights[column - 1] * x for column, x in row.items()) + b
                      for label, (weights, b) in functions.items()}
            others = max(score for label, score in scores.items() if label != own)
            value += c * max(0.0, 1 + others - scores[own])
        results.append({"c": c, "objective": value})
    return {"labels": labels, "results": results}


def main():
    rows, labels = data()
    results = []
    for solver, bias in [(0, -1), (1, 1), (3, 1)]:
        # With the plain hinge and C = 10 LIBLINEAR gives up before the optimum, after 1000 walks.
        for c in (0.1, 1.0) if solver == 3 else (0.1, 1.0, 10.0):
            model = train(problem(labels, rows, bias=bias), parameter(f"-s {solver} -c {c} -e 1e-12 -B {bias} -q"))
            weights, intercept = model.get_decfun()
            sign = 1 if model.get_labels()[0] == 1 else -1
            value = 0.5 * sum(w * w for w in weights) + 0.5 * (intercept**2 if bias > 0 else 0.0)
            for row, label in zip(rows, labels):
                score = sum(weights[column - 1] * x for column, x in row.items()) + intercept
                value += c * LOSSES[solver](sign * label * score)
            results.append({"solver": solver, "c": c, "objective": value})
    print(json.dumps({
        "made": f"liblinear-official 2.50.0",
        "rows": [[[column - 1, value] for column, value in sorted(row.items())] for row in rows],
        "labels": [int(label == 1) for label in labels],
        "results": results,
        "crammer_singer": crammer_singer(rows),
    }))


if __name__ == "__main__":
    main()
