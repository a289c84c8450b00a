//! `high-uid-useradd`

use dfopt_semantic::command::{Command, Invocation};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;

use crate::peer::{self, Triggers};
use crate::rule::declare_rule;
use crate::site::runs;
use crate::{Applicability, Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// `useradd` makes a user with a high number, and does not leave the login log alone.
    ///
    /// ## Why
    ///
    /// The logs of last and failed logins have one entry for each number up to the highest. With a number of six or more digits
    /// they are sparse files of gigabytes, which some builders store in full.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd -u 1234567 app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --no-log-init -u 1234567 app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The logs are other files then than before.
    "high-uid-useradd" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3046", "DF064"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        for step in model.steps() {
            let commands = peer::commands(model, step, Triggers::Read);
            if let Some(found) = commands.iter().find(|invocation| is_high_for_hadolint(invocation)) {
                let range = &found.words[0].range;
                let place = range.place();
                ctx.report(place, "a high user number without `--no-log-init`")
                    .fix("Add `--no-log-init`", |fix| fix.insert(place.end(), " --no-log-init"));
            }
        }
        return;
    }
    for step in runs(model) {
        for (number, name) in high_numbers(model, step) {
            ctx.report(number, "a high user number without `--no-log-init`")
                .related(name, "the login logs grow to it")
                .fix("Add `--no-log-init`", |fix| fix.insert(name.end(), " --no-log-init"));
        }
    }
}

/// The number and the name of the command, for each that makes such a user.
fn high_numbers(model: &Model<'_>, step: &Step) -> Vec<(TextRange, TextRange)> {
    let Some(script) = model.script(step) else { return Vec::new() };
    let scope = model.scope(step);
    let lookup = |name: &str| scope.variable(name).and_then(|(variable, _)| variable.value.known().map(str::to_owned));
    let found = script.invocations().into_iter().filter_map(|invocation| {
        let command = Command::of(invocation)?;
        if command.name() != Some("useradd") {
            return None;
        }
        let args: Vec<(String, &std::ops::Range<u32>)> =
            command.args().iter().map(|word| (word.resolve(&lookup).unwrap_or_default(), &word.range)).collect();
        let leaves_logs = args.iter().any(|(arg, _)| {
            arg == "--no-log-init" || (arg.starts_with('-') && !arg.starts_with("--") && letters(arg).contains('l'))
        });
        let number = args.iter().enumerate().find_map(|(at, (arg, range))| match arg.strip_prefix("--uid") {
            Some("") => args.get(at + 1).map(|(number, range)| (number.clone(), *range)),
            Some(rest) => rest.strip_prefix('=').map(|number| (number.to_owned(), *range)),
            None if arg.starts_with("--") => None,
            None => {
                let letters = arg.strip_prefix('-')?;
                let digits = &letters[letters.find('u')? + 1..];
                match digits {
                    "" => args.get(at + 1).map(|(number, range)| (number.clone(), *range)),
                    digits => Some((digits.to_owned(), *range)),
                }
            }
        });
        let (number, range) = number.filter(|_| !leaves_logs)?;
        let is_high = number.len() > 5 && number.bytes().all(|b| b.is_ascii_digit());
        is_high.then(|| (range.place(), (command.name_word().unwrap_or(&invocation.words[0]).range).place()))
    });
    found.collect()
}

/// The letters of a cluster that are options: those before the first that takes a value.
fn letters(cluster: &str) -> &str {
    let letters = &cluster[1..];
    let end = letters.find(['b', 'c', 'd', 'e', 'f', 'g', 'G', 'k', 'K', 'p', 'R', 'P', 's', 'u', 'Z']);
    &letters[..end.unwrap_or(letters.len())]
}

/// A cluster with `u`, then a word of more than five characters.
fn is_high_for_hadolint(invocation: &Invocation) -> bool {
    let is_useradd = peer::name(invocation).is_some_and(|(name, _)| name == "useradd");
    if !is_useradd || peer::has_flag(invocation, "l") || peer::has_flag(invocation, "no-log-init") {
        return false;
    }
    let args: Vec<&str> = peer::args(invocation).collect();
    args.windows(2).any(|pair| {
        let is_cluster = pair[0].starts_with('-') && !pair[0].starts_with("--") && pair[0].contains('u');
        // A variable counts with its braces.
        let braces = pair[1].matches('$').count() * 2 - pair[1].matches("${").count() * 2;
        is_cluster && pair[1].chars().count() + braces > 5
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_number_is_marked() {
        check(
            &RULE,
            "
FROM a
ARG N=123456
RUN useradd -u 123456 a && sudo useradd -mu123456 b
               ^^^^^^ a high user number without `--no-log-init` [fix]
                                        ^^^^^^^^^ a high user number without `--no-log-init` [fix]
RUN useradd --uid=1234567 c; useradd --uid $N d
            ^^^^^^^^^^^^^ a high user number without `--no-log-init` [fix]
                                           ^^ a high user number without `--no-log-init` [fix]
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN useradd -u 12345 a; useradd -lu 123456 b; useradd -u $X c; adduser -u 123456 d\nRUN useradd -u 123456 --no-log-init e\n",
        );
    }

    #[test]
    fn the_option_is_added() {
        check_fix(&RULE, "FROM a\nRUN useradd -u 123456 a\n", "FROM a\nRUN useradd --no-log-init -u 123456 a\n");
    }

    #[test]
    fn hadolint_counts_characters() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "
FROM a
RUN useradd -mu $UID a
    ^^^^^^^ a high user number without `--no-log-init` [fix]
RUN useradd --uid 1234567 a && useradd -u1234567 b && useradd -l -u 123456 c
ONBUILD RUN useradd -u 123456 d
            ^^^^^^^ a high user number without `--no-log-init` [fix]
",
        );
    }
}
