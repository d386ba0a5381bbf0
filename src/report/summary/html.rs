//! The page that a newsroom opens: one file, no network, speakers as a chart and a table to sort, filter and search;
//! behind each name the speaker's statements with what decided their stance; below, the articles with the statements
//! marked in their places.
//!
//! Built on [`crate::report::page`]; here are the parts of this page alone, `page.css` and `page.js` among them. What
//! articles bring reaches the page as text: through `maud` in the markup, as JSON without `<` in the data, and as
//! text nodes from the script, which never writes markup.

use std::collections::BTreeMap;
use std::io::{self, Write};

use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

use super::{basis, counted, notes, title};
use crate::article::Article;
use crate::labeled::Stance;
use crate::report::page::{self, visible};
use crate::report::table::score;
use crate::score::ScoredStatement;
use crate::score::{ScoredStance, UNCERTAIN};
use crate::summary::{GroupSummary, Lean, Month, SpeakerSummary, Summary, SummaryFigures};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// An article to show with its statements marked.
#[derive(Debug, Clone)]
pub struct ArticlePage {
    /// The article.
    pub article: Article,
    /// Its statements.
    pub statements: Vec<ScoredStatement>,
}

/// Where things of the summary are on the page.
struct Places<'s> {
    /// Rows by name, role and affiliation as an article gives them.
    speakers: BTreeMap<(&'s str, Option<&'s str>, Option<&'s str>), usize>,
    /// Articles by id.
    articles: BTreeMap<&'s str, usize>,
}

/// Writes the page that a newsroom opens, with articles to read beside the speakers.
///
/// # Errors
/// Whatever the sink says.
pub fn page(summary: &Summary, articles: &[ArticlePage], out: &mut dyn Write) -> io::Result<()> {
    let mut speakers = BTreeMap::new();
    for (row, speaker) in summary.speakers.iter().enumerate() {
        for alias in &speaker.aliases {
            speakers.insert((alias.name.as_str(), alias.role.as_deref(), alias.affiliation.as_deref()), row);
        }
    }
    let by_id = articles.iter().enumerate().map(|(place, page)| (page.article.id.as_str(), place));
    let places = Places { speakers, articles: by_id.collect() };
    let body = html! {
        p { (basis(summary)) "." }
        (controls(summary))
        (speaker_table(summary))
        @if summary.months.len() > 1 { (timeline(&summary.months)) }
        @if !articles.is_empty() { (article_list(articles, &places)) }
        h2 { "How to read this" }
        (legend())
        ul { @for note in notes(summary) { li { (note) } } }
        dialog #speaker aria-labelledby="speaker-name" {
            div.bar {
                h2 #speaker-name {}
                button #close type="button" { "Close" }
            }
            div #speaker-body {}
        }
        script #data type="application/json" { (PreEscaped(data(summary, &places))) }
    };
    let page = page::frame_with(&title(summary), body, STYLE, SCRIPT);
    out.write_all(page.as_bytes())
}

/// Search and filters; without scripts they stay hidden, and the table is whole.
fn controls(summary: &Summary) -> Markup {
    let leans = [Lean::Favor, Lean::Against, Lean::Mixed, Lean::Neutral, Lean::TooLittle];
    let mut types: Vec<&str> = summary.speakers.iter().map(|speaker| speaker.kind.name()).collect();
    types.sort_unstable();
    types.dedup();
    html! {
        form #controls hidden role="search" {
            label { "Search " input #search type="search" autocomplete="off" placeholder="name, role, affiliation"; }
            label { "Lean " select #lean {
                option value="" { "any" }
                @for lean in leans { option value=(lean.name()) { (lean.name()) } }
            } }
            label { "Type " select #type {
                option value="" { "any" }
                @for name in types { option value=(name) { (name) } }
            } }
            output #shown for="search lean type" aria-live="polite" {}
            button #show-all type="button" hidden { "Show all" }
        }
    }
}

