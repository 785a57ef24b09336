//! Lines of a file as records: JSON Lines, or CSV where the name ends in `.csv`.
//!
//! A CSV's first line names the fields, those inside others with a dot (`preferences.topics`);
//! a list's texts are separated by `;`, and an empty cell is absent.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context as _;
use contract::Table;
use serde_json::{Map, Value};

use super::shape::{Field, Kind, shape_of, table_of};

/// A line's number in the file (from 1) and its record, or why it is none.
pub type Line = (u64, Result<Value, String>);

/// The lines of a file, one at a time. The outer error is of reading it at all.
pub type Lines = Box<dyn Iterator<Item = anyhow::Result<Line>>>;

/// Opens a file; `table` is that of a CSV whose lines name none.
///
/// # Errors
/// Where it cannot be opened.
pub fn lines(path: &Path, table: Table) -> anyhow::Result<Lines> {
    let what = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(what)?;
    if path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("csv"))
    {
        csv_lines(file, table).with_context(what)
    } else {
        Ok(Box::new(json_lines(BufReader::new(file), what())))
    }
}

fn json_lines(reader: impl BufRead, what: String) -> impl Iterator<Item = anyhow::Result<Line>> {
    (1..)
        .zip(reader.split(b'\n'))
        .filter_map(move |(number, line)| {
            let line = match line.with_context(|| what.clone()) {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            if line.trim_ascii().is_empty() {
                return None;
            }
            // The parser's own words name a column, and may quote the text: only the column is said.
            let record = serde_json::from_slice(&line)
                .map_err(|error| format!("is no JSON (column {})", error.column()));
            Some(Ok((number, record)))
        })
}

fn csv_lines(file: File, table: Table) -> anyhow::Result<Lines> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(file);
    let header: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let lines = reader.into_records().map(move |row| match row {
        Ok(row) => {
            let number = row.position().map_or(0, csv::Position::line);
            Ok((number, record(&header, &row, table)))
        }
        Err(error) => match (error.kind(), error.position()) {
            (csv::ErrorKind::Io(_), _) | (_, None) => Err(error.into()),
            (_, Some(position)) => Ok((position.line(), Err("is not UTF-8".to_owned()))),
        },
    });
    Ok(Box::new(lines))
}

fn record(header: &[String], row: &csv::StringRecord, table: Table) -> Result<Value, String> {
    if row.len() != header.len() {
        let (cells, columns) = (row.len(), header.len());
        return Err(format!(
            "has {cells} cells, but the first line names {columns}"
        ));
    }
    let cells = || {
        header
            .iter()
            .zip(row.iter())
            .filter(|(_, cell)| !cell.is_empty())
    };
    let named = cells().find(|(name, _)| *name == "table");
    let table = named.and_then(|(_, cell)| table_of(cell)).unwrap_or(table);
    let fields = shape_of(table).map_or(&[][..], |shape| shape.fields);
    let mut record = Map::new();
    for (name, cell) in cells() {
        insert(&mut record, name, value(kind(fields, name), cell));
    }
    Ok(Value::Object(record))
}

fn kind(fields: &[Field], name: &str) -> Option<Kind> {
    let (first, rest) = name
        .split_once('.')
        .map_or((name, None), |(a, b)| (a, Some(b)));
    let field = fields.iter().find(|field| field.name == first)?;
    match (field.kind, rest) {
        (Kind::Object(fields), Some(rest)) => kind(fields, rest),
        (other, None) => Some(other),
        _ => None,
    }
}

/// What a cell means for its kind; what does not fit stays a text, which the check refuses.
fn value(kind: Option<Kind>, cell: &str) -> Value {
    let text = || Value::String(cell.to_owned());
    match kind {
        Some(Kind::Integer(_)) => cell.parse::<u64>().map_or_else(|_| text(), Value::from),
        Some(Kind::Flag) => cell.parse::<bool>().map_or_else(|_| text(), Value::from),
        Some(Kind::Texts) => cell
            .split(';')
            .map(|part| Value::String(part.trim().to_owned()))
            .collect(),
        _ => text(),
    }
}

fn insert(record: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        Some((first, rest)) => {
            let inner = record
                .entry(first)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
        None => {
            record.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(name: &str, text: &str, table: Table) -> Vec<Line> {
        let folder = std::env::temp_dir().join(format!("ops-read-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(name);
        File::create(&path)
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        let lines = lines(&path, table).unwrap().map(Result::unwrap).collect();
        std::fs::remove_dir_all(&folder).unwrap();
        lines
    }

    #[test]
    fn json_lines_keep_their_numbers() {
        let lines = read("x.jsonl", "{\"a\":1}\n\n{oops\n", Table::Users);
        assert_eq!(lines[0], (1, Ok(serde_json::json!({"a": 1}))));
        assert_eq!(lines[1].0, 3);
        assert!(lines[1].1.as_ref().unwrap_err().starts_with("is no JSON"));
    }

    #[test]
    fn a_csv_is_records_with_numbers_lists_and_inner_fields() {
        let text = "userId,name,preferences.topics,engagement.emailsOpened,email\n\
                    a,\"Ada\nLove\",diet; sleep,3,\nb,Bob\n";
        let lines = read("x.csv", text, Table::Users);
        let ada = serde_json::json!({
            "userId": "a", "name": "Ada\nLove", "preferences": {"topics": ["diet", "sleep"]},
            "engagement": {"emailsOpened": 3},
        });
        assert_eq!(lines[0], (2, Ok(ada)));
        assert_eq!(
            lines[1],
            (4, Err("has 2 cells, but the first line names 5".into()))
        );
    }
}
