//! scratch
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use dfopt_linter::{Settings, check};
use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::parse;
use dfopt_tests::place;

#[test]
fn show() {
    for (name, text) in place::own_dockerfiles("broken") {
        let parsed = parse(&text);
        let model = Model::new(&text, &parsed, Options::default());
        println!("=== {name}: {:?}", parsed.file().instructions().map(|i| i.name()).collect::<Vec<_>>());
        for error in parsed.errors() {
            let range = usize::from(error.range.start())..usize::from(error.range.end());
            println!("   E {:?} {:?} {:?}", error.kind, range, &text[range.clone()]);
        }
        for found in check(&model, &Settings::default()) {
            let range = usize::from(found.range.start())..usize::from(found.range.end());
            println!("   {} {} {:?} {:?} {}", found.rule.name, found.fails_build, range, &text[range.clone()], found.message);
        }
    }
}
