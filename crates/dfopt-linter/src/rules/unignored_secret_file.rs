//! `unignored-secret-file`

use dfopt_semantic::context::EntryKind;
use dfopt_semantic::model::{Brought, Model, Role};

use crate::rule::declare_rule;
use crate::secret_files::{Certainty, certainty, has_token};
use crate::{Category, Context, Severity};

declare_rule! {
    /// A directory that is copied holds a file with secrets.
    ///
    /// ## Why
    ///
    /// Nobody names the file, and it is in the image all the same. A line in `.dockerignore` keeps it out of every build. The rule looks at the build
    /// context, so it is silent where that cannot be read (`--context`).
    ///
    /// ## Example
    ///
    /// A folder with `.env` and no `.dockerignore`:
    ///
    /// ```text
    /// FROM node:24-slim
    /// COPY . /app
    /// ```
    ///
    /// Use instead, or write `.env` to `.dockerignore`:
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// COPY src /app/src
    /// ```
    "unignored-secret-file" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        if model.stage_of(step).is_none_or(|stage| stage.role == Role::Unreachable) {
            continue;
        }
        for source in model.context_sources(step).iter().filter(|source| source.kind == Brought::Directory) {
            let mut found = secrets_below(model, if source.path == "." { "" } else { &source.path });
            let count = found.len();
            found.truncate(3);
            let Some(first) = found.first() else { continue };
            let names = found.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
            let more = if count > 3 { format!(" and {} more", count - 3) } else { String::new() };
            let verb = if count == 1 { "comes" } else { "come" };
            let help = format!("write `{first}` to the ignore file");
            ctx.report(&source.word, format!("{names}{more} {verb} along")).help(help);
        }
    }
}

/// The files with secrets below a directory that is sent.
fn secrets_below<'m>(model: &'m Model<'_>, folder: &str) -> Vec<&'m str> {
    let Some(context) = model.context() else { return Vec::new() };
    let files = context.below(folder).iter().filter(|entry| entry.kind == EntryKind::File);
    let paths = files.map(|entry| entry.path.as_str());
    paths
        .filter(|path| match certainty(path) {
            Some(Certainty::Certain) => true,
            Some(Certainty::Possible) => {
                context.read(path).is_some_and(|bytes| has_token(&String::from_utf8_lossy(&bytes)))
            }
            None => false,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::context::MemoryContext;
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::Settings;
    use crate::testing::{check_ok, check_with};

    #[test]
    fn files_in_directories_are_named() {
        let context = MemoryContext::new()
            .file(".env", "A=1")
            .file("conf/tls.key", "x")
            .file("conf/.npmrc", "registry=https://x/")
            .file("src/main.js", "");
        let options = Options { context: Some(&context), ..Options::default() };
        let text = "
FROM a
COPY . /app
     ^ `.env`, `conf/tls.key` come along
COPY conf /etc/conf
     ^^^^ `conf/tls.key` comes along
COPY src /app
";
        check_with(&RULE, &Settings::only(&RULE), options, text);
        check_ok(&RULE, "FROM a\nCOPY . /app\n");
    }
}
