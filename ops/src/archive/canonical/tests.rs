use super::{Malformed, canonical};

fn of(item: &str) -> Result<String, Malformed> {
    let mut out = Vec::new();
    canonical(item, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn every_type_is_kept_exactly() {
    let item = concat!(
        r#"{"a":{"S":""},"b":{"N":"12345678901234567890123456789012345678"},"#,
        r#""c":{"B":"AAEC/w=="},"d":{"BOOL":false},"e":{"NULL":true},"f":{"SS":["a","é"]},"#,
        r#""g":{"NS":["-1","1.50","1E-130"]},"h":{"BS":["AA==","AQ=="]},"#,
        r#""i":{"L":[{"S":"x"},{"L":[]},{"M":{}}]},"j":{"M":{"k":{"M":{"l":{"S":"\"\\\n"}}}}}}"#
    );
    assert_eq!(of(item).as_deref(), Ok(item));
}

#[test]
fn order_blanks_and_escapes_of_the_sender_do_not_count() {
    let sent = "{ \"b\" : {\"SS\": [\"\\u00e9\", \"a\\/b\"]},\n\t\"a\":{\"M\":{\"\\ud83d\\ude00\":{\"S\":\"\\u0001\\u000a\"},\"A\":{\"NULL\":true}}}}";
    assert_eq!(
        of(sent).as_deref(),
        Ok(r#"{"a":{"M":{"A":{"NULL":true},"😀":{"S":"\u0001\n"}}},"b":{"SS":["a/b","é"]}}"#)
    );
}

#[test]
fn a_canonical_item_stays_as_it_is() {
    let once = of(r#"{"z":{"NS":["2","10"]},"a":{"L":[{"N":"1"}]}}"#).unwrap();
    assert_eq!(of(&once).as_deref(), Ok(once.as_str()));
}

#[test]
fn what_is_no_item_is_refused() {
    for wrong in [
        "",
        "[]",
        "{",
        r#"{"a":1}"#,
        r#"{"a":{"X":"1"}}"#,
        r#"{"a":{"S":"1","N":"1"}}"#,
        r#"{"a":{"N":"1x"}}"#,
        r#"{"a":{"N":""}}"#,
        r#"{"a":{"S":"1"},"a":{"S":"2"}}"#,
        r#"{"a":{"S":"\ud800"}}"#,
        r#"{"a":{"S":"1"}} x"#,
        r#"{"a":{"NULL":false}}"#,
        r#"{"a":{"SS":["x","x"]}}"#,
        r#"{"a":{"SS":[]}}"#,
        "{\"a\":{\"S\":\"\n\"}}",
        r#"{"a":{"S":"x"#,
        r#"{"a":{"S":"\u12"}}"#,
        r#"{"a":{}}"#,
    ] {
        assert!(of(wrong).is_err(), "{wrong}");
    }
    let deep = format!("{}{}", r#"{"a":{"M":"#.repeat(60), "}}".repeat(60));
    assert!(of(&deep).is_err());
}
