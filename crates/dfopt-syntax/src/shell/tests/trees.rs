//! Trees of valid commands.

use expect_test::expect;

use super::check;

#[test]
fn lists_and_pipelines() {
    check(
        "a; b & c",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "a"
            SEMI";"
            COMMAND
              WORD "b"
            AMP"&"
            COMMAND
              WORD "c"
    "#]],
    );
    check(
        "a && b || c",
        expect![[r#"
        SCRIPT
          LIST
            AND_OR
              COMMAND
                WORD "a"
              AND_IF"&&"
              COMMAND
                WORD "b"
              OR_IF"||"
              COMMAND
                WORD "c"
    "#]],
    );
    check(
        "! a | b |& c",
        expect![[r#"
        SCRIPT
          LIST
            PIPELINE BANG"!"
              COMMAND
                WORD "a"
              PIPE"|"
              COMMAND
                WORD "b"
              PIPE"|&"
              COMMAND
                WORD "c"
    "#]],
    );
    check(
        "time -p a",
        expect![[r#"
        SCRIPT
          LIST
            PIPELINE RESERVED"time"
              WORD "-p"
              COMMAND
                WORD "a"
    "#]],
    );
    check(
        "time -v a",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "time"
              WORD "-v"
              WORD "a"
    "#]],
    );
    check(
        "a &&\n\n# c\nb",
        expect![[r##"
        SCRIPT
          LIST
            AND_OR
              COMMAND
                WORD "a"
              AND_IF"&&"
              NEWLINE"\n"
              NEWLINE"\n"
              COMMENT"# c"
              NEWLINE"\n"
              COMMAND
                WORD "b"
    "##]],
    );
    check(
        "coproc N { a; }",
        expect![[r#"
        SCRIPT
          LIST
            PIPELINE RESERVED"coproc" NAME"N"
              GROUP L_CURLY"{"
                LIST
                  COMMAND
                    WORD "a"
                  SEMI";"
                R_CURLY"}"
    "#]],
    );
}

#[test]
fn comments_and_newlines() {
    check(
        "a # b; c\nd#e\n",
        expect![[r##"
        SCRIPT
          LIST
            COMMAND
              WORD "a"
            COMMENT"# b; c"
            NEWLINE"\n"
            COMMAND
              WORD "d#e"
            NEWLINE"\n"
    "##]],
    );
    check(
        "a \\\n  b",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "a"
              CONTINUATION"\\\n"
              WORD "b"
    "#]],
    );
    check(
        "a\r\nb\r\n",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "a"
            NEWLINE"\r\n"
            COMMAND
              WORD "b"
            NEWLINE"\r\n"
    "#]],
    );
}

#[test]
fn assignments() {
    check(
        "A=1 B+=x C= cmd D=2",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              ASSIGNMENT NAME"A" ASSIGN_OP"="
                WORD "1"
              ASSIGNMENT NAME"B" ASSIGN_OP"+="
                WORD "x"
              ASSIGNMENT NAME"C" ASSIGN_OP"="
              WORD "cmd"
              WORD "D=2"
    "#]],
    );
    check(
        "a[i]=1 a=(x \"y\" [2]=z)",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              ASSIGNMENT NAME"a" L_BRACK"[" "i" R_BRACK"]" ASSIGN_OP"="
                WORD "1"
              ASSIGNMENT NAME"a" ASSIGN_OP"="
                ARRAY L_PAREN"("
                  WORD "x"
                  WORD
                    DOUBLE_QUOTED QUOTE"\"" "y" QUOTE"\""
                  ASSIGNMENT L_BRACK"[" "2" R_BRACK"]" ASSIGN_OP"="
                    WORD "z"
                  R_PAREN")"
    "#]],
    );
    check(
        "a=(\n# one\n1\n)",
        expect![[r##"
        SCRIPT
          LIST
            COMMAND
              ASSIGNMENT NAME"a" ASSIGN_OP"="
                ARRAY L_PAREN"(" NEWLINE"\n" COMMENT"# one" NEWLINE"\n"
                  WORD "1"
                  NEWLINE"\n"
                  R_PAREN")"
    "##]],
    );
    check(
        "export a=(1) b=~/c:~",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "export"
              WORD "a="
                ARRAY L_PAREN"("
                  WORD "1"
                  R_PAREN")"
              WORD "b=" TILDE"~" "/c:" TILDE"~"
    "#]],
    );
}

#[test]
fn redirections() {
    check(
        "a >b 2>&1 <c {fd}>>d &>e <<<f",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "a"
              REDIRECT REDIRECT_OP">"
                WORD "b"
              REDIRECT IO_NUMBER"2" REDIRECT_OP">&"
                WORD "1"
              REDIRECT REDIRECT_OP"<"
                WORD "c"
              REDIRECT IO_NUMBER"{fd}" REDIRECT_OP">>"
                WORD "d"
              REDIRECT REDIRECT_OP"&>"
                WORD "e"
              REDIRECT REDIRECT_OP"<<<"
                WORD "f"
    "#]],
    );
    check(
        ">a",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              REDIRECT REDIRECT_OP">"
                WORD "a"
    "#]],
    );
    check(
        "a 2 >b",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "a"
              WORD "2"
              REDIRECT REDIRECT_OP">"
                WORD "b"
    "#]],
    );
    check(
        "(a) >b; { c; } 2>/dev/null",
        expect![[r#"
        SCRIPT
          LIST
            SUBSHELL L_PAREN"("
              LIST
                COMMAND
                  WORD "a"
              R_PAREN")"
              REDIRECT REDIRECT_OP">"
                WORD "b"
            SEMI";"
            GROUP L_CURLY"{"
              LIST
                COMMAND
                  WORD "c"
                SEMI";"
              R_CURLY"}"
              REDIRECT IO_NUMBER"2" REDIRECT_OP">"
                WORD "/dev/null"
    "#]],
    );
}

#[test]
fn here_documents() {
    check(
        "cat <<A <<-\"B\" | d\na $x `y` \\$\nA\n\t$x\n\tB\ne",
        expect![[r#"
        SCRIPT
          LIST
            PIPELINE
              COMMAND
                WORD "cat"
                REDIRECT REDIRECT_OP"<<"
                  WORD "A"
                REDIRECT REDIRECT_OP"<<-"
                  WORD
                    DOUBLE_QUOTED QUOTE"\"" "B" QUOTE"\""
              PIPE"|"
              COMMAND
                WORD "d"
            NEWLINE"\n"
            HEREDOC HEREDOC_TEXT"a "
              PARAM DOLLAR"$" VAR_NAME"x"
              HEREDOC_TEXT" "
              COMMAND_SUBST SUBST_DELIM"`"
                LIST
                  COMMAND
                    WORD "y"
                SUBST_DELIM"`"
              HEREDOC_TEXT" "
              ESCAPED"\\$"
              HEREDOC_TEXT"\n"
              HEREDOC_END"A"
            NEWLINE"\n"
            HEREDOC HEREDOC_TEXT"\t$x\n" HEREDOC_END"B"
            NEWLINE"\n"
            COMMAND
              WORD "e"
    "#]],
    );
    check(
        "x=$(cat <<E\nb\nE\n)",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              ASSIGNMENT NAME"x" ASSIGN_OP"="
                WORD
                  COMMAND_SUBST SUBST_DELIM"$("
                    LIST
                      COMMAND
                        WORD "cat"
                        REDIRECT REDIRECT_OP"<<"
                          WORD "E"
                      NEWLINE"\n"
                      HEREDOC HEREDOC_TEXT"b\n" HEREDOC_END"E"
                      NEWLINE"\n"
                    SUBST_DELIM")"
    "#]],
    );
    check(
        "cat <<E",
        expect![[r#"
        SCRIPT
          LIST
            COMMAND
              WORD "cat"
              REDIRECT REDIRECT_OP"<<"
                WORD "E"
    "#]],
    );
    check(
        "if a <<E; then\nb\nE\nc; fi",
        expect![[r#"
        SCRIPT
          LIST
            IF RESERVED"if"
              LIST
                COMMAND
                  WORD "a"
                  REDIRECT REDIRECT_OP"<<"
                    WORD "E"
                SEMI";"
              BRANCH RESERVED"then"
                LIST NEWLINE"\n"
                  HEREDOC HEREDOC_TEXT"b\n" HEREDOC_END"E"
                  NEWLINE"\n"
                  COMMAND
                    WORD "c"
                  SEMI";"
              RESERVED"fi"
    "#]],
    );
}

#[test]
fn groups_and_functions() {
    check(
        "(a; b)",
        expect![[r#"
        SCRIPT
          LIST
            SUBSHELL L_PAREN"("
              LIST
                COMMAND
                  WORD "a"
                SEMI";"
                COMMAND
                  WORD "b"
              R_PAREN")"
    "#]],
    );
    check(
        "{ a; }",
        expect![[r#"
        SCRIPT
          LIST
            GROUP L_CURLY"{"
              LIST
                COMMAND
                  WORD "a"
                SEMI";"
              R_CURLY"}"
    "#]],
    );
    check(
        "f() { a; }",
        expect![[r#"
        SCRIPT
          LIST
            FUNCTION NAME"f" L_PAREN"(" R_PAREN")"
              GROUP L_CURLY"{"
                LIST
                  COMMAND
                    WORD "a"
                  SEMI";"
                R_CURLY"}"
    "#]],
    );
    check(
        "function g { a; }",
        expect![[r#"
        SCRIPT
          LIST
            FUNCTION RESERVED"function" NAME"g"
              GROUP L_CURLY"{"
                LIST
                  COMMAND
                    WORD "a"
                  SEMI";"
                R_CURLY"}"
    "#]],
    );
    check(
        "function h() (a)",
        expect![[r#"
        SCRIPT
          LIST
            FUNCTION RESERVED"function" NAME"h" L_PAREN"(" R_PAREN")"
              SUBSHELL L_PAREN"("
                LIST
                  COMMAND
                    WORD "a"
                R_PAREN")"
    "#]],
    );
}

#[test]
fn branches() {
    check(
        "if a; then b; elif c; then d; else e; fi",
        expect![[r#"
        SCRIPT
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
                  SEMI";"
              RESERVED"elif"
              LIST
                COMMAND
                  WORD "c"
                SEMI";"
              BRANCH RESERVED"then"
                LIST
                  COMMAND
                    WORD "d"
                  SEMI";"
              BRANCH RESERVED"else"
                LIST
                  COMMAND
                    WORD "e"
                  SEMI";"
              RESERVED"fi"
    "#]],
    );
    check(
        "case \"$x\" in a|b*) c ;; (d) ;; *) e; esac",
        expect![[r#"
        SCRIPT
          LIST
            CASE RESERVED"case"
              WORD
                DOUBLE_QUOTED QUOTE"\""
                  PARAM DOLLAR"$" VAR_NAME"x"
                  QUOTE"\""
              RESERVED"in"
              CASE_ITEM
                WORD "a"
                PIPE"|"
                WORD "b" GLOB"*"
                R_PAREN")"
                LIST
                  COMMAND
                    WORD "c"
                DSEMI";;"
              CASE_ITEM L_PAREN"("
                WORD "d"
                R_PAREN")"
                LIST
                DSEMI";;"
              CASE_ITEM
                WORD GLOB"*"
                R_PAREN")"
                LIST
                  COMMAND
                    WORD "e"
                  SEMI";"
              RESERVED"esac"
    "#]],
    );
    check(
        "case x in\na)\nb\n;;\nesac",
        expect![[r#"
        SCRIPT
          LIST
            CASE RESERVED"case"
              WORD "x"
              RESERVED"in"
              NEWLINE"\n"
              CASE_ITEM
                WORD "a"
                R_PAREN")"
                LIST NEWLINE"\n"
                  COMMAND
                    WORD "b"
                  NEWLINE"\n"
                DSEMI";;"
              NEWLINE"\n"
              RESERVED"esac"
    "#]],
    );
}

#[test]
fn loops() {
    check(
        "for i in a b; do c; done",
        expect![[r#"
        SCRIPT
          LIST
            FOR RESERVED"for" NAME"i" RESERVED"in"
              WORD "a"
              WORD "b"
              SEMI";"
              BRANCH RESERVED"do"
                LIST
                  COMMAND
                    WORD "c"
                  SEMI";"
              RESERVED"done"
    "#]],
    );
    check(
        "for i do c; done",
        expect![[r#"
        SCRIPT
          LIST
            FOR RESERVED"for" NAME"i"
              BRANCH RESERVED"do"
                LIST
                  COMMAND
                    WORD "c"
                  SEMI";"
              RESERVED"done"
    "#]],
    );
    check(
        "for ((i=0; i<3; i++)); do c; done",
        expect![[r#"
        SCRIPT
          LIST
            FOR RESERVED"for"
              ARITH RESERVED"((" ARITH_TEXT"i" ARITH_TEXT"=" ARITH_TEXT"0" ARITH_TEXT";" ARITH_TEXT"i" ARITH_TEXT"<" ARITH_TEXT"3" ARITH_TEXT";" ARITH_TEXT"i" ARITH_TEXT"++" RESERVED"))"
              SEMI";"
              BRANCH RESERVED"do"
                LIST
                  COMMAND
                    WORD "c"
                  SEMI";"
              RESERVED"done"
    "#]],
    );
    check(
        "while a; do b; done",
        expect![[r#"
        SCRIPT
          LIST
            WHILE RESERVED"while"
              LIST
                COMMAND
                  WORD "a"
                SEMI";"
              BRANCH RESERVED"do"
                LIST
                  COMMAND
                    WORD "b"
                  SEMI";"
              RESERVED"done"
    "#]],
    );
    check(
        "until a\ndo b\ndone",
        expect![[r#"
        SCRIPT
          LIST
            WHILE RESERVED"until"
              LIST
                COMMAND
                  WORD "a"
                NEWLINE"\n"
              BRANCH RESERVED"do"
                LIST
                  COMMAND
                    WORD "b"
                  NEWLINE"\n"
              RESERVED"done"
    "#]],
    );
    check(
        "for i in a; { b; }",
        expect![[r#"
        SCRIPT
          LIST
            FOR RESERVED"for" NAME"i" RESERVED"in"
              WORD "a"
              SEMI";"
              BRANCH L_CURLY"{"
                LIST
                  COMMAND
                    WORD "b"
                  SEMI";"
                R_CURLY"}"
    "#]],
    );
    check(
        "select x in a; do b; done",
        expect![[r#"
        SCRIPT
          LIST
            FOR RESERVED"select" NAME"x" RESERVED"in"
              WORD "a"
              SEMI";"
              BRANCH RESERVED"do"
                LIST
                  COMMAND
                    WORD "b"
                  SEMI";"
              RESERVED"done"
    "#]],
    );
}

#[test]
fn conditions_and_arithmetic() {
    check(
        "[[ -f $a && ! ( b == c* || d ) ]]",
        expect![[r#"
        SCRIPT
          LIST
            COND RESERVED"[[" COND_OP"-f"
              WORD
                PARAM DOLLAR"$" VAR_NAME"a"
              AND_IF"&&"
              BANG"!"
              L_PAREN"("
              WORD "b"
              COND_OP"=="
              WORD "c" GLOB"*"
              OR_IF"||"
              WORD "d"
              R_PAREN")"
              RESERVED"]]"
    "#]],
    );
    check(
        "[[ $a =~ ^(b|c d)+$ ]]",
        expect![[r#"
        SCRIPT
          LIST
            COND RESERVED"[["
              WORD
                PARAM DOLLAR"$" VAR_NAME"a"
              COND_OP"=~"
              WORD "^" "(" "b" "|" "c" " " "d" ")" "+" "$"
              RESERVED"]]"
    "#]],
    );
    check(
        "((i++ + $x))",
        expect![[r#"
        SCRIPT
          LIST
            ARITH RESERVED"((" ARITH_TEXT"i" ARITH_TEXT"++" ARITH_TEXT"+"
              PARAM DOLLAR"$" VAR_NAME"x"
              RESERVED"))"
    "#]],
    );
    check(
        "((a) | (b) )",
        expect![[r#"
        SCRIPT
          LIST
            SUBSHELL L_PAREN"("
              LIST
                PIPELINE
                  SUBSHELL L_PAREN"("
                    LIST
                      COMMAND
                        WORD "a"
                    R_PAREN")"
                  PIPE"|"
                  SUBSHELL L_PAREN"("
                    LIST
                      COMMAND
                        WORD "b"
                    R_PAREN")"
              R_PAREN")"
    "#]],
    );
}
