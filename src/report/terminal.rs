//! What a terminal may be given: no byte of the input acts on it.
//!
//! Control characters could move the cursor, recolour the screen or set the title; marks that turn the writing direction
//! make a text look like another. [`harmless`] is for one field of a table, [`lines`] for a message of several lines,
//! and [`Guarded`] for all that a command writes, so that a field which a renderer forgot does no harm either.

use std::borrow::Cow;
use std::io::{self, Write};

/// What goes through a [`Guarded`] writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Text for people: what could act becomes `�`, line ends, tabs and the program's own colours stay.
    Text,
    /// JSON: what could act is written as `\u009b` and the like, which is the same to every program.
    Json,
    /// Bytes that no terminal sees.
    Bytes,
}

/// A text made safe for a terminal, on one line: white space becomes a blank, what could act `�`.
#[must_use]
pub fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { visible(c) }).collect()
}

/// The same for a text of several lines, whose line ends and tabs stay.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| matches!(c, '\n' | '\t') || visible(c) == c) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { visible(c) }).collect()
}

/// The character, or what stands for one that acts.
fn visible(c: char) -> char {
    match c {
        '\u{2028}' | '\u{2029}' => ' ',
        c if acts(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

fn acts(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A writer that lets nothing through that acts on a terminal.
#[derive(Debug)]
pub struct Guarded<W> {
    out: W,
    content: Content,
    /// What was not looked through yet.
    open: Vec<u8>,
}

impl<W: Write> Guarded<W> {
    /// Guards what is written to `out`.
    pub const fn new(out: W, content: Content) -> Self {
        Self { out, content, open: Vec::new() }
    }

    /// What is behind it.
    pub const fn get_ref(&self) -> &W {
        &self.out
    }

    /// What is behind it, and all that was still open written.
    ///
    /// # Errors
    /// Whatever the sink says.
    pub fn into_inner(mut self) -> io::Result<W> {
        let open = std::mem::take(&mut self.open);
        let rest = String::from_utf8_lossy(&open).into_owned();
        self.out.write_all(self.guarded(&rest).as_bytes())?;
        Ok(self.out)
    }

    fn guarded<'t>(&self, text: &'t str) -> Cow<'t, str> {
        // Nearly all text has nothing that acts.
        if text.chars().all(|c| c == '\n' || !acts(c)) {
            return Cow::Borrowed(text);
        }
        let mut safe = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            match self.content {
                Content::Text => match own_style(rest) {
                    Some(style) => {
                        safe.push_str(style);
                        rest = &rest[style.len()..];
                        continue;
                    }
                    None if matches!(c, '\n' | '\t') => safe.push(c),
                    None => safe.push(visible(c)),
                },
                // JSON itself consists of none of these but white space between its parts.
                Content::Json if acts(c) && !matches!(c, '\n' | '\r' | '\t') => {
                    safe.push_str(&format!("\\u{:04x}", u32::from(c)));
                }
                _ => safe.push(c),
            }
            rest = &rest[c.len_utf8()..];
        }
        Cow::Owned(safe)
    }
}

/// The longest of the program's own styles.
const MAX_STYLE: usize = 5;

/// The style at the start of a text, where it is one that the program writes: bold, dimmed, one of the sixteen colours,
/// and the end of them.
fn own_style(text: &str) -> Option<&str> {
    let inside = text.strip_prefix("\u{1b}[")?;
    let (number, _) = inside.split_once('m')?;
    let is_own = matches!(number.as_bytes(), [b'0' | b'1' | b'2'] | [b'3' | b'9', b'0'..=b'7']);
    is_own.then(|| &text[..number.len() + 3])
}

/// Bytes that are looked through at a time.
const BUFFER: usize = 1 << 16;

impl<W: Write> Guarded<W> {
    /// Looks through what is there, and writes it but for an unfinished end.
    fn pass_on(&mut self) -> io::Result<()> {
        let mut all = std::mem::take(&mut self.open);
        let mut end = match std::str::from_utf8(&all) {
            // The rest of a character may come with the next bytes.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => all.len(),
        };
        // So may the rest of a style.
        if let Some(escape) = all[..end].iter().rposition(|&byte| byte == 0x1b)
            && end - escape < MAX_STYLE
            && !all[escape..end].contains(&b'm')
        {
            end = escape;
        }
        self.open = all.split_off(end);
        let text = String::from_utf8_lossy(&all);
        let safe = self.guarded(&text);
        self.out.write_all(safe.as_bytes())
    }
}

impl<W: Write> Write for Guarded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.content == Content::Bytes {
            return self.out.write(bytes);
        }
        self.open.extend_from_slice(bytes);
        if self.open.len() >= BUFFER {
            self.pass_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on()?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(content: Content, parts: &[&[u8]]) -> String {
        let mut guarded = Guarded::new(Vec::new(), content);
        for part in parts {
            guarded.write_all(part).unwrap();
            guarded.flush().unwrap();
        }
        String::from_utf8(guarded.into_inner().unwrap()).unwrap()
    }

    #[test]
    fn escape_sequences_do_not_reach_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\tc\u{202e}d\n"), "a�[2Jb c�d ");
        assert_eq!(lines("a\n\tb\u{9b}2J\r"), "a\n\tb�2J�");
        assert_eq!(through(Content::Text, &[b"a\x1b[2Jb\x1b]0;x\x07\xc2\x9b"]), "a�[2Jb�]0;x��");
    }

    #[test]
    fn own_colours_and_characters_in_parts_stay_whole() {
        assert_eq!(through(Content::Text, &[b"\x1b[32mfavor\x1b[0m\t", "é".as_bytes()]), "\x1b[32mfavor\x1b[0m\té");
        assert_eq!(through(Content::Text, &[b"\x1b", b"[3", b"2mx\xc3", b"\xa9\x1b"]), "\x1b[32mxé�");
        assert_eq!(through(Content::Text, &[b"\x1b[5mx"]), "�[5mx");
    }

    #[test]
    fn json_means_the_same() {
        let json = serde_json::json!({"text": "a\u{9b}2J\u{202e}\u{7f}b\u{1b}é"});
        let safe = through(Content::Json, &[json.to_string().as_bytes()]);
        assert!(safe.is_ascii() || safe.contains('é'));
        assert!(!safe.contains(['\u{9b}', '\u{202e}', '\u{7f}']));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), json);
    }
}
