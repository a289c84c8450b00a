//! `curl-without-location`

use crate::curl;
use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Severity};

declare_rule! {
    /// `curl` does not follow redirections.
    ///
    /// ## Why
    ///
    /// A file that moves to another address leaves a note of a few bytes behind. Without `-L` that note is what is saved.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -o /opt/app.tar.gz https://example.com/app.tar.gz
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -L -o /opt/app.tar.gz https://example.com/app.tar.gz
    /// ```
    ///
    /// ## Fix safety
    ///
    /// What the new address holds is saved in place of the note.
    "curl-without-location" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["tally/curl-should-follow-redirects"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    curl::check(ctx, "-L", "this does not follow the file when it moves", |download| !download.follows_redirects);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn downloads() {
        check(
            &RULE,
            "
FROM debian
RUN sudo curl -sSo x https://y/z && curl -s https://y/z | sh
         ^^^^ this does not follow the file when it moves [fix]
                                    ^^^^ this does not follow the file when it moves [fix]
RUN curl https://y/z > x
    ^^^^ this does not follow the file when it moves [fix]
",
        );
    }

    #[test]
    fn others() {
        check_ok(
            &RULE,
            "
FROM debian
RUN curl -fsSLo x https://y/z && curl --fail --location -O https://y/z && curl https://y/z && wget https://y/z
RUN curl -I https://y/z | cat && curl -sd a https://y/z > b && curl http://localhost/x > y && curl http://127.0.0.1:8/ | cat
RUN curl https://y/z; echo a | cat
",
        );
    }

    #[test]
    fn the_option_is_added() {
        check_fix(&RULE, "FROM debian\nRUN curl -o x https://y/z\n", "FROM debian\nRUN curl -L -o x https://y/z\n");
    }
}
