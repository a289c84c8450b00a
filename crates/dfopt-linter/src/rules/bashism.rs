//! `bashism`

use crate::rule::declare_rule;
use crate::shell::{Shell, bashisms};
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// A script uses what its shell does not have.
    ///
    /// ## Why
    ///
    /// `RUN` hands its text to `/bin/sh`, which is dash on Debian and Ubuntu and BusyBox on Alpine. What only bash has fails
    /// there, or silently does something else: `&>` starts a background job, `v+=x` is a command that is not found. Use what
    /// every shell has, or `SHELL ["/bin/bash", "-c"]` where bash is installed.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:12
    /// RUN [[ -f /etc/debian_version ]] && echo Debian
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:12
    /// RUN [ -f /etc/debian_version ] && echo Debian
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A rewrite means the same in bash and in every other shell, so it is safe where the shell is not known. Where the shell
    /// is known to lack the construct, the script did something else until now, and the rewrite is unsafe.
    "bashism" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["SC2039", "SC2112", "SC2113", "SC3001", "SC3002", "SC3003", "SC3004", "SC3005", "SC3006", "SC3007", "SC3008", "SC3009", "SC3010", "SC3011", "SC3012", "SC3013", "SC3014", "SC3015", "SC3016", "SC3017", "SC3018", "SC3019", "SC3020", "SC3021", "SC3022", "SC3023", "SC3024", "SC3025", "SC3026", "SC3027", "SC3028", "SC3029", "SC3030", "SC3031", "SC3032", "SC3033", "SC3034", "SC3035", "SC3036", "SC3037", "SC3038", "SC3039", "SC3040", "SC3041", "SC3042", "SC3043", "SC3044", "SC3045", "SC3046", "SC3047", "SC3048", "SC3049", "SC3050", "SC3051", "SC3052", "SC3053", "SC3054", "SC3055", "SC3056", "SC3057", "SC3058", "SC3059", "SC3060", "SC3061", "SC3062", "SC3063"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let dialect = ctx.dialect();
    for tree in ctx.scripts().filter(|tree| tree.shell.is_small()) {
        for found in bashisms(tree) {
            let lacks = found.is_lacking(tree.shell, dialect);
            if lacks == Some(false) {
                continue;
            }
            let is_echo_of_dash = found.code == "SC3037" && !matches!(tree.shell, Shell::Posix);
            let is_list_of_peer = found.code == "SC3058" && dialect == Dialect::Hadolint;
            let code = match found.code {
                _ if is_echo_of_dash => "SC3036",
                _ if is_list_of_peer => "SC3057",
                code => code,
            };
            let range = found.peer_range.filter(|_| dialect == Dialect::Hadolint).unwrap_or(found.range);
            let message = match lacks {
                Some(_) => format!("{} does not have {}", tree.shell.name(), found.what),
                None => format!("not every `sh` has {}", found.what),
            };
            let report = ctx.report_in(tree, range, code, message);
            let report = if lacks.is_none() { report.severity(Severity::Info) } else { report };
            if tree.is_in_place() && !found.rewrite.is_empty() {
                report.fix("Write what every shell has", |fix| {
                    for (range, text) in found.rewrite {
                        fix.replace(range, text);
                    }
                    // In a shell that has it, both mean the same.
                    if lacks.is_none() {
                        fix.safe();
                    }
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn by_the_shell_of_the_base() {
        check(
            &RULE,
            "
FROM debian:12
RUN [[ -f x ]] && set -o pipefail && echo -n a && local b
    ^^ dash does not have `[[ … ]]`
                         ^^^^^^^^ dash does not have `set -o pipefail`
FROM debian:13
RUN set -o pipefail && echo -e a
                            ^^ dash does not have `echo -e`
FROM alpine:3.22
RUN [[ -f x ]] && set -o pipefail && echo -e a && b <<< c
                                                    ^^^ BusyBox ash does not have `<<<`
FROM rockylinux:9
RUN [[ -f x ]] && a <<< b
FROM unknown
RUN source x && [ a == b ] && y -nt z
    ^^^^^^ not every `sh` has `source` [safe fix]
                    ^^ not every `sh` has `==` in a test [safe fix]
",
        );
    }

    #[test]
    fn constructs_of_the_grammar() {
        check(
            &RULE,
            "
FROM debian:12
RUN a <(b) $'c' $((x++)) {d,e} > f &> g; v+=x; h |& i
      ^^^^ dash does not have process substitution
           ^^^^ dash does not have `$'…'`
                    ^^ dash does not have `++`
                         ^^^^^ dash does not have brace expansion [fix]
                                   ^^ dash does not have `&>` [fix]
                                         ^ dash does not have `+=` [fix]
                                                 ^^ dash does not have `|&` [fix]
RUN echo ${v:1} ${v/a/b} ${v^^} ${!v} $RANDOM [^a]* $(<f); function g { :; }; read; for ((;;)); do :; done
         ^^^^^^ dash does not have `${v:…}`
                ^^^^^^^^ dash does not have `${v/…}`
                         ^^^^^^ dash does not have a change of case
                                ^^^^^ dash does not have `${!…}`
                                      ^^^^^^^ dash does not have `RANDOM`
                                              ^^^^ dash does not have `[^…]` [fix]
                                                    ^^^^^ dash does not have `$(<file)` [fix]
                                                           ^^^^^^^^ dash does not have `function` [fix]
                                                                              ^^^^ dash does not have `read` without a name [fix]
                                                                                    ^^^ dash does not have `for ((…))`
",
        );
        check_ok(
            &RULE,
            "FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\nRUN [[ a ]] && b &> c\nSHELL [\"/bin/sh\", \"-c\"]\nRUN bash -c '[[ a ]]' && a 2>&1 >&2 && echo \"{a,b}\"\n",
        );
    }

    #[test]
    fn rewrites_mean_the_same() {
        check_fix(
            &RULE,
            "FROM debian:12\nRUN [ \"$a\" == b ] && c &> d |& e {1..3}; v+=x; source f; function g() { h; }\n",
            "FROM debian:12\nRUN [ \"$a\" = b ] && c > d 2>&1 2>&1 | e 1 2 3; v=\"${v}\"x; . ./f; g() { h; }\n",
        );
    }
}
