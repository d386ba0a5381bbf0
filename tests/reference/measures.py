#!/usr/bin/env python3
"""Makes measures.json: what scikit-learn, krippendorff and statsmodels say of small inputs.

    python3 -m venv VENV && VENV/bin/pip install scikit-learn==1.9.1 krippendorff==0.9.0 statsmodels==0.15.0
    VENV/bin/python tests/reference/measures.py > tests/reference/measures.json

The expected calibration error is in none of them; it is computed here from its definition. A value that is not
defined is null; the areas of a class with rows on one side only are null by the project's choice.
"""
import json
import math
import sys
import warnings
from importlib.metadata import version

import krippendorff
import numpy as np
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import fleiss_kappa
from statsmodels.stats.multitest import multipletests

warnings.simplefilter("ignore")


def number(value):
    value = float(value)
    return value if math.isfinite(value) else None


def calibration_error(gold, table, weights):
    top, sure = table.argmax(1), table.max(1)
    edges = np.linspace(0, 1, 11)
    total = 0.0
    for low, high in zip(edges, edges[1:]):
        inside = (sure > low) & (sure <= high)
        if weights[inside].sum() > 0:
            said = np.average(sure[inside], weights=weights[inside])
            right = np.average(top[inside] == gold[inside], weights=weights[inside])
            total += weights[inside].sum() * abs(said - right)
    return total / weights.sum()


def fixture(name, n_classes, gold, predicted, table=None, weights=None):
    gold, predicted = np.array(gold), np.array(predicted)
    own = {"sample_weight": weights}
    zero = {"zero_division": 0, **own}
    classes = list(range(n_classes))
    each = metrics.precision_recall_fscore_support(gold, predicted, labels=classes, **zero)
    expected = {
        "accuracy": number(metrics.accuracy_score(gold, predicted, **own)),
        "balanced_accuracy": number(metrics.balanced_accuracy_score(gold, predicted, **own)),
        "macro_precision": number(metrics.precision_score(gold, predicted, average="macro", **zero)),
        "macro_recall": number(metrics.recall_score(gold, predicted, average="macro", **zero)),
        "macro_f1": number(metrics.f1_score(gold, predicted, average="macro", **zero)),
        "weighted_f1": number(metrics.f1_score(gold, predicted, average="weighted", **zero)),
        "f_avg": number(metrics.f1_score(gold, predicted, labels=[0, 1], average="macro", **zero)),
        "matthews_correlation": number(metrics.matthews_corrcoef(gold, predicted, **own)),
        "cohen_kappa": number(metrics.cohen_kappa_score(gold, predicted, **own)),
        "precision": list(map(number, each[0])),
        "recall": list(map(number, each[1])),
        "f1": list(map(number, each[2])),
        "support": list(map(number, each[3])),
        "confusion": metrics.confusion_matrix(gold, predicted, labels=classes, **own).tolist(),
    }
    if table is not None:
        table = np.array(table)
        spread = np.ones(len(gold)) if weights is None else np.array(weights)
        two_sided = [len(set(gold == c)) == 2 for c in classes]
        expected |= {
            "log_loss": number(metrics.log_loss(gold, table, labels=classes, **own)),
            "brier": number(metrics.brier_score_loss(gold, table, labels=classes, scale_by_half=False, **own)),
            "calibration_error": number(calibration_error(gold, table, spread)),
            "roc_auc": [
                number(metrics.roc_auc_score(gold == c, table[:, c], **own)) if ok else None
                for c, ok in zip(classes, two_sided)
            ],
            "pr_auc": [
                number(metrics.average_precision_score(gold == c, table[:, c], **own)) if ok else None
                for c, ok in zip(classes, two_sided)
            ],
        }
    return {
        "name": name,
        "n_classes": n_classes,
        "gold": gold.tolist(),
        "predicted": predicted.tolist(),
        "probabilities": None if table is None else table.tolist(),
        "weights": None if weights is None else list(weights),
        "expected": expected,
    }


