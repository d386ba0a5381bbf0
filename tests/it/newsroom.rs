//! The newsroom's page, driven in a real browser: search, sort, a speaker's statements, a jump into an article.

use std::time::Instant;

use serde_json::{Value, json};

use crate::browser::{Browser, Scheme};
use crate::summarize::{lines, scored};
use crate::support::{Scratch, repository};

fn corpus() -> String {
    repository().join("datasets/corpus/articles.jsonl").to_string_lossy().into_owned()
}

#[test]
fn a_reader_searches_sorts_opens_a_speaker_and_jumps_to_a_statement() {
    let Some(mut browser) = Browser::start() else { return };
    let scratch = Scratch::new();
    scratch.run(&["score", &corpus(), "--format", "html", "-o", "page.html"]).done();
    browser.resize(1200, 900);
    browser.open(&scratch.path("page.html"));
    let n_rows = browser.count("#speakers tbody tr");
    assert!(n_rows > 20, "{n_rows} rows");

    // Search, by keyboard.
    browser.press("/");
    for key in ["c", "a", "s", "t", "a", "v"] {
        browser.press(key);
    }
    let visible = "#speakers tbody tr:not([hidden])";
    assert!(browser.texts(visible).iter().all(|row| row.contains("Castaval")), "{:?}", browser.texts(visible));
    assert!(browser.texts("#shown")[0].contains(&format!("of {n_rows} rows")));
    browser.run("document.getElementById('search').value = ''; document.getElementById('search').dispatchEvent(new Event('input'))");
    assert_eq!(browser.count(visible), n_rows);

    // A filter: every row that stays has the lean.
    browser.run("document.getElementById('lean').value = 'against'; document.getElementById('lean').dispatchEvent(new Event('input'))");
    assert!(browser.count(visible) < n_rows);
    assert!(browser.texts(visible).iter().all(|row| row.contains("against")));
    browser.run(
        "document.getElementById('lean').value = ''; document.getElementById('lean').dispatchEvent(new Event('input'))",
    );

    // Sort by score, both ways.
    browser.click("#speakers thead th:nth-child(8) button", 0);
    let scores =
        "[...document.querySelectorAll('#speakers tbody tr')].map(row => parseFloat(row.cells[7].dataset.value))";
    let sorted = |values: &Value, falling: bool| {
        let values: Vec<f64> = values.as_array().expect("a list").iter().filter_map(Value::as_f64).collect();
        values.windows(2).all(|pair| if falling { pair[0] >= pair[1] } else { pair[0] <= pair[1] })
    };
    let rising = browser.run(scores);
    assert!(sorted(&rising, false), "{rising}");
    browser.click("#speakers thead th:nth-child(8) button", 0);
    let falling = browser.run(scores);
    assert!(sorted(&falling, true), "{falling}");

    // Open a speaker with the keyboard; Escape closes and gives the focus back.
    browser.run("[...document.querySelectorAll('button.name')].find(b => b.textContent.includes('Castaval')).focus()");
    browser.press("Enter");
    assert_eq!(browser.run("document.getElementById('speaker').open"), json!(true));
    assert!(browser.texts("#speaker-name")[0].contains("Castaval"));
    assert!(browser.count("#speaker-body .statement") > 0);
    assert!(browser.texts("#speaker-body")[0].contains('%'), "probabilities are shown");
    assert!(browser.count("#speaker-body .statement u") > 0, "deciding words are marked");
    browser.click("#close", 0);
    assert_eq!(browser.run("document.activeElement.textContent.includes('Castaval')"), json!(true));

    // Jump to a statement: its article opens around it.
    browser.press("Enter");
    browser.click("#speaker-body .statement a", 0);
    browser.run("new Promise(done => setTimeout(done, 300))");
    let target = "document.querySelector('mark:target')";
    assert_eq!(browser.run(&format!("{target}.closest('details').open")), json!(true));
    let place = browser.run(&format!("{target}.getBoundingClientRect().top"));
    assert!((0.0..900.0).contains(&place.as_f64().expect("a number")), "{place}");
    assert_eq!(browser.problems(), [""; 0]);

    // All articles open at once: no lag.
    let start = Instant::now();
    browser.click("#open-all", 0);
    browser.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    assert!(browser.count("details.article[open]") > 40);
    browser.check_layout("newsroom");
}

