//! `unpinned-go-module`

use dfopt_semantic::command::go::{Go, GoVerb};
use dfopt_semantic::command::{Invocation, Understood, Word};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::Instruction;

use crate::peer::{self, Triggers};
use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::unpinned::report;
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// A Go module is fetched without a version.
    ///
    /// ## Why
    ///
    /// Each build takes the newest version of that day, so the same file makes different images, and a version that breaks something
    /// arrives unannounced.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN go install golang.org/x/tools/cmd/stringer@latest
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN go install golang.org/x/tools/cmd/stringer@v0.38.0
    /// ```
    "unpinned-go-module" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3062", "DF054"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        for step in model.steps() {
            if let Some(word) = as_hadolint(peer::commands(model, step, Triggers::Read)) {
                report(ctx, &[word]);
            }
        }
        return;
    }
    for step in steps(model) {
        visit(model, step, &mut |_, understood, _| {
            let Understood::Go(go) = understood else { return };
            if !matches!(go.verb, GoVerb::Get | GoVerb::Install | GoVerb::Run) {
                return;
            }
            // The arguments of the program that `go run` starts follow the first word.
            let words = if go.verb == GoVerb::Run { &go.packages[..go.packages.len().min(1)] } else { &go.packages };
            let is_in_module = is_in_module(model, step, go);
            let open: Vec<&Word> = words.iter().copied().filter(|word| is_open(word, is_in_module)).collect();
            report(ctx, &open);
        });
    }
}

/// Whether a `go.mod` may say which version is taken.
fn is_in_module(model: &Model<'_>, step: &Step, go: &Go<'_>) -> bool {
    if go.verb == GoVerb::Get {
        return false;
    }
    let Some(stage) = model.stage_of(step) else { return true };
    let layers = model.layers(stage);
    layers.iter().any(|other| {
        other.index < step.index && matches!(other.ast, Instruction::Copy(_) | Instruction::Add(_))
            || other.index <= step.index
                && matches!(other.ast, Instruction::Run(_))
                && ["go mod", "go get", "git clone"].iter().any(|text| model.text_at(other.range()).contains(text))
    })
}

/// Whether the word names a package of another module and says nothing of its version.
fn is_open(word: &Word, is_in_module: bool) -> bool {
    let Some(text) = word.text() else { return false };
    let (path, version) = match text.split_once('@') {
        Some((path, version)) => (path, Some(version)),
        None => (text, None),
    };
    let has_host = path.split('/').next().is_some_and(|host| host.contains('.') && !host.starts_with('.'));
    if !has_host || path.ends_with(".go") {
        return false;
    }
    match version {
        Some(version) => matches!(version, "" | "latest" | "upgrade" | "patch"),
        None => !is_in_module,
    }
}

/// hadolint's verdict on the commands of an instruction.
fn as_hadolint(commands: &[Invocation]) -> Option<&Word> {
    let go = |verbs: &'static [&'static str]| {
        commands.iter().filter(move |one| peer::is_any(one, &["go"]) && peer::has_arg(one, verbs))
    };
    let mut words: Vec<&Word> = Vec::new();
    for run in go(&["run"]) {
        let first = peer::plain_args(run, &[]).into_iter().take(2);
        words.extend(first.filter(|word| peer::text(word) != "run"));
    }
    if words.is_empty() {
        for get in go(&["install", "get"]) {
            let plain = peer::plain_args(get, &[]).into_iter();
            words.extend(plain.filter(|word| !matches!(peer::text(word), "install" | "get" | "tool")));
        }
    }
    words.into_iter().find(|word| {
        let text = peer::text(word);
        let has_version = text.contains('@') && !text.ends_with("@latest") && !text.ends_with("@none");
        !text.starts_with(['/', '.']) && !has_version
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn names_without_a_version() {
        check(
            &RULE,
            "
FROM golang
RUN go install -tags a example.com/b@latest example.com/c@v1 example.com/d
                       ^^^^^^^^^^^^^^^^^^^^ `example.com/b@latest` and another package have no version
RUN go run example.com/a@latest example.com/b
           ^^^^^^^^^^^^^^^^^^^^ `example.com/a@latest` has no version
COPY . .
RUN go get example.com/a && go install example.com/b
           ^^^^^^^^^^^^^ `example.com/a` has no version
",
        );
    }

    #[test]
    fn pinned_or_no_names() {
        check_ok(
            &RULE,
            "
FROM golang
RUN go get ./... && go install std && go run main.go && go install example.com/a@$V && go build example.com/b
COPY . .
RUN go install example.com/me/cmd
",
        );
    }

    #[test]
    fn hadolint_knows_no_values() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM golang
RUN go run main.go
           ^^^^^^^ `main.go` has no version
RUN go install a@v1 ./b && go get c@latest
                                  ^^^^^^^^ `c@latest` has no version
RUN go build run
       ^^^^^ `build` has no version
RUN go install -tags x y@v1
                     ^ `x` has no version
RUN go run a@v1 b c && go get d
RUN go get -u && go mod download
ONBUILD RUN go get a
                   ^ `a` has no version
",
        );
    }
}
