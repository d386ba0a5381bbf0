//! Charts as inline SVG: lines over two axes from 0 to 1 (or any range), and heat maps. Each carries a title and a
//! description for readers who do not see it, and series differ in dash as well as in colour.

use maud::{Markup, html};

use super::visible;

/// A chart with two axes.
#[derive(Debug, Clone)]
pub struct LineChart<'s> {
    /// What it shows, in a few words.
    pub title: &'s str,
    /// The same in a sentence with the main figures: the text alternative.
    pub description: String,
    /// Name of the horizontal axis.
    pub x_name: &'s str,
    /// Name of the vertical axis.
    pub y_name: &'s str,
    /// Values at the ends of the horizontal axis.
    pub x_range: (f64, f64),
    /// Values at the ends of the vertical axis.
    pub y_range: (f64, f64),
    /// Whether a dashed line from corner to corner is drawn.
    pub diagonal: bool,
    /// What is drawn.
    pub series: Vec<Series>,
}

/// One line or one set of points.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its name, for the legend.
    pub name: String,
    /// Its points.
    pub points: Vec<(f64, f64)>,
    /// Low and high end of an interval at each point; empty for none.
    pub intervals: Vec<(f64, f64)>,
    /// How the points are joined.
    pub style: SeriesStyle,
}

/// How the points of a series are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesStyle {
    /// By a line alone.
    Line,
    /// By a line, with a mark at each.
    Marked,
    /// Not at all.
    Points,
}

/// A table of shares as coloured cells.
#[derive(Debug, Clone)]
pub struct HeatMap<'s> {
    /// What it shows, in a few words.
    pub title: &'s str,
    /// The text alternative.
    pub description: String,
    /// What the rows are.
    pub row_name: &'s str,
    /// What the columns are.
    pub column_name: &'s str,
    /// Names of the rows, from the top.
    pub rows: &'s [String],
    /// Names of the columns, from the left.
    pub columns: &'s [String],
    /// Depth of colour between 0 and 1, row by row.
    pub shares: Vec<Vec<f64>>,
    /// What is written into each cell, row by row.
    pub written: Vec<Vec<String>>,
}

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 12.0;
const PLOT_WIDTH: f64 = 352.0;
const PLOT_HEIGHT: f64 = 256.0;
const N_TICKS: usize = 5;
const LEGEND_LINE: f64 = 18.0;
/// Characters of a legend's line that fit.
const LONGEST_LEGEND: usize = 46;
/// Opacity of a full cell: what is written on it must stay legible, on light ground and on dark.
const DEEPEST: f64 = 0.7;

impl LineChart<'_> {
    /// The chart as a figure with a legend below.
    #[must_use]
    pub fn render(&self) -> Markup {
        let legend_height = if self.series.len() > 1 { LEGEND_LINE * self.series.len() as f64 } else { 0.0 };
        let view = format!("0 0 {WIDTH} {}", HEIGHT + legend_height);
        let ticks = (0..=N_TICKS).map(|tick| tick as f64 / N_TICKS as f64);
        html! {
            figure {
                svg viewBox=(view) role="img" xmlns="http://www.w3.org/2000/svg" {
                    title { (visible(self.title)) }
                    desc { (visible(&self.description)) }
                    @for share in ticks {
                        @let (x, y) = (LEFT + share * PLOT_WIDTH, TOP + (1.0 - share) * PLOT_HEIGHT);
                        line.grid x1=(place(x)) x2=(place(x)) y1=(TOP) y2=(TOP + PLOT_HEIGHT) {}
                        line.grid x1=(LEFT) x2=(LEFT + PLOT_WIDTH) y1=(place(y)) y2=(place(y)) {}
                        text x=(place(x)) y=(TOP + PLOT_HEIGHT + 16.0) text-anchor="middle" {
                            (tick_text(self.x_range, share))
                        }
                        text x=(LEFT - 6.0) y=(place(y + 4.0)) text-anchor="end" { (tick_text(self.y_range, share)) }
                    }
                    @if self.diagonal {
                        line.guide x1=(LEFT) y1=(TOP + PLOT_HEIGHT) x2=(LEFT + PLOT_WIDTH) y2=(TOP) {}
                    }
                    rect.axis x=(LEFT) y=(TOP) width=(PLOT_WIDTH) height=(PLOT_HEIGHT) {}
                    @for (index, series) in self.series.iter().enumerate() { (self.draw(index, series)) }
                    text x=(LEFT + PLOT_WIDTH / 2.0) y=(TOP + PLOT_HEIGHT + 36.0) text-anchor="middle" {
                        (visible(self.x_name))
                    }
                    @let middle = TOP + PLOT_HEIGHT / 2.0;
                    text x="14" y=(middle) text-anchor="middle" transform={ "rotate(-90 14 " (middle) ")" } {
                        (visible(self.y_name))
                    }
                    @if self.series.len() > 1 {
                        @for (index, series) in self.series.iter().enumerate() {
                            @let y = HEIGHT + LEGEND_LINE * index as f64;
                            path class=(line_class(index)) d={ "M" (LEFT) " " (y) "h28" } {}
                            text x=(LEFT + 36.0) y=(y + 4.0) { (visible(&shortened(&series.name, LONGEST_LEGEND))) }
                        }
                    }
                }
                figcaption { (visible(self.title)) }
            }
        }
    }

    fn draw(&self, index: usize, series: &Series) -> Markup {
        // Series with intervals stand a little beside each other: equal figures would hide one another's.
        let has_intervals = self.series.iter().any(|series| !series.intervals.is_empty());
        let aside = if has_intervals { 4.0 * (index as f64 - (self.series.len() - 1) as f64 / 2.0) } else { 0.0 };
        let moved = |(x, y): (f64, f64)| ((x + aside).clamp(LEFT, LEFT + PLOT_WIDTH), y);
        let places: Vec<(f64, f64)> = series.points.iter().map(|&point| moved(self.place(point))).collect();
        let path: Vec<String> = places.iter().map(|(x, y)| format!("{} {}", place(*x), place(*y))).collect();
        html! {
            @if series.style != SeriesStyle::Points && !path.is_empty() {
                path class=(line_class(index)) d={ "M" (path.join("L")) } {}
            }
            @for (&(x, _), &(low, high)) in series.points.iter().zip(&series.intervals) {
                @let ((x, low), (_, high)) = (moved(self.place((x, low))), self.place((x, high)));
                line class={ "curve s" (index % 6) } x1=(place(x)) x2=(place(x)) y1=(place(low)) y2=(place(high)) {}
            }
            @if series.style != SeriesStyle::Line {
                @for (x, y) in places {
                    circle class={ "p" (index % 6) } cx=(place(x)) cy=(place(y)) r="3.5" {}
                }
            }
        }
    }

    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let share = |value: f64, (from, to): (f64, f64)| {
            let share = (value - from) / (to - from);
            if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
        };
        (LEFT + share(x, self.x_range) * PLOT_WIDTH, TOP + (1.0 - share(y, self.y_range)) * PLOT_HEIGHT)
    }
}

