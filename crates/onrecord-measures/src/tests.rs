//! Figures computed by hand; the comparison with other programs' figures is in `tests/reference`.

use ndarray::array;

use super::*;

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-12, "{a} is not {b}");
}

/// Gold 0 0 0 0 1 1 1 2 2 2, predicted 0 0 1 2 1 1 0 2 0 0.
fn small() -> ConfusionMatrix {
    ConfusionMatrix::new(&[0, 0, 0, 0, 1, 1, 1, 2, 2, 2], &[0, 0, 1, 2, 1, 1, 0, 2, 0, 0], 3, None).unwrap()
}

#[test]
fn the_matrix_counts_gold_by_row() {
    let matrix = small();
    let cells: Vec<f64> = (0..9).map(|i| matrix.cell(i / 3, i % 3)).collect();
    assert_eq!(cells, [2.0, 1.0, 1.0, 1.0, 2.0, 0.0, 2.0, 0.0, 1.0]);
    assert_eq!(matrix.row_share(2, 0), 2.0 / 3.0);
}

#[test]
fn figures_of_classes_and_their_means() {
    let matrix = small();
    let first = matrix.class(0);
    close(first.precision, 2.0 / 5.0);
    close(first.recall, 0.5);
    close(first.f1, 4.0 / 9.0);
    assert_eq!((first.support, first.predicted), (4.0, 5.0));
    close(matrix.class(1).f1, 2.0 / 3.0);
    close(matrix.class(2).f1, 0.4);
    close(matrix.accuracy(), 0.5);
    close(matrix.balanced_accuracy(), (0.5 + 2.0 / 3.0 + 1.0 / 3.0) / 3.0);
    close(matrix.macro_f1(), (4.0 / 9.0 + 2.0 / 3.0 + 0.4) / 3.0);
    close(matrix.weighted_f1(), (4.0 * 4.0 / 9.0 + 3.0 * 2.0 / 3.0 + 3.0 * 0.4) / 10.0);
    close(matrix.f_avg(1, 2), (2.0 / 3.0 + 0.4) / 2.0);
    // Chance: (4*5 + 3*3 + 3*2) / 100 = 0.35.
    close(matrix.cohen_kappa().unwrap(), (0.5 - 0.35) / 0.65);
    // (5*10 - 35) / sqrt((100 - 38)(100 - 34)).
    close(matrix.matthews_correlation(), 15.0 / (62.0_f64 * 66.0).sqrt());
}

#[test]
fn a_class_never_predicted_or_never_gold_counts_as_zero_and_one_in_neither_does_not_count() {
    let matrix = ConfusionMatrix::new(&[0, 0, 1, 1], &[0, 0, 0, 2], 4, None).unwrap();
    close(matrix.class(0).f1, 0.8);
    assert_eq!(matrix.class(1).precision, 0.0);
    assert_eq!(matrix.class(2).recall, 0.0);
    close(matrix.macro_f1(), 0.8 / 3.0);
    close(matrix.balanced_accuracy(), 0.5);
}

#[test]
fn one_class_only_has_no_kappa_and_no_correlation() {
    let matrix = ConfusionMatrix::new(&[1, 1], &[1, 1], 2, None).unwrap();
    assert_eq!(matrix.accuracy(), 1.0);
    assert_eq!(matrix.macro_f1(), 1.0);
    assert_eq!(matrix.cohen_kappa(), None);
    assert_eq!(matrix.matthews_correlation(), 0.0);
}

#[test]
fn a_weight_of_two_is_the_row_twice() {
    let weighted = ConfusionMatrix::new(&[0, 1, 1], &[0, 0, 1], 2, Some(&[2.0, 1.0, 0.0])).unwrap();
    let repeated = ConfusionMatrix::new(&[0, 0, 1], &[0, 0, 0], 2, None).unwrap();
    assert_eq!(weighted, repeated);
}

#[test]
fn probabilities_by_hand() {
    let probabilities = array![[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.25, 0.5, 0.25]];
    let gold = [0, 1, 1];
    let loss = -(0.7_f64.ln() + 0.3_f64.ln() + 0.5_f64.ln()) / 3.0;
    close(log_loss(&gold, probabilities.view(), None).unwrap(), loss);
    let score = (0.09 + 0.04 + 0.01 + 0.01 + 0.49 + 0.36 + 0.0625 + 0.25 + 0.0625) / 3.0;
    close(brier(&gold, probabilities.view(), None).unwrap(), score);
    // Each row in its own bin: |0.7 - 1|, |0.6 - 0|, |0.5 - 1|.
    close(expected_calibration_error(&gold, probabilities.view(), None, 10).unwrap(), 1.4 / 3.0);
    let weighted = log_loss(&gold, probabilities.view(), Some(&[0.0, 1.0, 1.0])).unwrap();
    close(weighted, -(0.3_f64.ln() + 0.5_f64.ln()) / 2.0);
}

