"""encoder.py train|score|export|reference ... : the small transformer that reads statements in their article.

What it is and how well it does stands in ENCODER.md; the commands are in README.md. Texts are read from a folder of yours
(ID.txt, title first), statements from what `onrecord extract DIR --format jsonl` prints for it, labels from a table
(article, number of the statement from 1, labels: the first letters of favor, against, neutral, unrelated, or x for what is
no statement; `f/n` where two are defensible; several lines for several readers). Needs requirements.txt.
"""
import argparse, bisect, collections, hashlib, json, math, os, random, re, time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn

CLASSES = ["favor", "against", "neutral", "unrelated"]
WIDTH, HEADS, LAYERS, HIDDEN, TOP_HEADS = 384, 12, 6, 256, 4
# Windows: pieces of their own, seen on both sides, title and lead, title alone, multiples, most. As in src/windows.rs.
OWN, MARGIN, LEAD, TITLE, STEP, LONGEST = 384, 24, 48, 24, 64, 512
START, END = 101, 102


# ---- windows (the Rust crate has the same) ----

def windows(tokenizer, text, quotes):
    """([(pieces, roles)], [(window, places of content, places of source and cue) or None for each quote])"""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    ids, offsets = encoding.ids, encoding.offsets
    count = len(ids)
    if count == 0:
        return [], [None] * len(quotes)
    starts, ends = [a for a, _ in offsets], [b for _, b in offsets]
    title_end = text.find("\n") if "\n" in text else len(text)
    body = title_end
    while body < len(text) and text[body] == "\n":
        body += 1
    paragraph_end = text.find("\n", body) if text.find("\n", body) >= 0 else len(text)
    lead = list(range(min(sum(end <= title_end for end in ends), TITLE)))
    lead += [i for i in range(count) if starts[i] >= body and ends[i] <= paragraph_end][:LEAD - len(lead)]
    within = lambda a, b: range(bisect.bisect_right(ends, a), bisect.bisect_left(starts, b))
    roles, places = [0] * count, []
    for quote in quotes:
        parts = [[i for a, b in quote.get(key) or [] for i in within(a, b)] for key in ("content", "source", "cue")]
        for role in (2, 3):
            for i in parts[role - 1]:
                roles[i] = role
        places.append((parts[0], sorted(set(parts[1] + parts[2]))))
    for content, _ in places:
        for i in content:
            roles[i] = 1
    n_windows = -(-count // OWN)
    own = -(-count // n_windows)
    belonging = [[] for _ in range(n_windows)]
    for k, (content, _) in enumerate(places):
        if content:
            belonging[min(n_windows - 1, content[len(content) // 2] // own)].append(k)
    result, found = [], [None] * len(quotes)
    for window, members in enumerate(belonging):
        if not members:
            continue
        lo, hi = max(0, window * own - MARGIN), min(count, (window + 1) * own + MARGIN)
        before = lead if lo > LEAD else []
        head = 2 + len(before) + bool(before)
        want = min(LONGEST, -(-(head + hi - lo) // STEP) * STEP) - head
        if hi - lo < want:
            lo = max(LEAD + 1 if before else 0, hi - want)
        if hi - lo < want:
            hi = min(count, lo + want)
        hi = min(hi, lo + want)
        pieces = [START] + [ids[i] for i in before] + ([END] if before else [])
        base = len(pieces)
        for k in members:
            found[k] = (len(result), *([i - lo + base for i in part if lo <= i < hi] for part in places[k]))
        result.append((pieces + ids[lo:hi] + [END], [0] * base + roles[lo:hi] + [0]))
    return result, found


def article(tokenizer, text, quotes):
    numbers = {}
    speakers = [numbers.setdefault(q["speaker"], len(numbers)) if q.get("speaker") else -1 for q in quotes]
    return (*windows(tokenizer, text, quotes), speakers)


def row(tokenizer, text):
    """A statement that stands alone."""
    ids = tokenizer.encode(text, add_special_tokens=False).ids[:200]
    return [([START] + ids + [END], [0] + [1] * len(ids) + [0])], [(0, list(range(1, len(ids) + 1)), [])], [-1]


def collate(batch):
    all_windows, statements, groups, keys = [], [], [], []
    for item, (item_windows, found, speakers) in enumerate(batch):
        first, rows = len(all_windows), []
        all_windows += item_windows
        for k, place in enumerate(found):
            if place:
                rows.append((len(statements), speakers[k]))
                statements.append((place[0] + first, place[1], place[2]))
                keys.append((item, k))
        if rows:
            groups.append(rows)
    return all_windows, statements, groups, keys


# ---- the network ----

def attend(q, k, v, mask):
    # Plain products: the fused kernel's backward pass takes three times as long on processors.
    weights = (q * (WIDTH // HEADS) ** -0.5) @ k.transpose(-1, -2)
    return torch.softmax(weights if mask is None else weights + mask, -1, dtype=weights.dtype) @ v


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.o = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.f1, self.f2 = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.n1, self.n2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x, mask):
        b, t, _ = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        x = self.n1(x + self.o(attend(q, k, v, mask).transpose(1, 2).reshape(b, t, WIDTH)))
        return self.n2(x + self.f2(F.gelu(self.f1(x))))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.word, self.pos, self.role = nn.Embedding(30522, WIDTH), nn.Embedding(LONGEST, WIDTH), nn.Embedding(4, WIDTH)
        self.n = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])
        self.h1, self.out = nn.Linear(3 * WIDTH, HIDDEN), nn.Linear(HIDDEN, 4)
        self.aq, self.ao, self.an = nn.Linear(HIDDEN, 3 * HIDDEN), nn.Linear(HIDDEN, HIDDEN), nn.LayerNorm(HIDDEN)
        self.af1, self.af2, self.an2 = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, HIDDEN), nn.LayerNorm(HIDDEN)
        self.same, self.near = nn.Parameter(torch.zeros(TOP_HEADS)), nn.Parameter(torch.zeros(TOP_HEADS, 9))
        nn.init.zeros_(self.ao.weight)
        nn.init.zeros_(self.af2.weight)

    def start_from(self, path):
        """all-MiniLM-L6-v2's weights; roles start as its first segment, with a little noise."""
        w = load_file(path)
        self.word.weight.data.copy_(w["embeddings.word_embeddings.weight"])
        self.pos.weight.data.copy_(w["embeddings.position_embeddings.weight"])
        self.role.weight.data.copy_(w["embeddings.token_type_embeddings.weight"][:1].repeat(4, 1))
        self.role.weight.data[1:] += torch.randn(3, WIDTH) * 0.02
        for kind in ("weight", "bias"):
            getattr(self.n, kind).data.copy_(w[f"embeddings.LayerNorm.{kind}"])
            for i, layer in enumerate(self.layers):
                p = f"encoder.layer.{i}."
                put = lambda module, value: getattr(module, kind).data.copy_(value)
                put(layer.qkv, torch.cat([w[f"{p}attention.self.{x}.{kind}"] for x in ("query", "key", "value")]))
                put(layer.o, w[f"{p}attention.output.dense.{kind}"])
                put(layer.n1, w[f"{p}attention.output.LayerNorm.{kind}"])
                put(layer.f1, w[f"{p}intermediate.dense.{kind}"])
                put(layer.f2, w[f"{p}output.dense.{kind}"])
                put(layer.n2, w[f"{p}output.LayerNorm.{kind}"])

    def states(self, all_windows):
        """States of all windows' pieces in one matrix, and where each window starts in it; equal lengths go together."""
        by_length = collections.defaultdict(list)
        for i, (pieces, _) in enumerate(all_windows):
            by_length[-(-len(pieces) // 32) * 32].append(i)
        amp, out, base, at = torch.is_autocast_enabled("cpu"), [], [0] * len(all_windows), 0
        for length, members in sorted(by_length.items()):
            ids, roles = torch.zeros(2, len(members), length, dtype=torch.long)
            real = torch.zeros(len(members), 1, 1, length, dtype=torch.bool)
            for b, i in enumerate(members):
                pieces, marks = all_windows[i]
                ids[b, :len(pieces)], roles[b, :len(marks)] = torch.tensor(pieces), torch.tensor(marks)
                real[b, :, :, :len(pieces)] = True
                base[i], at = at, at + length
            x = self.n(self.word(ids) + self.pos.weight[:length][None] + self.role(roles))
            x = x.bfloat16() if amp else x
            mask = None if bool(real.all()) else torch.zeros(real.shape, dtype=x.dtype).masked_fill(~real, -1e4)
            for layer in self.layers:
                x = layer(x, mask)
            out.append(x.reshape(-1, WIDTH))
        return torch.cat(out), base

    def forward(self, all_windows, statements, groups):
        flat, base = self.states(all_windows)
        means = torch.zeros(2, len(statements), len(flat))
        for j, (window, *parts) in enumerate(statements):
            for part, places in enumerate(parts):
                if places:
                    means[part, j, torch.tensor(places) + base[window]] = 1 / len(places)
        means = means.to(flat.dtype)
        first = flat[torch.tensor([base[window] for window, _, _ in statements])]
        u = F.dropout(torch.cat([means[0] @ flat, means[1] @ flat, first], 1), 0.1, self.training)
        u = F.dropout(F.gelu(self.h1(u)).float(), 0.1, self.training)
        n, a = max(map(len, groups)), len(groups)
        index, speaker = torch.zeros(a, n, dtype=torch.long), torch.full((a, n), -1)
        bias, place = torch.full((a, TOP_HEADS, n, n), -1e4), torch.zeros(len(statements), dtype=torch.long)
        for g, rows in enumerate(groups):
            index[g, :len(rows)] = torch.tensor([r for r, _ in rows])
            speaker[g, :len(rows)] = torch.tensor([s for _, s in rows])
            bias[g, :, :, :len(rows)] = 0
            for t, (r, _) in enumerate(rows):
                place[r] = g * n + t
        order = torch.arange(n)
        same = ((speaker[:, :, None] == speaker[:, None]) & (speaker[:, :, None] >= 0)).float()
        bias = bias + self.near[:, (order[None] - order[:, None]).clamp(-4, 4) + 4][None]
        bias = bias + same[:, None] * self.same[None, :, None, None]
        v = u[index]
        size = HIDDEN // TOP_HEADS
        q, k, x = self.aq(v).float().view(a, n, 3, TOP_HEADS, size).permute(2, 0, 3, 1, 4)
        x = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(size) + bias, -1) @ x
        v = self.an(v + self.ao(x.transpose(1, 2).reshape(a, n, HIDDEN)).float())
        v = self.an2(v + self.af2(F.gelu(self.af1(v))).float())
        return self.out(v.reshape(a * n, HIDDEN)[place]).float()

    def run(self, batch):
        *inputs, keys = collate(batch)
        with torch.autocast("cpu", torch.bfloat16):
            return self(*inputs), keys


# ---- data ----

def read_statements(path):
    articles = (json.loads(line) for line in open(path, encoding="utf-8"))
    return {a["id"]: a["quotes"] for a in articles if a.get("quotes")}


def read_labels(path):
    """{article: {place from 0: (probabilities, weight)}}; what two readers say is averaged."""
    readings = collections.defaultdict(list)
    for line in open(path, encoding="utf-8"):
        name, number, labels = line.rstrip("\n").split("\t")
        readings[name, int(number) - 1].append(labels.split("/"))
    out = collections.defaultdict(dict)
    for (name, k), several in readings.items():
        sure = [labels for labels in several if labels != ["x"]]
        target = np.zeros(4)
        for labels in sure:
            for label, share in zip(labels, [1.0] if len(labels) == 1 else [0.7, 0.3]):
                target["fanu".index(label)] += share / len(sure)
        # What no source says is little like a statement on anything; it teaches a little.
        out[name][k] = (target.tolist(), 1.0) if sure else ([0, 0, 0.2, 0.8], 0.15)
    return out


def buckets(texts):
    """A number from 0 to 9 for each article; articles that share three long sentences fall together."""
    parent = {name: name for name in texts}

    def root(name):
        while parent[name] != name:
            parent[name] = name = parent[parent[name]]
        return name

    holders, shared = collections.defaultdict(list), collections.Counter()
    for name in sorted(texts):
        for sentence in set(re.split(r'(?<=[.!?"”])\s+|\n+', texts[name])):
            if len(sentence) >= 70:
                holders[sentence].append(name)
    for names in holders.values():
        if len(names) <= 6:
            shared.update((a, b) for a in names for b in names if a < b)
    for (a, b), count in shared.items():
        if count >= 3:
            parent[root(a)] = root(b)
    return {name: int(hashlib.sha256(root(name).encode()).hexdigest(), 16) % 10 for name in texts}


def load(args):
    tokenizer = Tokenizer.from_file(os.path.join(args.base, "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    quotes = read_statements(args.statements)
    texts = {name: open(os.path.join(args.texts, name + ".txt"), encoding="utf-8").read() for name in quotes}
    return tokenizer, quotes, texts, {int(b) for b in args.held.split(",") if b}


# ---- training ----

def train(args):
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    chance = random.Random(args.seed)
    tokenizer, quotes, texts, held = load(args)
    bucket, labels = buckets(texts), read_labels(args.labels)
    names = sorted(n for n in labels if n in texts and bucket[n] not in held and sum(w for _, w in labels[n].values()) >= 3)
    items = {name: article(tokenizer, texts[name], quotes[name]) for name in names}
    rows = [json.loads(line) for path in args.rows for line in open(path, encoding="utf-8")]
    rows = [(row(tokenizer, r["text"]), CLASSES.index(r["label"])) for r in rows if r["label"] in CLASSES]
    rows.sort(key=lambda r: len(r[0][0][0][0]))
    rows = [rows[i:i + 8] for i in range(0, len(rows), 8)]
    net = Encoder()
    net.start_from(os.path.join(args.base, "model.safetensors"))
    net.word.weight.requires_grad_(False)
    new = ("h1.", "out.", "aq.", "ao.", "af1.", "af2.", "near", "role.")
    groups = [dict(params=[], weight_decay=decay, factor=factor) for decay, factor in ((0.01, 1), (0, 1), (0.01, 5))]
    for name, parameter in net.named_parameters():
        if parameter.requires_grad:
            groups[1 if parameter.ndim < 2 else 2 if name.startswith(new) else 0]["params"].append(parameter)
    optimizer = torch.optim.AdamW(groups, lr=args.lr, fused=True)
    weights = torch.tensor([1.05, 1.0, 0.9, 1.05])

    def losses(logits, target, weight):
        target = target * 0.95 + 0.0125
        return -(target * F.log_softmax(logits, -1)).sum(-1) * weight * (target @ weights)

    order, row_order, start = [], [], time.time()
    for step in range(args.steps):
        if len(order) < args.articles:
            order = names[:]
            chance.shuffle(order)
        if not row_order:
            row_order = rows[:]
            chance.shuffle(row_order)
        taken = [order.pop() for _ in range(args.articles)]
        for group in optimizer.param_groups:
            done = step / args.steps
            group["lr"] = args.lr * group["factor"] * min(1, (step + 1) / 40, max(0.02, 2 - 2 * done))
        logits, keys = net.run([items[name] for name in taken])
        goals = [labels[taken[b]].get(k, ([0] * 4, 0.0)) for b, k in keys]
        weight = torch.tensor([w for _, w in goals])
        loss = losses(logits, torch.tensor([t for t, _ in goals]), weight).sum() / max(8, float(weight.sum()))
        alone = row_order.pop()
        logits, _ = net.run([item for item, _ in alone])
        target = F.one_hot(torch.tensor([label for _, label in alone]), 4).float()
        (loss + 0.25 * losses(logits, target, torch.ones(len(alone))).mean()).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step % 20 == 19:
            print(f"step {step + 1} loss {loss.item():.3f} {(time.time() - start) / (step + 1):.2f} s a step", flush=True)
    save_file(net.state_dict(), args.out)


def score(args):
    torch.set_num_threads(args.threads)
    tokenizer, quotes, texts, held = load(args)
    net = Encoder()
    net.load_state_dict(load_file(args.weights))
    net.eval()
    bucket = buckets(texts)
    with torch.no_grad(), open(args.out, "w", encoding="utf-8") as out:
        for name in sorted(n for n in texts if bucket[n] in held):
            logits, keys = net.run([article(tokenizer, texts[name], quotes[name])])
            for (_, k), scores in zip(keys, logits.tolist()):
                print(json.dumps({"id": name, "k": k + 1, "scores": [round(s, 4) for s in scores]}), file=out)


# ---- files for Rust ----

class Graph:
    """An ONNX graph, node by node; weights go in as eight bits with a scale for each output."""

    def __init__(self):
        from onnx import helper, numpy_helper
        self.helper, self.numpy = helper, numpy_helper
        self.nodes, self.constants = [], {}

    def constant(self, name, values):
        self.constants.setdefault(name, self.numpy.from_array(np.ascontiguousarray(values), name))
        return name

    def op(self, kind, *inputs, **attributes):
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(self.helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def linear(self, x, weight, bias, name, full=False):
        weight = weight.T.astype(np.float32)
        if full:
            product = self.op("MatMul", x, self.constant(name + ".w", weight))
        else:
            scale = (np.abs(weight).max(0) / 127).astype(np.float32)
            scale[scale == 0] = 1
            eight = np.clip(np.round(weight / scale), -127, 127).astype(np.int8)
            scale, eight = self.constant(name + ".s", scale), self.constant(name + ".q", eight)
            product = self.op("MatMul", x, self.op("DequantizeLinear", eight, scale, axis=1))
        return self.op("Add", product, self.constant(name + ".b", bias))

    def norm(self, x, w, name, epsilon):
        scale, bias = (self.constant(f"{name}.{kind}", w[f"{name}.{kind}"]) for kind in ("weight", "bias"))
        return self.op("LayerNormalization", x, scale, bias, axis=-1, epsilon=epsilon)

    def gelu(self, x):
        number = lambda name, value: self.constant(name, np.array(value, np.float32))
        erf = self.op("Erf", self.op("Div", x, number("root", 2 ** 0.5)))
        return self.op("Mul", self.op("Mul", x, self.op("Add", erf, number("one", 1.0))), number("half", 0.5))

    def attention(self, x, w, name, heads, orders, bias=None):
        width = w[name + ".weight"].shape[1]
        size = width // heads
        lead = [0] * (len(orders[0]) - 2)
        split = self.constant("split", np.array(lead + [heads, size], np.int64))
        join = self.constant("join", np.array(lead + [width], np.int64))
        matrices, biases = np.split(w[name + ".weight"], 3), np.split(w[name + ".bias"], 3)
        parts = []
        for part, factor, order in zip(range(3), (size ** -0.5, 1, 1), orders):
            flat = self.linear(x, matrices[part] * factor, (biases[part] * factor).astype(np.float32), f"{name}.{part}")
            parts.append(self.op("Transpose", self.op("Reshape", flat, split), perm=order))
        weights = self.op("MatMul", parts[0], parts[1])
        weights = self.op("Softmax", self.op("Add", weights, bias) if bias else weights, axis=-1)
        return self.op("Reshape", self.op("Transpose", self.op("MatMul", weights, parts[2]), perm=orders[0]), join)

    def save(self, path, inputs, output, shape, last):
        import onnx
        self.nodes.append(self.helper.make_node("Identity", [last], [output]))
        info = lambda name, shape: self.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        graph = self.helper.make_graph(self.nodes, "encoder", [info(*i) for i in inputs], [info(output, shape)],
                                       list(self.constants.values()))
        model = self.helper.make_model(graph, opset_imports=[self.helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        onnx.save(model, path)


def export(args):
    from safetensors.numpy import save_file as save_arrays
    w = {name: value.float().numpy() for name, value in load_file(args.weights).items()}
    g = Graph()
    x = g.norm("x", w, "n", 1e-12)
    for i in range(LAYERS):
        p = f"layers.{i}."
        linear = lambda x, name: g.linear(x, w[p + name + ".weight"], w[p + name + ".bias"], p + name)
        a = g.attention(x, w, p + "qkv", HEADS, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]))
        x = g.norm(g.op("Add", x, linear(a, "o")), w, p + "n1", 1e-12)
        x = g.norm(g.op("Add", x, linear(g.gelu(linear(x, "f1")), "f2")), w, p + "n2", 1e-12)
    g.save(os.path.join(args.layers, "layers.onnx"), [("x", ["B", "T", WIDTH])], "hidden", ["B", "T", WIDTH], x)
    g = Graph()
    linear = lambda x, name, full=True: g.linear(x, w[name + ".weight"], w[name + ".bias"], name, full)
    u = g.gelu(linear("pooled", "h1", False))
    a = g.attention(u, w, "aq", TOP_HEADS, ([1, 0, 2], [1, 2, 0], [1, 0, 2]), "bias")
    v = g.norm(g.op("Add", u, linear(a, "ao")), w, "an", 1e-5)
    v = g.norm(g.op("Add", v, linear(g.gelu(linear(v, "af1")), "af2")), w, "an2", 1e-5)
    inputs = [("pooled", ["S", 3 * WIDTH]), ("bias", [TOP_HEADS, "S", "S"])]
    g.save(os.path.join(args.head, "head.onnx"), inputs, "scores", ["S", 4], linear(v, "out"))
    # Pieces in other scripts than the Latin one are left out: the program reads English.
    tokenizer = json.load(open(os.path.join(args.base, "tokenizer.json"), encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    letters = re.compile(r"(##)?[\u0020-\u007e\u00a1-\u024f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]+")
    kept = [p for p in sorted(vocabulary, key=vocabulary.get) if letters.fullmatch(p) and not p.startswith("[unused")]
    tokenizer["model"]["vocab"] = {piece: i for i, piece in enumerate(kept)}
    for added in tokenizer["added_tokens"]:
        added["id"] = tokenizer["model"]["vocab"][added["content"]]
    tokenizer.update(post_processor=None, truncation=None, padding=None)
    with open(os.path.join(args.words, "tokenizer.json"), "w", encoding="utf-8") as out:
        json.dump(tokenizer, out, ensure_ascii=False, separators=(",", ":"))

    def eight(rows):
        scale = (np.abs(rows).max(1) / 127).astype(np.float32)
        scale[scale == 0] = 1
        return np.clip(np.round(rows / scale[:, None]), -127, 127).astype(np.int8), scale

    words, scales = eight(w["word.weight"][[vocabulary[piece] for piece in kept]])
    positions, position_scales = eight(w["pos.weight"])
    save_arrays(dict(words=words, scales=scales, positions=positions, position_scales=position_scales,
                     roles=w["role.weight"], same=w["same"], near=w["near"]), os.path.join(args.words, "table.safetensors"))


def reference(args):
    """Scores of the float model for the crate's own test articles, written beside them."""
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(os.path.join(args.base, "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    net = Encoder()
    net.load_state_dict(load_file(args.weights))
    net.eval()
    articles = json.load(open(args.articles, encoding="utf-8"))
    for entry in articles:
        raw = entry["text"].encode()
        chars = lambda spans: [[len(raw[:a].decode()), len(raw[:b].decode())] for a, b in spans]
        quotes = [{key: chars(s[key]) for key in ("content", "source", "cue")} for s in entry["statements"]]
        for quote, s in zip(quotes, entry["statements"]):
            quote["speaker"] = None if s["speaker"] is None else f"speaker {s['speaker']}"
        *inputs, keys = collate([article(tokenizer, entry["text"], quotes)])
        with torch.no_grad():
            logits = net(*inputs).tolist()
        assert [k for _, k in keys] == list(range(len(quotes)))
        entry["scores"] = [[round(x, 4) for x in scores] for scores in logits]
        entry.pop("windows", None)
    with open(args.articles, "w", encoding="utf-8") as out:
        json.dump(articles, out, ensure_ascii=False, indent=1)
        out.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run in (("train", train), ("score", score), ("export", export), ("reference", reference)):
        p = commands.add_parser(name)
        p.set_defaults(run=run)
        p.add_argument("--base", required=True, help="folder of all-MiniLM-L6-v2: model.safetensors, tokenizer.json")
        if name in ("train", "score"):
            p.add_argument("--texts", required=True, help="folder of ID.txt")
            p.add_argument("--statements", required=True, help="what `onrecord extract` printed for it, jsonl")
            p.add_argument("--held", default="5,7,9", help="buckets of articles (of ten) that are not trained on")
            p.add_argument("--threads", type=int, default=1)
            p.add_argument("--out", required=True)
        if name == "train":
            p.add_argument("--labels", required=True, help="table of labels")
            p.add_argument("--rows", nargs="*", default=[], help="jsonl of isolated statements: text, label")
            p.add_argument("--steps", type=int, default=1000)
            p.add_argument("--articles", type=int, default=2, help="articles a step")
            p.add_argument("--lr", type=float, default=1e-4)
            p.add_argument("--seed", type=int, default=1)
        else:
            p.add_argument("--weights", required=True)
        if name == "export":
            p.add_argument("--words", required=True, help="folder for tokenizer.json, table.safetensors")
            p.add_argument("--layers", required=True, help="folder for layers.onnx")
            p.add_argument("--head", required=True, help="folder for head.onnx")
        if name == "reference":
            p.add_argument("--articles", required=True)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