impl HeatMap<'_> {
    /// The map as a figure.
    #[must_use]
    pub fn render(&self) -> Markup {
        const MARGIN: f64 = 110.0;
        let (n_rows, n_columns) = (self.rows.len().max(1) as f64, self.columns.len().max(1) as f64);
        let cell = (310.0 / n_columns).clamp(24.0, 80.0);
        let (width, height) = (MARGIN + cell * n_columns + 8.0, 44.0 + cell * n_rows + 8.0);
        html! {
            figure {
                svg viewBox={ "0 0 " (width) " " (height) } role="img" xmlns="http://www.w3.org/2000/svg" {
                    title { (visible(self.title)) }
                    desc { (visible(&self.description)) }
                    text x=(MARGIN + cell * n_columns / 2.0) y="14" text-anchor="middle" { (visible(self.column_name)) }
                    text x="4" y="34" { (visible(self.row_name)) }
                    @for (c, name) in self.columns.iter().enumerate() {
                        text x=(place(MARGIN + cell * (c as f64 + 0.5))) y="34" text-anchor="middle" {
                            (visible(&shortened(name, (cell / 6.5) as usize)))
                        }
                    }
                    @for (r, name) in self.rows.iter().enumerate() {
                        @let y = 44.0 + cell * r as f64;
                        text x=(MARGIN - 8.0) y=(place(y + cell / 2.0 + 4.0)) text-anchor="end" {
                            (visible(&shortened(name, 15)))
                        }
                        @for (c, (share, written)) in self.shares[r].iter().zip(&self.written[r]).enumerate() {
                            @let x = MARGIN + cell * c as f64;
                            rect.cell x=(place(x)) y=(place(y)) width=(place(cell)) height=(place(cell))
                                fill-opacity=(place(DEEPEST * share.clamp(0.0, 1.0))) {}
                            text x=(place(x + cell / 2.0)) y=(place(y + cell / 2.0 + 4.0))
                                text-anchor="middle" { (visible(written)) }
                        }
                    }
                }
                figcaption { (visible(self.title)) }
            }
        }
    }
}

fn line_class(index: usize) -> String {
    format!("curve s{0} d{0}", index % 6)
}

/// A coordinate, short.
pub(super) fn place(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn tick_text((from, to): (f64, f64), share: f64) -> String {
    let value = from + share * (to - from);
    if (to - from).abs() > 20.0 { format!("{value:.0}") } else { place(value) }
}

/// At most `limit` characters, with an ellipsis where some are missing.
pub(super) fn shortened(name: &str, limit: usize) -> String {
    let limit = limit.max(2);
    if name.chars().count() <= limit { name.to_owned() } else { name.chars().take(limit - 1).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_a_text_alternative_and_stays_inside() {
        let chart = LineChart {
            title: "A <chart>",
            description: "falls from 1 to 0".into(),
            x_name: "x",
            y_name: "y",
            x_range: (0.0, 1.0),
            y_range: (0.0, 1.0),
            diagonal: true,
            series: vec![Series {
                name: "s".into(),
                points: vec![(0.0, 1.0), (7.0, f64::NAN)],
                intervals: vec![],
                style: SeriesStyle::Marked,
            }],
        };
        let svg = chart.render().into_string();
        assert!(svg.contains("<title>A &lt;chart&gt;</title><desc>falls from 1 to 0</desc>"));
        assert!(svg.contains("M52 12L404 268"), "{svg}");
        assert!(!svg.contains("NaN"));
    }
}
