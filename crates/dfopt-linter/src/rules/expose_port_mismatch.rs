//! `expose-port-mismatch`

use dfopt_semantic::command::{Command, Invocation, Word};
use dfopt_semantic::expand::{Syntax, expand_words};
use dfopt_semantic::model::{Model, Stage};
use dfopt_semantic::port::parse_port;
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Place, Severity};

declare_rule! {
    /// The image exposes other ports than its program listens on.
    ///
    /// ## Why
    ///
    /// `EXPOSE` tells readers and tools which ports to publish. A port that it leaves out is easily forgotten, and one too many
    /// leads nowhere.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM python:3.13
    /// EXPOSE 8000
    /// CMD ["uvicorn", "app:app", "--port", "8080"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM python:3.13
    /// EXPOSE 8080
    /// CMD ["uvicorn", "app:app", "--port", "8080"]
    /// ```
    "expose-port-mismatch" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| model.is_built(stage)) {
        let Some(exposed) = exposed(model, stage) else { continue };
        let Some(first) = exposed.first().map(|(_, place)| *place) else { continue };
        let mut used: Vec<(u16, TextRange)> = Vec::new();
        if let Some(run) = model.run_command(stage) {
            used.extend(run.invocations.iter().filter_map(listens_on));
        }
        let mut checks = model.stage_steps(stage).iter().filter(|step| matches!(step.ast, Instruction::Healthcheck(_)));
        if let Some(script) = checks.next_back().and_then(|step| model.script(step)) {
            used.extend(
                script.invocations().into_iter().flat_map(|invocation| invocation.words.iter().filter_map(asks_for)),
            );
        }
        let mut seen: Vec<u16> = Vec::new();
        for (port, place) in used {
            let is_exposed = exposed.iter().any(|(ports, _)| ports.contains(&port));
            if is_exposed || seen.contains(&port) {
                continue;
            }
            seen.push(port);
            let is_here = model.step_at(place.start()).is_some_and(|step| step.stage.is_some()) && !place.is_empty();
            ctx.report(if is_here { place } else { first }, format!("port {port} is not exposed"))
                .related(first, "these are");
        }
    }
}

/// The ports that the image exposes, with their places; `None` if some are not known.
fn exposed(model: &Model<'_>, stage: &Stage) -> Option<Vec<(std::ops::RangeInclusive<u16>, TextRange)>> {
    let steps = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
    let mut found = Vec::new();
    for step in steps.filter(|step| matches!(step.ast, Instruction::Expose(_))) {
        for word in step.ast.words() {
            let logical = word.logical();
            let expansion = expand_words(logical.as_str(), Syntax::word(model.escape()), &model.scope(step));
            for part in expansion.words {
                let port = parse_port(part.text.known()?).ok()?;
                found.push((port.ports, logical.file_range(part.range)));
            }
        }
    }
    Some(found)
}

/// The port that a server is told.
fn listens_on(invocation: &Invocation) -> Option<(u16, TextRange)> {
    const SERVERS: [&str; 10] = [
        "uvicorn",
        "gunicorn",
        "hypercorn",
        "flask",
        "http-server",
        "serve",
        "rails",
        "streamlit",
        "puma",
        "waitress-serve",
    ];
    let command = Command::of(invocation)?;
    let is_server = command.name().is_some_and(|name| SERVERS.contains(&name));
    let args = command.args();
    args.iter().enumerate().find_map(|(at, word)| {
        let text = word.text()?;
        let next = || args.get(at + 1);
        match text {
            "--port" => number(next()?, next()?.text()?),
            "-p" if is_server => number(next()?, next()?.text()?),
            "-b" | "--bind" | "-l" | "--listen" if is_server => number(next()?, next()?.text()?.rsplit(':').next()?),
            _ => match text.split_once('=') {
                Some(("--port" | "--server.port", value)) => number(word, value),
                Some(("--bind" | "--listen", value)) if is_server => number(word, value.rsplit(':').next()?),
                _ => None,
            },
        }
    })
}

/// The port of the container itself that a check asks for.
fn asks_for(word: &Word) -> Option<(u16, TextRange)> {
    let text = word.text()?;
    let host = ["localhost:", "127.0.0.1:"].iter().find_map(|host| text.split_once(host))?;
    let digits = host.1.find(|c: char| !c.is_ascii_digit()).unwrap_or(host.1.len());
    number(word, &host.1[..digits])
}

fn number(word: &Word, text: &str) -> Option<(u16, TextRange)> {
    text.parse().ok().map(|port| (port, word.range.place()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_port_is_marked() {
        check(
            &RULE,
            "
FROM x
EXPOSE 80 443
HEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1
                        ^^^^^^^^^^^^^^^^^^^^^^ port 8080 is not exposed
CMD [\"gunicorn\", \"-b\", \"0.0.0.0:8000\"]
                       ^^^^^^^^^^^^^^ port 8000 is not exposed
",
        );
    }

    #[test]
    fn what_fits_or_is_not_known() {
        check_ok(&RULE, "FROM x\nEXPOSE 8000-8010\nCMD app --port=8005\n");
        check_ok(&RULE, "FROM x\nCMD app --port 1\n");
        check_ok(&RULE, "FROM x\nEXPOSE $P\nCMD app --port 1\n");
        check_ok(&RULE, "FROM x\nEXPOSE 1\nCMD app --port $P -p 2\n");
    }
}
