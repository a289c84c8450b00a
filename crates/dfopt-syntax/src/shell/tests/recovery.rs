//! Broken texts: one diagnostic for one mistake, and the rest is read.

use expect_test::expect;

use super::{check, check_continued, check_errors};

#[test]
fn what_is_open_at_the_end_is_reported_once_at_the_innermost_opener() {
    check(
        "if true; then echo \"a",
        expect![[r#"
        SCRIPT
          LIST
            IF RESERVED"if"
              LIST
                COMMAND
                  WORD "true"
                SEMI";"
              BRANCH RESERVED"then"
                LIST
                  COMMAND
                    WORD "echo"
                    WORD
                      DOUBLE_QUOTED QUOTE"\"" "a"
        ! ShellUnclosed { opener: "\"", closer: "\"" } at 19..20 "\""
    "#]],
    );
    check_errors(
        "if a",
        expect![[r#"
        ! ShellUnclosed { opener: "if", closer: "then" } at 0..2 "if"
    "#]],
    );
    check_errors(
        "if a; then b",
        expect![[r#"
        ! ShellUnclosed { opener: "if", closer: "fi" } at 0..2 "if"
    "#]],
    );
    check_errors(
        "while a; do if b; then { c",
        expect![[r#"
        ! ShellUnclosed { opener: "{", closer: "}" } at 23..24 "{"
    "#]],
    );
    check_errors(
        "echo $(a `b",
        expect![[r#"
        ! ShellUnclosed { opener: "`", closer: "`" } at 9..10 "`"
    "#]],
    );
    check_errors(
        "echo $(a",
        expect![[r#"
        ! ShellUnclosed { opener: "$(", closer: ")" } at 5..7 "$("
    "#]],
    );
    check_errors(
        "echo ${a",
        expect![[r#"
        ! ShellUnclosed { opener: "${", closer: "}" } at 5..7 "${"
    "#]],
    );
    check_errors(
        "echo 'a",
        expect![[r#"
        ! ShellUnclosed { opener: "'", closer: "'" } at 5..6 "'"
    "#]],
    );
    check_errors(
        "(a && (b",
        expect![[r#"
        ! ShellUnclosed { opener: "(", closer: ")" } at 6..7 "("
    "#]],
    );
    check_errors(
        "[[ a",
        expect![[r#"
        ! ShellUnclosed { opener: "[[", closer: "]]" } at 0..2 "[["
    "#]],
    );
    check_errors(
        "((a + (b",
        expect![[r#"
        ! ShellUnclosed { opener: "((", closer: "))" } at 0..2 "(("
    "#]],
    );
    check_errors(
        "$((a",
        expect![[r#"
        ! ShellUnclosed { opener: "$((", closer: "))" } at 0..3 "$(("
    "#]],
    );
    check_errors(
        "case a in b) c",
        expect![[r#"
        ! ShellUnclosed { opener: "case", closer: "esac" } at 0..4 "case"
    "#]],
    );
    check_errors(
        "case a",
        expect![[r#"
        ! ShellUnclosed { opener: "case", closer: "in" } at 0..4 "case"
    "#]],
    );
    check_errors(
        "for",
        expect![[r#"
        ! ShellUnclosed { opener: "for", closer: "do" } at 0..3 "for"
    "#]],
    );
    check_errors(
        "for a in b",
        expect![[r#"
        ! ShellUnclosed { opener: "for", closer: "do" } at 0..3 "for"
    "#]],
    );
    check_errors(
        "f() {",
        expect![[r#"
        ! ShellUnclosed { opener: "{", closer: "}" } at 4..5 "{"
    "#]],
    );
    check_errors(
        "f()",
        expect![[r#"
        ! ShellUnclosed { opener: "f()", closer: "}" } at 0..3 "f()"
    "#]],
    );
    check_errors(
        "a=(b",
        expect![[r#"
        ! ShellUnclosed { opener: "(", closer: ")" } at 2..3 "("
    "#]],
    );
    check_errors(
        "@(a",
        expect![[r#"
        ! ShellUnclosed { opener: "@(", closer: ")" } at 0..2 "@("
    "#]],
    );
    check_errors(
        "if a &&",
        expect![[r#"
        ! ShellMissingOperand { operator: "&&" } at 5..7 "&&"
    "#]],
    );
    check_errors(
        "{ a | # c",
        expect![[r#"
        ! ShellMissingOperand { operator: "|" } at 4..5 "|"
    "#]],
    );
    check_errors(
        "x \"$(y <(z",
        expect![[r#"
        ! ShellUnclosed { opener: "<(", closer: ")" } at 7..9 "<("
    "#]],
    );
}

#[test]
fn an_inner_mistake_does_not_hide_the_closer_outside() {
    check(
        "(if a; then b)",
        expect![[r#"
        SCRIPT
          LIST
            SUBSHELL L_PAREN"("
              LIST
                IF RESERVED"if"
                  LIST
                    COMMAND
                      WORD "a"
                    SEMI";"
                  BRANCH RESERVED"then"
                    LIST
                      COMMAND
                        WORD "b"
              R_PAREN")"
        ! ShellUnclosed { opener: "if", closer: "fi" } at 1..3 "if"
    "#]],
    );
    check_errors(
        "while a; do { b; done; c",
        expect![[r#"
        ! ShellUnclosed { opener: "{", closer: "}" } at 12..13 "{"
    "#]],
    );
    check_errors(
        "for a in b; c; done; d",
        expect![[r#"
        ! ShellUnclosed { opener: "for", closer: "do" } at 0..3 "for"
    "#]],
    );
    check_errors(
        "if a; b; fi; c",
        expect![[r#"
        ! ShellUnclosed { opener: "if", closer: "then" } at 0..2 "if"
    "#]],
    );
    check_errors(
        "if [[ a == b; then c; fi",
        expect![[r#"
        ! ShellUnclosed { opener: "[[", closer: "]]" } at 3..5 "[["
    "#]],
    );
}

#[test]
fn closers_without_openers() {
    check(
        "a; fi; b",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "a"
            SEMI";"
            ERROR ERROR_TEXT"fi"
            SEMI";"
            COMMAND
              WORD "b"
        ! ShellUnexpected { token: "fi" } at 3..5 "fi"
    "#]],
    );
    check_errors(
        "a )) && b",
        expect![[r#"
        ! ShellUnexpected { token: ")" } at 2..3 ")"
    "#]],
    );
    check_errors(
        "a; }",
        expect![[r#"
        ! ShellUnexpected { token: "}" } at 3..4 "}"
    "#]],
    );
    check_errors(
        "a; done | b; c",
        expect![[r#"
        ! ShellUnexpected { token: "done" } at 3..7 "done"
    "#]],
    );
    check_errors(
        "if a; then b; fi; else c; fi",
        expect![[r#"
        ! ShellUnexpected { token: "else" } at 18..22 "else"
    "#]],
    );
    check_errors(
        "a;; b",
        expect![[r#"
        ! ShellUnexpected { token: ";;" } at 1..3 ";;"
    "#]],
    );
}

#[test]
fn operators_without_operands() {
    check(
        "a && && b",
        expect![[r#"
        SCRIPT
          LIST
            AND_OR
              COMMAND
                WORD "a"
              AND_IF"&&"
              AND_IF"&&"
              COMMAND
                WORD "b"
        ! ShellMissingOperand { operator: "&&" } at 2..4 "&&"
    "#]],
    );
    check_errors(
        "&& a",
        expect![[r#"
        ! ShellMissingOperand { operator: "&&" } at 0..2 "&&"
    "#]],
    );
    check_errors(
        "a |",
        expect![[r#"
        ! ShellMissingOperand { operator: "|" } at 2..3 "|"
    "#]],
    );
    check_errors(
        "|",
        expect![[r#"
        ! ShellMissingOperand { operator: "|" } at 0..1 "|"
    "#]],
    );
    check_errors(
        "a ||\n\n",
        expect![[r#"
        ! ShellMissingOperand { operator: "||" } at 2..4 "||"
    "#]],
    );
    check_errors(
        "a && ; b",
        expect![[r#"
        ! ShellMissingOperand { operator: "&&" } at 2..4 "&&"
    "#]],
    );
    check_errors(
        "a >",
        expect![[r#"
        ! ShellMissingOperand { operator: ">" } at 2..3 ">"
    "#]],
    );
    check_errors(
        "a > ; b",
        expect![[r#"
        ! ShellMissingOperand { operator: ">" } at 2..3 ">"
    "#]],
    );
    check_errors(
        "!",
        expect![[r#"
        ! ShellMissingOperand { operator: "!" } at 0..1 "!"
    "#]],
    );
    check_errors(
        "; a",
        expect![[r#"
        ! ShellUnexpected { token: ";" } at 0..1 ";"
    "#]],
    );
    check_errors(
        "a & ; b",
        expect![[r#"
        ! ShellUnexpected { token: ";" } at 4..5 ";"
    "#]],
    );
    check_errors(
        "a | ! b",
        expect![[r#"
        ! ShellUnexpected { token: "!" } at 4..5 "!"
    "#]],
    );
}

#[test]
fn junk_ends_at_the_next_separator() {
    check(
        "echo a(b) c && d",
        expect![[r#"
        SCRIPT
          LIST
            AND_OR
              COMMAND
                WORD "echo"
                WORD "a"
                ERROR ERROR_TEXT"("
                  WORD "b"
                  ERROR_TEXT")"
                  WORD "c"
              AND_IF"&&"
              COMMAND
                WORD "d"
        ! ShellUnexpected { token: "(" } at 6..7 "("
    "#]],
    );
    check_errors(
        "if a; then b; fi c; d",
        expect![[r#"
            ! ShellUnexpected { token: "c" } at 17..18 "c"
        "#]],
    );
    check_errors(
        "a (b; c) d",
        expect![[r#"
        ! ShellUnexpected { token: "(" } at 2..3 "("
    "#]],
    );
    check_errors(
        "(a) b | c",
        expect![[r#"
            ! ShellUnexpected { token: "b" } at 4..5 "b"
        "#]],
    );
}

#[test]
fn empty_lists() {
    check_errors(
        "if ; then a; fi",
        expect![[r#"
            ! ShellUnexpected { token: ";" } at 3..4 ";"
        "#]],
    );
    check_errors(
        "if a; then fi",
        expect![[r#"
        ! ShellUnexpected { token: "fi" } at 11..13 "fi"
    "#]],
    );
    check_errors(
        "()",
        expect![[r#"
        ! ShellUnexpected { token: ")" } at 1..2 ")"
    "#]],
    );
    check_errors(
        "f() { }",
        expect![[r#"
        ! ShellUnexpected { token: "}" } at 6..7 "}"
    "#]],
    );
    check_errors("$() `` $( )", expect![""]);
}

#[test]
fn substitutions_that_no_shell_takes() {
    check(
        "${} \"${a b}\" ${a.b}",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD
                PARAM DOLLAR"$" L_BRACE"{" R_BRACE"}"
              WORD
                DOUBLE_QUOTED QUOTE"\""
                  PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" ERROR_TEXT" b" R_BRACE"}"
                  QUOTE"\""
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" ERROR_TEXT".b" R_BRACE"}"
        ! ShellBadSubstitution at 0..3 "${}"
        ! ShellBadSubstitution at 5..11 "${a b}"
        ! ShellBadSubstitution at 13..19 "${a.b}"
    "#]],
    );
    check_errors(
        "\"${a\" b",
        expect![[r#"
        ! ShellUnclosed { opener: "${", closer: "}" } at 1..3 "${"
    "#]],
    );
}

#[test]
fn conditions() {
    check_errors(
        "[[ a ]; b",
        expect![[r#"
        ! ShellUnexpected { token: "]" } at 5..6 "]"
    "#]],
    );
    check_errors(
        "[[ a b ]]",
        expect![[r#"
        ! ShellUnexpected { token: "b" } at 5..6 "b"
    "#]],
    );
    check_errors(
        "[[ ]]",
        expect![[r#"
        ! ShellUnexpected { token: "]]" } at 3..5 "]]"
    "#]],
    );
    check_errors(
        "[[ a == ]]",
        expect![[r#"
        ! ShellUnexpected { token: "]]" } at 8..10 "]]"
    "#]],
    );
    check_errors(
        "[[ && a ]]",
        expect![[r#"
        ! ShellMissingOperand { operator: "&&" } at 3..5 "&&"
    "#]],
    );
}

#[test]
fn here_documents_without_an_end() {
    check(
        "cat <<E\na",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "cat"
              REDIRECT REDIRECT_OP"<<"
                WORD "E"
            NEWLINE"\n"
            HEREDOC HEREDOC_TEXT"a"
        ! ShellUnterminatedHeredoc { name: "E" } at 4..6 "<<"
    "#]],
    );
    check_errors(
        "cat <<E <<F\na\nE\n",
        expect![[r#"
        ! ShellUnterminatedHeredoc { name: "F" } at 8..10 "<<"
    "#]],
    );
    check_errors(
        "a\ncat <<E",
        expect![[r#"
        ! ShellUnterminatedHeredoc { name: "E" } at 6..8 "<<"
    "#]],
    );
}

#[test]
fn cases() {
    check_errors(
        "case a b) c;; esac; d",
        expect![[r#"
            ! ShellUnclosed { opener: "case", closer: "in" } at 0..4 "case"
        "#]],
    );
    check_errors(
        "case a in b c;; d) e;; esac",
        expect![[r#"
        ! ShellUnexpected { token: "c" } at 12..13 "c"
    "#]],
    );
    check_errors(
        "if a; then case b in c) d; fi",
        expect![[r#"
        ! ShellUnclosed { opener: "case", closer: "esac" } at 11..15 "case"
    "#]],
    );
    check_errors(
        "case ; in a) ;; esac",
        expect![[r#"
            ! ShellUnexpected { token: ";" } at 5..6 ";"
        "#]],
    );
}

#[test]
fn places_in_continued_lines() {
    check_continued(
        "a \\\n  # c\n  && \\\n  \"b \\\n c",
        expect![[r##"
        FILE
          SCRIPT
            LIST
              AND_OR
                COMMAND
                  WORD "a"
                CONTINUATION"\\\n"
                INDENT"  "
                COMMENT"# c"
                NEWLINE"\n"
                AND_IF"&&"
                CONTINUATION"\\\n"
                COMMAND
                  WORD
                    DOUBLE_QUOTED QUOTE"\"" "b " CONTINUATION"\\\n" " c"
        ! ShellUnclosed { opener: "\"", closer: "\"" } at 19..20 "\""
    "##]],
    );
}
