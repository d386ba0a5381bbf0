//! The project's own words without the way through the pipeline, for the pieces that nearly all texts consist of.
//!
//! The pipeline of [`super::Tokenization::words`] takes some microseconds a piece, most of them for bookkeeping of
//! offsets that nobody asks for. On ASCII, Latin-1 letters, dashes and curly quotation marks its normalization is
//! simple: no two of these characters compose, and each keeps or loses what is listed here. What holds any other
//! character goes through the pipeline. A property test holds both to the same tokens.

use super::Tokens;

/// Normalizes and splits a piece without blanks into `found`; `false`, and nothing of use in `found`, where it holds a
/// character that is not known here.
pub(super) fn split(piece: &str, keep_case: bool, found: &mut Tokens) -> bool {
    let Tokens { normalized, characters, ranges } = found;
    normalized.clear();
    characters.clear();
    ranges.clear();
    for c in piece.chars() {
        match c {
            '"' | '“' | '”' | '„' | '«' | '»' => {}
            '’' | '‘' | 'ʼ' => normalized.push('\''),
            'a'..='z' => normalized.push(c),
            '\0'..='\x7f' if keep_case => normalized.push(c),
            '\0'..='\x7f' => normalized.push(c.to_ascii_lowercase()),
            '–' | '—' => normalized.push(c),
            // All but the signs of multiplication and division are letters.
            'À'..='ÿ' if !matches!(c, '×' | '÷') => {
                if keep_case {
                    normalized.push(c);
                } else {
                    normalized.extend(c.to_lowercase());
                }
            }
            _ => return false,
        }
    }
    // Pairs of single marks go; marks that meet because others went were never neighbours to the pipeline.
    if piece.contains(['\'', '’', '‘', 'ʼ', '`']) && has_pairs(piece) {
        return false;
    }
    let mut start = 0;
    while start < normalized.len() {
        let end = end_of_token(normalized, start);
        let from = characters.len();
        characters.push_str(&normalized[start..end]);
        ranges.push((from, characters.len()));
        start = end;
    }
    true
}

/// Whether two single marks stand side by side, which is a quotation mark.
fn has_pairs(piece: &str) -> bool {
    let mut before = ' ';
    piece.chars().any(|c| {
        let c = if matches!(c, '’' | '‘' | 'ʼ') { '\'' } else { c };
        let is_pair = c == before && matches!(c, '\'' | '`');
        before = c;
        is_pair
    })
}

/// Where the token ends that starts at `start`: a word with the apostrophes, hyphens and points inside it and the sign
/// before it, or one character.
fn end_of_token(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let sign = usize::from(matches!(bytes[start], b'@' | b'#'));
    let mut end = end_of_letters(bytes, start + sign);
    if end == start + sign {
        return start + text[start..].chars().next().map_or(1, char::len_utf8);
    }
    while matches!(bytes.get(end), Some(b'\'' | b'.' | b'-')) {
        let next = end_of_letters(bytes, end + 1);
        if next == end + 1 {
            break;
        }
        end = next;
    }
    end
}

/// Where the run of letters, digits and underscores ends. Of the characters that [`split`] keeps, those that start with
/// the byte 0xc3 are letters, and dashes are the others beyond ASCII.
fn end_of_letters(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes.get(at) {
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_') => at += 1,
            Some(0xc3) => at += 2,
            _ => return at,
        }
    }
}
