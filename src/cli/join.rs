//! Which rows are one unit, as the command line asks for it.

use onrecord::evaluate::EvaluateError;
use onrecord::model::TrainError;
use onrecord::units::{Joining, UnitError};

/// What keeps rows on one side of every split.
#[derive(Debug, Clone, clap::Args)]
pub struct JoinArgs {
    /// Column whose groups are never split between training and testing, and are resampled whole for the intervals
    /// (repeatable) [default: the group column, and article, where there are such; none: no column]. Rows with the same
    /// text, or nearly the same, are kept together in any case.
    #[arg(long, value_name = "COLUMN")]
    pub group: Vec<String>,

    /// Let copies of a text stand on both sides of a split, each counted for itself: figures are then too good.
    #[arg(long)]
    pub allow_copies: bool,
}

/// The value of --group that asks for no groups.
const NO_GROUP: &str = "none";

/// What the command can do about too few units.
const HINT: &str = "join by another column with --group COLUMN (none: by no column); --allow-copies lets copies of a text \
    stand on both sides, and figures are then too good";

/// Adds to an error that there are too few units what the command can do about it.
pub fn with_hint<T, E: Into<anyhow::Error>>(result: Result<T, E>) -> anyhow::Result<T> {
    result.map_err(|error| {
        let error = error.into();
        let is_few = |cause: &(dyn std::error::Error + 'static)| {
            let evaluate = cause.downcast_ref::<EvaluateError>().and_then(|error| match error {
                EvaluateError::Units(error) => Some(error),
                _ => None,
            });
            let train = cause.downcast_ref::<TrainError>().and_then(|error| match error {
                TrainError::Units(error) => Some(error),
                _ => None,
            });
            matches!(evaluate.or(train), Some(UnitError::TooFew { .. } | UnitError::NothingToMeasure { .. }))
                || matches!(cause.downcast_ref(), Some(EvaluateError::NothingLeft { .. }))
        };
        if error.chain().any(is_few) { anyhow::anyhow!("{error:#}; {HINT}") } else { error }
    })
}

impl JoinArgs {
    /// The same for the library.
    pub fn joining(&self) -> anyhow::Result<Joining> {
        let is_none = |column: &String| column == NO_GROUP;
        anyhow::ensure!(
            self.group.len() < 2 || !self.group.iter().any(is_none),
            "--group none beside --group with a column: leave one of them out"
        );
        let columns = match self.group.as_slice() {
            [] => None,
            [column] if is_none(column) => Some(Vec::new()),
            columns => Some(columns.to_vec()),
        };
        Ok(Joining { columns, allow_copies: self.allow_copies })
    }
}
