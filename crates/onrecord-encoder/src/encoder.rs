//! The encoder: weights, loaded once, and the way from a text to scores.

use std::sync::Arc;

use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::{Tensor, TensorView};
use tokenizers::Tokenizer;

use crate::pieces::Pieces;
use crate::table::{FAR, HEADS, Table, WIDTH};
use crate::windows::{Marks, Window, windows};
use crate::{CLASSES, Error, Statement};

/// So many statements are read together by the last layer; longer articles go in stretches of this, since the layer's cost
/// grows with the square.
const TOGETHER: usize = 256;

/// From `pooled` (statements, 1152) and `bias` (4, statements, statements) to `scores` (statements, 4).
#[cfg(feature = "builtin")]
const HEAD: &[u8] = include_bytes!("../head.onnx");

/// A transformer with its tokenizer; made once, used by any number of threads.
pub struct Encoder {
    tokenizer: Tokenizer,
    marks: Marks,
    table: Table,
    layers: Graph,
    head: Graph,
    threads: Option<Arc<ThreadPool>>,
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Encoder").field("n_words", &self.table.n_words()).finish_non_exhaustive()
    }
}

/// The files that an encoder is made of; `models/encoder.py` writes them.
#[derive(Debug, Clone)]
pub struct Files<'a> {
    /// The tokenizer, as the `tokenizers` crate writes it.
    pub tokenizer: &'a [u8],
    /// The embeddings, a safetensors file.
    pub table: &'a [u8],
    /// The transformer's layers, an ONNX graph from `x` to `hidden`.
    pub layers: Vec<u8>,
    /// The last layers, an ONNX graph from `pooled` and `bias` to `scores`.
    pub head: Vec<u8>,
}

impl Encoder {
    /// The encoder that comes with the crate.
    ///
    /// # Errors
    /// [`Error`] if the runtime refuses the weights.
    #[cfg(feature = "builtin")]
    pub fn builtin() -> Result<Self, Error> {
        Self::from_files(Files {
            tokenizer: onrecord_encoder_words::TOKENIZER,
            table: onrecord_encoder_words::TABLE,
            layers: onrecord_encoder_layers::LAYERS.to_vec(),
            head: HEAD.to_vec(),
        })
    }

    /// An encoder of other weights.
    ///
    /// # Errors
    /// [`Error`] if a file is none of its kind, or does not go with the others.
    pub fn from_files(files: Files) -> Result<Self, Error> {
        let tokenizer = Tokenizer::from_bytes(files.tokenizer).map_err(|cause| Error::Tokenizer(cause.to_string()))?;
        let table = Table::from_bytes(files.table)?;
        let mark =
            |word: &str| tokenizer.token_to_id(word).ok_or_else(|| Error::Tokenizer(format!("no piece {word:?}")));
        let marks = Marks { start: mark("[CLS]")?, end: mark("[SEP]")? };
        if tokenizer.get_vocab_size(true) != table.n_words() {
            return Err(Error::Tensor {
                name: "words".to_owned(),
                found: format!("of {} rows", table.n_words()),
                wanted: format!("of {} rows, one a piece", tokenizer.get_vocab_size(true)),
            });
        }
        let layers = Graph::load("layers", files.layers, &["x"], "hidden")?;
        let head = Graph::load("head", files.head, &["pooled", "bias"], "scores")?;
        Ok(Self { tokenizer, marks, table, layers, head, threads: None })
    }

    /// Lets the transformer use so many threads of its own; without this, one for each core. The scores are the same.
    #[must_use]
    pub fn with_threads(mut self, n_threads: usize) -> Self {
        self.threads = Some(Arc::new(ThreadPool::with_num_threads(n_threads.max(1))));
        self
    }

    /// Scores the statements of an article, whose title is the text's first line.
    ///
    /// Every statement gets a score for each of [`CLASSES`]; the same for all four where its content holds no words.
    /// The cost is that of about one pass over the text, whatever the number of statements.
    ///
    /// # Errors
    /// [`Error::Span`] if a part of a statement is no part of the text; [`Error::Run`] if the runtime fails.
    pub fn score_article(&self, text: &str, statements: &[Statement]) -> Result<Vec<[f32; 4]>, Error> {
        check(text, statements)?;
        if statements.is_empty() {
            return Ok(Vec::new());
        }
        let pieces = Pieces::of(&self.tokenizer, text)?;
        let mut pooled = vec![None; statements.len()];
        for window in windows(text, &pieces, statements, self.marks) {
            let states = self
                .layers
                .run(&[(&[1, window.ids.len(), WIDTH], &self.table.embed(&window))], self.threads.as_ref())?;
            pool(&window, &states, &mut pooled);
        }
        let said: Vec<usize> = (0..statements.len()).filter(|&index| pooled[index].is_some()).collect();
        let mut scores = vec![[0.0; 4]; statements.len()];
        for together in said.chunks(TOGETHER) {
            let rows: Vec<f32> = together.iter().flat_map(|&index| pooled[index].iter().flatten().copied()).collect();
            let count = together.len();
            let bias = self.bias(together, statements);
            let out = self
                .head
                .run(&[(&[count, 3 * WIDTH], &rows), (&[HEADS, count, count], &bias)], self.threads.as_ref())?;
            for (&index, row) in together.iter().zip(out.chunks_exact(CLASSES.len())) {
                scores[index].copy_from_slice(row);
            }
        }
        Ok(scores)
    }

