//! A real browser: Chromium without a window, driven through chromedriver, gone with its owner.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use contract::local;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::poll;

/// A running chromedriver.
pub struct Browser {
    driver: Mutex<Child>,
    url: String,
    runtime: Runtime,
}

/// A browser of its own, with one tab to begin with.
pub struct Tab<'a> {
    browser: &'a Browser,
    client: Client,
    session: String,
}

impl Browser {
    /// Starts the machine's chromedriver on a free port.
    ///
    /// # Errors
    /// Those of [`Browser::driven_by`].
    pub fn start() -> Result<Self> {
        Self::driven_by(&env::var(local::BROWSER_ENV).unwrap_or_else(|_| "chromedriver".into()))
    }

    /// Starts this chromedriver on a free port.
    ///
    /// # Errors
    /// Where it is not installed, or ends without listening; then with what it said.
    pub fn driven_by(program: &str) -> Result<Self> {
        let (driver, port) = listening(program)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("cannot make a runtime")?;
        Ok(Self {
            driver: Mutex::new(driver),
            url: format!("http://127.0.0.1:{port}"),
            runtime,
        })
    }

    /// Opens a browser that knows nothing of the others.
    ///
    /// # Errors
    /// Where Chromium does not start.
    pub fn open(&self) -> Result<Tab<'_>> {
        let mut arguments = vec![
            "--headless=new",
            "--window-size=1280,900",
            "--hide-scrollbars",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--force-color-profile=srgb",
        ];
        // Chromium's sandbox does not work for root.
        if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
            arguments.push("--no-sandbox");
        }
        let capabilities = json!({
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "script": poll::PATIENCE.as_millis() },
        });
        let Value::Object(capabilities) = capabilities else {
            bail!("no capabilities");
        };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let client = self.runtime.block_on(builder.connect(&self.url))?;
        let session = self.runtime.block_on(client.session_id())?;
        Ok(Tab {
            browser: self,
            client,
            session: session.context("no session")?,
        })
    }

    /// Ends it, and every browser that it started.
    pub fn stop(&self) {
        let mut driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = driver.kill();
        let _ = driver.wait();
    }
}

/// How often chromedriver is started before it counts as broken. It takes a free port of one
/// address family and ends where another program has that port in the other one, which happens
/// beside a suite's many servers.
const STARTS: usize = 10;

/// A chromedriver that listens, and its port.
fn listening(program: &str) -> Result<(Child, u16)> {
    let mut said = String::new();
    for _ in 0..STARTS {
        let mut driver = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {program}; run: cargo xtask test"))?;
        let stdout = driver.stdout.take().context("no output")?;
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        said.clear();
        for line in lines.by_ref() {
            if let Some(port) = port_in(&line) {
                // Read on, so that it never waits for a reader.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok((driver, port));
            }
            said.push_str(&line);
            said.push('\n');
        }
        let _ = driver.kill();
        driver.wait().context("chromedriver does not end")?;
    }
    bail!("{program} does not listen; it said:\n{said}")
}

fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("started successfully on port ")?;
    rest.trim_end_matches('.').parse().ok()
}

