use linfa::traits::{Fit, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::Array1;

use super::*;

/// Twelve words with vectors of their own; class 1 is "word 0 right before word 1", which no sum over words can tell.
fn texts() -> (Sequences, Array1<usize>) {
    let values: Vec<i8> = (0..12 * 6).map(|n: i32| (n * n * 37 % 201 - 100) as i8).collect();
    let (mut tokens, mut starts, mut classes) = (Vec::new(), vec![0], Vec::new());
    for n in 0..400_u32 {
        let others = |k: u32| 2 + (n * 7 + k * 5) % 10;
        let (one, other) = if n % 2 == 1 { (0, 1) } else { (1, 0) };
        tokens.extend([others(1), one, other, others(2), Sequences::UNKNOWN, others(3)]);
        starts.push(tokens.len());
        classes.push((n % 2) as usize);
    }
    (Sequences::from_parts(6, values, vec![0.02; 12], tokens, starts).unwrap(), Array1::from_vec(classes))
}

fn fit() -> (Convolution, DatasetBase<Sequences, Array1<usize>>) {
    let (texts, classes) = texts();
    let dataset = DatasetBase::new(texts, classes);
    let params = Convolution::params().max_width(3).n_filters(8).n_epochs(40).rate(0.01);
    (params.fit(&dataset).unwrap(), dataset)
}

#[test]
fn the_order_of_words_is_learned() {
    let (network, dataset) = fit();
    assert_eq!(network.predict(&dataset), dataset.targets());
}

#[test]
fn windows_and_intercept_are_the_whole_score() {
    let (network, dataset) = fit();
    let scores = network.decision_function(dataset.records());
    for row in [0, 1, 17] {
        let windows = network.windows(dataset.records(), row);
        for class in 0..2 {
            let sum: f64 = windows.iter().map(|window| window.scores[class]).sum();
            assert!((sum + f64::from(network.intercept()[class]) - scores[[row, class]]).abs() < 1e-9);
        }
        assert!(windows.iter().all(|window| window.start + window.n_words <= 6));
    }
}

#[test]
fn several_networks_score_their_mean() {
    let (_, dataset) = fit();
    let params = Convolution::params().max_width(3).n_filters(4).n_epochs(3);
    let of_seed = |seed| params.clone().seed(seed).fit(&dataset).unwrap().decision_function(dataset.records());
    let together = params.clone().seed(5).n_networks(3).fit(&dataset).unwrap();
    let mean = (of_seed(5) + of_seed(6) + of_seed(7)) / 3.0;
    let scores = together.decision_function(dataset.records());
    assert!(scores.iter().zip(&mean).all(|(score, mean)| (score - mean).abs() < 1e-6));
    assert_ne!(of_seed(5), of_seed(6));
}

#[test]
fn the_same_on_any_number_of_threads_and_from_its_own_numbers() {
    let (network, dataset) = fit();
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one.install(|| fit().0), network);
    let again = Convolution::from_tensors(network.tensors(), 3, 2).unwrap();
    assert_eq!(again.decision_function(dataset.records()), network.decision_function(dataset.records()));
    assert!(Convolution::from_tensors(network.tensors(), 2, 2).is_none());
    assert!(Convolution::from_tensors(network.tensors(), 3, 3).is_none());
}

#[test]
fn long_texts_are_pooled_in_segments_and_empty_ones_have_scores() {
    let (network, dataset) = fit();
    let (values, scales): (Vec<i8>, Vec<f32>) =
        ((0..12).flat_map(|word| dataset.records().vector(word).0.to_vec()).collect(), vec![0.02; 12]);
    // The pair that decides stands across the end of a segment.
    let filler = |n: usize| (0..n as u32).map(|n| 2 + n % 10);
    let long: Vec<u32> = filler(511).chain([0, 1]).chain(filler(700)).collect();
    let starts = vec![0, long.len(), long.len()];
    let texts = Sequences::from_parts(6, values, scales, long, starts).unwrap();
    let scores = network.decision_function(&texts);
    assert!(scores.iter().all(|score| score.is_finite()));
    let windows = network.windows(&texts, 0);
    assert!(windows.iter().any(|window| window.start <= 511 && window.start + window.n_words >= 513), "{windows:?}");
}

#[test]
fn what_is_known_of_words_changes_no_score() {
    let (network, dataset) = fit();
    let texts = dataset.records();
    let expected = network.decision_function(texts);
    let known = KnownWords::default();
    for _ in ["first met", "known"] {
        let of_text = |text: usize, words: &mut Vec<u32>| words.extend(texts.row(text));
        let scores = network.scores_of_words(texts.n_rows(), of_text, |word| texts.vector(word), &known);
        assert_eq!(scores, expected);
    }
}

#[test]
fn senseless_parameters_are_refused() {
    let refused = |params: ConvolutionParams| params.check().unwrap_err().to_string();
    assert_eq!(refused(Convolution::params().max_width(11)), "the largest width is 11; expected 1 to 10");
    assert!(refused(Convolution::params().dropout(1.0)).contains("0 to below 1"));
    let (texts, classes) = texts();
    let one_class = DatasetBase::new(texts.clone(), Array1::<usize>::zeros(classes.len()));
    assert!(Convolution::params().fit(&one_class).unwrap_err().to_string().contains("classes"));
    let short = DatasetBase::new(texts, Array1::from_vec(vec![0]));
    assert!(Convolution::params().fit(&short).is_err());
}
