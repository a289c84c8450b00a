//! Trees of words, and of texts that lines of a Dockerfile cut in pieces.

use expect_test::expect;

use super::{check, check_continued};

#[test]
fn quotes() {
    check(
        "a 'b c' \"d $e \\\" \\x\" $'f\\'g' $\"h\"",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "a"
              WORD
                SINGLE_QUOTED QUOTE"'" "b c" QUOTE"'"
              WORD
                DOUBLE_QUOTED QUOTE"\"" "d "
                  PARAM DOLLAR"$" VAR_NAME"e"
                  " "
                  ESCAPED"\\\""
                  " \\x"
                  QUOTE"\""
              WORD
                SINGLE_QUOTED DOLLAR"$" QUOTE"'" "f" ESCAPED"\\'" "g" QUOTE"'"
              WORD
                DOUBLE_QUOTED DOLLAR"$" QUOTE"\"" "h" QUOTE"\""
    "#]],
    );
    check(
        "a\\ b \\\\",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "a" ESCAPED"\\ " "b"
              WORD ESCAPED"\\\\"
    "#]],
    );
    check(
        "\"it's\" 'say \"x\"'",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD
                DOUBLE_QUOTED QUOTE"\"" "it's" QUOTE"\""
              WORD
                SINGLE_QUOTED QUOTE"'" "say \"x\"" QUOTE"'"
    "#]],
    );
}

