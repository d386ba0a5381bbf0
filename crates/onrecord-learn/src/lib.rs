//! Learning: sparse records and linear estimators behind linfa's traits.
//!
//! linfa 0.8's own classifiers take dense arrays, which text does not fit into. The estimators here take
//! [`Records`], a compressed sparse row matrix, and otherwise keep to linfa's ways: `XParams` are checked into
//! `XValidParams`, `fit` takes a `DatasetBase`, `predict` gives class indices.
//!
//! [`Convolution`] is the exception: a small network that takes [`Sequences`] of word vectors, for what a sum over words
//! cannot see.
//!
//! Targets are anything that linfa takes for labels: classes are the labels that occur, sorted. [`ClassIndices`] are
//! classes by number, of which some may have no rows.
//!
//! # Examples
//! ```
//! use linfa::DatasetBase;
//! use linfa::traits::{Fit, Predict};
//! use ndarray::array;
//! use onrecord_learn::{LogisticRegression, Records};
//!
//! let rows = [vec![(0, 1.0)], vec![(0, 0.5), (1, 0.2)], vec![(1, 1.0)], vec![(1, 0.8)]];
//! let records = Records::from_rows(rows, 2)?;
//! let dataset = DatasetBase::new(records, array![0_usize, 0, 1, 1]);
//! let model = LogisticRegression::params().c(10.0).fit(&dataset)?;
//! assert_eq!(model.predict(&dataset), array![0, 0, 1, 1]);
//! # Ok::<(), onrecord_learn::LearnError>(())
//! ```

mod convolution;
mod crammer_singer;
mod design;
mod elastic_net;
mod error;
mod linear;
mod logistic;
mod losses;
mod multiples;
mod naive_bayes;
mod nb_svm;
mod newton;
mod params;
mod records;
mod sequences;
pub mod sparse;
pub mod split;
mod svm;
mod targets;

pub use convolution::{
    Convolution, ConvolutionParams, ConvolutionValidParams, KnownWords, NetworkTensors, Vector, Window,
};
pub use crammer_singer::{CrammerSinger, CrammerSingerParams, CrammerSingerValidParams};
pub use elastic_net::{ElasticNet, ElasticNetParams, ElasticNetValidParams};
pub use error::LearnError;
pub use linear::linear_scores;
pub use logistic::{Convergence, LogisticRegression, LogisticRegressionParams, LogisticRegressionValidParams};
pub use naive_bayes::{NaiveBayes, NaiveBayesParams, NaiveBayesValidParams, NaiveBayesVariant};
pub use nb_svm::{NbSvm, NbSvmParams, NbSvmValidParams};
pub use records::{Records, SparseRow};
pub use sequences::Sequences;
pub use svm::{DualConvergence, Hinge, LinearSvm, LinearSvmParams, LinearSvmValidParams};
pub use targets::ClassIndices;

// The examples of the front page run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
