//! The HTML reports in a browser: charts, sorting, highlighted words, both colour schemes, small and large screens,
//! paper, and text that tries to break out.

use crate::browser::Browser;
use crate::labelled::{hostile, jsonl, rows, statements};
use crate::support::Scratch;

/// The texts of one column of the `index`-th table that has the class.
fn column(browser: &mut Browser, table: usize, column: usize) -> Vec<String> {
    let script = format!(
        "[...document.querySelectorAll('table.sortable')[{table}].tBodies[0].rows].map(r => r.cells[{column}].innerText)"
    );
    let values = browser.run(&script);
    values.as_array().expect("a list").iter().map(|value| value.as_str().unwrap_or_default().to_owned()).collect()
}

fn place_of_table(browser: &mut Browser, caption: &str) -> usize {
    let captions = browser.texts("table.sortable caption");
    captions.iter().position(|text| text.contains(caption)).unwrap_or_else(|| panic!("{caption:?} in {captions:?}"))
}

#[test]
fn the_accuracy_report_works_in_a_browser() {
    let Some(mut browser) = Browser::start() else { return };
    let scratch = Scratch::new();
    scratch.write("data.jsonl", statements(240));
    let args = ["evaluate", "data.jsonl", "--folds", "3", "--learning-curve", "--format", "html", "-o", "report.html"];
    scratch.run(&args).done();
    browser.open(&scratch.path("report.html"));
    browser.resize(1200, 900);
    let charts = browser.run("[...document.querySelectorAll('svg title')].map(t => t.textContent)").to_string();
    for chart in [
        "Confusion matrix",
        "Reliability",
        "ROC curves",
        "Precision-recall curves",
        "Macro-F1 with interval",
        "training rows",
    ] {
        assert!(charts.contains(chart), "no {chart:?} in {charts}");
    }
    let described = browser.run("[...document.querySelectorAll('svg desc')].every(d => d.textContent.length > 20)");
    assert_eq!(described, true);
    assert_eq!(browser.count("rect.cell"), 16);
    // Four ROC and four precision-recall curves, one reliability line, two of accuracy by share, two learning curves,
    // each with marks where it has points.
    assert!(browser.count("path.curve") >= 13 && browser.count("circle") > 20);
    assert!(browser.count("td mark") > 5, "words of the mistakes are marked");

    let mistakes = place_of_table(&mut browser, "mistakes that the model was surest of");
    let headings = browser.texts("table.sortable th");
    assert!(headings.iter().any(|heading| heading.contains("its probability")), "{headings:?}");
    let before = column(&mut browser, mistakes, 3);
    assert!(before.len() > 3, "{before:?}");
    let button = |index: usize| format!("table.sortable[data-probe] th:nth-child({index}) button");
    browser.run(&format!("document.querySelectorAll('table.sortable')[{mistakes}].dataset.probe = '1'"));
    browser.click(&button(4), 0);
    let rising = column(&mut browser, mistakes, 3);
    assert!(rising.is_sorted() && rising != before, "{rising:?}");
    let sorted = "table.sortable[data-probe] th[aria-sort='ascending']";
    assert_eq!(browser.count(sorted), 1);
    browser.click(&button(4), 0);
    let falling = column(&mut browser, mistakes, 3);
    assert!(falling.iter().rev().is_sorted(), "{falling:?}");
    // The keyboard does the same: the next heading is one Tab away.
    browser.press("Tab");
    browser.press("Enter");
    let gold = column(&mut browser, mistakes, 4);
    assert!(gold.is_sorted(), "{gold:?}");
    assert_eq!(browser.count(sorted), 1);
    browser.check_layout("accuracy");
}

#[test]
fn the_comparison_and_the_check_work_in_a_browser() {
    let Some(mut browser) = Browser::start() else { return };
    let scratch = Scratch::new();
    scratch.write("data.jsonl", statements(160));
    scratch.write("a.toml", "");
    scratch
        .run(&[
            "compare",
            "a.toml",
            "builtin",
            "--data",
            "data.jsonl",
            "--swaps",
            "99",
            "--format",
            "html",
            "-o",
            "compare.html",
        ])
        .done();
    browser.open(&scratch.path("compare.html"));
    assert!(browser.count("svg circle") > 5 && browser.count("table.sortable") >= 2);
    browser.check_layout("compare");

    let mut spoilt = rows(80);
    spoilt.extend(rows(20));
    scratch.write("copies.jsonl", jsonl(&spoilt));
    let run = scratch.run(&["check", "copies.jsonl", "--format", "html", "-o", "check.html"]);
    assert_eq!(run.code, 1, "{run:#?}");
    browser.open(&scratch.path("check.html"));
    assert!(browser.texts("h2").iter().any(|heading| heading.contains("with the text and label of an earlier one")));
    browser.check_layout("check");
}

#[test]
fn hostile_text_stays_text_in_a_browser() {
    let Some(mut browser) = Browser::start() else { return };
    let scratch = Scratch::new();
    let name = "a\"b'<img src=x onerror=alert(3)>.jsonl";
    scratch.write(name, hostile(160));
    scratch.write("a.toml", "");
    let evaluate = ["evaluate", name, "--task", "own", "--folds", "2", "--slice", "register", "--slice", "speaker"];
    let compare = ["compare", "a.toml", "builtin", "--data", name, "--task", "own", "--folds", "2", "--swaps", "99"];
    // The texts are made after a few patterns, and would all be one unit.
    let [evaluate, compare] = [&evaluate[..], &compare].map(|command| [command, &["--allow-copies"]].concat());
    for (index, command) in [&evaluate[..], &compare, &["check", name]].into_iter().enumerate() {
        let page = format!("page{index}.html");
        let run = scratch.run(&[command, &["--format", "html", "-o", &page]].concat());
        assert!(run.code < 2, "{run:#?}");
        browser.open(&scratch.path(&page));
        assert_eq!(browser.count("script"), 1, "{page}: the page's own");
        assert_eq!(browser.count("img"), 0, "{page}");
        let shown = browser.run("document.body.innerText");
        assert!(shown.as_str().expect("text").contains("<script>alert('1')</script>"), "{page}: shown as written");
        browser.check_layout(&format!("hostile{index}"));
    }
}
