//! Instructions and their parts.

use std::ops::ControlFlow;

use rowan::{TextRange, TextSize};

use super::{AstNode, Word, ast_node, children, tokens};
use crate::{
    LogicalText, SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken, decode_json_string, keyword_of,
    parser::{flags::unquote, heredoc},
};

/// Makes the enum of all instructions and a view for each.
macro_rules! instructions {
    ($($(#[$doc:meta])* $name:ident, $kind:ident;)*) => {
        $(ast_node! { $(#[$doc])* $name, $kind })*

        /// Any instruction.
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub enum Instruction {
            $($(#[$doc])* $name($name),)*
        }

        impl AstNode for Instruction {
            fn cast(node: SyntaxNode) -> Option<Self> {
                match node.kind() {
                    $(SyntaxKind::$kind => Some(Instruction::$name($name(node))),)*
                    _ => None,
                }
            }

            fn syntax(&self) -> &SyntaxNode {
                match self {
                    $(Instruction::$name(it) => &it.0,)*
                }
            }
        }

        $(impl ::std::convert::From<$name> for Instruction {
            fn from(it: $name) -> Self {
                Instruction::$name(it)
            }
        })*
    };
}

instructions! {
    /// `ADD src dst`
    Add, ADD;
    /// `ARG name=default`
    Arg, ARG;
    /// `CMD ["program"]`
    Cmd, CMD;
    /// `COPY src dst`
    Copy, COPY;
    /// `ENTRYPOINT ["program"]`
    Entrypoint, ENTRYPOINT;
    /// `ENV name=value`
    Env, ENV;
    /// `EXPOSE 80/tcp`
    Expose, EXPOSE;
    /// `FROM image AS stage`
    From, FROM;
    /// `HEALTHCHECK CMD command`
    Healthcheck, HEALTHCHECK;
    /// `LABEL key=value`
    Label, LABEL;
    /// `MAINTAINER name`
    Maintainer, MAINTAINER;
    /// `ONBUILD RUN command`
    Onbuild, ONBUILD;
    /// `RUN command`
    Run, RUN;
    /// `SHELL ["sh", "-c"]`
    Shell, SHELL;
    /// `STOPSIGNAL SIGTERM`
    Stopsignal, STOPSIGNAL;
    /// `USER name`
    User, USER;
    /// `VOLUME /data`
    Volume, VOLUME;
    /// `WORKDIR /srv`
    Workdir, WORKDIR;
}

impl Instruction {
    /// The kind of its node.
    #[must_use]
    pub fn kind(&self) -> SyntaxKind {
        self.syntax().kind()
    }

    /// The keyword it is read as, in upper case.
    #[must_use]
    pub fn name(&self) -> &'static str {
        keyword_of(self.kind()).unwrap_or("")
    }

    /// The keyword as written: one token, or several where a continuation cuts it.
    pub fn keyword_tokens(&self) -> impl Iterator<Item = SyntaxToken> + use<> {
        tokens(self.syntax(), SyntaxKind::KEYWORD)
    }

    /// Where the keyword stands.
    #[must_use]
    pub fn keyword_range(&self) -> TextRange {
        let ranges = self.keyword_tokens().map(|token| token.text_range());
        ranges.reduce(TextRange::cover).unwrap_or_else(|| TextRange::empty(self.syntax().text_range().start()))
    }

    /// The flags, in order.
    pub fn flags(&self) -> impl Iterator<Item = Flag> + use<> {
        children(self.syntax())
    }

    /// The first flag of that name.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<Flag> {
        self.flags().find(|flag| flag.name().as_deref() == Some(name))
    }

    /// The words of an instruction whose arguments are words: text form only.
    pub fn words(&self) -> impl Iterator<Item = Word> + use<> {
        children(self.syntax())
    }

    /// The arguments, if they are a JSON array.
    #[must_use]
    pub fn json(&self) -> Option<JsonArray> {
        children(self.syntax()).next()
    }

    /// The node of its shell text, if it has one.
    #[must_use]
    pub fn shell_text(&self) -> Option<SyntaxNode> {
        self.syntax().children().find(|node| matches!(node.kind(), SyntaxKind::SH_SCRIPT | SyntaxKind::SH_OPAQUE))
    }

    /// The bodies of its heredocs, in the order of their openers.
    pub fn heredocs(&self) -> impl Iterator<Item = Heredoc> + use<> {
        children(self.syntax())
    }

    /// What opens its heredocs, one for each of `heredocs`.
    #[must_use]
    pub fn heredoc_openers(&self) -> Vec<HeredocOpener> {
        let count = self.heredocs().count();
        if count == 0 {
            return Vec::new();
        }
        let logical = self.logical();
        let found = heredoc::find(logical.as_str());
        let found = found.unwrap_or_else(|_| heredoc::intended(logical.as_str()).into_iter().collect());
        let opener = |opener: heredoc::Opener| HeredocOpener {
            range: logical.file_range(opener.start..opener.end),
            name: opener.name,
            is_quoted: opener.quoted,
            strips_tabs: opener.strips_tabs,
        };
        found.into_iter().take(count).map(opener).collect()
    }

    /// The whole text that the builder sees, heredoc bodies excepted.
    #[must_use]
    pub fn logical(&self) -> LogicalText {
        LogicalText::of_elements(
            self.syntax().children_with_tokens().take_while(|element| element.kind() != SyntaxKind::HEREDOC),
        )
    }

    /// The text of the arguments behind keyword and flags.
    #[must_use]
    pub fn arguments(&self) -> LogicalText {
        let skipped = |kind| {
            kind == SyntaxKind::KEYWORD
                || kind == SyntaxKind::FLAG
                || kind == SyntaxKind::WHITESPACE
                || kind == SyntaxKind::DASHES
                || SyntaxKind::is_trivia(kind)
        };
        let elements = self.syntax().children_with_tokens().take_while(|element| element.kind() != SyntaxKind::HEREDOC);
        LogicalText::of_elements(elements.skip_while(|element| skipped(element.kind())))
    }

    /// Where it stands without its heredoc bodies.
    #[must_use]
    pub fn head_range(&self) -> TextRange {
        let mut range: Option<TextRange> = None;
        for element in self.syntax().children_with_tokens() {
            match element {
                SyntaxElement::Node(node) if node.kind() == SyntaxKind::HEREDOC => break,
                SyntaxElement::Node(node) => {
                    let inner = super::trimmed_range(&node);
                    range = Some(range.map_or(inner, |range| range.cover(inner)));
                }
                SyntaxElement::Token(token) if !token.kind().is_trivia() => {
                    let inner = token.text_range();
                    range = Some(range.map_or(inner, |range| range.cover(inner)));
                }
                SyntaxElement::Token(_) => {}
            }
        }
        range.unwrap_or_else(|| TextRange::empty(self.syntax().text_range().start()))
    }

    /// The lines it takes, from 0: the first physical line to the last one consumed, heredoc terminators included.
    #[must_use]
    pub fn full_range(&self) -> TextRange {
        self.syntax().text_range()
    }

    /// How the command is given, for the instructions that take one.
    #[must_use]
    pub fn command(&self) -> Option<CommandForm> {
        if !matches!(
            self,
            Instruction::Run(_) | Instruction::Cmd(_) | Instruction::Entrypoint(_) | Instruction::Healthcheck(_)
        ) {
            return None;
        }
        if let Some(json) = self.json() {
            return Some(CommandForm::Exec(json));
        }
        self.shell_text().map(CommandForm::Shell)
    }

    /// The sources and the destination of COPY or ADD.
    #[must_use]
    pub fn copied(&self) -> Option<(Vec<Source>, Option<Source>)> {
        if !matches!(self, Instruction::Copy(_) | Instruction::Add(_)) {
            return None;
        }
        let mut parts: Vec<Source> = match self.json() {
            Some(json) => json.strings().map(Source::Json).collect(),
            None => self
                .syntax()
                .children()
                .filter_map(|node| match node.kind() {
                    SyntaxKind::WORD => Word::cast(node).map(Source::Word),
                    SyntaxKind::HEREDOC_OPENER => Some(Source::Heredoc(node)),
                    _ => None,
                })
                .collect(),
        };
        let destination = if parts.len() > 1 { parts.pop() } else { None };
        Some((parts, destination))
    }

    /// The name-value pairs of ENV, LABEL or ARG.
    pub fn pairs(&self) -> impl Iterator<Item = KeyValue> + use<> {
        children(self.syntax())
    }

    /// Whether a comment or a blank line stands inside, between its continued lines.
    #[must_use]
    pub fn has_inner_comments(&self) -> bool {
        self.syntax().descendants_with_tokens().any(|element| element.kind() == SyntaxKind::COMMENT)
    }
}

/// A command in one of the two forms.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum CommandForm {
    /// `["program", "argument"]`
    Exec(JsonArray),
    /// Text for the shell: a node of kind `SH_SCRIPT` or `SH_OPAQUE`.
    Shell(SyntaxNode),
}

/// A source or the destination of COPY or ADD.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// A word.
    Word(Word),
    /// A string of a JSON array.
    Json(JsonString),
    /// `<<E`
    Heredoc(SyntaxNode),
}

impl Source {
    /// Where it stands.
    #[must_use]
    pub fn range(&self) -> TextRange {
        match self {
            Source::Word(word) => word.range(),
            Source::Json(string) => string.range(),
            Source::Heredoc(node) => super::trimmed_range(node),
        }
    }

    /// The text that the builder expands: a word as written, a JSON string decoded, a heredoc's opener.
    #[must_use]
    pub fn raw(&self) -> String {
        match self {
            Source::Word(word) => word.raw(),
            Source::Json(string) => string.value(),
            Source::Heredoc(node) => LogicalText::of(node).as_str().to_owned(),
        }
    }
}

impl Onbuild {
    /// The instruction behind ONBUILD, unless it could not be read.
    #[must_use]
    pub fn trigger(&self) -> Option<Instruction> {
        children(&self.0).next()
    }
}

impl From {
    /// The image or stage.
    #[must_use]
    pub fn image(&self) -> Option<Word> {
        children(&self.0).next()
    }

    /// `AS`, where it stands.
    #[must_use]
    pub fn as_word(&self) -> Option<Word> {
        children::<Word>(&self.0).nth(1).filter(|word| word.raw().eq_ignore_ascii_case("as"))
    }

    /// The name behind `AS`.
    #[must_use]
    pub fn stage_name(&self) -> Option<Word> {
        self.as_word().and_then(|_| children(&self.0).nth(2))
    }
}

impl Healthcheck {
    /// `NONE` or `CMD`, as written.
    #[must_use]
    pub fn kind_token(&self) -> Option<SyntaxToken> {
        self.0.children().find(|node| node.kind() == SyntaxKind::HEALTHCHECK_TYPE).and_then(|node| node.first_token())
    }

    /// Whether it switches the base's check off.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.kind_token().is_some_and(|token| token.text().eq_ignore_ascii_case("none"))
    }
}

ast_node! {
    /// `--name=value`
    Flag, FLAG
}

impl Flag {
    /// The name without dashes, and without the quotes that the builder removes from it.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let mut name: String = tokens(&self.0, SyntaxKind::FLAG_NAME).map(|token| token.text().to_owned()).collect();
        if name.contains(['\'', '"', '\\', '`']) {
            let file = self.0.ancestors().find_map(super::File::cast);
            name = unquote(&name, file.map_or('\\', |file| file.escape())).into_owned();
        }
        (!name.is_empty()).then_some(name)
    }

    /// Where the name stands.
    #[must_use]
    pub fn name_range(&self) -> Option<TextRange> {
        tokens(&self.0, SyntaxKind::FLAG_NAME).map(|token| token.text_range()).reduce(TextRange::cover)
    }

    /// Whether there is a `=`.
    #[must_use]
    pub fn has_value(&self) -> bool {
        tokens(&self.0, SyntaxKind::EQ).next().is_some()
    }

    /// The value's node, when there is a `=`.
    #[must_use]
    pub fn value_node(&self) -> Option<SyntaxNode> {
        self.0.children().find(|node| node.kind() == SyntaxKind::FLAG_VALUE)
    }

    /// The value as written, quotes included; empty without `=`.
    #[must_use]
    pub fn raw_value(&self) -> LogicalText {
        self.value_node().map(|node| LogicalText::of(&node)).unwrap_or_default()
    }

    /// The value with the quotes and escapes of flags removed, which is what the builder goes on with.
    #[must_use]
    pub fn value(&self, escape: char) -> String {
        unquote(self.raw_value().as_str(), escape).into_owned()
    }

    /// The fields of a mount or device.
    pub fn fields(&self) -> impl Iterator<Item = MountField> + use<> {
        self.value_node().into_iter().flat_map(|node| children(&node))
    }
}

ast_node! {
    /// `key=value` of a mount or device.
    MountField, MOUNT_FIELD
}

impl MountField {
    /// The key as written.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let key: String = tokens(&self.0, SyntaxKind::MOUNT_KEY).map(|token| token.text().to_owned()).collect();
        (!key.is_empty()).then_some(key)
    }

    /// Where the key stands.
    #[must_use]
    pub fn key_range(&self) -> Option<TextRange> {
        tokens(&self.0, SyntaxKind::MOUNT_KEY).map(|token| token.text_range()).reduce(TextRange::cover)
    }

    /// The value with quotes removed, if there is a `=`.
    #[must_use]
    pub fn value(&self, escape: char) -> Option<String> {
        tokens(&self.0, SyntaxKind::EQ).next()?;
        let raw: String = tokens(&self.0, SyntaxKind::MOUNT_VALUE).map(|token| token.text().to_owned()).collect();
        Some(unquote(&raw, escape).trim_matches('"').to_owned())
    }

    /// Where the value stands.
    #[must_use]
    pub fn value_range(&self) -> Option<TextRange> {
        tokens(&self.0, SyntaxKind::MOUNT_VALUE).map(|token| token.text_range()).reduce(TextRange::cover)
    }
}

