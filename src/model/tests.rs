//! Whole models: made, saved, read, broken.

use super::*;
use crate::labeled::{Dataset, Format, Row, RowColumns, read};
use crate::progress;

/// Forty made-up rows of three labels.
fn rows() -> Vec<Row> {
    let mut csv = "text,label,target\n".to_owned();
    let parties = ["the ministry", "a senator", "the general", "her office", "an aide"];
    for (n, party) in parties.iter().cycle().take(40).enumerate() {
        let (text, label) = match n % 3 {
            0 => (format!("{party} wants {n} more planes sent across the border"), "favor"),
            1 => (format!("{party} will never accept foreign planes, not {n} and not one"), "against"),
            _ => (format!("{party} counted {n} planes near the border on Monday"), "neutral"),
        };
        csv.push_str(&format!("\"{text}\",{label},planes\n"));
    }
    let table = read(csv.as_bytes(), "own.csv", Format::Csv, &RowColumns::default()).unwrap();
    Dataset::new(vec![table], None).unwrap().rows
}

fn trained() -> Trained {
    train(&rows(), &TrainOptions { n_folds: 3, ..TrainOptions::default() }, &progress::silent).unwrap()
}

#[test]
fn a_read_model_predicts_the_same_bits() {
    let Trained { model, .. } = trained();
    let again = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
    assert_eq!(again.manifest(), model.manifest());
    for text in ["planes now!", "never", "", "ein anderer Satz", "\u{0}\u{fffd}’’"] {
        let (one, two) = (model.classify(text, None), again.classify(text, None));
        let bits = |found: &Classification| found.probabilities.iter().map(|p| p.to_bits()).collect::<Vec<_>>();
        assert_eq!((one.label, bits(&one)), (two.label, bits(&two)));
        assert!((one.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
    assert_eq!(model.manifest().target.as_deref(), Some("planes"));
}

#[test]
fn a_file_from_before_sets_of_labels_is_read() {
    let Trained { mut model, .. } = trained();
    assert!(model.conformal().is_some());
    let text = "her office wants more planes";
    let said = model.classify(text, None);
    model.manifest.conformal = Conformal::default();
    let bytes = model.to_bytes().unwrap();
    assert!(!bytes.windows(9).any(|window| window == b"conformal"));
    let again = Model::from_bytes(&bytes).unwrap();
    assert!(again.conformal().is_none());
    assert_eq!(again.classify(text, None), said);
}

#[test]
fn thresholds_that_do_not_fit_are_refused() {
    for broken in ["[[0.5]]", "[[],[],[]]"] {
        let Trained { mut model, .. } = trained();
        model.manifest.conformal = serde_json::from_str(broken).unwrap();
        let error = Model::from_bytes(&model.to_bytes().unwrap()).unwrap_err();
        assert!(error.to_string().contains("thresholds of sets"), "{error}");
    }
}

#[test]
fn batches_and_single_texts_agree() {
    let Trained { model, .. } = trained();
    let rows = rows();
    let texts: Vec<(&str, Option<&str>)> = rows.iter().map(|row| (row.text.as_str(), None)).collect();
    let batch = model.classify_batch(&texts);
    for ((text, target), found) in texts.iter().zip(batch) {
        assert_eq!(model.classify(text, *target), found);
    }
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    let on = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| trained().model.to_bytes().unwrap())
    };
    let one = on(1);
    assert_eq!(one, on(2));
    assert_eq!(one, on(1));
}

#[test]
fn damaged_files_are_told_apart_and_refused() {
    let bytes = trained().model.to_bytes().unwrap();
    for end in [0, 1, 7, 8, 9, 500, bytes.len() / 2, bytes.len() - 1] {
        let error = Model::from_bytes(&bytes[..end]).unwrap_err();
        assert!(matches!(error, ModelError::Foreign { .. } | ModelError::Damaged { .. }), "{end}: {error}");
    }
    // Every bit of the tensors and the manifest is under the checksum, or breaks the header.
    for place in (0..bytes.len()).step_by(97) {
        let mut bytes = bytes.clone();
        bytes[place] ^= 4;
        assert!(Model::from_bytes(&bytes).is_err(), "byte {place}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(matches!(Model::from_bytes(&longer), Err(ModelError::Damaged { .. })));
}

#[test]
fn foreign_and_newer_files_are_refused() {
    let foreign = |bytes: &[u8]| matches!(Model::from_bytes(bytes), Err(ModelError::Foreign { .. }));
    assert!(foreign(b"") && foreign(b"PK\x03\x04 a zip file of some length") && foreign(&[0xff; 64]));
    assert!(foreign(b"\x02\0\0\0\0\0\0\0{}"));
    let mut huge = u64::MAX.to_le_bytes().to_vec();
    huge.extend([b'{'; 32]);
    assert!(foreign(&huge));
    let header = r#"{"__metadata__":{"onrecord":"{\"format\":7}"}}"#;
    let mut newer = (header.len() as u64).to_le_bytes().to_vec();
    newer.extend(header.as_bytes());
    let error = Model::from_bytes(&newer).unwrap_err();
    assert_eq!(error.to_string(), "the model has format 7, this program reads formats up to 3; use a newer onrecord");
}

#[cfg(feature = "builtin")]
#[test]
fn the_built_in_model_is_sound() {
    let bytes = onrecord_models::STANCE;
    let model = Model::from_bytes(bytes).unwrap();
    assert_eq!(model.labels(), ["favor", "against", "neutral", "unrelated"]);
    assert_eq!(model.task(), "stance");
    assert_eq!(model.to_bytes().unwrap(), bytes);
    assert!(bytes.len() < 8 << 20);
    let label = |text| model.labels()[model.classify(text, None).label].clone();
    assert_eq!(label("We must bring our troops home and end this war."), "against");
    assert_eq!(label("The team won its third match in a row."), "unrelated");
}

#[test]
fn training_refuses_what_teaches_nothing() {
    let rows = rows();
    let error = train(&rows[..1], &TrainOptions::default(), &progress::silent).unwrap_err();
    assert_eq!(error.to_string(), "all 1 rows have the label \"favor\"; expected rows of at least two labels");
    assert!(matches!(train(&[], &TrainOptions::default(), &progress::silent), Err(TrainError::NoRows)));
    let options = TrainOptions { task: "text".into(), ..TrainOptions::default() };
    assert!(matches!(train(&rows, &options, &progress::silent), Err(TrainError::TaskName { .. })));
}

#[test]
fn too_few_rows_for_folds_are_warned_of() {
    let rows = rows();
    let options = TrainOptions { n_folds: 5, ..TrainOptions::default() };
    let trained = train(&rows[..4], &options, &progress::silent).unwrap();
    let warning = &trained.warnings[0];
    assert!(
        warning.starts_with("too few rows of a label to estimate accuracy or calibrate: 4 rows make 4 units"),
        "{warning}"
    );
    assert!(trained.out_of_fold.is_none() && trained.model.manifest().accuracy.is_none());
}
