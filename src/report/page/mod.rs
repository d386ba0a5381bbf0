//! What every HTML report shares: the frame of one self-contained page, sortable tables, and charts as inline SVG.
//!
//! A page needs no network and may not use it: its content security policy allows only the frame's own style and
//! script, by hash, so even markup that slipped through could neither run nor load anything. All text goes through
//! `maud`, which escapes it; [`text`] also makes control characters visible and keeps right-to-left text from
//! rearranging its surroundings. Light and dark follow the reader's system; print has its own rules; without scripts
//! only the sorting is lost.
//!
//! No knowledge of what is reported: that is the callers'.

mod chart;
mod ranges;
mod table;

use std::borrow::Cow;

use base64::Engine;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

pub use chart::{HeatMap, LineChart, Series, SeriesStyle};
pub use ranges::{RangeChart, RangeRow};
pub use table::{Cell, Column, table};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole page, doctype to end, around `body`; `title` is also its first heading.
#[must_use]
pub fn frame(title: &str, body: Markup) -> String {
    frame_with(title, body, "", "")
}

/// [`frame`] with a style and a script of the page's own after those that all pages share. Both must be the program's,
/// never text from outside; the policy allows them by hash too.
#[must_use]
pub fn frame_with(title: &str, body: Markup, style: &str, script: &str) -> String {
    let hashes = |shared: &str, own: &str| match own {
        "" => format!("'{}'", content_hash(shared)),
        own => format!("'{}' '{}'", content_hash(shared), content_hash(own)),
    };
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hashes(STYLE, style),
        hashes(SCRIPT, script)
    );
    let title = visible(title);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(concat!("onrecord ", env!("CARGO_PKG_VERSION")));
                title { (title) }
                style { (PreEscaped(STYLE)) }
                @if !style.is_empty() { style { (PreEscaped(style)) } }
            }
            body {
                h1 { (title) }
                (body)
                script { (PreEscaped(SCRIPT)) }
                @if !script.is_empty() { script { (PreEscaped(script)) } }
            }
        }
    };
    page.into_string()
}

/// Text from outside, safe to stand anywhere in the page's body.
#[must_use]
pub fn text(text: &str) -> Markup {
    html! { bdi { (visible(text)) } }
}

/// The text with control characters, which HTML forbids or readers cannot see, as U+FFFD; line ends and tabs stay.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || is_direction_mark(c);
    if text.contains(hidden) { text.replace(hidden, "\u{fffd}").into() } else { text.into() }
}

/// Characters that turn or override the direction of the text after them.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn content_hash(content: &str) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_set_apart() {
        let whole = frame("A <b>title</b>", html! { p { (text("1 < 2")) } });
        assert!(whole.contains("<title>A &lt;b&gt;title&lt;/b&gt;</title>"));
        assert!(whole.contains("<p><bdi>1 &lt; 2</bdi></p>"));
    }

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let hostile = "</title><script>alert(1)</script>\"'\u{0}\u{202e}\u{1b}[31m";
        let page = frame(hostile, html! { p title=(visible(hostile)) { (text(hostile)) } });
        assert_eq!(page.matches("<script>").count(), 1, "the frame's own only");
        assert!(!page.contains(['\u{0}', '\u{202e}', '\u{1b}']));
        assert!(page.contains("&quot;'\u{fffd}\u{fffd}\u{fffd}[31m"));
    }

    #[test]
    fn the_policy_names_the_hashes_of_what_is_inside() {
        let page = frame("t", html! {});
        assert!(page.contains(&content_hash(STYLE)) && page.contains(&content_hash(SCRIPT)));
        assert!(!page.contains("unsafe-inline") && !page.contains("http://") && !page.contains("https://"));
    }
}