impl Tab<'_> {
    fn wait<T, E>(&self, call: impl Future<Output = Result<T, E>>) -> Result<T>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        Ok(self.browser.runtime.block_on(call)?)
    }

    /// Opens an address.
    ///
    /// # Errors
    /// Where the browser cannot.
    pub fn goto(&self, url: &str) -> Result<()> {
        self.wait(self.client.goto(url))
    }

    /// What a script in the page gives (`return …`).
    ///
    /// # Errors
    /// Where it throws.
    pub fn script(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.wait(self.client.execute(script, arguments))
            .with_context(|| script.chars().take(200).collect::<String>())
    }

    /// What a script gives to its last argument.
    ///
    /// # Errors
    /// Where it throws, or takes too long.
    pub fn script_later(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.wait(self.client.execute_async(script, arguments))
            .with_context(|| script.chars().take(200).collect::<String>())
    }

    /// Waits until an expression of the page is true.
    ///
    /// # Errors
    /// Where it does not become so, with what the page shows.
    pub fn until(&self, expression: &str) -> Result<()> {
        let script = format!("return Boolean({expression});");
        let mut last = Ok(Value::Null);
        let became = poll::until(poll::PATIENCE, || {
            last = self.script(&script, Vec::new());
            matches!(last, Ok(Value::Bool(true)))
        });
        ensure!(
            became,
            "never true: {expression}; last {last:?}; the page shows: {}; it logs: {:?}",
            self.text("body").unwrap_or_default(),
            self.logged()
        );
        Ok(())
    }

    /// Waits until an element shows a text.
    ///
    /// # Errors
    /// Where it never does.
    pub fn shows(&self, css: &str, text: &str) -> Result<()> {
        let (css, text) = (json!(css), json!(text));
        self.until(&format!(
            "[...document.querySelectorAll({css})].some((node) => node.checkVisibility() && node.innerText.includes({text}))"
        ))
    }

    /// The text of the first such element, as a person sees it.
    ///
    /// # Errors
    /// Where there is none.
    pub fn text(&self, css: &str) -> Result<String> {
        let text = self.script(
            "return document.querySelector(arguments[0])?.innerText ?? null;",
            vec![json!(css)],
        )?;
        let text = text
            .as_str()
            .with_context(|| format!("there is no {css}"))?;
        Ok(text.to_owned())
    }

    /// The texts of all such elements.
    ///
    /// # Errors
    /// Where the page cannot be read.
    pub fn texts(&self, css: &str) -> Result<Vec<String>> {
        let texts = self.script(
            "return [...document.querySelectorAll(arguments[0])].map((node) => node.innerText);",
            vec![json!(css)],
        )?;
        Ok(serde_json::from_value(texts)?)
    }

    /// How many such elements there are.
    ///
    /// # Errors
    /// Where the page cannot be read.
    pub fn count(&self, css: &str) -> Result<usize> {
        Ok(self.texts(css)?.len())
    }

    /// Clicks the first such element, as a mouse does.
    ///
    /// # Errors
    /// Where there is none that can be clicked.
    pub fn click(&self, css: &str) -> Result<()> {
        let found = self.wait(self.client.find(Locator::Css(css)));
        self.wait(found.with_context(|| css.to_owned())?.click())
            .with_context(|| format!("{css} cannot be clicked"))
    }

    /// Types into an element.
    ///
    /// # Errors
    /// Where there is none.
    pub fn type_into(&self, css: &str, text: &str) -> Result<()> {
        let found = self.wait(self.client.find(Locator::Css(css)));
        self.wait(found.with_context(|| css.to_owned())?.send_keys(text))
    }

    /// Presses a key where the focus is.
    ///
    /// # Errors
    /// Where the browser cannot.
    pub fn press(&self, key: Key) -> Result<()> {
        let active = self.wait(self.client.active_element())?;
        self.wait(active.send_keys(&char::from(key).to_string()))
    }

    /// Opens another tab beside this one and goes to it; gives both, the old one first.
    ///
    /// # Errors
    /// Where the browser cannot.
    pub fn beside(&self) -> Result<[fantoccini::wd::WindowHandle; 2]> {
        let old = self.wait(self.client.window())?;
        let new = self.wait(self.client.new_window(true))?.handle;
        self.switch(&new)?;
        Ok([old, new])
    }

    /// Goes to a tab.
    ///
    /// # Errors
    /// Where there is none.
    pub fn switch(&self, window: &fantoccini::wd::WindowHandle) -> Result<()> {
        self.wait(self.client.switch_to_window(window.clone()))
    }

    /// What the window shows, as a PNG.
    ///
    /// # Errors
    /// Where the browser cannot.
    pub fn screenshot(&self) -> Result<Vec<u8>> {
        self.wait(self.client.screenshot())
    }

    /// A command of the browser's own protocol: emulation of screens, schemes, networks.
    ///
    /// # Errors
    /// Where the browser refuses it.
    pub fn command(&self, name: &str, parameters: &Value) -> Result<Value> {
        let body = json!({ "cmd": name, "params": parameters });
        self.driver("goog/cdp/execute", &body)
    }

    /// What the console says since the last look: errors, among them refusals by the page's policy.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn logged(&self) -> Result<Vec<String>> {
        let answer = self.driver("se/log", &json!({ "type": "browser" }))?;
        let entries = answer["value"].as_array().cloned().unwrap_or_default();
        let message = |entry: &Value| entry["message"].as_str().map(str::to_owned);
        Ok(entries.iter().filter_map(message).collect())
    }

    fn driver(&self, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}/session/{}/{path}", self.browser.url, self.session);
        let mut answer = ureq::post(&url)
            .send(&body.to_string())
            .with_context(|| format!("{path}: {body}"))?;
        Ok(serde_json::from_str(&answer.body_mut().read_to_string()?)?)
    }
}

impl Drop for Tab<'_> {
    fn drop(&mut self) {
        let _ = self.browser.runtime.block_on(self.client.clone().close());
    }
}
