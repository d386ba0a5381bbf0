//! Pages in a real browser: a headless Chromium that opens a file, clicks, and says what went wrong.
//!
//! Speaks the Chrome DevTools Protocol over a pipe (`--remote-debugging-pipe`: JSON messages, each ended by a zero
//! byte), so no driver program, port or further crate is needed. Host names do not resolve in it: a page that wants the
//! network cannot have it, and [`Browser::problems`] tells of the attempt.
//!
//! Where there is no Chromium, [`Browser::start`] says so past the test harness, and fails where `CI` is set. A
//! program at another place is named by `ONRECORD_CHROMIUM`; with `ONRECORD_SCREENSHOTS=FOLDER` the pictures that
//! [`Browser::check_layout`] takes are kept there.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::Engine;
use serde_json::{Value, json};
use tempfile::TempDir;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running browser with one open page. Ends with the value.
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    next_id: u64,
    session: String,
    problems: Vec<String>,
    profile: TempDir,
}

/// The reader's taste, as the system tells it to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

impl Browser {
    /// A browser with an empty page; none where no Chromium is installed, which is said on standard error.
    pub fn start() -> Option<Self> {
        let Some(program) = program() else {
            let say = "NOT TESTED: no Chromium found, so no page was opened; install it (apt-get install chromium) or \
                       name it in ONRECORD_CHROMIUM";
            assert!(std::env::var_os("CI").is_none(), "{say}");
            // Written past the harness, which keeps what a passing test prints.
            writeln!(std::io::stderr(), "\n{say}\n").expect("standard error is open");
            return None;
        };
        let profile = tempfile::tempdir().expect("the system has a temporary folder");
        let log = fs::File::create(profile.path().join("log")).expect("the folder can be written to");
        // Chromium reads commands from descriptor 3 and writes answers to 4. The sandbox needs privileges that a
        // container lacks; the pages are our own.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null"])
            .arg(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-extensions", "--remote-debugging-pipe"])
            .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("a shell is there");
        let to = child.stdin.take().expect("piped");
        let mut answers = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, from) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while answers.read_until(0, &mut message).is_ok_and(|n| n > 0) {
                message.pop();
                let value = serde_json::from_slice(&message).expect("the browser speaks JSON");
                if sender.send(value).is_err() {
                    return;
                }
                message.clear();
            }
        });
        let session = String::new();
        let mut browser = Self { child, to, from, next_id: 0, session, problems: Vec::new(), profile };
        let target = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let attached =
            browser.ask("Target.attachToTarget", json!({"targetId": target["targetId"].clone(), "flatten": true}));
        attached["sessionId"].as_str().expect("an attached page has a session").clone_into(&mut browser.session);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Opens a file and waits until it is loaded; forgets the problems of the page before.
    pub fn open(&mut self, file: &Path) {
        let path = file.canonicalize().expect("the page is there");
        let address = format!("file://{}", path.display());
        self.problems.clear();
        let answer = self.ask("Page.navigate", json!({"url": address}));
        assert!(answer.get("errorText").is_none(), "{answer}");
        self.run("new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))");
    }

    /// The value of a JavaScript expression in the page; a promise is waited for.
    pub fn run(&mut self, script: &str) -> Value {
        let options = json!({"expression": script, "returnByValue": true, "awaitPromise": true});
        let answer = self.ask("Runtime.evaluate", options);
        assert!(answer.get("exceptionDetails").is_none(), "{script}: {answer:#}");
        answer["result"]["value"].clone()
    }

    /// The text of every element that the selector finds, as shown.
    pub fn texts(&mut self, selector: &str) -> Vec<String> {
        let selector = json!(selector);
        let texts = self.run(&format!("[...document.querySelectorAll({selector})].map(e => e.innerText)"));
        let texts = texts.as_array().expect("a list");
        texts.iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// How many elements the selector finds.
    pub fn count(&mut self, selector: &str) -> usize {
        self.run(&format!("document.querySelectorAll({}).length", json!(selector))).as_u64().expect("a number") as usize
    }

    /// Clicks with the mouse into the middle of the `index`-th element that the selector finds.
    pub fn click(&mut self, selector: &str, index: usize) {
        let place = self.run(&format!(
            "(() => {{ const e = document.querySelectorAll({})[{index}]; if (!e) return null; \
             e.scrollIntoView({{block: 'center', inline: 'center'}}); const r = e.getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]; }})()",
            json!(selector)
        ));
        assert!(place.is_array(), "no element {index} of {selector}");
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1});
            self.ask("Input.dispatchMouseEvent", event);
        }
    }

    /// Types text into what has the focus, and a key such as `Enter` or `Tab` by its name.
    pub fn press(&mut self, key: &str) {
        let code = match key {
            "Enter" => 13,
            "Tab" => 9,
            " " => 32,
            _ => 0,
        };
        let text = match key {
            "Enter" => "\r",
            "Tab" => "",
            other => other,
        };
        for kind in ["keyDown", "keyUp"] {
            let event = json!({"type": kind, "key": key, "windowsVirtualKeyCode": code, "text": text});
            self.ask("Input.dispatchKeyEvent", event);
        }
    }

    /// Sets the window's inner size, in CSS pixels.
    pub fn resize(&mut self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.ask("Emulation.setDeviceMetricsOverride", size);
    }

    /// Sets the colour scheme that the reader's system asks for.
    pub fn prefer(&mut self, scheme: Scheme) {
        let value = if scheme == Scheme::Dark { "dark" } else { "light" };
        let media = json!({"media": "", "features": [{"name": "prefers-color-scheme", "value": value}]});
        self.ask("Emulation.setEmulatedMedia", media);
    }

    /// The page as PDF, as printing it makes it.
    pub fn print(&mut self) -> Vec<u8> {
        let answer = self.ask("Page.printToPDF", json!({"printBackground": false, "preferCSSPageSize": true}));
        decoded(&answer["data"])
    }

    /// A picture (PNG) of the whole page at the present width.
    pub fn screenshot(&mut self) -> Vec<u8> {
        let size = self.run("[document.documentElement.clientWidth, document.documentElement.scrollHeight]");
        // Longer pictures than this are cut: the browser paints them in one piece.
        let height = size[1].as_f64().expect("a number").min(12_000.0);
        let clip = json!({"x": 0, "y": 0, "width": size[0], "height": height, "scale": 1});
        let options = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let answer = self.ask("Page.captureScreenshot", options);
        decoded(&answer["data"])
    }

    /// What went wrong since the page was opened: errors and warnings on the console, exceptions, requests for anything
    /// but the file itself.
    pub fn problems(&mut self) -> Vec<String> {
        // A round trip: what happened before it has been told when it comes back.
        self.run("new Promise(done => setTimeout(done, 50))");
        self.problems.clone()
    }

    /// Holds the open page to what every page of ours must be, on a telephone's and a large screen's width (400 and
    /// 1,600 px), light and dark: no problems, nothing wider than the window outside of what scrolls by itself, legible
    /// text with contrast, a text alternative for each chart, and something on paper. `name` names the pictures.
    pub fn check_layout(&mut self, name: &str) {
        for (width, height) in [(400, 800), (1600, 1000)] {
            for scheme in [Scheme::Light, Scheme::Dark] {
                self.resize(width, height);
                self.prefer(scheme);
                let found = self.run(LAYOUT);
                assert_eq!(found, json!([]), "{name} at {width} px, {scheme:?}");
                let picture = self.screenshot();
                assert!(picture.len() > 5_000, "{name} at {width} px, {scheme:?}: an empty picture");
                if let Some(folder) = std::env::var_os("ONRECORD_SCREENSHOTS") {
                    let file = format!("{name}-{width}-{scheme:?}.png").to_lowercase();
                    fs::write(Path::new(&folder).join(file), picture).expect("the folder for screenshots is there");
                }
            }
        }
        let pdf = self.print();
        assert!(pdf.starts_with(b"%PDF") && pdf.len() > 5_000, "{name}: an empty print");
        if let Some(folder) = std::env::var_os("ONRECORD_SCREENSHOTS") {
            fs::write(Path::new(&folder).join(format!("{name}.pdf")), pdf)
                .expect("the folder for screenshots is there");
        }
        assert_eq!(self.problems(), [""; 0], "{name}");
    }

    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        let mut message = json!({"id": id, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).unwrap_or_else(|error| panic!("{method}: {error}\n{}", self.log()));
        loop {
            let answer = self.from.recv_timeout(PATIENCE);
            let mut answer = answer.unwrap_or_else(|error| panic!("{method}: {error}\n{}", self.log()));
            if answer["id"] == id {
                assert!(answer.get("error").is_none(), "{method}: {answer:#}");
                return answer["result"].take();
            }
            self.hear(&answer);
        }
    }

    fn hear(&mut self, event: &Value) {
        let parameters = &event["params"];
        let problem = match event["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => Some(format!("exception: {}", parameters["exceptionDetails"])),
            "Runtime.consoleAPICalled"
                if ["error", "warning", "assert"].iter().any(|kind| parameters["type"] == *kind) =>
            {
                Some(format!("console: {}", parameters["args"]))
            }
            "Log.entryAdded" if ["error", "warning"].iter().any(|level| parameters["entry"]["level"] == *level) => {
                Some(format!("console: {}", parameters["entry"]["text"]))
            }
            "Page.javascriptDialogOpening" => Some(format!("a dialog: {}", parameters["message"])),
            "Network.requestWillBeSent" => {
                let address = parameters["request"]["url"].as_str().unwrap_or_default();
                let is_own =
                    parameters["type"] == "Document" && address.starts_with("file://") || address == "about:blank";
                (!is_own).then(|| format!("asked for {address}"))
            }
            _ => None,
        };
        self.problems.extend(problem);
    }

    fn log(&self) -> String {
        fs::read_to_string(self.profile.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let mut bytes = json!({"id": 0, "method": "Browser.close"}).to_string().into_bytes();
        bytes.push(0);
        // Asked first, so that its helpers end, too; then ended, in case it did not hear.
        if self.to.write_all(&bytes).is_ok() {
            for _ in 0..50 {
                if matches!(self.child.try_wait(), Ok(Some(_))) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("ONRECORD_CHROMIUM") {
        return Some(named.into());
    }
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

fn decoded(data: &Value) -> Vec<u8> {
    let text = data.as_str().expect("the browser sends Base64");
    base64::engine::general_purpose::STANDARD.decode(text).expect("the browser sends Base64")
}

/// Lists what is wrong with the page's looks at the present size and colours.
const LAYOUT: &str = r#"(() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) wrong.push(`the page is ${root.scrollWidth} px wide`);
  const scrolls = (e) => e && e !== root && (/auto|scroll|hidden/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  for (const e of document.body.querySelectorAll("*")) {
    const box = e.getBoundingClientRect();
    if (box.width && box.right > root.clientWidth + 1 && !e.closest("svg") && !scrolls(e.parentElement))
      wrong.push(`${e.tagName} ends at ${box.right}`);
  }
  // Contrast as WCAG 2 defines it: 4.5 for text.
  const rgba = (text) => {
    const n = text.match(/[\d.]+/g).map(Number);
    if (text.startsWith("color(srgb")) n.splice(0, 3, n[0] * 255, n[1] * 255, n[2] * 255);
    return n.length < 4 ? [...n, 1] : n;
  };
  const over = (top, below) => below.slice(0, 3).map((c, i) => top[i] * top[3] + c * (1 - top[3]));
  const light = (c) => c.slice(0, 3).map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = (e) => {
    if (!e) return [255, 255, 255];
    const own = rgba(getComputedStyle(e).backgroundColor);
    return own[3] === 1 ? own : over(own, ground(e.parentElement));
  };
  const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + .05) / (y + .05);
  };
  // A text in a chart stands on the last shape before it that covers its middle.
  const behind = (e) => {
    if (!(e instanceof SVGElement)) return ground(e);
    const box = e.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
    let below = ground(e.ownerSVGElement);
    for (const shape of e.ownerSVGElement.querySelectorAll("rect")) {
      const b = shape.getBoundingClientRect(), style = getComputedStyle(shape);
      const covers = b.left <= x && x <= b.right && b.top <= y && y <= b.bottom;
      const isBefore = shape.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (!covers || !isBefore || style.fill === "none") continue;
      const fill = rgba(style.fill);
      below = over([...fill.slice(0, 3), fill[3] * parseFloat(style.fillOpacity)], below);
    }
    return below;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const e = node.parentElement;
    if (!node.data.trim() || seen.has(e) || e.closest("script, style, title, desc") || !e.getClientRects().length) continue;
    seen.add(e);
    const style = getComputedStyle(e);
    const ink = rgba(e instanceof SVGElement ? style.fill : style.color), below = behind(e);
    const ratio = contrast(over(ink, below), below);
    if (ratio < 4.5) wrong.push(`contrast ${ratio.toFixed(2)}: ${node.data.trim().slice(0, 40)}`);
    const drawn = e instanceof SVGElement ? parseFloat(style.fontSize) * e.getScreenCTM().a : parseFloat(style.fontSize);
    if (drawn < 9) wrong.push(`letters of ${drawn.toFixed(1)} px: ${node.data.trim().slice(0, 40)}`);
  }
  for (const svg of document.querySelectorAll("svg")) {
    const told = svg.getAttribute("aria-hidden") === "true" || svg.querySelector("title")?.textContent.trim();
    if (!told) wrong.push("a chart without a text alternative");
    for (const text of svg.querySelectorAll("text")) {
      const box = text.getBoundingClientRect(), frame = svg.getBoundingClientRect();
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1 || box.top < frame.top - 1)
        wrong.push(`cut off in a chart: ${text.textContent.slice(0, 40)}`);
    }
    const labels = [...svg.querySelectorAll("text")].map((text) => [text, text.getBoundingClientRect()]);
    labels.forEach(([a, p], i) => labels.slice(i + 1).forEach(([b, q]) => {
      if (Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 2)
        wrong.push(`one over the other in a chart: ${a.textContent.slice(0, 30)} / ${b.textContent.slice(0, 30)}`);
    }));
  }
  return wrong.slice(0, 20);
})()"#;

