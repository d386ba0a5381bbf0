"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  // An element with text and children; markup is never parsed.
  const make = (tag, options = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(options)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const bdi = (text) => make("bdi", {}, text);
  const signs = { favor: "▲", against: "▼", neutral: "●", uncertain: "?" };
  const signed = (value) => (value > 0 ? "+" : value < 0 ? "−" : "") + Math.abs(value).toFixed(2);
  const percent = (value) => Math.round(100 * value) + " %";
  let data = null;
  const entry = (row) => (data ??= JSON.parse(find("data").textContent))[row];

  // Search and filters.
  const body = document.querySelector("#speakers tbody");
  const words_of = new Map([...body.rows].map((row) => [row, row.cells[0].textContent.toLowerCase()]));
  // More rows than anybody reads cost time at every change; they come with a button.
  let most = 200;
  const filter = () => {
    const words = find("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [lean, type] = [find("lean").value, find("type").value];
    let found = 0;
    for (const row of body.rows) {
      const fits = (!lean || row.dataset.lean === lean) && (!type || row.dataset.type === type)
        && words.every((word) => words_of.get(row).includes(word));
      found += fits;
      const hide = !fits || found > most;
      if (row.hidden !== hide) row.hidden = hide;
    }
    const first = found > most ? `, the first ${most} shown` : "";
    find("shown").textContent = `${found} of ${words_of.size} rows${first}`;
    find("show-all").hidden = found <= most;
  };
  const show_all = () => {
    most = Infinity;
    filter();
  };
  find("controls").hidden = false;
  find("show-all").addEventListener("click", show_all);
  // After the table has sorted itself, other rows are the first.
  for (const button of document.querySelectorAll("#speakers th button")) button.addEventListener("click", filter);
  for (const id of ["search", "lean", "type"]) find(id).addEventListener("input", filter);
  find("controls").addEventListener("submit", (event) => event.preventDefault());
  filter();

  // A speaker's statements.
  const marked = (statement) => {
    const points = Array.from(statement.text);
    const parts = [];
    let done = 0;
    for (const [start, end, weight] of statement.words) {
      if (start < done || end > points.length) continue;
      parts.push(points.slice(done, start).join(""));
      parts.push(make(weight > 0 ? "u" : "s", { title: `weight ${signed(weight)}` }, points.slice(start, end).join("")));
      done = end;
    }
    parts.push(points.slice(done).join(""));
    return make("bdi", {}, ...parts);
  };
  const where = (statement) => {
    const line = make("p", { class: "faint" });
    const name = statement.title ?? statement.article;
    if (statement.place !== null) {
      const link = make("a", { href: `#s-${statement.place}-${statement.start}` }, bdi(name));
      link.addEventListener("click", () => dialog.close());
      line.append("in ", link);
    } else if (statement.url) {
      line.append("in ", make("a", { href: statement.url, rel: "noreferrer noopener" }, bdi(name)));
    } else {
      line.append("in ", bdi(name));
    }
    for (const part of [statement.outlet, statement.date]) if (part) line.append(", ", bdi(part));
    line.append(`, ${statement.start}–${statement.end}, ${statement.kind}`);
    if (statement.claim) line.append(`, ${statement.claim}`);
    return line;
  };
  const statementBlock = (statement) => {
    const label = make("b", {}, `${signs[statement.label] ?? "·"} ${statement.said} ${signed(statement.score)}`);
    const chances = statement.p.slice().sort((a, b) => b[1] - a[1]).map(([name, p]) => `${name} ${percent(p)}`).join(", ");
    return make("div", { class: `statement ${signs[statement.label] ? statement.label : "unrelated"}${statement.unsure ? " unsure" : ""}` },
      make("p", {}, label, make("span", { class: "faint" }, `  ${chances}`)),
      make("p", {}, marked(statement)), where(statement));
  };
  const table = (caption, headings, lines) => {
    const head = make("tr", {}, ...headings.map((heading) => make("th", { scope: "col" }, heading)));
    const body = lines.map((line) => make("tr", {}, ...line.map((cell) => make("td", {}, cell))));
    return make("div", { class: "wide" }, make("table", {}, make("caption", {}, caption),
      make("thead", {}, head), make("tbody", {}, ...body)));
  };
  const dialog = find("speaker");
  const show = (row) => {
    const speaker = entry(row);
    find("speaker-name").replaceChildren(bdi(speaker.name));
    const parts = [];
    if (speaker.about) parts.push(make("p", { class: "faint" }, bdi(speaker.about)));
    parts.push(make("p", {}, `Lean: ${speaker.lean}. ${speaker.statements} statements in ${speaker.articles} articles`
      + (speaker.first ? `, ${speaker.first} to ${speaker.last}.` : ".")));
    if (speaker.change) {
      const { from, to, p_adjusted: p } = speaker.change;
      parts.push(make("p", {}, `Changed over time: from ${signed(from)} to ${signed(to)} (adjusted p ${p.toFixed(3)}).`));
    }
    if (speaker.shares) {
      parts.push(table("Shares of the statements about the target", ["stance", "share", "95 %"],
        speaker.shares.map(([name, share, low, high]) =>
          [`${signs[name]} ${name}`, percent(share), `${percent(low)} to ${percent(high)}`])));
    }
    for (const statement of speaker.said) parts.push(statementBlock(statement));
    if (speaker.said.length < speaker.statements) {
      parts.push(make("p", { class: "faint" }, `${speaker.said.length} of ${speaker.statements} statements are on this page.`));
    }
    if (speaker.months.length > 1) {
      parts.push(table("Month by month", ["month", "▲ favor", "▼ against", "● neutral", "score"],
        speaker.months.map(([month, favor, against, neutral, score]) =>
          [month, favor, against, neutral, score === null ? "–" : signed(score)].map(String))));
    }
    if (speaker.aliases) {
      parts.push(table("Names taken for this speaker's, and why", ["name", "role", "statements", "because"],
        speaker.aliases.map(([name, role, n, reason]) => [bdi(name), bdi(role ?? ""), String(n), reason])));
    }
    find("speaker-body").replaceChildren(...parts);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-row]");
    if (button) show(Number(button.dataset.row));
    else if (event.target === dialog) dialog.close();
  });
  find("close").addEventListener("click", () => dialog.close());

  // Articles: a link to a statement opens the article around it.
  const jump = () => {
    const target = location.hash.length > 1 && find(location.hash.slice(1));
    if (!target) return;
    const article = target.closest("details");
    if (article) article.open = true;
    // After the dialog has closed and the article has opened.
    requestAnimationFrame(() => {
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: "center" });
    });
  };
  addEventListener("hashchange", jump);
  const articles = [...document.querySelectorAll("details.article")];
  if (articles.length) {
    find("article-buttons").hidden = false;
    const all = (open) => articles.forEach((article) => (article.open = open));
    find("open-all").addEventListener("click", () => all(true));
    find("close-all").addEventListener("click", () => all(false));
  }
  addEventListener("beforeprint", show_all);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => (part.open = true)));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !dialog.open && !event.target.closest("input, select")) {
      event.preventDefault();
      find("search").focus();
    }
  });
  jump();
})();
