//! Small blocks of what is known about a statement beside its words: the speaker's side, scores that others gave.

use super::corpus::Corpus;
use super::n_grams::{CHUNK, Rows};
use super::recipe::Given;
use crate::context::{Named, Side};
use onrecord_learn::sparse::by_chunk;

/// Columns of the side block: one for each side of the speaker with each that the statement names.
pub(super) const N_SIDES: usize = Side::ALL.len() * Named::ALL.len();

/// The name of each of them.
pub(super) fn side_name(column: usize) -> String {
    let (side, named) = (Side::ALL[column / Named::ALL.len()], Named::ALL[column % Named::ALL.len()]);
    let named = match named {
        Named::Neither => "neither side",
        Named::Acting => "the acting side",
        Named::ActedOn => "the side acted on",
        Named::Both => "both sides",
    };
    format!("speaker {}, names {named}", side.name())
}

/// A one in the column of the speaker's side; nothing where a text comes without context.
pub(super) fn side_rows(corpus: &Corpus<'_>, weight: f32) -> Vec<Rows> {
    rows(corpus, |doc, rows| {
        let Some(context) = corpus.inputs()[doc].context else { return };
        let place = |at: Option<usize>| at.expect("all values are in the list");
        let side = place(Side::ALL.iter().position(|side| *side == context.side));
        let named = place(Named::ALL.iter().position(|named| *named == context.names));
        rows.columns.push((side * Named::ALL.len() + named) as u32);
        rows.values.push(weight);
    })
}

/// The scores as they are given; nothing where there are none, or another number of them.
pub(super) fn score_rows(corpus: &Corpus<'_>, given: &Given) -> Vec<Rows> {
    rows(corpus, |doc, rows| {
        let scores = corpus.inputs()[doc].context.and_then(|context| context.scores.get(&given.name));
        let Some(scores) = scores.filter(|scores| scores.len() == given.size) else { return };
        for (column, &score) in scores.iter().enumerate().filter(|(_, score)| score.is_finite() && **score != 0.0) {
            rows.columns.push(column as u32);
            rows.values.push(score * given.weight);
        }
    })
}

fn rows(corpus: &Corpus<'_>, fill: impl Fn(usize, &mut Rows) + Sync + Send) -> Vec<Rows> {
    by_chunk(corpus.n_docs(), CHUNK, |docs| {
        let mut rows = Rows::new();
        for doc in docs {
            fill(doc, &mut rows);
            rows.starts.push(rows.columns.len());
        }
        rows
    })
}

#[cfg(test)]
mod tests {
    use crate::context::{Context, Named, Side};
    use crate::features::{Block, FeaturePipeline, FeatureRecipe, Field, Given, Input, NGrams, Weight};

    #[test]
    fn blocks_look_at_their_fields() {
        let mut context = Context::default();
        (context.cue, context.side, context.names) = ("warned".into(), Side::ActedOn, Named::Acting);
        context.scores.insert("elsewhere".into(), vec![0.0, -2.0]);
        let input = Input { context: Some(&context), ..Input::from("they will go") };
        let given = Given { name: "elsewhere".into(), size: 2, weight: 0.5 };
        let words = |field| Block::Words(NGrams { field, ..NGrams::new(1, 1) });
        let blocks =
            vec![words(Field::Text), words(Field::Cue), Block::Side(Weight { weight: 2.0 }), Block::Scores(given)];
        let recipe = FeatureRecipe { blocks, ..FeatureRecipe::default() };
        let (pipeline, records) = FeaturePipeline::fit(&recipe, &[input]).unwrap();
        assert_eq!(pipeline.block_sizes(), [3, 1, super::N_SIDES, 2]);
        let row: Vec<(usize, f32)> =
            records.outer_view(0).unwrap().iter().map(|(column, value)| (column, *value)).collect();
        assert_eq!(row[3..], [(3, 1.0), (4 + 5, 2.0), (4 + super::N_SIDES + 1, -1.0)]);
        assert_eq!(super::side_name(5), "speaker acted-on, names the acting side");
        // The cue's word is not the statement's, and a statement alone has neither.
        assert_eq!(pipeline.transform(&["warned"]).nnz(), 0);
        assert_eq!(pipeline.transform(&["they warned"]).nnz(), 1);
    }
}
