//! JSON checked against a JSON Schema, as far as the project's schemas go: a keyword that is not known here fails the test.

use std::fs;

use serde_json::Value;

use crate::place;

/// Asserts that a value is as `docs/schema/NAME.schema.json` says, and has no member that it does not name.
///
/// # Panics
/// When it is not.
#[track_caller]
pub fn assert_valid(name: &str, value: &Value) {
    let path = place::root().join(format!("docs/schema/{name}.schema.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let schema: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut wrong = Vec::new();
    check(&schema, &schema, value, "$", &mut wrong);
    assert!(wrong.is_empty(), "not as the schema says:\n{}\n{value:#}", wrong.join("\n"));
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    for (keyword, wanted) in schema.as_object().expect("a schema is an object") {
        match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => {}
            "$ref" => {
                let pointer = wanted.as_str().and_then(|pointer| pointer.strip_prefix('#')).expect("a local reference");
                check(root, root.pointer(pointer).expect("the reference leads somewhere"), value, at, wrong);
            }
            "const" if value == wanted => {}
            "enum" if wanted.as_array().unwrap().contains(value) => {}
            "const" | "enum" => wrong.push(format!("{at}: {value} is not {wanted}")),
            "type" => {
                let types = wanted.as_array().map_or(std::slice::from_ref(wanted), Vec::as_slice);
                if !types.iter().any(|name| is_of_type(value, name.as_str().unwrap())) {
                    wrong.push(format!("{at}: {value} is not of type {wanted}"));
                }
            }
            "minimum" => {
                if value.as_i64().is_some_and(|number| number < wanted.as_i64().unwrap()) {
                    wrong.push(format!("{at}: {value} is below {wanted}"));
                }
            }
            "required" => {
                let Some(object) = value.as_object() else { continue };
                let missing =
                    wanted.as_array().unwrap().iter().filter(|name| !object.contains_key(name.as_str().unwrap()));
                wrong.extend(missing.map(|name| format!("{at}: {name} is missing")));
            }
            "properties" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    match wanted.get(name) {
                        Some(schema) => check(root, schema, value, &format!("{at}.{name}"), wrong),
                        None => wrong.push(format!("{at}: {name} is not in the schema")),
                    }
                }
            }
            "items" => {
                for (number, value) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, wanted, value, &format!("{at}[{number}]"), wrong);
                }
            }
            other => panic!("{at}: the keyword {other} is not known to this check"),
        }
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the type {other} is not known to this check"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_is_found() {
        let schema = json!({
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"$ref": "#/$defs/number"}, "b": {"type": "array", "items": {"enum": ["x"]}}},
            "$defs": {"number": {"type": ["integer", "null"], "minimum": 1}},
        });
        let wrong = |value: Value| {
            let mut wrong = Vec::new();
            check(&schema, &schema, &value, "$", &mut wrong);
            wrong.len()
        };
        assert_eq!(wrong(json!({"a": 1, "b": ["x"]})), 0);
        assert_eq!(wrong(json!({"a": null})), 0);
        assert_eq!(wrong(json!({})), 1);
        assert_eq!(wrong(json!({"a": 0, "b": ["x", "y"], "c": 1})), 3);
        assert_eq!(wrong(json!([])), 1);
    }
}
