//! The kinds of nodes and tokens of the tree. Each line shows the literal form.

/// Declares the enum and its conversions from the raw numbers that rowan keeps.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Kind of a node or token.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum SyntaxKind {
            $($(#[$doc])* $name,)*
        }

        const ALL: &[SyntaxKind] = &[$(SyntaxKind::$name,)*];
    };
}

kinds! {
    // ── Trivia: in the file, not in the logical text ────────────────────────────────────────────
    /// The byte order mark.
    BOM,
    /// Blanks before an instruction, before an embedded comment, or behind the last argument.
    INDENT,
    /// `\⏎` with the blanks between.
    CONTINUATION,
    /// `# text` on a line of its own, without its line end.
    COMMENT,
    /// A line with nothing but blanks, with its line end.
    BLANK_LINE,
    /// The line end of an instruction, a comment or a directive.
    NEWLINE,

    // ── Tokens of the Dockerfile language ───────────────────────────────────────────────────────
    /// Blanks between two parts of an instruction.
    WHITESPACE,
    /// `FROM`, in any case.
    KEYWORD,
    /// `--` before a flag name, or alone.
    DASHES,
    /// `mount` in `--mount=…`.
    FLAG_NAME,
    /// `=`
    EQ,
    /// `,`
    COMMA,
    /// `type` in `--mount=type=…`.
    MOUNT_KEY,
    /// `cache` in `--mount=type=cache`.
    MOUNT_VALUE,
    /// Bare characters of a word.
    TEXT,
    /// `\x`: a protected character.
    ESCAPED,
    /// `'` or `"`
    QUOTE,
    /// `$`
    DOLLAR,
    /// `{` of an expansion.
    L_BRACE,
    /// `}` of an expansion.
    R_BRACE,
    /// The name of a variable.
    VAR_NAME,
    /// `:-`, `##`, `/` … behind a variable's name.
    VAR_OP,
    /// `[`
    L_BRACK,
    /// `]`
    R_BRACK,
    /// `"text"` in a JSON array.
    JSON_STRING,
    /// Anything else that JSON allows in an array.
    JSON_OTHER,
    /// `#` of a directive.
    HASH,
    /// `escape` in `# escape=…`.
    DIRECTIVE_NAME,
    /// The value of a directive.
    DIRECTIVE_VALUE,
    /// `<<`, `<<-` or `3<<` of a heredoc, with the blanks behind.
    HEREDOC_OP,
    /// `E` in `<<E`, quotes included.
    HEREDOC_DELIM,
    /// Lines of a heredoc body that nobody parses.
    HEREDOC_TEXT,
    /// `E` on its own line, without its line end.
    HEREDOC_END,
    /// Text that could not be read.
    ERROR_TEXT,

    // ── Tokens of shell text ────────────────────────────────────────────────────────────────────
    /// A line end that the shell sees (in heredoc bodies and secondary scripts).
    SH_NEWLINE,
    /// `# text` that the shell skips.
    SH_COMMENT,
    /// `&&`
    SH_AND_IF,
    /// `||`
    SH_OR_IF,
    /// `;`
    SH_SEMI,
    /// `;;`, `;&` or `;;&`
    SH_DSEMI,
    /// `&`
    SH_AMP,
    /// `|` or `|&`
    SH_PIPE,
    /// `!`
    SH_BANG,
    /// `(`
    SH_L_PAREN,
    /// `)`
    SH_R_PAREN,
    /// `{` of a group.
    SH_L_CURLY,
    /// `}` of a group.
    SH_R_CURLY,
    /// `if`, `then`, `do`, `function`, `[[` … where they are reserved words.
    SH_RESERVED,
    /// `<`, `>>`, `2>` without its number, `&>` …
    SH_REDIRECT_OP,
    /// `2` or `{fd}` directly before a redirection.
    SH_IO_NUMBER,
    /// The name in `name=value`, `for name`, `name()`.
    SH_NAME,
    /// `=` or `+=` of an assignment.
    SH_ASSIGN_OP,
    /// `*`, `?`, `[a-z]`, `@(`: characters that match file names.
    SH_GLOB,
    /// `~` or `~user`
    SH_TILDE,
    /// `{a,b}` or `{1..9}`
    SH_BRACE_EXPANSION,
    /// `$(`, `` ` ``, `$((`, `<(` and their closers.
    SH_SUBST_DELIM,
    /// Operators, numbers and names inside arithmetic.
    SH_ARITH_TEXT,
    /// `==`, `-f`, `=~` … inside `[[ … ]]`.
    SH_COND_OP,

    // ── Nodes of the Dockerfile language ────────────────────────────────────────────────────────
    /// The whole file.
    FILE,
    /// `# escape=\`
    DIRECTIVE,
    /// `ADD src dst`
    ADD,
    /// `ARG name=default`
    ARG,
    /// `CMD ["program"]`
    CMD,
    /// `COPY src dst`
    COPY,
    /// `ENTRYPOINT ["program"]`
    ENTRYPOINT,
    /// `ENV name=value`
    ENV,
    /// `EXPOSE 80/tcp`
    EXPOSE,
    /// `FROM image AS stage`
    FROM,
    /// `HEALTHCHECK CMD command`
    HEALTHCHECK,
    /// `LABEL key=value`
    LABEL,
    /// `MAINTAINER name`
    MAINTAINER,
    /// `ONBUILD RUN command`
    ONBUILD,
    /// `RUN command`
    RUN,
    /// `SHELL ["sh", "-c"]`
    SHELL,
    /// `STOPSIGNAL SIGTERM`
    STOPSIGNAL,
    /// `USER name`
    USER,
    /// `VOLUME /data`
    VOLUME,
    /// `WORKDIR /srv`
    WORKDIR,
    /// Adjacent lines that begin with no keyword.
    ERROR_LINES,
    /// `--name=value`
    FLAG,
    /// The value of a flag.
    FLAG_VALUE,
    /// `type=cache` in a mount or device.
    MOUNT_FIELD,
    /// One word of an instruction.
    WORD,
    /// `'…'` or `"…"` inside a word.
    QUOTED,
    /// `$v` or `${v:-word}` that the builder expands.
    VARIABLE,
    /// The operand in `${v:-operand}`.
    VAR_OPERAND,
    /// `name=value` of ENV, LABEL or ARG.
    KEY_VALUE,
    /// `name value` of ENV or LABEL.
    KEY_VALUE_LEGACY,
    /// `["a", "b"]`
    JSON_ARRAY,
    /// `<<E` as an argument.
    HEREDOC_OPENER,
    /// Body and terminator of a heredoc.
    HEREDOC,
    /// The lines between opener and terminator.
    HEREDOC_BODY,
    /// `NONE` or `CMD` of a HEALTHCHECK.
    HEALTHCHECK_TYPE,

    // ── Nodes of shell text ─────────────────────────────────────────────────────────────────────
    /// A whole shell text.
    SH_SCRIPT,
    /// Commands with separators.
    SH_LIST,
    /// `a && b || c`
    SH_AND_OR,
    /// `a | b`
    SH_PIPELINE,
    /// `name=value program word >file`
    SH_COMMAND,
    /// `name=value` before a command.
    SH_ASSIGNMENT,
    /// `name=(a b)`
    SH_ARRAY,
    /// `2>file`
    SH_REDIRECT,
    /// A word of a command.
    SH_WORD,
    /// `'…'` or `$'…'`
    SH_SINGLE_QUOTED,
    /// `"…"` or `$"…"`
    SH_DOUBLE_QUOTED,
    /// `$v` or `${v…}`
    SH_PARAM,
    /// `$(…)` or `` `…` ``
    SH_COMMAND_SUBST,
    /// `$((…))` or `$[…]`
    SH_ARITH_SUBST,
    /// `<(…)` or `>(…)`
    SH_PROCESS_SUBST,
    /// `( list )`
    SH_SUBSHELL,
    /// `{ list; }`
    SH_GROUP,
    /// `if list; then list; fi`
    SH_IF,
    /// `then list`, `else list`, `do list`: a branch or loop body with its reserved word.
    SH_BRANCH,
    /// `for name in words; do list; done`, or `select`.
    SH_FOR,
    /// `while list; do list; done`, or `until`.
    SH_WHILE,
    /// `case word in … esac`
    SH_CASE,
    /// `pattern) list ;;`
    SH_CASE_ITEM,
    /// `[[ condition ]]`
    SH_COND,
    /// `(( expression ))`
    SH_ARITH,
    /// `name() { list; }`
    SH_FUNCTION,
    /// The body of a shell here-document.
    SH_HEREDOC,
    /// Shell text that could not be read.
    SH_ERROR,
    /// Text of a shell that is not parsed (cmd, PowerShell, fish, unknown).
    SH_OPAQUE,
}

