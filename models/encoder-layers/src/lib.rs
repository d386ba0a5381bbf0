//! The layers of the encoder built into `onrecord`, as the bytes of their files (ONNX).
//!
//! Where they come from stands in this package's `README.md`. Nothing is computed here.

/// Six transformer layers, from `x` (embedded pieces: windows, pieces, 384) to `hidden`, of the same shape.
pub static LAYERS: &[u8] = include_bytes!("../layers.onnx");

/// From `pooled` (statements, 1152) and `bias` (4, statements, statements) to `scores` (statements, 4).
pub static HEAD: &[u8] = include_bytes!("../head.onnx");
