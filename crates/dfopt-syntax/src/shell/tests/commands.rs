//! The walk over all simple commands.

use expect_test::{Expect, expect};

use crate::shell::{
    ast::{Connector, Enclosing, ShWord, Substitutions},
    parse_script,
};

/// One line a command: its words, then what is not ordinary about its place.
fn check(text: &str, expect: Expect) {
    let script = parse_script(text).script().unwrap();
    let mut out = String::new();
    for (command, context) in script.commands(Substitutions::Enter) {
        let words: Vec<String> = command.words().map(|word: ShWord| word.text()).collect();
        let mut notes = vec![];
        if context.connector != Connector::Start {
            notes.push(format!("{:?}", context.connector));
        }
        if context.enclosing != Enclosing::Script {
            notes.push(format!("{:?}", context.enclosing));
        }
        for (flag, name) in [
            (context.conditional, "conditional"),
            (context.in_condition, "condition"),
            (context.negated, "negated"),
            (context.status_tested, "tested"),
            (context.in_child, "child"),
        ] {
            if flag {
                notes.push(name.to_owned());
            }
        }
        if context.pipeline_len != 1 {
            notes.push(format!("{} of {}", context.pipeline_index, context.pipeline_len));
        }
        out.push_str(format!("{}: {}", words.join(" "), notes.join(" ")).trim_end());
        out.push('\n');
    }
    expect.assert_eq(&out);
}

#[test]
fn connectors() {
    check(
        "a; b && c || d & e\nf\n\n# g\nh",
        expect![[r#"
        a:
        b: Semi tested child
        c: And tested child
        d: Or conditional child
        e: Background
        f: Newline
        h: Newline
    "#]],
    );
    check(
        "! a | b\n{ c; d; } && e",
        expect![[r#"
        a: negated tested child 0 of 2
        b: Pipe negated tested child 1 of 2
        c: Newline tested
        d: Semi tested
        e: And
    "#]],
    );
}

#[test]
fn constructs() {
    check(
        "if a; then b; else c; fi; d",
        expect![[r#"
        a: condition tested
        b: Branch conditional
        c: Branch conditional
        d: Semi
    "#]],
    );
    check(
        "while a; do b; done; for i in x; do c; done",
        expect![[r#"
        a: Loop condition tested
        b: Loop conditional
        c: Loop conditional
    "#]],
    );
    check(
        "case x in a) b;; esac; (c; d); f() { e; }",
        expect![[r#"
        b: Branch conditional
        c: Semi Subshell child
        d: Semi Subshell child
        e: Function conditional
    "#]],
    );
    check(
        "set -e; if a && ! b; then (c | d); fi",
        expect![[r#"
        set -e:
        a: Semi condition tested
        b: And condition negated tested
        c: Subshell conditional child 0 of 2
        d: Pipe Subshell conditional child 1 of 2
    "#]],
    );
}

#[test]
fn substitutions() {
    check(
        "a $(b; c) \"`d`\" <(e) x=$(f)",
        expect![[r#"
        b: Substitution child
        c: Semi Substitution child
        d: Substitution child
        e: Substitution child
        f: Substitution child
        a $(b; c) "`d`" <(e) x=$(f):
    "#]],
    );
    check(
        "x=$(a) >$(b); for i in $(c); do d; done; [[ $(e) ]]; cat <<E\n$(f)\nE\n",
        expect![[r#"
        a: Substitution child
        b: Substitution child
        :
        c: Substitution child
        d: Loop conditional
        e: Substitution child
        cat: Semi
        f: Substitution child
    "#]],
    );
}

#[test]
fn substitutions_can_be_left_out() {
    let script = parse_script("a $(b); c").script().unwrap();
    let names: Vec<String> = script.commands(Substitutions::Skip).filter_map(|(command, _)| command.name()).collect();
    assert_eq!(names, ["a", "c"]);
}