#[test]
fn certain_mistakes_cost_much_but_not_infinitely() {
    let loss = log_loss(&[0], array![[0.0, 1.0]].view(), None).unwrap();
    close(loss, -f64::EPSILON.ln());
}

#[test]
fn bins_are_closed_above() {
    let probabilities = array![[1.0, 0.0], [0.5, 0.5], [0.51, 0.49]];
    let bins = calibration_bins(&[0, 1, 0], probabilities.view(), None, 10).unwrap();
    let filled: Vec<(usize, f64)> =
        bins.iter().enumerate().filter(|(_, b)| b.count > 0.0).map(|(i, b)| (i, b.count)).collect();
    assert_eq!(filled, [(4, 1.0), (5, 1.0), (9, 1.0)]);
}

#[test]
fn areas_by_hand() {
    // From the top: + - + + -, no ties: of 6 pairs 4 are in order.
    let positive = [true, false, true, true, false];
    let scores = [0.9, 0.8, 0.7, 0.6, 0.5];
    close(roc_auc(&positive, &scores, None).unwrap().unwrap(), 4.0 / 6.0);
    let precision = (1.0 + 2.0 / 3.0 + 3.0 / 4.0) / 3.0;
    close(average_precision(&positive, &scores, None).unwrap().unwrap(), precision);
}

#[test]
fn ties_count_half_and_all_equal_is_chance() {
    close(roc_auc(&[true, false, false], &[0.5, 0.5, 0.1], None).unwrap().unwrap(), 0.75);
    close(roc_auc(&[true, false], &[0.0, -0.0], None).unwrap().unwrap(), 0.5);
    close(average_precision(&[true, false, false, false], &[0.5; 4], None).unwrap().unwrap(), 0.25);
}

#[test]
fn one_sided_rows_have_no_area() {
    assert_eq!(roc_auc(&[true, true], &[0.1, 0.2], None).unwrap(), None);
    assert_eq!(average_precision(&[false, true], &[0.1, 0.2], Some(&[1.0, 0.0])).unwrap(), None);
    assert_eq!(roc_curve(&[true], &[0.1], None).unwrap(), []);
}

#[test]
fn curves_start_and_end_where_they_must() {
    let positive = [true, false, true];
    let scores = [0.9, 0.9, 0.1];
    let roc = roc_curve(&positive, &scores, None).unwrap();
    let points: Vec<(f64, f64)> = roc.iter().map(|p| (p.false_positive_rate, p.true_positive_rate)).collect();
    assert_eq!(points, [(0.0, 0.0), (1.0, 0.5), (1.0, 1.0)]);
    let pr = pr_curve(&positive, &scores, None).unwrap();
    let points: Vec<(f64, f64)> = pr.iter().map(|p| (p.precision, p.recall)).collect();
    assert_eq!(points, [(0.5, 0.5), (2.0 / 3.0, 1.0)]);
}

#[test]
fn what_does_not_fit_is_an_error() {
    assert_eq!(ConfusionMatrix::new(&[], &[], 2, None).unwrap_err(), MeasureError::Empty);
    assert!(matches!(ConfusionMatrix::new(&[0], &[], 2, None), Err(MeasureError::Length { found: 0, .. })));
    assert!(matches!(ConfusionMatrix::new(&[0], &[2], 2, None), Err(MeasureError::Class { class: 2, .. })));
    assert!(matches!(ConfusionMatrix::new(&[0], &[0], 1, Some(&[f64::NAN])), Err(MeasureError::Weight { .. })));
    assert!(matches!(log_loss(&[0], array![[f64::NAN, 1.0]].view(), None), Err(MeasureError::Score { row: 0, .. })));
    assert!(matches!(roc_auc(&[true], &[f64::NAN], None), Err(MeasureError::Score { row: 0, .. })));
    assert_eq!(
        ConfusionMatrix::from_cells(2, vec![0.0]).unwrap_err().to_string(),
        "the list of cells has 1 rows where the gold classes have 4"
    );
}
