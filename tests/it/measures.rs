//! Every measure beside the figures of scikit-learn, krippendorff and statsmodels; `tests/reference/measures.py` makes
//! them and its output names the versions.

use ndarray::Array2;
use onrecord::evaluate::{ClassMeasure, Measure, Meter, Predictions};
use onrecord::measures::{ConfusionMatrix, cohen_kappa, fleiss_kappa, holm, krippendorff_alpha, mcnemar_exact};
use serde_json::Value;

const TOLERANCE: f64 = 1e-9;

fn reference() -> Value {
    serde_json::from_str(include_str!("../reference/measures.json")).expect("the reference is JSON")
}

fn assert_same(found: Option<f64>, expected: &Value, what: &str) {
    match (found, expected.as_f64()) {
        (None, None) => {}
        (Some(found), Some(expected)) if (found - expected).abs() <= TOLERANCE => {}
        (found, expected) => panic!("{what}: {found:?}, the reference has {expected:?}"),
    }
}

fn list<T>(value: &Value, item: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().expect("a list").iter().map(item).collect()
}

fn classes(value: &Value) -> Vec<usize> {
    list(value, |class| class.as_u64().expect("a class") as usize)
}

fn numbers(value: &Value) -> Vec<f64> {
    list(value, |number| number.as_f64().expect("a number"))
}

#[test]
fn measures_equal_the_reference() {
    let reference = reference();
    let fixtures = reference["fixtures"].as_array().unwrap();
    assert!(fixtures.len() >= 6);
    for fixture in fixtures {
        let name = fixture["name"].as_str().unwrap();
        let n_classes = fixture["n_classes"].as_u64().unwrap() as usize;
        // The names of the first two make F_avg defined.
        let labels = ["favor", "against", "c", "d"][..n_classes].iter().map(|&label| label.into()).collect();
        let probabilities = fixture["probabilities"].as_array().map(|rows| {
            let flat: Vec<f64> = rows.iter().flat_map(numbers).collect();
            Array2::from_shape_vec((rows.len(), n_classes), flat).unwrap()
        });
        let weights = fixture["weights"].as_array().map(|_| numbers(&fixture["weights"]));
        let (gold, predicted) = (classes(&fixture["gold"]), classes(&fixture["predicted"]));
        let matrix = ConfusionMatrix::new(&gold, &predicted, n_classes, weights.as_deref()).unwrap();
        let mut predictions = Predictions::new(labels, gold, predicted, probabilities).unwrap();
        predictions.weights = weights.clone();
        let figures = Meter::new(&predictions).unwrap().figures(|row| weights.as_ref().map_or(1.0, |w| w[row]));
        let expected = &fixture["expected"];
        for measure in Measure::ALL {
            // The areas are held class by class below; the overall figure is the mean of those that exist.
            let known = expected.get(measure.name()).filter(|value| !value.is_array());
            if let Some(expected) = known {
                assert_same(figures.get(measure), expected, &format!("{name}: {}", measure.name()));
            }
        }
        for measure in ClassMeasure::ALL {
            for (class, expected) in expected[measure.name()].as_array().into_iter().flatten().enumerate() {
                let what = format!("{name}: {} of class {class}", measure.name());
                assert_same(figures.of_class(class, measure), expected, &what);
            }
        }
        for class in 0..n_classes {
            assert_same(Some(matrix.support(class)), &expected["support"][class], &format!("{name}: support"));
            for other in 0..n_classes {
                let cell = &expected["confusion"][class][other];
                assert_same(Some(matrix.cell(class, other)), cell, &format!("{name}: confusion"));
            }
        }
    }
}

#[test]
fn agreement_and_tests_equal_the_reference() {
    let reference = reference();
    for case in reference["agreement"].as_array().unwrap() {
        let n_classes = case["n_classes"].as_u64().unwrap() as usize;
        let label = |value: &Value| value.as_u64().map(|class| class as usize);
        let annotators = list(&case["annotators"], |column| list(column, label));
        let kappa = cohen_kappa(&annotators[0], &annotators[1], n_classes).unwrap();
        assert_same(kappa, &case["cohen_kappa"], "Cohen's kappa");
        let counts: Vec<Vec<f64>> = (0..annotators[0].len())
            .map(|item| {
                let given = |class| annotators.iter().filter(|column| column[item] == Some(class)).count() as f64;
                (0..n_classes).map(given).collect()
            })
            .collect();
        assert_same(krippendorff_alpha(&counts, |_| 1.0), &case["krippendorff_alpha"], "alpha");
        assert_same(fleiss_kappa(&counts, annotators.len(), |_| 1.0), &case["fleiss_kappa"], "Fleiss' kappa");
    }
    for case in reference["mcnemar"].as_array().unwrap() {
        let p = mcnemar_exact(case["first_only"].as_u64().unwrap(), case["second_only"].as_u64().unwrap());
        assert_same(Some(p), &case["p"], "McNemar");
    }
    let corrected = holm(&numbers(&reference["holm"]["p"]));
    for (found, expected) in corrected.iter().zip(reference["holm"]["corrected"].as_array().unwrap()) {
        assert_same(Some(*found), expected, "Holm");
    }
}
