//! Reads front matter field by field, noting everything that is wrong with its line.

use serde_yaml::{Mapping, Value};

/// The fields of one file's front matter.
pub struct Fields<'a> {
    map: Mapping,
    source: &'a str,
    first_line: usize,
    problems: Vec<(usize, String)>,
}

impl<'a> Fields<'a> {
    /// Reads `source`, the YAML whose first line is `first_line` of the file.
    ///
    /// # Errors
    /// Line and message where it is not a YAML mapping.
    pub fn new(source: &'a str, first_line: usize) -> Result<Self, (usize, String)> {
        let value: Value = serde_yaml::from_str(source).map_err(|error| {
            let line = error.location().map_or(1, |location| location.line());
            // serde_yaml puts its own line, counted from the YAML's start, at the end.
            let text = error.to_string();
            let message = text.split(" at line ").next().unwrap_or(&text);
            (
                first_line + line.saturating_sub(1),
                format!("the front matter is not YAML: {message}"),
            )
        })?;
        match value {
            Value::Mapping(map) => Ok(Self::of(map, source, first_line)),
            _ => Err((
                first_line,
                "the front matter must be `key: value` lines".to_owned(),
            )),
        }
    }

    /// Reads `json`, an object on line `line` of the file.
    ///
    /// # Errors
    /// The line and a message where it is not a JSON object.
    pub fn of_json(json: &str, line: usize) -> Result<Fields<'static>, (usize, String)> {
        match serde_json::from_str(json) {
            Ok(Value::Mapping(map)) => Ok(Fields::of(map, "", line)),
            Ok(_) => Err((line, "each line must be a JSON object".to_owned())),
            Err(error) => {
                let text = error.to_string();
                let message = text.split(" at line ").next().unwrap_or(&text);
                let column = error.column();
                Err((line, format!("is not JSON at column {column}: {message}")))
            }
        }
    }

    fn of(map: Mapping, source: &'a str, first_line: usize) -> Self {
        Self {
            map,
            source,
            first_line,
            problems: Vec::new(),
        }
    }

    /// Line of `key` in the file, or of the front matter's start where it is not there.
    pub fn line_of(&self, key: &str) -> usize {
        let found = self.source.lines().position(|line| {
            let line = line.trim_start_matches(['"', '\'']);
            line.strip_prefix(key).is_some_and(|rest| {
                rest.trim_start_matches(['"', '\''])
                    .trim_start()
                    .starts_with(':')
            })
        });
        found.map_or(self.first_line, |position| self.first_line + position)
    }

    /// Notes that `key` is wrong.
    pub fn problem(&mut self, key: &str, message: impl AsRef<str>) {
        self.problems
            .push((self.line_of(key), format!("{key}: {}", message.as_ref())));
    }

    /// Ends the reading: a problem for each field that is not one of `known`.
    pub fn finish(mut self, known: &[&str]) -> Vec<(usize, String)> {
        let keys: Vec<Value> = self.map.keys().cloned().collect();
        for key in keys {
            match key.as_str() {
                Some(key) if known.contains(&key) => {}
                Some(key) => {
                    self.problem(
                        key,
                        format!("unknown field; known are {}", known.join(", ")),
                    );
                }
                None => self
                    .problems
                    .push((self.first_line, "a field's name must be text".into())),
            }
        }
        self.problems
    }

    /// Whether `key` is there.
    pub fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// Text of 1 to `max` characters on one line, without blanks around it.
    pub fn text(&mut self, key: &str, max: usize) -> Option<String> {
        let text = match self.map.get(key) {
            None => {
                self.problem(key, "missing");
                return None;
            }
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(_) => {
                self.problem(key, "must be text; put it in quotes");
                return None;
            }
        };
        match one_line(&text, max) {
            Ok(()) => Some(text),
            Err(message) => {
                self.problem(key, message);
                None
            }
        }
    }

    /// Text of any length on any number of lines; not blank.
    pub fn long_text(&mut self, key: &str) -> Option<String> {
        match self.map.get(key) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
            Some(Value::String(_)) => {
                self.problem(key, "must not be blank");
                None
            }
            Some(_) => {
                self.problem(key, "must be text");
                None
            }
            None => {
                self.problem(key, "missing");
                None
            }
        }
    }

    /// Text that `parse` understands; what it returns as an error becomes the problem.
    pub fn parsed<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(key, usize::MAX)?;
        parse(&text)
            .map_err(|message| self.problem(key, message))
            .ok()
    }

    /// A list of at least one text, none twice, each put through `normalise`.
    pub fn list(&mut self, key: &str, normalise: impl Fn(&str) -> String) -> Option<Vec<String>> {
        let items = match self.map.get(key) {
            None => Err("missing"),
            Some(Value::Sequence(items)) if !items.is_empty() => Ok(items.clone()),
            Some(_) => Err("must be a list of at least one text"),
        };
        let items = items.map_err(|message| self.problem(key, message)).ok()?;
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            let text = item.as_str().map(&normalise).unwrap_or_default();
            if text.is_empty() {
                self.problem(key, "each entry must be text that is not blank");
                return None;
            }
            if list.contains(&text) {
                self.problem(key, format!("`{text}` is there twice"));
                return None;
            }
            list.push(text);
        }
        Some(list)
    }

    /// `true` or `false`; `false` where it is not there.
    pub fn flag(&mut self, key: &str) -> Option<bool> {
        match self.map.get(key) {
            None => Some(false),
            Some(Value::Bool(flag)) => Some(*flag),
            Some(_) => {
                self.problem(key, "must be `true` or `false`");
                None
            }
        }
    }
}

fn one_line(text: &str, max: usize) -> Result<(), String> {
    let length = text.chars().count();
    if text.is_empty() {
        Err("must not be blank".to_owned())
    } else if length > max {
        Err(format!(
            "has {length} characters; at most {max} are allowed"
        ))
    } else if text.chars().any(char::is_control) {
        Err("must be one line without control characters".to_owned())
    } else {
        Ok(())
    }
}
