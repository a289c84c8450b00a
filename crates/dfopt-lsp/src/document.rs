//! The texts that the client has open, and what was found out about each version.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use dfopt_linter::{Diagnostic, check};
use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::{Parse, TextRange, TextSize, parse};
use tower_lsp_server::ls_types::{Position, Range, TextDocumentContentChangeEvent, Uri};

use crate::convert::{Encoding, Lines};
use crate::host::Configured;

/// A text beyond this is kept, but not looked at: nobody writes such a Dockerfile, and no answer would come in time.
pub const MOST_BYTES: usize = 4 << 20;

/// A text that the client has open.
pub struct Document {
    /// Its name.
    pub uri: Uri,
    /// Its version; `None` for a file that was read for the answer to one question.
    pub version: Option<i32>,
    text: String,
    lines: Lines,
    configured: Rc<Configured>,
    parse: OnceCell<Parse>,
    diagnostics: OnceCell<Vec<Diagnostic>>,
}

impl Document {
    /// A text as it is opened.
    #[must_use]
    pub fn new(uri: Uri, version: Option<i32>, text: String, configured: Rc<Configured>) -> Document {
        let lines = Lines::new(&text);
        Document { uri, version, text, lines, configured, parse: OnceCell::new(), diagnostics: OnceCell::new() }
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The settings that hold for it.
    #[must_use]
    pub fn configured(&self) -> &Rc<Configured> {
        &self.configured
    }

    /// Puts other settings in force.
    pub fn configure(&mut self, configured: Rc<Configured>) {
        self.configured = configured;
        self.diagnostics = OnceCell::new();
    }

    /// Whether it is too large to be looked at.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.text.len() > MOST_BYTES
    }

    /// Makes changes, each of the text that the one before has left.
    pub fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>, encoding: Encoding) {
        for change in changes {
            match change.range {
                Some(range) => {
                    let place = self.lines.place(&self.text, range, encoding);
                    self.text.replace_range(usize::from(place.start())..usize::from(place.end()), &change.text);
                }
                None => self.text = change.text,
            }
            self.lines = Lines::new(&self.text);
        }
        self.version = Some(version);
        self.parse = OnceCell::new();
        self.diagnostics = OnceCell::new();
    }

    /// The tree, made when somebody first asks for it; of a text that is too large, an empty one.
    #[must_use]
    pub fn parse(&self) -> &Parse {
        self.parse.get_or_init(|| parse(if self.is_too_large() { "" } else { &self.text }))
    }

    /// What the linter says, found when somebody first asks for it.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.diagnostics.get_or_init(|| {
            if self.is_too_large() {
                return Vec::new();
            }
            check(&Model::new(&self.text, self.parse(), Options::default()), &self.configured.settings)
        })
    }

    /// Calls `ask` with all that is known of the text.
    pub fn view<T>(&self, encoding: Encoding, ask: impl FnOnce(&View<'_>) -> T) -> T {
        let text = if self.is_too_large() { "" } else { &*self.text };
        let model = Model::new(text, self.parse(), Options::default());
        ask(&View { document: self, model: &model, encoding })
    }

    /// Where the file is, if it is one.
    #[must_use]
    pub fn path(&self) -> Option<PathBuf> {
        path_of(&self.uri)
    }
}

/// The file that a name stands for; `None` for an unsaved text and for what is no file.
#[must_use]
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    let is_file = uri.scheme().as_str().eq_ignore_ascii_case("file");
    is_file.then(|| uri.to_file_path().map(std::borrow::Cow::into_owned)).flatten()
}

/// A text, what it means, and how places in it are told to the client.
pub struct View<'v> {
    /// The text.
    pub document: &'v Document,
    /// What it means.
    pub model: &'v Model<'v>,
    /// What columns count.
    pub encoding: Encoding,
}

impl View<'_> {
    /// A place as the client has it.
    #[must_use]
    pub fn range(&self, place: TextRange) -> Range {
        self.document.lines.range(&self.document.text, place, self.encoding)
    }

    /// The start of a place as the client has it.
    #[must_use]
    pub fn position(&self, offset: TextSize) -> Position {
        self.document.lines.position(&self.document.text, offset, self.encoding)
    }

    /// Where a position is.
    #[must_use]
    pub fn offset(&self, position: Position) -> TextSize {
        let offset = self.document.lines.offset(&self.document.text, position, self.encoding);
        // Of a text that is too large, the model's is empty.
        offset.min(TextSize::of(self.model.text()))
    }

    /// Where a range is.
    #[must_use]
    pub fn place(&self, range: Range) -> TextRange {
        let (a, b) = (self.offset(range.start), self.offset(range.end));
        TextRange::new(a.min(b), a.max(b))
    }

    /// The text of a place.
    #[must_use]
    pub fn text_at(&self, place: TextRange) -> &str {
        self.model.text_at(place)
    }
}

/// The open documents by name.
#[derive(Default)]
pub struct Documents(BTreeMap<String, Document>);

impl Documents {
    /// Adds one, or replaces it.
    pub fn open(&mut self, document: Document) {
        self.0.insert(document.uri.as_str().to_owned(), document);
    }

    /// Forgets one; says whether it was there.
    pub fn close(&mut self, uri: &Uri) -> bool {
        self.0.remove(uri.as_str()).is_some()
    }

    /// The one of that name.
    #[must_use]
    pub fn get(&self, uri: &Uri) -> Option<&Document> {
        self.0.get(uri.as_str())
    }

    /// The one of that name, to be changed.
    pub fn get_mut(&mut self, uri: &Uri) -> Option<&mut Document> {
        self.0.get_mut(uri.as_str())
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Document> {
        self.0.values()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn change(range: Option<((u32, u32), (u32, u32))>, text: &str) -> TextDocumentContentChangeEvent {
        let position = |(line, column)| Position::new(line, column);
        let range = range.map(|(start, end)| Range::new(position(start), position(end)));
        TextDocumentContentChangeEvent { range, range_length: None, text: text.to_owned() }
    }

    fn changed(text: &str, changes: Vec<TextDocumentContentChangeEvent>) -> String {
        let uri = "untitled:Untitled-1".parse().unwrap();
        let mut document = Document::new(uri, Some(1), text.to_owned(), Rc::default());
        document.change(2, changes, Encoding::Utf16);
        assert_eq!(document.lines, Lines::new(&document.text));
        document.text
    }

    #[test]
    fn each_change_is_made_to_what_the_one_before_left() {
        let changes = vec![change(Some(((0, 5), (0, 6))), "b\r\n😀"), change(Some(((1, 2), (1, 2))), "x")];
        assert_eq!(changed("FROM a\n", changes), "FROM b\r\n😀x\n");
        assert_eq!(changed("FROM a", vec![change(None, "y"), change(Some(((9, 9), (9, 9))), "z")]), "yz");
    }

    #[test]
    fn only_files_have_a_path() {
        let path = |uri: &str| path_of(&uri.parse().unwrap());
        assert_eq!(path("file:///srv/a%20b/Dockerfile").unwrap().to_str().unwrap(), "/srv/a b/Dockerfile");
        assert_eq!(path("untitled:Untitled-1"), None);
        assert_eq!(path("vscode-vfs://github/a/b/Dockerfile"), None);
    }
}