/// `name=value`, `name value` or a lone `name` of ENV, LABEL or ARG.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct KeyValue(SyntaxNode);

impl AstNode for KeyValue {
    fn cast(node: SyntaxNode) -> Option<Self> {
        matches!(node.kind(), SyntaxKind::KEY_VALUE | SyntaxKind::KEY_VALUE_LEGACY).then_some(KeyValue(node))
    }

    fn syntax(&self) -> &SyntaxNode {
        &self.0
    }
}

impl KeyValue {
    /// The name; `None` for `=value`.
    #[must_use]
    pub fn name(&self) -> Option<Word> {
        let eq = tokens(&self.0, SyntaxKind::EQ).next();
        let before = |word: &Word| eq.as_ref().is_none_or(|eq| word.0.text_range().end() <= eq.text_range().start());
        children(&self.0).next().filter(before)
    }

    /// The value; `None` for an empty one and for a lone name.
    #[must_use]
    pub fn value(&self) -> Option<Word> {
        match tokens(&self.0, SyntaxKind::EQ).next() {
            Some(eq) => children(&self.0).find(|word: &Word| word.0.text_range().start() >= eq.text_range().end()),
            None => children(&self.0).nth(1),
        }
    }

    /// Whether there is a `=`.
    #[must_use]
    pub fn has_equals(&self) -> bool {
        tokens(&self.0, SyntaxKind::EQ).next().is_some()
    }

