//! `daemon-as-command`

use dfopt_semantic::command::{Command, Invocation};
use dfopt_semantic::model::{Model, RunCommand, Stage};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{CommandForm, Instruction};

use crate::rule::declare_rule;
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// The image starts a service that returns at once.
    ///
    /// ## Why
    ///
    /// A container lives as long as its main process. A service that goes into the background leaves it without one, and the
    /// container ends.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// CMD ["service", "nginx", "start"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// CMD ["nginx", "-g", "daemon off;"]
    /// ```
    "daemon-as-command" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let mut seen: Vec<TextRange> = Vec::new();
    for stage in model.stages().iter().filter(|stage| model.is_built(stage)) {
        let Some(run) = model.run_command(stage) else { continue };
        if run.is_opaque && has_own_entrypoint(model, stage) {
            continue;
        }
        let Some(step) = run.step().and_then(|index| model.steps().get(index)) else { continue };
        let Some(last) = run.invocations.last() else { continue };
        let Some(what) = leaves(model, run, last) else { continue };
        let place = last.words.first().map(|word| word.range.place()).unwrap_or_default();
        let is_here = !place.is_empty()
            && run
                .steps
                .iter()
                .filter_map(|&index| model.steps().get(index))
                .any(|step| step.range().contains_range(place));
        let place = if is_here { place } else { step.keyword_range() };
        if !seen.contains(&place) {
            seen.push(place);
            ctx.report(place, format!("{what}, and the container ends")).help("start the program in the foreground");
        }
    }
}

fn has_own_entrypoint(model: &Model<'_>, stage: &Stage) -> bool {
    let mut steps = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
    steps.any(|step| matches!(step.ast, Instruction::Entrypoint(_)))
}

/// What the last command does, if it returns while the service goes on.
fn leaves(model: &Model<'_>, run: &RunCommand, last: &Invocation) -> Option<String> {
    let command = Command::of(last)?;
    let words: Vec<&str> = command.args().iter().map(|word| word.text().unwrap_or(&word.raw)).collect();
    let has = |word: &str| words.contains(&word);
    let name = command.name()?;
    let path = command.path().unwrap_or(name);
    let starts = |verb: &&str| matches!(*verb, "start" | "restart");
    let is_left = match name {
        "service" => words.get(1).is_some_and(starts),
        "systemctl" | "rc-service" => words.iter().any(starts),
        "apachectl" | "apache2ctl" | "httpd" | "apache2" => {
            (words.first().is_some_and(starts) || words.windows(2).any(|pair| pair[0] == "-k" && starts(&pair[1])))
                && !has("-DFOREGROUND")
                && !has("FOREGROUND")
        }
        // The file may set it elsewhere, or bring a configuration of its own.
        "nginx" => !model.text().contains("daemon off") && !brings(model, "nginx") && !is_query(&words),
        "sshd" => {
            let stays =
                |word: &&str| word.starts_with('-') && !word.starts_with("--") && word.contains(['D', 'd', 't', 'T']);
            !words.iter().any(stays)
        }
        "php-fpm" => has("-D") || has("--daemonize"),
        "cron" => !words.iter().any(|word| word.starts_with("-f") || *word == "-n"),
        "redis-server" => words.windows(2).any(|pair| pair[0] == "--daemonize" && pair[1] == "yes"),
        "pg_ctl" | "pg_ctlcluster" => words.iter().any(starts) && !has("--foreground"),
        "mysqld_safe" | "mysqld" => is_in_background(model, run),
        _ => path.starts_with("/etc/init.d/") && words.first().is_some_and(starts),
    };
    is_left.then(|| format!("`{name}` returns at once"))
}

/// `nginx -t`
fn is_query(words: &[&str]) -> bool {
    words.iter().any(|word| matches!(*word, "-t" | "-T" | "-v" | "-V" | "-h" | "-c"))
}

/// Whether the file copies something that belongs to the program.
fn brings(model: &Model<'_>, name: &str) -> bool {
    let copies = model.steps().iter().filter(|step| matches!(step.ast, Instruction::Copy(_) | Instruction::Add(_)));
    copies.into_iter().any(|step| {
        let text = step.ast.arguments();
        text.as_str().contains(name) || text.as_str().contains(".conf") || text.as_str().trim_end().ends_with(" /")
    })
}

/// Whether the text ends with `&`.
fn is_in_background(model: &Model<'_>, run: &RunCommand) -> bool {
    let step = run.step().and_then(|index| model.steps().get(index));
    step.is_some_and(|step| match step.ast.command() {
        Some(CommandForm::Shell(_)) => step.ast.arguments().as_str().trim_end().ends_with('&'),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn services_that_return() {
        for (command, marks) in [
            ("CMD service x start", "^^^^^^^ `service`"),
            ("CMD [\"nginx\"]", " ^^^^^^^ `nginx`"),
            ("CMD a && /etc/init.d/x start", "     ^^^^^^^^^^^^^ `x`"),
            ("CMD /usr/sbin/sshd", "^^^^^^^^^^^^^^ `sshd`"),
            ("CMD cron", "^^^^ `cron`"),
            ("CMD redis-server --daemonize yes", "^^^^^^^^^^^^ `redis-server`"),
            ("CMD mysqld_safe &", "^^^^^^^^^^^ `mysqld_safe`"),
            ("CMD apachectl start", "^^^^^^^^^ `apachectl`"),
        ] {
            check(&RULE, &format!("FROM x\n{command}\n    {marks} returns at once, and the container ends\n"));
        }
    }

    #[test]
    fn what_stays() {
        for text in [
            "FROM x\nCMD service x start && tail -f /y\n",
            "FROM x\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
            "FROM x\nRUN echo 'daemon off;' >> /etc/nginx/nginx.conf\nCMD nginx\n",
            "FROM x\nCOPY nginx.conf /etc/nginx/\nCMD nginx\n",
            "FROM x\nCMD [\"/usr/sbin/sshd\", \"-D\"]\n",
            "FROM x\nCMD cron -f\n",
            "FROM x\nCMD apachectl -D FOREGROUND\n",
            "FROM x\nENTRYPOINT [\"/start.sh\"]\nCMD [\"cron\"]\n",
            "FROM x AS y\nCMD cron\nFROM z\n",
        ] {
            check_ok(&RULE, text);
        }
    }
}