#[test]
fn parameters() {
    check(
        "$a $1x ${a} ${#a} ${!a} ${a[1]} $?",
        expect![[r##"
        SCRIPT
          LIST
            COMMAND
              WORD
                PARAM DOLLAR"$" VAR_NAME"a"
              WORD
                PARAM DOLLAR"$" VAR_NAME"1"
                "x"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" R_BRACE"}"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_OP"#" VAR_NAME"a" R_BRACE"}"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_OP"!" VAR_NAME"a" R_BRACE"}"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" L_BRACK"[" "1" R_BRACK"]" R_BRACE"}"
              WORD
                PARAM DOLLAR"$" VAR_NAME"?"
    "##]],
    );
    check(
        "${a:-b $c} ${a##*/} ${a/b/c} ${a///x} ${a:1:2} ${a^^} ${a@Q} ${!a*} ${#}",
        expect![[r###"
        SCRIPT
          LIST
            COMMAND
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" VAR_OP":-"
                  VAR_OPERAND "b "
                    PARAM DOLLAR"$" VAR_NAME"c"
                  R_BRACE"}"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" VAR_OP"##"
                  VAR_OPERAND "*/"
                  R_BRACE"}"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" VAR_OP"/"
                  VAR_OPERAND "b"
                  VAR_OP"/"
                  VAR_OPERAND "c"
                  R_BRACE"}"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" VAR_OP"//"
                  VAR_OPERAND
                  VAR_OP"/"
                  VAR_OPERAND "x"
                  R_BRACE"}"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" VAR_OP":"
                  VAR_OPERAND "1"
                  VAR_OP":"
                  VAR_OPERAND "2"
                  R_BRACE"}"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" VAR_OP"^^"
                  VAR_OPERAND
                  R_BRACE"}"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" VAR_OP"@Q" R_BRACE"}"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_OP"!" VAR_NAME"a" VAR_OP"*" R_BRACE"}"
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"#" R_BRACE"}"
    "###]],
    );
    check(
        "\"${a:-it's}\" \"${a%'b'}\" ${a:-\"b\"}",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD
                DOUBLE_QUOTED QUOTE"\""
                  PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" VAR_OP":-"
                    VAR_OPERAND "it" "'s"
                    R_BRACE"}"
                  QUOTE"\""
              WORD
                DOUBLE_QUOTED QUOTE"\""
                  PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" VAR_OP"%"
                    VAR_OPERAND
                      SINGLE_QUOTED QUOTE"'" "b" QUOTE"'"
                    R_BRACE"}"
                  QUOTE"\""
              WORD
                PARAM DOLLAR"$" L_BRACE"{" VAR_NAME"a" VAR_OP":-"
                  VAR_OPERAND
                    DOUBLE_QUOTED QUOTE"\"" "b" QUOTE"\""
                  R_BRACE"}"
    "#]],
    );
    check(
        "$ a$ \"$\" $%",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "$"
              WORD "a" "$"
              WORD
                DOUBLE_QUOTED QUOTE"\"" "$" QUOTE"\""
              WORD "$" "%"
    "#]],
    );
}

#[test]
fn substitutions() {
    check(
        "$(a; b) `c | d` <(e) $(<f)",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD
                COMMAND_SUBST SUBST_DELIM"$("
                  LIST
                    COMMAND
                      WORD "a"
                    SEMI";"
                    COMMAND
                      WORD "b"
                  SUBST_DELIM")"
              WORD
                COMMAND_SUBST SUBST_DELIM"`"
                  LIST
                    PIPELINE
                      COMMAND
                        WORD "c"
                      PIPE"|"
                      COMMAND
                        WORD "d"
                  SUBST_DELIM"`"
              WORD
                PROCESS_SUBST SUBST_DELIM"<("
                  LIST
                    COMMAND
                      WORD "e"
                  SUBST_DELIM")"
              WORD
                COMMAND_SUBST SUBST_DELIM"$("
                  LIST
                    COMMAND
                      REDIRECT REDIRECT_OP"<"
                        WORD "f"
                  SUBST_DELIM")"
    "#]],
    );
    check(
        "`a \\`b\\``",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD
                COMMAND_SUBST SUBST_DELIM"`"
                  OPAQUE "a \\`b\\`"
                  SUBST_DELIM"`"
    "#]],
    );
    check(
        "$((1 + x)) $[2] $((a) )",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD
                ARITH_SUBST SUBST_DELIM"$((" ARITH_TEXT"1" ARITH_TEXT"+" ARITH_TEXT"x" SUBST_DELIM"))"
              WORD
                ARITH_SUBST SUBST_DELIM"$[" ARITH_TEXT"2" SUBST_DELIM"]"
              WORD
                COMMAND_SUBST SUBST_DELIM"$("
                  LIST
                    SUBSHELL L_PAREN"("
                      LIST
                        COMMAND
                          WORD "a"
                      R_PAREN")"
                  SUBST_DELIM")"
    "#]],
    );
    check(
        "\"$(a \"b\")\"",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD
                DOUBLE_QUOTED QUOTE"\""
                  COMMAND_SUBST SUBST_DELIM"$("
                    LIST
                      COMMAND
                        WORD "a"
                        WORD
                          DOUBLE_QUOTED QUOTE"\"" "b" QUOTE"\""
                    SUBST_DELIM")"
                  QUOTE"\""
    "#]],
    );
    check(
        "$(case a in b) c;; esac)",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD
                COMMAND_SUBST SUBST_DELIM"$("
                  LIST
                    CASE RESERVED"case"
                      WORD "a"
                      RESERVED"in"
                      CASE_ITEM
                        WORD "b"
                        R_PAREN")"
                        LIST
                          COMMAND
                            WORD "c"
                        DSEMI";;"
                      RESERVED"esac"
                  SUBST_DELIM")"
    "#]],
    );
}

#[test]
fn globs_braces_and_tildes() {
    check(
        "*.c a?b [a-z] [!]x] [[:alpha:]]x [ [",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD GLOB"*" ".c"
              WORD "a" GLOB"?" "b"
              WORD GLOB"[a-z]"
              WORD GLOB"[!]x]"
              WORD GLOB"[[:alpha:]]" "x"
              WORD "["
              WORD "["
    "#]],
    );
    check(
        "@(a|b) +(c)d",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD GLOB"@(" "a" GLOB"|" "b" GLOB")"
              WORD GLOB"+(" "c" GLOB")" "d"
    "#]],
    );
    check(
        "{a,b}c {1..9} {} {a} a{b,\"c\"}",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD BRACE_EXPANSION"{a,b}" "c"
              WORD BRACE_EXPANSION"{1..9}"
              WORD "{" "}"
              WORD "{" "a}"
              WORD "a" BRACE_EXPANSION"{" "b" BRACE_EXPANSION","
                DOUBLE_QUOTED QUOTE"\"" "c" QUOTE"\""
                BRACE_EXPANSION"}"
    "#]],
    );
    check(
        "~ ~a/b a~",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD TILDE"~"
              WORD TILDE"~a" "/b"
              WORD "a~"
    "#]],
    );
}

#[test]
fn continued_lines() {
    check_continued(
        "apt-get \\\n  # tools\n  install \\\n\n  a\n",
        expect![[r##"
        FILE
          SCRIPT
            LIST
              COMMAND
                WORD "apt-get"
                CONTINUATION"\\\n"
                INDENT"  "
                COMMENT"# tools"
                NEWLINE"\n"
                WORD "install"
                CONTINUATION"\\\n"
                BLANK_LINE"\n"
                WORD "a"
          NEWLINE"\n"
    "##]],
    );
    check_continued(
        "a 'b\\\n# c\n d' \"e\\\nf\"",
        expect![[r##"
        FILE
          SCRIPT
            LIST
              COMMAND
                WORD "a"
                WORD
                  SINGLE_QUOTED QUOTE"'" "b" CONTINUATION"\\\n" COMMENT"# c" NEWLINE"\n" " d" QUOTE"'"
                WORD
                  DOUBLE_QUOTED QUOTE"\"" "e" CONTINUATION"\\\n" "f" QUOTE"\""
    "##]],
    );
    check_continued(
        "ap\\\nt $(b \\\n  # c\n  c) &\\\n& d",
        expect![[r##"
        FILE
          SCRIPT
            LIST
              AND_OR
                COMMAND
                  WORD "ap" CONTINUATION"\\\n" "t"
                  WORD
                    COMMAND_SUBST SUBST_DELIM"$("
                      LIST
                        COMMAND
                          WORD "b"
                          CONTINUATION"\\\n"
                          INDENT"  "
                          COMMENT"# c"
                          NEWLINE"\n"
                          WORD "c"
                      SUBST_DELIM")"
                AND_IF"&"
                CONTINUATION"\\\n"
                AND_IF"&"
                COMMAND
                  WORD "d"
    "##]],
    );
    check_continued(
        "a\\\n$\\\n{b\\\n} # c \\\n d",
        expect![[r##"
        FILE
          SCRIPT
            LIST
              COMMAND
                WORD "a" CONTINUATION"\\\n"
                  PARAM DOLLAR"$" CONTINUATION"\\\n" L_BRACE"{" VAR_NAME"b" CONTINUATION"\\\n" R_BRACE"}"
              COMMENT"# c "
              CONTINUATION"\\\n"
              COMMENT" d"
    "##]],
    );
}
