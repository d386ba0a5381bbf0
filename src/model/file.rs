//! The model file: tensors in the safetensors layout, the manifest as their metadata, and a checksum over both.
//!
//! | tensor | type | shape |
//! |---|---|---|
//! | `keys` | U64 | columns |
//! | `idf` | F32 | columns |
//! | `weights` | F16 | columns x labels |
//! | `intercept` | F64 | labels |
//! | `copies` | U32 | the columns that targets have copies of, target after target |
//! | `network.*` |  | the convolutional network: `filters` I8 columns x dim, `scales`, `biases`, `weights`, `intercept` F32 |
//! | `sequences.*` |  | its word vectors, as those of a block |
//! | `blockN.*` |  | word vectors of block N: `vectors`, `keys`, `scales`, `frequencies` |
//! | `sha256` | U8 | 32: SHA-256 of the manifest, then of the first four tensors in this order, then of the others by name |
//!
//! Columns are those of the blocks in their order, then the copies; `keys` and `idf` are of n-gram blocks alone.
//!
//! The manifest is JSON under the metadata key `onrecord`.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use half::f16;
use half::slice::HalfFloatSliceExt;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::manifest::{FORMAT, Manifest};
use super::network::Network;
use super::{Model, ModelError};
use crate::features::{FeaturePipeline, Parts, Tokenization};

/// The metadata key of the manifest.
const MANIFEST: &str = "onrecord";

/// The tensors under the checksum, in its order.
const TENSORS: [(&str, Dtype); 4] =
    [("keys", Dtype::U64), ("idf", Dtype::F32), ("weights", Dtype::F16), ("intercept", Dtype::F64)];

/// No model is larger than this; more is not read.
const MAX_BYTES: u64 = 4 << 30;

/// The largest number of a model: beyond it sums of products would lose their digits, and then no longer be finite. Those
/// of models in use are below a thousand.
pub(super) const MAX_NUMBER: f64 = 1e6;

/// The longest header that the format has.
const MAX_HEADER: u64 = 100_000_000;

/// Whether the checksum is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// A file from anywhere.
    Check,
    /// Compiled into the program; a test compares the checksum once and for all.
    #[cfg_attr(not(feature = "builtin"), allow(dead_code, reason = "only what is in the program is trusted"))]
    Skip,
}