    /// Whether it is of the form `name value`.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        self.0.kind() == SyntaxKind::KEY_VALUE_LEGACY
    }
}

ast_node! {
    /// `["a", "b"]`
    JsonArray, JSON_ARRAY
}

impl JsonArray {
    /// The elements that are strings.
    pub fn strings(&self) -> impl Iterator<Item = JsonString> + use<> {
        let mut elements = self.0.children_with_tokens().filter_map(SyntaxElement::into_token);
        std::iter::from_fn(move || {
            let mut string: Vec<SyntaxToken> = Vec::new();
            // A string is one token, or several with continuations between.
            let _ = elements.try_for_each(|token| match token.kind() {
                SyntaxKind::JSON_STRING => {
                    string.push(token);
                    ControlFlow::Continue(())
                }
                kind if kind.is_trivia() || string.is_empty() => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            });
            (!string.is_empty()).then_some(JsonString(string))
        })
    }

    /// The elements that are no strings.
    pub fn others(&self) -> impl Iterator<Item = SyntaxToken> + use<> {
        tokens(&self.0, SyntaxKind::JSON_OTHER)
    }
}

/// A string of a JSON array.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct JsonString(Vec<SyntaxToken>);

impl JsonString {
    /// Where it stands, quotes included.
    #[must_use]
    pub fn range(&self) -> TextRange {
        let ranges = self.0.iter().map(SyntaxToken::text_range);
        ranges.reduce(TextRange::cover).unwrap_or_default()
    }