def random_rows(rng, n, n_classes, digits):
    gold = rng.choice(n_classes, n, p=rng.dirichlet(np.full(n_classes, 5.0)))
    scores = rng.normal(size=(n, n_classes)) + 1.2 * np.eye(n_classes)[gold]
    table = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    table = np.round(table, digits)
    table[:, -1] = 1 - table[:, :-1].sum(1)
    table = np.clip(np.round(table, digits), 0, 1)
    return gold, table.argmax(1), table


def agreement(name, n_classes, columns):
    """columns: one list an annotator, None where missing."""
    values = np.array([[np.nan if v is None else v for v in column] for column in columns], dtype=float)
    both = [(a, b) for a, b in zip(columns[0], columns[1]) if a is not None and b is not None]
    counts = np.array([[sum(c[i] == k for c in columns) for k in range(n_classes)] for i in range(len(columns[0]))])
    full = counts[counts.sum(1) == len(columns)]
    return {
        "name": name,
        "n_classes": n_classes,
        "annotators": columns,
        "cohen_kappa": number(metrics.cohen_kappa_score(*zip(*both))),
        "fleiss_kappa": number(fleiss_kappa(full)),
        "krippendorff_alpha": number(
            krippendorff.alpha(reliability_data=values, level_of_measurement="nominal", value_domain=range(n_classes))
        ),
    }


def main():
    rng = np.random.default_rng(20)
    gold, predicted, table = random_rows(rng, 1000, 4, 6)
    tied = random_rows(rng, 60, 3, 1)
    weights = np.round(rng.gamma(1.0, size=80), 3)
    weights[::9] = 0.0
    weighted = random_rows(rng, 80, 3, 4)
    never = random_rows(rng, 50, 3, 3)
    fixtures = [
        fixture("small", 3, [0, 0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 0, 1, 2, 1, 1, 0, 2, 0, 0]),
        fixture("a class that is never predicted", 3, never[0], np.where(never[1] == 2, 0, never[1]), never[2]),
        fixture(
            "a class absent from the gold", 4, [0, 0, 1, 1, 2, 2], [0, 3, 1, 1, 3, 2],
            [[.7, .1, .1, .1], [.2, .1, .1, .6], [0, 1, 0, 0], [.25, .4, .2, .15], [.1, .1, .3, .5], [.1, .2, .6, .1]],
        ),
        fixture("a class absent from both", 4, [0, 0, 1, 1], [0, 1, 1, 1]),
        fixture("one class only", 2, [1, 1, 1], [1, 1, 1], [[.1, .9], [.4, .6], [0, 1]]),
        fixture("one class in the gold, two predicted", 2, [1, 1, 1], [1, 0, 1], [[.1, .9], [.6, .4], [0, 1]]),
        fixture("ties in the scores", 3, *tied),
        fixture("weights, some of them 0", 3, *weighted, weights=weights),
        fixture("two classes", 2, *random_rows(rng, 40, 2, 3)),
        fixture("1,000 random rows", 4, gold, predicted, table),
    ]
    noisy = lambda column, rate: [v if rng.random() > rate else int(rng.integers(3)) for v in column]
    truth = [int(v) for v in rng.integers(0, 3, 40)]
    three = [noisy(truth, rate) for rate in (0.1, 0.3, 0.5)]
    gaps = [[None if rng.random() < 0.2 else v for v in noisy(truth, 0.3)] for _ in range(3)]
    tests = [(0, 0), (1, 4), (5, 5), (12, 30), (250, 310), (3, 0)]
    p_values = [0.01, 0.04, 0.03, 0.005, 0.6]
    json.dump(
        {
            "made_with": {p: version(p) for p in ("scikit-learn", "krippendorff", "statsmodels", "numpy", "scipy")},
            "fixtures": fixtures,
            "agreement": [agreement("three annotators", 3, three), agreement("with gaps", 3, gaps)],
            "mcnemar": [
                {"first_only": b, "second_only": c, "p": number(mcnemar([[9, b], [c, 9]], exact=True).pvalue)}
                for b, c in tests
            ],
            "holm": {"p": p_values, "corrected": list(map(number, multipletests(p_values, method="holm")[1]))},
        },
        sys.stdout,
        separators=(",", ":"),
    )
    print()


if __name__ == "__main__":
    main()