pub(super) fn to_bytes(model: &Model) -> Vec<u8> {
    let manifest = serde_json::to_string(&model.manifest).expect("a manifest has only string keys");
    let keys: Vec<u8> = model.pipeline.keys().flat_map(u64::to_le_bytes).collect();
    let idf: Vec<u8> = model.pipeline.idf().flat_map(f32::to_le_bytes).collect();
    let weights: Vec<u8> = model.weights.iter().flat_map(|&weight| f16::from_f32(weight).to_le_bytes()).collect();
    let intercept: Vec<u8> = model.intercept.iter().flat_map(|bias| bias.to_le_bytes()).collect();
    let mut stored = model.pipeline.store();
    if let Some(network) = &model.network {
        network.store(&mut stored.tensors, &mut stored.resources);
    }
    let mut others = stored.tensors;
    others.sort_by(|a, b| a.name.cmp(&b.name));
    let (n_keys, n_features) = (keys.len() / 8, model.pipeline.n_features());
    let n_labels = model.intercept.len();
    let parts: Vec<&[u8]> = [&keys, &idf, &weights, &intercept]
        .into_iter()
        .map(Vec::as_slice)
        .chain(others.iter().map(|tensor| tensor.bytes.as_slice()))
        .collect();
    let sum = checksum(&manifest, &parts);
    let shapes = [vec![n_keys], vec![n_keys], vec![n_features, n_labels], vec![n_labels]];
    let mut views: Vec<(&str, TensorView<'_>)> = Vec::new();
    for (((name, dtype), bytes), shape) in TENSORS.into_iter().zip([&keys, &idf, &weights, &intercept]).zip(shapes) {
        views.push((name, TensorView::new(dtype, shape, bytes).expect("the shape is that of the bytes")));
    }
    for tensor in &others {
        let view = TensorView::new(tensor.dtype, tensor.shape.clone(), &tensor.bytes);
        views.push((&tensor.name, view.expect("the shape is that of the bytes")));
    }
    views.push(("sha256", TensorView::new(Dtype::U8, vec![32], &sum).expect("a sum has 32 bytes")));
    safetensors::serialize(views, Some(HashMap::from([(MANIFEST.to_owned(), manifest)])))
        .expect("the tensors are in memory and well formed")
}

fn checksum(manifest: &str, tensors: &[&[u8]]) -> Vec<u8> {
    let mut sum = Sha256::new();
    sum.update(manifest.as_bytes());
    for tensor in tensors {
        sum.update(tensor);
    }
    sum.finalize().to_vec()
}

pub(super) fn load(path: &Path) -> Result<Model, ModelError> {
    let io = |source| ModelError::Io { path: path.into(), source };
    let file = File::open(path).map_err(io)?;
    let mut file = file.take(MAX_BYTES + 1);
    let mut bytes = Vec::new();
    // The first eight say how long the header is; without a sound length there the rest, which may be a device without
    // end, is not read.
    file.by_ref().take(8).read_to_end(&mut bytes).map_err(io)?;
    let n_header = bytes.first_chunk().map_or(0, |&length| u64::from_le_bytes(length));
    if (2..=MAX_HEADER).contains(&n_header) {
        file.read_to_end(&mut bytes).map_err(io)?;
    } else if !bytes.is_empty() {
        let error = ModelError::Foreign { reason: "no safetensors header".into() };
        return Err(ModelError::InFile { path: path.into(), source: Box::new(error) });
    }
    from_bytes(&bytes, Trust::Check).map_err(|error| ModelError::InFile { path: path.into(), source: Box::new(error) })
}

pub(super) fn from_bytes(bytes: &[u8], trust: Trust) -> Result<Model, ModelError> {
    let foreign = |reason: &str| ModelError::Foreign { reason: reason.into() };
    let damaged = |reason: &str| ModelError::Damaged { reason: reason.into() };
    if bytes.len() as u64 > MAX_BYTES {
        return Err(foreign("larger than 4 GiB"));
    }
    let (n_header, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| match error {
        SafeTensorError::MetadataIncompleteBuffer => damaged("the file is cut short, or something follows its end"),
        SafeTensorError::HeaderTooSmall if bytes.is_empty() => foreign("an empty file"),
        _ => foreign("no safetensors header"),
    })?;
    debug_assert!(n_header <= bytes.len());
    let manifest = metadata
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(MANIFEST))
        .ok_or_else(|| foreign("a safetensors file without onrecord's manifest"))?;

    #[derive(Deserialize)]
    struct FormatOnly {
        format: u64,
    }
    let FormatOnly { format } = serde_json::from_str(manifest).map_err(|_| damaged("the manifest cannot be read"))?;
    if format > FORMAT {
        return Err(ModelError::Newer { found: format, known: FORMAT });
    }
    let tensors = SafeTensors::deserialize(bytes).map_err(|_| damaged("the tensors cannot be read"))?;
    let [keys, idf, weights, intercept] = {
        let mut found = Vec::new();
        for (name, dtype) in TENSORS {
            let tensor = tensors.tensor(name).map_err(|_| damaged(&format!("no tensor \"{name}\"")))?;
            if tensor.dtype() != dtype {
                return Err(damaged(&format!("tensor \"{name}\" is of another type")));
            }
            found.push(tensor.data());
        }
        <[&[u8]; 4]>::try_from(found).map_err(|_| damaged("tensors are missing"))?
    };
    if trust == Trust::Check {
        let sum = tensors.tensor("sha256").map_err(|_| damaged("no checksum"))?;
        let is_other = |name: &&str| *name != "sha256" && TENSORS.iter().all(|(known, _)| known != name);
        let mut others: Vec<&str> = tensors.names().into_iter().filter(is_other).collect();
        others.sort_unstable();
        let others = others.into_iter().filter_map(|name| tensors.tensor(name).ok()).map(|tensor| tensor.data());
        let parts: Vec<&[u8]> = [keys, idf, weights, intercept].into_iter().chain(others).collect();
        if sum.data() != checksum(manifest, &parts) {
            return Err(damaged("the checksum differs"));
        }
    }
    let manifest: Manifest =
        serde_json::from_str(manifest).map_err(|error| damaged(&format!("the manifest cannot be read: {error}")))?;
    let keys: Vec<u64> = numbers(keys, u64::from_le_bytes);
    let idf: Vec<f32> = numbers(idf, f32::from_le_bytes);
    let halves: Vec<f16> = numbers(weights, f16::from_le_bytes);
    let mut weights = vec![0.0_f32; halves.len()];
    halves.convert_to_f32_slice(&mut weights);
    let intercept: Vec<f64> = numbers(intercept, f64::from_le_bytes);
    let n_labels = manifest.labels.len();
    if n_labels < 2 || intercept.len() != n_labels || !weights.len().is_multiple_of(n_labels) {
        return Err(damaged("the tensors do not fit the labels"));
    }
    let calibrations = [manifest.platt.len(), manifest.biases.len(), manifest.prior.len()];
    if calibrations.iter().any(|n| ![0, n_labels].contains(n)) {
        return Err(damaged("the calibration does not fit the labels"));
    }
    if manifest.collective.as_ref().is_some_and(|collective| !collective.fits(n_labels)) {
        return Err(damaged("the second classifier does not fit the labels"));
    }
    if !manifest.conformal.fits(n_labels) {
        return Err(damaged("the thresholds of sets do not fit the labels"));
    }
    if manifest.labels.iter().collect::<BTreeSet<_>>().len() < n_labels {
        return Err(damaged("two labels are the same"));
    }
    let is_sound = |number: f64| number.abs() <= MAX_NUMBER;
    let are_sound = weights.iter().chain(&idf).all(|&weight| is_sound(weight.into()))
        && intercept.iter().chain(&manifest.biases).all(|&bias| is_sound(bias))
        && manifest.prior.iter().all(|share| (0.0..=1.0).contains(share))
        && manifest.platt.iter().all(|platt| is_sound(platt.slope) && is_sound(platt.offset))
        && (1.0 / MAX_NUMBER..=MAX_NUMBER).contains(&manifest.temperature);
    if !are_sound {
        return Err(damaged("a weight is not a number, or too large for one"));
    }
    let tokenization = Tokenization::from_json(&manifest.tokenizer).map_err(|error| damaged(&error.to_string()))?;
    let find = |name: &str| {
        let tensor = tensors.tensor(name).ok()?;
        Some((tensor.dtype(), tensor.shape().to_vec(), tensor.data()))
    };
    let pipeline = FeaturePipeline::from_parts(Parts {
        recipe: manifest.recipe.features.clone(),
        tokenization,
        sizes: &manifest.block_sizes,
        keys: &keys,
        idf: &idf,
        resources: &manifest.resources,
        copies: &manifest.target_copies,
        find: &find,
    })
    .map_err(|reason| damaged(&reason))?;
    if pipeline.n_features() != weights.len() / n_labels {
        return Err(damaged("the weights do not fit the features"));
    }
    let network = manifest.recipe.convolution.as_ref();
    let network = network.map(|recipe| Network::restore(recipe, n_labels, &manifest.resources, &find));
    let network = network.transpose().map_err(|reason| damaged(&reason))?;
    Ok(Model { manifest, pipeline, weights, intercept, network, own: None })
}

fn numbers<T, const N: usize>(bytes: &[u8], from: impl Fn([u8; N]) -> T) -> Vec<T> {
    let (numbers, _) = bytes.as_chunks::<N>();
    numbers.iter().map(|&bytes| from(bytes)).collect()
}
