//! Tables of a page: a sortable table is an ordinary one whose headings are buttons.

use maud::{Markup, html};

use super::text;

/// A column of a [`table`].
#[derive(Debug, Clone, Copy)]
pub struct Column<'s> {
    /// What stands above it.
    pub heading: &'s str,
    /// Whether it holds numbers: set to the right, sorted by value.
    pub number: bool,
}

/// A cell of a [`table`].
#[derive(Debug, Clone)]
pub enum Cell {
    /// Text from outside.
    Text(String),
    /// A number as shown, and the value it sorts by.
    Number(String, f64),
    /// Markup made by the caller, and the text it sorts by.
    Markup(Markup, String),
}

/// A table with a caption; `sortable` where the reader may order it by any column.
#[must_use]
pub fn table(caption: &str, columns: &[Column<'_>], rows: &[Vec<Cell>], sortable: bool) -> Markup {
    html! {
        div.wide {
            table.sortable[sortable] {
                caption { span { (text(caption)) } }
                thead { tr {
                    @for column in columns {
                        th.number[column.number] scope="col" {
                            @if sortable { button type="button" { (text(column.heading)) } }
                            @else { (text(column.heading)) }
                        }
                    }
                } }
                tbody {
                    @for row in rows { tr { @for cell in row { (cell.render()) } } }
                }
            }
        }
    }
}

impl Cell {
    fn render(&self) -> Markup {
        match self {
            Self::Text(content) => html! { td { (text(content)) } },
            Self::Number(shown, value) => html! { td.number data-value=(value) { (shown) } },
            Self::Markup(markup, key) => html! { td.words data-value=(super::visible(key)) { (markup) } },
        }
    }
}
