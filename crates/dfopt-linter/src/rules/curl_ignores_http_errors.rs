//! `curl-ignores-http-errors`

use crate::curl;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// `curl` takes an error page for the file.
    ///
    /// ## Why
    ///
    /// When the server answers that there is no such file, `curl` saves that answer and reports success. The build goes on and fails later, or
    /// never.
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
    /// RUN curl -f -o /opt/app.tar.gz https://example.com/app.tar.gz
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A build that saved an error page and went on now fails.
    "curl-ignores-http-errors" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DF035"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    curl::check(ctx, "-f", "an error page is saved as if it were the file", |download| !download.fails_on_error);
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
         ^^^^ an error page is saved as if it were the file [fix]
                                    ^^^^ an error page is saved as if it were the file [fix]
RUN curl https://y/z > x
    ^^^^ an error page is saved as if it were the file [fix]
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
        check_fix(&RULE, "FROM debian\nRUN curl -o x https://y/z\n", "FROM debian\nRUN curl -f -o x https://y/z\n");
    }
}