fn speaker_table(summary: &Summary) -> Markup {
    let name = super::heading(summary);
    let columns = [
        (name.as_str(), ""),
        ("Type", "narrow"),
        ("Said", "number"),
        ("About it", "number narrow"),
        ("Favor", "number"),
        ("Against", "number"),
        ("Neutral", "number narrow"),
        ("Score, 95 %", "number"),
        ("Lean", ""),
        ("Last", "narrow"),
    ];
    html! {
        div.wide {
            table #speakers .sortable {
                caption { "Mean score from -1 (against) to 1 (in favor) with its interval. Headings sort; names open." }
                thead { tr {
                    @for (column, class) in columns {
                        th class=(class) scope="col" { button type="button" { (column) } }
                    }
                } }
                tbody {
                    @for (row, speaker) in summary.speakers.iter().enumerate() { (speaker_row(row, speaker)) }
                    @for (row, group) in summary.groups.iter().enumerate() {
                        (group_row(summary.speakers.len() + row, group))
                    }
                }
            }
        }
    }
}

fn speaker_row(row: usize, speaker: &SpeakerSummary) -> Markup {
    let about = [speaker.role.as_deref(), speaker.affiliation.as_deref()];
    let about = about.into_iter().flatten().collect::<Vec<_>>().join(", ");
    row_markup(row, &speaker.name, speaker.kind.name(), &about, &speaker.figures)
}

fn group_row(row: usize, group: &GroupSummary) -> Markup {
    row_markup(row, &group.name, "", "", &group.figures)
}

fn row_markup(row: usize, name: &str, kind: &str, about: &str, figures: &SummaryFigures) -> Markup {
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| day.to_string());
    // Rows without a score sort below all others.
    let sort_score = figures.score.unwrap_or(-9.0);
    html! {
        tr data-lean=(figures.lean.name()) data-type=(kind) {
            td data-value=(visible(&short(name))) {
                button.name type="button" data-row=(row) aria-haspopup="dialog" { (page::text(&short(name))) }
                @if !about.is_empty() { " " span.faint { (page::text(&short(about))) } }
            }
            td.narrow { (kind) }
            td.number { (figures.statements) }
            td.number.narrow { (figures.related()) }
            td.number { (figures.favor) }
            td.number { (figures.against) }
            td.number.narrow { (figures.neutral) }
            td.number data-value=(sort_score) { (range(figures)) span { (score(figures.score)) } }
            td { (sign(figures.lean)) " " (figures.lean.name()) }
            td.narrow { (day(figures.last)) }
        }
    }
}

/// The score and its interval between -1 and 1.
fn range(figures: &SummaryFigures) -> Markup {
    let Some(mean) = figures.score else { return html! {} };
    let x = |value: f64| 5.0 + (value.clamp(-1.0, 1.0) + 1.0) * 50.0;
    let label = match figures.score_interval {
        Some([low, high]) => {
            format!("score {}, interval {} to {}", score(Some(mean)), score(Some(low)), score(Some(high)))
        }
        None => format!("score {}, no interval", score(Some(mean))),
    };
    let at = x(mean);
    let dot = match figures.lean {
        Lean::Favor => format!("M{} 3L{} 13H{}Z", at, at + 5.0, at - 5.0),
        Lean::Against => format!("M{} 13L{} 3H{}Z", at, at + 5.0, at - 5.0),
        Lean::Mixed => format!("M{} 4h8v8h-8Z", at - 4.0),
        Lean::Neutral | Lean::TooLittle => format!("M{} 8a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z", at - 4.0),
    };
    html! {
        svg.range viewBox="0 0 110 16" role="img" xmlns="http://www.w3.org/2000/svg" {
            title { (label) }
            line.grid x1="5" x2="105" y1="8" y2="8" {}
            line.axis x1="55" x2="55" y1="1" y2="15" {}
            @if let Some([low, high]) = figures.score_interval {
                line.interval x1=(x(low)) x2=(x(high)) y1="8" y2="8" {}
            }
            path class={ "dot " (class_of(figures.lean)) } d=(dot) {}
        }
    }
}

