//! `pointless-command`

use dfopt_semantic::command::{Command, Invocation, Nesting};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;

use crate::peer::{self, Triggers};
use crate::rule::declare_rule;
use crate::site::runs;
use crate::{Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// A `RUN` calls a program that does nothing useful in a build.
    ///
    /// ## Why
    ///
    /// Editors, pagers and system monitors need a person in front of them. A service that is started ends with its `RUN`: only
    /// files stay.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN service nginx start
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// CMD ["nginx", "-g", "daemon off;"]
    /// ```
    "pointless-command" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3001", "DF060"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

/// Programs for somebody who looks on.
const INTERACTIVE: [&str; 12] =
    ["free", "top", "htop", "shutdown", "reboot", "halt", "poweroff", "vim", "vi", "nano", "less", "man"];

/// hadolint's list.
const FOR_HADOLINT: [&str; 9] = ["free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        for step in model.steps() {
            let mut names = peer::commands(model, step, Triggers::Read).iter().filter_map(peer::name);
            if let Some((name, word)) = names.find(|(name, _)| FOR_HADOLINT.contains(name)) {
                ctx.report(&word.range, format!("`{name}` does nothing useful in a build"));
            }
        }
        return;
    }
    for step in runs(model) {
        for (word, message) in pointless(model, step) {
            ctx.report(word, message);
        }
    }
}

fn pointless(model: &Model<'_>, step: &Step) -> Vec<(TextRange, String)> {
    let Some(script) = model.script(step) else { return Vec::new() };
    let all = script.invocations();
    let last = all.len().saturating_sub(1);
    all.iter()
        .enumerate()
        .filter(|(_, invocation)| invocation.nesting != Nesting::Function)
        .filter_map(|(at, invocation)| judge(invocation, at == last))
        .collect()
}

fn judge(invocation: &Invocation, is_last: bool) -> Option<(TextRange, String)> {
    let command = Command::of(invocation)?;
    let name = command.name()?;
    let place = (command.name_word()?.range).place();
    // With an option such as `--version`, or a script on standard input, an editor does something.
    let has_options = command.args().iter().any(|word| word.static_prefix().starts_with(['-', '+']));
    if INTERACTIVE.contains(&name) {
        let is_silent = invocation.redirects.is_empty() && !(has_options && matches!(name, "vim" | "vi" | "man"));
        return is_silent.then(|| (place, format!("`{name}` does nothing useful in a build")));
    }
    let words: Vec<&str> = command.args().iter().filter_map(|word| word.text()).collect();
    let starts = match (name, words.as_slice()) {
        ("service", [_, "start" | "restart", ..]) => true,
        ("systemctl", words) => {
            let verb = words.iter().find(|word| !word.starts_with('-'));
            verb.is_some_and(|verb| matches!(*verb, "start" | "restart" | "reload" | "status"))
        }
        _ => false,
    };
    (starts && is_last).then(|| (place, "the service ends with this instruction".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn programs_for_somebody_who_looks_on() {
        check(
            &RULE,
            "
FROM a
RUN x && sudo top && vim /etc/x
              ^^^ `top` does nothing useful in a build
                     ^^^ `vim` does nothing useful in a build
RUN service db start
    ^^^^^^^ the service ends with this instruction
RUN systemctl --now enable x && systemctl restart x
                                ^^^^^^^^^ the service ends with this instruction
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN service db start && psql -c x\nRUN kill 1; ps; mount x; ssh y\nRUN apt-get install vim less\nRUN vim +PlugInstall +qall\nCMD top\n",
        );
    }

    #[test]
    fn hadolint_has_another_list() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "
FROM a
RUN x && ps && kill 1
         ^^ `ps` does nothing useful in a build
RUN sudo ps; /bin/ps; less x
ONBUILD RUN ssh x
            ^^^ `ssh` does nothing useful in a build
",
        );
    }
}
