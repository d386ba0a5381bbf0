//! Stance labels in the words of many data sets, as the project's four.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The name of the stance task.
pub const STANCE: &str = "stance";

/// The stance labels in the order in which they are shown.
pub const STANCE_LABELS: [&str; 4] = ["favor", "against", "neutral", "unrelated"];

/// The stance that a label means, whatever its case and whether its words are joined by spaces, `_` or `-`.
///
/// ```
/// use onrecord::labeled::stance_of;
/// assert_eq!(stance_of("In_Favour"), Some("favor"));
/// assert_eq!(stance_of("sideways"), None);
/// ```
#[must_use]
pub fn stance_of(label: &str) -> Option<&'static str> {
    static FORMS: OnceLock<BTreeMap<&'static str, &'static str>> = OnceLock::new();
    let forms = FORMS.get_or_init(|| {
        include_str!("stance_labels.tsv")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .collect()
    });
    let folded = label.to_lowercase();
    let words: Vec<&str> = folded.split([' ', '_', '-']).filter(|word| !word.is_empty()).collect();
    forms.get(words.join(" ").as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_only_known_stances() {
        let table = include_str!("stance_labels.tsv");
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let (form, stance) = line.split_once('\t').unwrap();
            assert!(STANCE_LABELS.contains(&stance), "{line}");
            assert_eq!(stance_of(&form.to_uppercase()), Some(stance));
        }
    }
}