const fn class_of(lean: Lean) -> &'static str {
    match lean {
        Lean::Favor => Stance::Favor.name(),
        Lean::Against => Stance::Against.name(),
        Lean::Mixed => "mixed",
        Lean::Neutral => Stance::Neutral.name(),
        Lean::TooLittle => "open",
    }
}

/// A sign for a lean, so that colour is never alone.
fn sign(lean: Lean) -> Markup {
    let sign = match lean {
        Lean::Favor => "▲",
        Lean::Against => "▼",
        Lean::Mixed => "■",
        Lean::Neutral => "●",
        Lean::TooLittle => "○",
    };
    html! { span aria-hidden="true" { (sign) } }
}

/// The same for a stance.
fn stance_sign(label: &str) -> &'static str {
    match Stance::named(label) {
        Some(Stance::Favor) => "▲",
        Some(Stance::Against) => "▼",
        Some(Stance::Neutral) => "●",
        None if label == UNCERTAIN => "?",
        _ => "·",
    }
}

/// A stance in words: "against", or where it is uncertain "against? or neutral".
fn in_words(stance: &ScoredStance) -> String {
    let others: Vec<&str> = stance.others().collect();
    match (others.is_empty(), stance.label.as_str()) {
        (true, label) => label.to_owned(),
        (false, UNCERTAIN) => format!("{UNCERTAIN}: {}", others.join(" or ")),
        (false, label) => format!("{label}? or {}", others.join(" or ")),
    }
}

/// Statements month by month, stacked; the same as a table for those who do not see it.
fn timeline(months: &[Month]) -> Markup {
    let most = months.iter().map(|month| month.favor + month.against + month.neutral).max().unwrap_or(0).max(1) as f64;
    let width = (560.0 / months.len() as f64).min(64.0);
    let total = width * months.len() as f64;
    let every = months.len().div_ceil(8);
    let height = |n: usize| n as f64 / most * 100.0;
    html! {
        h2 { "Over time" }
        figure.wide {
            svg.months viewBox={ "0 0 " (total + 64.0) " 136" } role="img" xmlns="http://www.w3.org/2000/svg" {
                title { "Statements about the target, month by month" }
                desc { "From " (months[0].month) " to " (months[months.len() - 1].month) ", at most " (most) " a month." }
                @for (place, month) in months.iter().enumerate() {
                    @let x = 12.0 + width * place as f64;
                    @let (a, n, f) = (height(month.against), height(month.neutral), height(month.favor));
                    rect.against x=(x) y=(110.0 - a) width=(width * 0.8) height=(a) {}
                    rect.neutral x=(x) y=(110.0 - a - n) width=(width * 0.8) height=(n) {}
                    rect.favor x=(x) y=(110.0 - a - n - f) width=(width * 0.8) height=(f) {}
                    @if place % every == 0 { text x=(x) y="126" { (month.month) } }
                }
            }
            figcaption { "Statements about the target by month: against below, neutral in the middle, favor on top." }
        }
        details {
            summary { "The same as a table" }
            (page::table(
                "Statements by month",
                &[
                    page::Column { heading: "Month", number: false },
                    page::Column { heading: "Favor", number: true },
                    page::Column { heading: "Against", number: true },
                    page::Column { heading: "Neutral", number: true },
                    page::Column { heading: "Score", number: true },
                ],
                &months.iter().map(|month| {
                    let number = |n: usize| page::Cell::Number(n.to_string(), n as f64);
                    vec![
                        page::Cell::Text(month.month.clone()),
                        number(month.favor),
                        number(month.against),
                        number(month.neutral),
                        page::Cell::Number(score(month.score), month.score.unwrap_or(-9.0)),
                    ]
                }).collect::<Vec<_>>(),
                true,
            ))
        }
    }
}

