//! Whether JSON has a shape of the contract, exactly: nothing absent, nothing more.

use contract::answers::{Answer, FRAMES, Shape};
use contract::limits::is_id;
use serde_json::Value;

/// Where `value` is not an `answer`: each place with what stands there.
pub fn mistakes(answer: &Answer, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    object(answer.name, answer, value, &mut found);
    found
}

/// Where a frame is not one of the contract's.
pub fn frame_mistakes(frame: &Value) -> Vec<String> {
    let kind = &frame["type"];
    let known = FRAMES.iter().find(|known| {
        let first = known.parts.first().map(|part| part.shape);
        matches!(first, Some(Shape::Word(word)) if kind == word)
    });
    known.map_or_else(
        || vec![format!("no frame has the type {kind}")],
        |known| mistakes(known, frame),
    )
}

fn object(at: &str, answer: &Answer, value: &Value, found: &mut Vec<String>) {
    let Some(map) = value.as_object() else {
        found.push(format!("{at}: {value}"));
        return;
    };
    for part in answer.parts {
        let at = format!("{at}.{}", part.name);
        match map.get(part.name) {
            Some(value) => check(&at, part.shape, value, found),
            None => found.push(format!("{at} is absent")),
        }
    }
    let known = |name: &str| answer.parts.iter().any(|part| part.name == name);
    let more = map.keys().filter(|name| !known(name));
    found.extend(more.map(|name| format!("{at}.{name} is not in the contract")));
}

fn check(at: &str, shape: Shape, value: &Value, found: &mut Vec<String>) {
    let fits = match shape {
        Shape::Text => value.is_string(),
        Shape::Word(word) => value == word,
        Shape::Id => value.as_str().is_some_and(is_id),
        Shape::Choice(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Shape::Count => value.is_u64(),
        Shape::Integer => value.is_i64() || value.is_u64(),
        Shape::Number => value.is_number(),
        Shape::Bool => value.is_boolean(),
        Shape::Range => value
            .as_array()
            .is_some_and(|ends| ends.len() == 2 && ends.iter().all(Value::is_u64)),
        Shape::List(of) => {
            let items = value.as_array();
            for (number, item) in items.into_iter().flatten().enumerate() {
                check(&format!("{at}.{number}"), *of, item, found);
            }
            value.is_array()
        }
        Shape::Map(of) => {
            for (key, item) in value.as_object().into_iter().flatten() {
                check(&format!("{at}.{key}"), *of, item, found);
            }
            value.is_object()
        }
        Shape::Object(answer) => return object(at, answer, value, found),
        Shape::OrNull(_) if value.is_null() => true,
        Shape::OrNull(of) => return check(at, *of, value, found),
    };
    if !fits {
        found.push(format!("{at}: {value}"));
    }
}