#[test]
fn the_browser_tells_what_goes_wrong() {
    let Some(mut browser) = Browser::start() else { return };
    let scratch = crate::support::Scratch::new();
    let page = scratch.write(
        "page.html",
        "<!doctype html><title>t</title><button onclick='this.textContent = \"clicked\"; nothing()'>press</button>\
         <p style='color: #999; width: 3000px'>pale<img src='http://example.invalid/x.png'>",
    );
    browser.open(&page);
    browser.resize(800, 600);
    browser.click("button", 0);
    assert_eq!(browser.texts("button"), ["clicked"]);
    let problems = browser.problems().join("\n");
    assert!(problems.contains("nothing is not defined"), "{problems}");
    assert!(problems.contains("http://example.invalid/x.png"), "{problems}");
    let wrong = browser.run(LAYOUT).to_string();
    for part in ["px wide", "contrast 2.85: pale", "P ends at"] {
        assert!(wrong.contains(part), "no {part:?} in {wrong}");
    }
    let page = scratch.write("fine.html", "<!doctype html><title>t</title><p>All is well.</p>");
    browser.open(&page);
    assert_eq!(browser.problems(), [""; 0]);
    browser.prefer(Scheme::Dark);
    assert_eq!(browser.run("matchMedia('(prefers-color-scheme: dark)').matches"), json!(true));
    assert!(browser.print().starts_with(b"%PDF") && browser.screenshot().starts_with(b"\x89PNG"));
}