    /// The text it stands for.
    #[must_use]
    pub fn value(&self) -> String {
        decode_json_string(self.logical().as_str()).0
    }

    /// The literal, quotes included, with the way back to the file.
    #[must_use]
    pub fn logical(&self) -> LogicalText {
        LogicalText::of_elements(self.0.iter().cloned().map(SyntaxElement::Token))
    }

    /// The text it stands for, and for each of its bytes the place in the file.
    pub fn value_with_places(&self) -> (String, impl Fn(usize) -> TextSize + use<>) {
        let logical = self.logical();
        let (value, map) = decode_json_string(logical.as_str());
        let place = move |at: usize| {
            let (text, literal) = map[map.partition_point(|&(text, _)| text <= at).saturating_sub(1)];
            logical.file_offset(literal + at - text)
        };
        (value, place)
    }
}

/// `<<E` as the builder reads it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeredocOpener {
    /// Where it stands, from its number or `<<` to the end of the delimiter.
    pub range: TextRange,
    /// The delimiter without quotes and escapes.
    pub name: String,
    /// Whether the delimiter holds a quote, so that the body of a file is not expanded.
    pub is_quoted: bool,
    /// `<<-`: whether leading tabs are removed.
    pub strips_tabs: bool,
}

ast_node! {
    /// Body and terminator of a heredoc.
    Heredoc, HEREDOC
}

impl Heredoc {
    /// The node of the body.
    #[must_use]
    pub fn body(&self) -> Option<SyntaxNode> {
        self.0.children().find(|node| node.kind() == SyntaxKind::HEREDOC_BODY)
    }

    /// The body's text as it stands in the file.
    #[must_use]
    pub fn text(&self) -> String {
        self.body().map(|body| body.text().to_string()).unwrap_or_default()
    }

    /// The tree of the body, if it is shell text.
    #[must_use]
    pub fn shell_text(&self) -> Option<SyntaxNode> {
        self.body()?.children().find(|node| matches!(node.kind(), SyntaxKind::SH_SCRIPT | SyntaxKind::SH_OPAQUE))
    }

    /// The terminator, if there is one.
    #[must_use]
    pub fn terminator(&self) -> Option<SyntaxToken> {
        tokens(&self.0, SyntaxKind::HEREDOC_END).next()
    }
}

ast_node! {
    /// Adjacent lines that begin with no keyword.
    ErrorLines, ERROR_LINES
}
