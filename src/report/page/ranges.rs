//! A figure with its interval a row, the name beside it: for slices and for differences.

use maud::{Markup, html};

use super::chart::{place, shortened, tick_text};
use super::visible;

/// A chart of values with intervals, one below the other.
#[derive(Debug, Clone)]
pub struct RangeChart<'s> {
    /// What it shows, in a few words.
    pub title: &'s str,
    /// The same in a sentence with the main figures: the text alternative.
    pub description: String,
    /// Name of the axis.
    pub x_name: &'s str,
    /// Values at the ends of the axis.
    pub x_range: (f64, f64),
    /// Where a line from top to bottom stands: 0 for differences, the figure of all rows for slices.
    pub guide: Option<f64>,
    /// The rows, from the top.
    pub rows: Vec<RangeRow>,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeRow {
    /// Its name.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Lower end of its interval; the value itself where there is none.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

const WIDTH: f64 = 420.0;
const LEFT: f64 = 156.0;
const PLOT_WIDTH: f64 = 248.0;
const TOP: f64 = 8.0;
const ROW: f64 = 22.0;
const N_TICKS: usize = 4;
/// Characters of a name that fit beside the plot.
const LONGEST_NAME: usize = 20;

impl RangeChart<'_> {
    /// The chart as a figure.
    #[must_use]
    pub fn render(&self) -> Markup {
        let plot_height = ROW * self.rows.len() as f64;
        let bottom = TOP + plot_height;
        let x = |value: f64| {
            let share = (value - self.x_range.0) / (self.x_range.1 - self.x_range.0);
            LEFT + PLOT_WIDTH * if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
        };
        html! {
            figure {
                svg viewBox={ "0 0 " (WIDTH) " " (bottom + 44.0) } role="img" xmlns="http://www.w3.org/2000/svg" {
                    title { (visible(self.title)) }
                    desc { (visible(&self.description)) }
                    @for tick in 0..=N_TICKS {
                        @let share = tick as f64 / N_TICKS as f64;
                        @let at = place(LEFT + share * PLOT_WIDTH);
                        line.grid x1=(at) x2=(at) y1=(TOP) y2=(bottom) {}
                        text x=(at) y=(bottom + 16.0) text-anchor="middle" { (tick_text(self.x_range, share)) }
                    }
                    @if let Some(guide) = self.guide {
                        line.guide x1=(place(x(guide))) x2=(place(x(guide))) y1=(TOP) y2=(bottom) {}
                    }
                    rect.axis x=(LEFT) y=(TOP) width=(PLOT_WIDTH) height=(plot_height) {}
                    @for (index, row) in self.rows.iter().enumerate() {
                        @let y = TOP + ROW * (index as f64 + 0.5);
                        text x=(LEFT - 8.0) y=(y + 4.0) text-anchor="end" {
                            (visible(&shortened(&row.name, LONGEST_NAME)))
                        }
                        line class="curve s0" x1=(place(x(row.low))) x2=(place(x(row.high))) y1=(y) y2=(y) {}
                        circle class="p0" cx=(place(x(row.value))) cy=(y) r="3.5" {}
                    }
                    text x=(LEFT + PLOT_WIDTH / 2.0) y=(bottom + 36.0) text-anchor="middle" { (visible(self.x_name)) }
                }
                figcaption { (visible(self.title)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_they_belong() {
        let row = RangeRow { name: "a <name> that goes on and on".into(), value: 0.5, low: 0.0, high: 2.0 };
        let chart = RangeChart {
            title: "t",
            description: "d".into(),
            x_name: "x",
            x_range: (0.0, 1.0),
            guide: Some(0.25),
            rows: vec![row],
        };
        let svg = chart.render().into_string();
        assert!(
            svg.contains("cx=\"280\"") && svg.contains("x1=\"156\" x2=\"404\"") && svg.contains("x1=\"218\""),
            "{svg}"
        );
        assert!(svg.contains("a &lt;name&gt; that goes …"), "{svg}");
    }
}