fn legend() -> Markup {
    html! {
        p {
            @for label in Stance::RELATED.map(Stance::name) {
                mark class={ "said " (label) } { (stance_sign(label)) " " (label) } " "
            }
            mark.said.unsure { "favor?" } " "
            span.faint { "A statement with a question mark and a dotted frame is uncertain: the labels named with it \
                cannot be ruled out. Statements about other things are underlined with dots. A word underlined in a statement \
                speaks for its stance, one crossed out against it." }
        }
    }
}

fn article_list(articles: &[ArticlePage], places: &Places<'_>) -> Markup {
    html! {
        h2 { "Articles" }
        p #article-buttons hidden { button #open-all type="button" { "Open all" } " " button #close-all type="button" { "Close all" } }
        @for (place, page) in articles.iter().enumerate() {
            @let article = &page.article;
            details.article id={ "a-" (place) } {
                summary {
                    b { (page::text(&short(article.title.as_ref().unwrap_or(&article.id)))) }
                    @for part in [article.outlet.clone(), article.date.map(|date| date.to_string())].iter().flatten() {
                        span.faint { ", " (page::text(&short(part))) }
                    }
                    span.faint { ", " (counted(page.statements.len(), "statement")) }
                    @if let Some(url) = article.url.as_deref().filter(|url| is_web(url)) {
                        " " a href=(visible(url)) rel="noreferrer noopener" { "original" }
                    }
                }
                div.text { (marked(page, place, places)) }
            }
        }
    }
}

/// The article's text with its statements marked; spans that are not in the text or overlap are passed over.
fn marked(page: &ArticlePage, place: usize, places: &Places<'_>) -> Markup {
    let text = &page.article.text;
    let mut spans: Vec<([usize; 2], &ScoredStatement, bool, bool)> = Vec::new();
    for statement in &page.statements {
        let n = statement.content.len();
        spans.extend(statement.content.iter().enumerate().map(|(i, &span)| (span, statement, i == 0, i + 1 == n)));
    }
    spans.sort_by_key(|(span, ..)| *span);
    // Code points to bytes, once for the text.
    let mut bytes: Vec<usize> = text.char_indices().map(|(byte, _)| byte).collect();
    bytes.push(text.len());
    let mut parts: Vec<Markup> = Vec::new();
    let mut done = 0;
    for ([start, end], statement, is_first, is_last) in spans {
        let (Some(&from), Some(&to)) = (bytes.get(start), bytes.get(end)) else { continue };
        if from < done || to <= from {
            continue;
        }
        parts.push(html! { (visible(&text[done..from])) });
        let label = statement.stance.label.as_str();
        let class = Stance::named(label).unwrap_or(Stance::Unrelated).name();
        let class = if statement.stance.uncertain { format!("{class} unsure") } else { class.to_owned() };
        let said = in_words(&statement.stance);
        let tag = if statement.stance.uncertain { "tag unsure" } else { "tag" };
        let speaker = statement.speaker.as_ref();
        let row = speaker.and_then(|speaker| {
            let key = (speaker.name.as_str(), speaker.role.as_deref(), speaker.affiliation.as_deref());
            places.speakers.get(&key)
        });
        let name = speaker.map_or("nobody named", |speaker| speaker.name.as_str());
        let id = is_first.then(|| format!("s-{place}-{start}"));
        parts.push(html! {
            mark class={ "said " (class) } id=[id] tabindex=[is_first.then_some("-1")] { (visible(&text[from..to])) }
            @if is_last {
                @if let Some(row) = row {
                    button class=(tag) type="button" data-row=(row) aria-haspopup="dialog" {
                        (stance_sign(label)) " " (visible(&said)) span.by { ", " (visible(&short(name))) }
                    }
                } @else {
                    span class=(tag) { (stance_sign(label)) " " (visible(&said)) span.by { ", " (visible(&short(name))) } }
                }
            }
        });
        done = to;
    }
    parts.push(html! { (visible(&text[done..])) });
    html! { @for part in parts { (part) } }
}

