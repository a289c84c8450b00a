//! `remote-source-in-copy`

use dfopt_semantic::context::{SourceKind, source_kind};
use dfopt_semantic::model::TextRole;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `COPY` has a URL or a git repository as its source.
    ///
    /// ## Why
    ///
    /// Only `ADD` downloads; the builder refuses the file.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY https://example.com/app.tar.gz /srv/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ADD https://example.com/app.tar.gz /srv/
    /// ```
    "remote-source-in-copy" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Copy(_))) {
        for text in model.expanded_texts(site.step, &site.ast).iter().filter(|text| text.role == TextRole::Source) {
            let message = match text.known().map(source_kind) {
                Some(SourceKind::Http) => "`COPY` does not download",
                Some(SourceKind::Git) => "`COPY` does not clone repositories",
                _ => continue,
            };
            ctx.report(text.whole(), message).help("use `ADD`").at(&site);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_source_is_marked() {
        check(
            &RULE,
            "
FROM a
COPY http://x/y /z
     ^^^^^^^^^^ `COPY` does not download
COPY [\"git@h:o/r.git\", \"/z\"]
      ^^^^^^^^^^^^^^^ `COPY` does not clone repositories
",
        );
        check_ok(&RULE, "FROM a\nCOPY HTTP://x /z\nADD http://x/y /z\nCOPY a http://x\n");
    }
}