#[test]
fn a_page_of_two_thousand_speakers_still_works() {
    let Some(mut browser) = Browser::start() else { return };
    let scratch = Scratch::new();
    let syllables = ["Ka", "Ro", "Min", "Tel", "Sav", "Un", "Dor", "El", "Bri", "Osh"];
    let mut statements = Vec::new();
    for n in 0..2_000_usize {
        let name = format!(
            "{}{} {}{}",
            syllables[n / 1000],
            syllables[n / 100 % 10].to_lowercase(),
            syllables[n / 10 % 10],
            syllables[n % 10].to_lowercase()
        );
        let label = ["favor", "against", "neutral", "unrelated"][n % 4];
        statements.extend(
            (0..5).map(|part| scored(&format!("a{part}-{n}"), Some((&name, "person", Some("Senator"))), label)),
        );
    }
    scratch.write("scored.jsonl", lines(&statements));
    scratch.run(&["summarize", "scored.jsonl", "--format", "html", "-o", "page.html"]).done();
    let start = Instant::now();
    browser.resize(1200, 900);
    browser.open(&scratch.path("page.html"));
    assert_eq!(browser.count("#speakers tbody tr"), 2_000);
    let took = browser.run(
        "(() => { const start = performance.now(); const search = document.getElementById('search'); \
         for (const words of ['k', 'ka', 'kami', '', 'zzz', '']) { search.value = words; \
         search.dispatchEvent(new Event('input')); document.body.offsetHeight; } return performance.now() - start; })()",
    );
    assert!(took.as_f64().expect("milliseconds") < 6_000.0, "six searches took {took} ms");
    browser.click("#speakers thead th:nth-child(8) button", 0);
    browser.click("button.name", 0);
    assert_eq!(browser.run("document.getElementById('speaker').open"), json!(true));
    browser.prefer(Scheme::Dark);
    browser.run("document.getElementById('speaker').close()");
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn a_change_over_time_is_said_and_shown_month_by_month() {
    let Some(mut browser) = Browser::start() else { return };
    let scratch = Scratch::new();
    let mut statements = Vec::new();
    for month in 1..=10 {
        // One who turns, and one who does not.
        for (name, label) in [("Ilse Marn", if month <= 5 { "favor" } else { "against" }), ("Pavel Orr", "against")] {
            let mut statement = scored(&format!("{name}-{month}"), Some((name, "person", None)), label);
            statement["date"] = json!(format!("2031-{month:02}-05"));
            statements.push(statement);
        }
    }
    scratch.write("scored.jsonl", lines(&statements));
    scratch.run(&["summarize", "scored.jsonl", "--format", "html", "-o", "page.html"]).done();
    browser.resize(400, 900);
    browser.prefer(Scheme::Dark);
    browser.open(&scratch.path("page.html"));
    let mut open = |name: &str| {
        browser.run(&format!(
            "[...document.querySelectorAll('button.name')].find(b => b.textContent.includes('{name}')).click()"
        ));
        let text = browser.texts("#speaker-body").join(" ");
        let months = "[...document.querySelectorAll('#speaker-body caption')]\
            .find(c => c.textContent === 'Month by month').parentElement.tBodies[0].rows.length";
        let n_months = browser.run(months);
        browser.click("#close", 0);
        (text, n_months)
    };
    let (turned, n_months) = open("Marn");
    assert!(turned.contains("Changed over time: from +") && turned.contains(" to −"), "{turned}");
    assert_eq!(n_months, json!(10));
    let (stayed, _) = open("Orr");
    assert!(!stayed.contains("Changed over time"), "{stayed}");
    assert_eq!(browser.problems(), [""; 0]);
}
