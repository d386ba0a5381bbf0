//! The table of embeddings: a row for each piece, position and role, kept as it is stored.

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::Error;
use crate::windows::{LONGEST, Window};

/// The width of a row, the transformer's own.
pub(crate) const WIDTH: usize = 384;

/// Rows of pieces and of positions in eight bits with a scale each; roles and the last layer's biases in full.
#[derive(Debug)]
pub(crate) struct Table {
    words: Rows,
    positions: Rows,
    roles: Vec<f32>,
    /// By head: what it adds where two statements share a speaker.
    pub same: Vec<f32>,
    /// By head: what it adds at distances -4 or less to 4 or more.
    pub near: Vec<f32>,
}

/// How many heads look over the statements of an article.
pub(crate) const HEADS: usize = 4;
/// How far apart in order statements still count as apart by their own distance.
pub(crate) const FAR: usize = 4;

impl Table {
    /// Reads the file of embeddings.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let file = SafeTensors::deserialize(bytes)?;
        let n_words = file.tensor("words")?.shape().first().copied().unwrap_or(0);
        Ok(Self {
            words: Rows::read(&file, "words", "scales", n_words)?,
            positions: Rows::read(&file, "positions", "position_scales", LONGEST)?,
            roles: floats(&file, "roles", &[4, WIDTH])?,
            same: floats(&file, "same", &[HEADS])?,
            near: floats(&file, "near", &[HEADS, 2 * FAR + 1])?,
        })
    }

    /// The number of pieces that have a row.
    pub fn n_words(&self) -> usize {
        self.words.scales.len()
    }

    /// The sum of word, position and role for each piece of a window, row after row.
    pub fn embed(&self, window: &Window) -> Vec<f32> {
        let mut rows = Vec::with_capacity(window.ids.len() * WIDTH);
        for (position, (&id, &role)) in window.ids.iter().zip(&window.roles).enumerate() {
            let (word, scale) = self.words.row(id as usize);
            let (place, place_scale) = self.positions.row(position);
            let role = &self.roles[role as usize * WIDTH..][..WIDTH];
            let sum = |((&word, &place), role): ((&i8, &i8), &f32)| {
                f32::from(word) * scale + f32::from(place) * place_scale + role
            };
            rows.extend(word.iter().zip(place).zip(role).map(sum));
        }
        rows
    }
}

/// Rows of eight bits, each with what its numbers are multiplied by.
#[derive(Debug)]
struct Rows {
    values: Vec<i8>,
    scales: Vec<f32>,
}

impl Rows {
    fn read(file: &SafeTensors, values: &str, scales: &str, count: usize) -> Result<Self, Error> {
        let tensor = file.tensor(values)?;
        expect(values, &tensor, Dtype::I8, &[count, WIDTH])?;
        let values = tensor.data().iter().map(|&byte| i8::from_le_bytes([byte])).collect();
        Ok(Self { values, scales: floats(file, scales, &[count])? })
    }

    fn row(&self, index: usize) -> (&[i8], f32) {
        (&self.values[index * WIDTH..][..WIDTH], self.scales[index])
    }
}

fn floats(file: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
    let tensor = file.tensor(name)?;
    expect(name, &tensor, Dtype::F32, shape)?;
    Ok(tensor
        .data()
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect())
}

fn expect(name: &str, tensor: &TensorView, dtype: Dtype, shape: &[usize]) -> Result<(), Error> {
    if tensor.dtype() == dtype && tensor.shape() == shape {
        return Ok(());
    }
    Err(Error::Tensor {
        name: name.to_owned(),
        found: format!("{:?} {:?}", tensor.dtype(), tensor.shape()),
        wanted: format!("{dtype:?} {shape:?}"),
    })
}
