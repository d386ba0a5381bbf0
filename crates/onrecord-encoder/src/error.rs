use std::ops::Range;

/// What can be wrong with weights or with the places of a statement.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The tokenizer's JSON cannot be read.
    #[error("the tokenizer cannot be read: {0}")]
    Tokenizer(String),
    /// The file of embeddings is no safetensors file.
    #[error("the embeddings cannot be read")]
    Embeddings(#[from] safetensors::SafeTensorError),
    /// A tensor has another type or shape than the rest of the weights needs.
    #[error("tensor {name} is {found}, not {wanted}")]
    Tensor {
        /// The tensor's name in the file.
        name: String,
        /// Its type and shape.
        found: String,
        /// What it should be.
        wanted: String,
    },
    /// A graph cannot be loaded.
    #[error("the graph {name} cannot be loaded: {cause}")]
    Graph {
        /// `layers` or `head`.
        name: &'static str,
        /// What the runtime says.
        cause: String,
    },
    /// A graph failed to run.
    #[error("the graph {name} cannot be run: {cause}")]
    Run {
        /// `layers` or `head`.
        name: &'static str,
        /// What the runtime says.
        cause: String,
    },
    /// A part of a statement does not lie in the text, or not on the borders of its characters.
    #[error("statement {index}: {span:?} is no part of a text of {length} bytes")]
    Span {
        /// The statement's place in the list, from 0.
        index: usize,
        /// The part, in bytes.
        span: Range<usize>,
        /// The text's length in bytes.
        length: usize,
    },
}
