//! What is printed: words as they arrive, or frames as lines.

use std::io::Write;

use anyhow::Context;
use contract::websocket::frame;
use serde_json::Value;

use super::advice::advice;
use crate::output::note;

/// How frames are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The words of the reply, for a person.
    Words,
    /// Each frame as a line of JSON, for a script.
    Frames,
}

/// Prints the chat. Data go to `out`, everything else to stderr.
pub struct View<W> {
    out: W,
    style: Style,
    interactive: bool,
    /// Words of a reply stand on the line that is not ended.
    open: bool,
    joined: String,
}

impl<W: Write> View<W> {
    /// A view that prints to `out`.
    pub fn new(out: W, style: Style, interactive: bool) -> Self {
        Self {
            out,
            style,
            interactive,
            open: false,
            joined: String::new(),
        }
    }

    /// Shows a frame that belongs to the chat.
    ///
    /// # Errors
    /// Where nobody reads what is printed.
    pub fn frame(&mut self, value: &Value) -> anyhow::Result<()> {
        if self.style == Style::Frames {
            return self.print(&format!("{value}\n"));
        }
        match value["type"].as_str() {
            Some(frame::START) => self.joined.clear(),
            Some(frame::DELTA) => self.words(value["text"].as_str().unwrap_or_default())?,
            Some(frame::DONE) => self.done(value)?,
            Some(frame::ERROR) => {
                self.end_line()?;
                note(&error_line(value));
            }
            _ => {}
        }
        Ok(())
    }

    /// Says something beside the chat.
    ///
    /// # Errors
    /// Where nobody reads what is printed.
    pub fn say(&mut self, text: &str) -> anyhow::Result<()> {
        self.end_line()?;
        note(text);
        Ok(())
    }

    /// Invites the person to write.
    pub fn invite(&self) {
        if self.interactive && self.style == Style::Words {
            let mut terminal = std::io::stderr();
            // Not being seen is no reason to stop.
            let _ = terminal.write_all(b"> ").and_then(|()| terminal.flush());
        }
    }

    /// Ends a line of words that was cut off.
    ///
    /// # Errors
    /// Where nobody reads what is printed.
    pub fn end_line(&mut self) -> anyhow::Result<()> {
        if std::mem::take(&mut self.open) {
            self.print("\n")?;
        }
        Ok(())
    }

    fn words(&mut self, text: &str) -> anyhow::Result<()> {
        self.joined.push_str(text);
        self.open = true;
        self.print(&harmless(text))
    }

    fn done(&mut self, value: &Value) -> anyhow::Result<()> {
        let reply = value["reply"].as_str().unwrap_or_default();
        // The deltas joined are the reply; where they are not, the reply is what counts.
        if self.joined != reply {
            self.end_line()?;
            self.open = true;
            self.print(&harmless(reply))?;
        }
        self.end_line()?;
        let recommendations = value["recommendations"].as_array();
        for piece in recommendations.into_iter().flatten() {
            let line = recommendation(piece);
            self.print(&format!("{line}\n"))?;
        }
        Ok(())
    }

    fn print(&mut self, text: &str) -> anyhow::Result<()> {
        self.out
            .write_all(text.as_bytes())
            .and_then(|()| self.out.flush())
            .context("cannot write to stdout")
    }
}

fn recommendation(piece: &Value) -> String {
    let text = |name: &str| harmless(piece[name].as_str().unwrap_or_default());
    format!(
        "  see also: {} ({}, {})",
        text("title"),
        text("kind"),
        text("id")
    )
}

fn error_line(value: &Value) -> String {
    let code = value["code"].as_str().unwrap_or_default();
    let message = harmless(value["message"].as_str().unwrap_or_default());
    let mut line = format!("error: {message} ({})", harmless(code));
    if let Some(advice) = advice(code) {
        line.push_str("\nhint: ");
        line.push_str(advice);
    }
    line
}

/// Without what a terminal takes for a command: a reply may hold what a stranger wrote.
fn harmless(text: &str) -> String {
    text.chars()
        .filter(|&c| !c.is_control() || c == '\n' || c == '\t')
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(style: Style, frames: &[Value]) -> String {
        let mut out = Vec::new();
        let mut view = View::new(&mut out, style, false);
        for frame in frames {
            view.frame(frame).unwrap();
        }
        drop(view);
        String::from_utf8(out).unwrap()
    }

    fn frames() -> [Value; 4] {
        [
            json!({"type": "start", "id": "m-1"}),
            json!({"type": "delta", "id": "m-1", "text": "Hel"}),
            json!({"type": "delta", "id": "m-1", "text": "lo\u{1b}[2J."}),
            json!({"type": "done", "id": "m-1", "reply": "Hello\u{1b}[2J.", "recommendations": [
                {"id": "a-1", "kind": "article", "title": "Screening"},
            ]}),
        ]
    }

    #[test]
    fn words_are_joined_and_content_follows_and_terminals_are_not_commanded() {
        assert_eq!(
            shown(Style::Words, &frames()),
            "Hello[2J.\n  see also: Screening (article, a-1)\n"
        );
    }

    #[test]
    fn frames_are_lines() {
        let printed = shown(Style::Frames, &frames());
        let lines: Vec<Value> = printed
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines, frames());
    }

    #[test]
    fn a_reply_without_its_deltas_is_still_read() {
        let done = json!({"type": "done", "reply": "Whole.", "recommendations": []});
        assert_eq!(shown(Style::Words, &[done]), "Whole.\n");
    }

    #[test]
    fn an_error_says_what_to_do() {
        let busy = json!({"type": "error", "id": "m-2", "code": "busy", "message": "Not yet."});
        assert_eq!(
            error_line(&busy),
            "error: Not yet. (busy)\n\
             hint: wait for the answer to the message before, then send it again"
        );
        let new = json!({"type": "error", "code": "brand_new", "message": "What?"});
        assert_eq!(error_line(&new), "error: What? (brand_new)");
    }
}
