//! The layers of the encoder built into `onrecord`, as the bytes of their file (ONNX).
//!
//! Where they come from stands in this package's `README.md`. Nothing is computed here.

/// Six transformer layers, from `x` (embedded pieces: windows, pieces, 384) to `hidden`, of the same shape.
pub static LAYERS: &[u8] = include_bytes!("../layers.onnx");
