//! `malformed-suppression`

use crate::rule::declare_rule;
use crate::suppress::Found;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A comment asks for silence in a way that is not understood.
    ///
    /// ## Why
    ///
    /// Each tool has its own form and place for such comments and takes everything else for a remark, without a word. hadolint's
    /// must stand on the line right above the instruction, with codes in upper case and no comma behind the last; the
    /// builder's must not be indented.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// # hadolint ignore=DL3004,
    /// RUN sudo true
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// # hadolint ignore=DL3004
    /// RUN sudo true
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix writes the comment in the form that its tool obeys. It is unsafe because it hides what was shown before.
    "malformed-suppression" {
        category: Category::Maintainability,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["DF072"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let Some(found) = Found::of(ctx.model(), ctx.settings()) else { return };
    for flaw in found.flaws {
        let report = ctx.report(flaw.range, flaw.message);
        if let Some(repair) = flaw.repair {
            report.fix(repair.title, |fix| {
                for (range, text) in repair.edits {
                    fix.replace(range, text);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn hadolints_form() {
        check(
            &RULE,
            "
FROM a
# hadolint ignore=DL3004,
                        ^ hadolint does not read a list that ends in a comma [fix]
RUN a
# hadolint ignore=dl3004
                  ^^^^^^ hadolint reads codes in upper case only [fix]
RUN b
# hadolint ignore=DL3004 because
                         ^^^^^^^ hadolint does not obey a pragma with text behind it, unless `#` stands before the text [fix]
RUN c
# hadolint ignore=DL3004
^^^^^^^^^^^^^^^^^^^^^^^^ a blank line stands between it and the instruction, so that hadolint does not obey it [fix]

RUN d
# hadolint ignore=DL3004
^^^^^^^^^^^^^^^^^^^^^^^^ another comment stands between it and the instruction, so that hadolint does not obey it
# hadolint ignore=DL3000 # why
RUN e && \\
  # hadolint ignore=DL3004
  ^^^^^^^^^^^^^^^^^^^^^^^^ hadolint reads no comment inside an instruction
  f
# hadolinit ignore=DL3004
  ^^^^^^^^^ `hadolinit` is not `hadolint` [fix]
RUN g
# hadolint ingore=DL3004
           ^^^^^^ `ingore` is not `ignore` [fix]
RUN h
# hadolint: ignore=DL3004
          ^ no colon stands behind `hadolint` [fix]
RUN i
# hadolint ignore=DL3004
^^^^^^^^^^^^^^^^^^^^^^^^ stands above no instruction
",
        );
        check_ok(
            &RULE,
            "# hadolint global ignore=DL3004\n\nFROM a\n# hadolint likes this = not\n# hadolint shell=bash\n  #hadolint  ignore = DL3000 , DL3004 # why\nRUN x\n",
        );
    }

    #[test]
    fn the_own_form() {
        check(
            &RULE,
            "
FROM a
# dfopt ignore=x; until=soon
                  ^^^^^^^^^^ `soon` is no date, which looks like `2027-01-31`
RUN a
# dfopt ignore=x y
                 ^ rules are separated by commas, and a reason is given as `; reason=…`
RUN b
# dfopt ignore=x
^^^^^^^^^^^^^^^^ stands above no instruction
",
        );
        check_ok(&RULE, "FROM a\n# dfopt ignore=x; reason=y\n\n# remark\nRUN a\n");
    }

    #[test]
    fn the_builders_form() {
        check(
            &RULE,
            "
FROM a
 # check=skip=all
 ^^^^^^^^^^^^^^^^ the builder reads `check=` at the start of a line only [fix]
RUN a
# check=skip=all
^^^^^^^^^^^^^^^^ the `#` line below keeps the builder from obeying it [fix]
#
RUN b
# check=skip=all
# check=skip=StageNameCasing
^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the builder obeys only the first `check=` above an instruction
RUN c
# check=ignore=all
        ^^^^^^^^^^ expected `skip=`, `experimental=` or `error=true`
RUN d
# chek=skip=all
  ^^^^ `chek` is not `check` [fix]
RUN e
",
        );
        check_ok(&RULE, "# check=skip=all\nFROM a\n# checks=many things\nRUN x\n");
    }

    #[test]
    fn repaired_comments_are_obeyed() {
        check_fix(&RULE, "FROM a\n# hadolint ignore=DL3004,\n\n\nRUN a\n", "FROM a\n# hadolint ignore=DL3004\nRUN a\n");
        check_fix(&RULE, "FROM a\n\t# check=skip=all\nRUN a\n", "FROM a\n# check=skip=all\nRUN a\n");
        check_fix(&RULE, "FROM a\n# dfotp ignore=a,\nRUN a\n", "FROM a\n# dfopt ignore=a\nRUN a\n");
    }
}