/// Everything behind the names, for the script: one entry a row of the table.
fn data(summary: &Summary, places: &Places<'_>) -> String {
    let clean = |text: &str| visible(text).into_owned();
    let statement = |statement: &ScoredStatement| {
        let start = statement.content.first().map_or(0, |span| span[0]);
        let end = statement.content.last().map_or(0, |span| span[1]);
        json!({
            "article": clean(&short(&statement.article)),
            "title": statement.title.as_deref().map(clean),
            "outlet": statement.outlet.as_deref().map(clean),
            "date": statement.date.map(|date| date.to_string()),
            "url": statement.url.as_deref().filter(|url| is_web(url)).map(clean),
            "place": places.articles.get(statement.article.as_str()),
            "start": start,
            "end": end,
            "kind": statement.kind.name(),
            "text": clean(&statement.text),
            "claim": statement.claim.as_ref().map(|claim| clean(&claim.label)),
            "label": clean(&statement.stance.label),
            "said": clean(&in_words(&statement.stance)),
            "unsure": statement.stance.uncertain,
            "score": statement.stance.score,
            "p": statement.stance.probabilities.iter().map(|(label, p)| json!([clean(label), p])).collect::<Vec<_>>(),
            "words": statement.words.iter().map(|word| json!([word.span[0], word.span[1], word.weight])).collect::<Vec<_>>(),
        })
    };
    let entry = |name: &str, about: Value, aliases: Value, figures: &SummaryFigures| {
        json!({
            "name": clean(&short(name)),
            "about": about,
            "first": figures.first.map(|day| day.to_string()),
            "last": figures.last.map(|day| day.to_string()),
            "aliases": aliases,
            "lean": figures.lean.name(),
            "articles": figures.articles,
            "statements": figures.statements,
            "shares": figures.shares.map(|shares| json!([
                [Stance::Favor, shares.favor.estimate, shares.favor.interval[0], shares.favor.interval[1]],
                [Stance::Against, shares.against.estimate, shares.against.interval[0], shares.against.interval[1]],
                [Stance::Neutral, shares.neutral.estimate, shares.neutral.interval[0], shares.neutral.interval[1]],
            ])),
            "months": figures.months.iter().map(|m| json!([m.month, m.favor, m.against, m.neutral, m.score])).collect::<Vec<_>>(),
            "change": figures.change.filter(|change| change.is_significant),
            "said": figures.carrying.iter().map(statement).collect::<Vec<_>>(),
        })
    };
    let mut entries: Vec<Value> = Vec::new();
    for speaker in &summary.speakers {
        let about: Vec<String> = [Some(speaker.kind.name()), speaker.role.as_deref(), speaker.affiliation.as_deref()]
            .into_iter()
            .flatten()
            .map(|part| clean(&short(part)))
            .collect();
        let aliases: Vec<Value> = speaker
            .aliases
            .iter()
            .take(50)
            .map(|alias| {
                json!([
                    clean(&short(&alias.name)),
                    alias.role.as_deref().map(|role| clean(&short(role))),
                    alias.statements,
                    alias.reason.to_string()
                ])
            })
            .collect();
        entries.push(entry(&speaker.name, about.join(", ").into(), aliases.into(), &speaker.figures));
    }
    for group in &summary.groups {
        entries.push(entry(&group.name, Value::Null, Value::Null, &group.figures));
    }
    // Inside a script element only "<" could end it.
    Value::Array(entries).to_string().replace('<', "\\u003c")
}

/// Names and the like are cut where they are longer than any name.
fn short(text: &str) -> String {
    super::text::shortened(text, 120)
}

/// Whether an address may become a link: the web's only, for `javascript:` is an address too.
fn is_web(url: &str) -> bool {
    let start = url.get(..8).or_else(|| url.get(..7)).unwrap_or_default().to_ascii_lowercase();
    start.starts_with("https://") || start.starts_with("http://")
}