    /// Scores a text that stands alone, as one statement of nobody.
    ///
    /// # Errors
    /// [`Error::Run`] if the runtime fails.
    pub fn score_text(&self, text: &str) -> Result<[f32; 4], Error> {
        let content = std::iter::once(0..text.len()).collect();
        let whole = Statement { content, ..Statement::default() };
        Ok(self.score_article(text, &[whole])?[0])
    }

    /// What the last layer adds to its weights, by head, statement that looks, and statement looked at.
    fn bias(&self, together: &[usize], statements: &[Statement]) -> Vec<f32> {
        let mut bias = Vec::with_capacity(HEADS * together.len() * together.len());
        for head in 0..HEADS {
            for (row, &this) in together.iter().enumerate() {
                for (column, &other) in together.iter().enumerate() {
                    let distance = (column + FAR).saturating_sub(row).min(2 * FAR);
                    let speaker = statements[this].speaker;
                    let same = speaker.is_some() && speaker == statements[other].speaker;
                    let shared = if same { self.table.same[head] } else { 0.0 };
                    bias.push(self.table.near[head * (2 * FAR + 1) + distance] + shared);
                }
            }
        }
        bias
    }
}

/// A statement's row: the mean state of its content, the mean state of its source and cue, the window's first state.
fn pool(window: &Window, states: &[f32], pooled: &mut [Option<Vec<f32>>]) {
    for statement in &window.statements {
        let mut row = mean(states, &statement.content);
        row.extend(mean(states, &statement.attribution));
        row.extend_from_slice(&states[..WIDTH]);
        pooled[statement.index] = Some(row);
    }
}

/// The mean of some rows; zero of none.
fn mean(states: &[f32], places: &[usize]) -> Vec<f32> {
    let mut mean = vec![0.0_f32; WIDTH];
    for &place in places {
        for (sum, value) in mean.iter_mut().zip(&states[place * WIDTH..][..WIDTH]) {
            *sum += value;
        }
    }
    let count = places.len().max(1) as f32;
    mean.iter_mut().for_each(|sum| *sum /= count);
    mean
}

fn check(text: &str, statements: &[Statement]) -> Result<(), Error> {
    for (index, statement) in statements.iter().enumerate() {
        for span in statement.content.iter().chain(&statement.source).chain(&statement.cue) {
            if text.get(span.clone()).is_none() {
                return Err(Error::Span { index, span: span.clone(), length: text.len() });
            }
        }
    }
    Ok(())
}

/// A graph of the runtime, with the nodes that go in and the one that comes out.
struct Graph {
    name: &'static str,
    model: Model,
    inputs: Vec<NodeId>,
    output: NodeId,
}

impl Graph {
    fn load(name: &'static str, bytes: Vec<u8>, inputs: &[&str], output: &str) -> Result<Self, Error> {
        let cause = |cause: String| Error::Graph { name, cause };
        let model = Model::load(bytes).map_err(|error| cause(error.to_string()))?;
        let node = |id: &str| model.node_id(id).map_err(|error| cause(error.to_string()));
        let inputs = inputs.iter().map(|id| node(id)).collect::<Result<_, _>>()?;
        let output = node(output)?;
        Ok(Self { name, model, inputs, output })
    }

    /// Runs the graph on tensors given as shape and values; its output's values, row after row.
    fn run(&self, inputs: &[(&[usize], &[f32])], threads: Option<&Arc<ThreadPool>>) -> Result<Vec<f32>, Error> {
        let failed = |cause: String| Error::Run { name: self.name, cause };
        let mut values = Vec::with_capacity(inputs.len());
        for (&node, &(shape, data)) in self.inputs.iter().zip(inputs) {
            values.push((node, TensorView::from_data(shape, data).into()));
        }
        let options = RunOptions::default().with_thread_pool(threads.cloned());
        let outputs =
            self.model.run(values, &[self.output], Some(options)).map_err(|error| failed(error.to_string()))?;
        let output = outputs.into_iter().next().ok_or_else(|| failed("no output".to_owned()))?;
        let output: Tensor<f32> =
            output.try_into().map_err(|_| failed("its output is no tensor of floats".to_owned()))?;
        Ok(output.into_data().to_vec())
    }
}
