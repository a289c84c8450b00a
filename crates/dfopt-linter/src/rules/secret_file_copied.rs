//! `secret-file-copied`

use dfopt_semantic::model::{Model, Role, Step};

use crate::rule::declare_rule;
use crate::secret_files::{Certainty, certainty, has_token};
use crate::{Category, Context, Severity};

declare_rule! {
    /// A file with secrets is copied into the image.
    ///
    /// ## Why
    ///
    /// Everyone who can pull the image can read it, and deleting it in a later instruction leaves it in its layer. What a build needs can be
    /// mounted as a secret, what a container needs comes when it is started.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// COPY .env /app/.env
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// RUN --mount=type=secret,id=env,target=/app/.env ./build.sh
    /// ```
    "secret-file-copied" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DS-0031"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        let Some(stage) = model.stage_of(step).filter(|stage| stage.role != Role::Unreachable) else { continue };
        for source in model.context_sources(step) {
            let severity = match certainty(&source.path) {
                None => continue,
                Some(Certainty::Certain) => Severity::Warning,
                Some(Certainty::Possible) => match shows_token(model, &source.path) {
                    Some(true) => Severity::Warning,
                    Some(false) => continue,
                    None => Severity::Info,
                },
            };
            // What is called public where it goes is no secret.
            let goes_to = step.copied(model).and_then(|copied| copied.destination);
            if goes_to.is_some_and(|to| to.text.suffix().ends_with(".pub") || to.text.suffix().contains("public")) {
                continue;
            }
            let name = source.path.rsplit('/').next().unwrap_or(&source.path);
            let report = ctx
                .report(&source.word, format!("`{name}` holds secrets"))
                .help("mount it with `RUN --mount=type=secret`, or hand it over when the container starts");
            if stage.role == Role::Feeder {
                report.note("it stays in the build cache").severity(Severity::Info);
            } else if is_removed(model, step, name) {
                report.note("deleting it later leaves it in this layer").severity(severity);
            } else {
                report.severity(severity);
            }
        }
    }
}

/// Whether the file has a token; `None` when it cannot be read.
fn shows_token(model: &Model<'_>, path: &str) -> Option<bool> {
    let bytes = model.context()?.read(path)?;
    Some(has_token(&String::from_utf8_lossy(&bytes)))
}

/// Whether a later command of the stage removes a file of that name.
fn is_removed(model: &Model<'_>, step: &Step, name: &str) -> bool {
    let later = model.steps().iter().filter(|other| other.index > step.index && other.stage == step.stage);
    let mut invocations = later.filter_map(|step| model.script(step)).flat_map(|script| script.invocations());
    invocations.any(|invocation| {
        let mut words = invocation.words.iter();
        words.next().is_some_and(|word| word.is_any(&["rm", "shred"]))
            && words.any(|word| word.raw.rsplit('/').next() == Some(name))
    })
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::context::MemoryContext;
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_ok, check_with, diagnostics};

    #[test]
    fn files_are_marked() {
        check(
            &RULE,
            "
FROM a
COPY package.json .env ./
                  ^^^^ `.env` holds secrets
ADD [\"certs/server.key\", \"/etc/\"]
     ^^^^^^^^^^^^^^^^^^ `server.key` holds secrets
COPY .npmrc ./
     ^^^^^^ `.npmrc` holds secrets
",
        );
        check_ok(
            &RULE,
            "FROM a\nCOPY .env.example ca.pem ./\nCOPY release.key /keys/release.pub\nCOPY --from=b .env ./\nCOPY <<.env /x\nA=1\n.env\n",
        );
        check_ok(&RULE, "FROM a AS x\nCOPY .env ./\nFROM b\n");
    }

    #[test]
    fn a_settings_file_is_looked_into() {
        let text = "FROM a\nCOPY .npmrc ./\n";
        let with = |content: &str| {
            let context = MemoryContext::new().file(".npmrc", content);
            let options = Options { context: Some(&context), ..Options::default() };
            let found = diagnostics(&RULE, &Settings::only(&RULE), options, text);
            found.iter().map(|one| one.severity).collect::<Vec<_>>()
        };
        assert_eq!(with("//x/:_authToken=abc\n"), [Severity::Warning]);
        assert_eq!(with("registry=https://x/\n"), []);
    }

    #[test]
    fn the_role_of_the_stage_counts() {
        let text = "FROM a AS x\nCOPY .env ./\nFROM b\nCOPY --from=x /c /c\n";
        let found = diagnostics(&RULE, &Settings::only(&RULE), Options::default(), text);
        assert_eq!(found.iter().map(|one| one.severity).collect::<Vec<_>>(), [Severity::Info]);
        let text = "FROM a\nCOPY id_rsa /root/.ssh/id_rsa\n     ^^^^^^ `id_rsa` holds secrets\nRUN b && rm /root/.ssh/id_rsa\n";
        check_with(&RULE, &Settings::only(&RULE), Options::default(), text);
    }
}