impl SyntaxKind {
    /// Whether the token stands in the file but not in the logical text.
    #[must_use]
    pub fn is_trivia(self) -> bool {
        self <= SyntaxKind::NEWLINE
    }

    /// Whether the node is an instruction, `ERROR_LINES` excepted.
    #[must_use]
    pub fn is_instruction(self) -> bool {
        (SyntaxKind::ADD..=SyntaxKind::WORKDIR).contains(&self)
    }
}

/// The language that rowan's trees are typed with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dockerfile {}

impl rowan::Language for Dockerfile {
    type Kind = SyntaxKind;

    fn kind_from_raw(raw: rowan::SyntaxKind) -> SyntaxKind {
        ALL.get(usize::from(raw.0)).copied().unwrap_or(SyntaxKind::ERROR_TEXT)
    }

    fn kind_to_raw(kind: SyntaxKind) -> rowan::SyntaxKind {
        rowan::SyntaxKind(kind as u16)
    }
}

/// A node of the tree.
pub type SyntaxNode = rowan::SyntaxNode<Dockerfile>;
/// A token of the tree.
pub type SyntaxToken = rowan::SyntaxToken<Dockerfile>;
/// A node or a token.
pub type SyntaxElement = rowan::SyntaxElement<Dockerfile>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_numbers_come_back() {
        use rowan::Language;
        for &kind in ALL {
            assert_eq!(Dockerfile::kind_from_raw(Dockerfile::kind_to_raw(kind)), kind);
        }
    }
}
