//! `plain-http-download`

use dfopt_semantic::command::{Command, Understood, understand};
use dfopt_semantic::model::TextRole;
use dfopt_syntax::ast::Instruction;
use dfopt_syntax::{TextRange, TextSize};

use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Place, Severity, runs};

declare_rule! {
    /// Something is fetched over plain HTTP and not checked.
    ///
    /// ## Why
    ///
    /// Anyone on the way can read and change it. A checksum, or a signature as packages have one, makes up for that.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ADD http://example.com/app.tar.gz /tmp/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ADD https://example.com/app.tar.gz /tmp/
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The server may not offer HTTPS, or something else under that address.
    "plain-http-download" {
        category: Category::Security,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["S5332"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for run in runs::of_file(model) {
        if run.commands().any(|command| runs::is_checksum(&command)) {
            continue;
        }
        for invocation in &run.invocations {
            let Some(command) = Command::of(invocation) else { continue };
            let Understood::Download(download) = understand(&command) else { continue };
            for url in &download.urls {
                if is_plain(&url.word.static_prefix()) {
                    report(ctx, url.place());
                }
            }
        }
    }
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Add(_))) {
        if step.ast.flag("checksum").is_some() {
            continue;
        }
        for text in model.expanded_texts(step, &step.ast) {
            if text.role == TextRole::Source && is_plain(text.expansion.text.prefix()) {
                report(ctx, text.whole());
            }
        }
    }
}

fn is_plain(url: &str) -> bool {
    let Some(host) = url.strip_prefix("http://") else { return false };
    !["localhost", "127.", "[::1]", "0.0.0.0"].iter().any(|own| host.starts_with(own))
}

fn report(ctx: &mut Context<'_>, place: TextRange) {
    let written = ctx.model().text_at(place);
    let at = written.find("http://").and_then(|at| u32::try_from(at).ok());
    let report = ctx.report(place, "fetched over plain HTTP");
    if let Some(at) = at {
        let scheme = TextRange::at(place.start() + TextSize::new(at), TextSize::new(4));
        report.fix("Fetch it over HTTPS", |fix| fix.replace(scheme, "https"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn addresses_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN curl -O http://x/y && wget 'http://z'
            ^^^^^^^^^^ fetched over plain HTTP [fix]
                               ^^^^^^^^^^ fetched over plain HTTP [fix]
ADD http://x/y /z
    ^^^^^^^^^^ fetched over plain HTTP [fix]
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN curl http://localhost:80/ && curl https://x\nRUN curl -O http://x && sha256sum -c y\nRUN echo 'deb http://deb.debian.org x' > y\n",
        );
    }

    #[test]
    fn https_takes_its_place() {
        check_fix(&RULE, "FROM a\nRUN curl \"http://x/$V\"\n", "FROM a\nRUN curl \"https://x/$V\"\n");
    }
}
