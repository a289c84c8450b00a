//! Builds the green tree from a logical text: parsers speak of logical lengths, the file's bytes and trivia go into the tree.

use rowan::{Checkpoint, GreenNode, GreenNodeBuilder, Language};

use crate::{Dockerfile, ErrorKind, SyntaxError, SyntaxKind, lines::Item};

/// Deepest nesting of nodes; what lies deeper is kept as flat text with one error.
pub(crate) const MAX_DEPTH: usize = 200;

/// The tree under construction.
pub(crate) struct Sink<'a> {
    builder: GreenNodeBuilder<'static>,
    source: &'a str,
    /// Bytes of the file that are in the tree already.
    at: usize,
    errors: Vec<SyntaxError>,
    depth: usize,
}

impl<'a> Sink<'a> {
    pub fn new(source: &'a str) -> Self {
        Sink { builder: GreenNodeBuilder::new(), source, at: 0, errors: Vec::new(), depth: 0 }
    }

    /// Where the next token starts in the file.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Opens a node of the file level.
    pub fn start(&mut self, kind: SyntaxKind) {
        self.depth += 1;
        self.builder.start_node(Dockerfile::kind_to_raw(kind));
    }

    /// Closes the innermost node.
    pub fn finish(&mut self) {
        self.depth -= 1;
        self.builder.finish_node();
    }

    /// Adds the next `len` bytes of the file as one token; nothing for 0.
    pub fn token(&mut self, kind: SyntaxKind, len: usize) {
        if len == 0 {
            return;
        }
        let text = self.source.get(self.at..self.at + len).unwrap_or_default();
        self.builder.token(Dockerfile::kind_to_raw(kind), text);
        self.at += len;
    }

    pub fn error(&mut self, kind: ErrorKind, start: usize, end: usize) {
        self.errors.push(SyntaxError::new(kind, start, end));
    }

    pub fn done(mut self) -> (GreenNode, Vec<SyntaxError>) {
        self.errors.sort_by_key(|error| (error.range.start(), error.range.end()));
        (self.builder.finish(), self.errors)
    }
}

/// Walks one logical text while its tokens and the trivia between them go into the tree.
pub(crate) struct Cursor<'s, 'a> {
    sink: &'s mut Sink<'a>,
    /// The logical text.
    text: &'s str,
    items: &'s [Item],
    /// Logical position.
    pos: usize,
    item: usize,
    /// Bytes of the current item that are used up.
    used: usize,
    /// Whether nodes are still opened (false beyond `MAX_DEPTH`): per open node.
    opened: Vec<bool>,
}

/// A place in the tree where a node can be opened later.
#[derive(Clone, Copy)]
pub(crate) struct Mark(Checkpoint);

impl<'s, 'a> Cursor<'s, 'a> {
    /// A cursor over `text`, whose bytes in the file are described by `items`, the first of which starts at the sink's place.
    pub fn new(sink: &'s mut Sink<'a>, text: &'s str, items: &'s [Item]) -> Self {
        Cursor { sink, text, items, pos: 0, item: 0, used: 0, opened: Vec::new() }
    }

    /// The whole logical text.
    pub fn text(&self) -> &'s str {
        self.text
    }

    /// Logical offset of the next token.
    pub fn pos(&self) -> usize {
        self.pos
    }

    /// The text that is left.
    pub fn rest(&self) -> &'s str {
        &self.text[self.pos..]
    }

    /// Whether nothing is left.
    pub fn is_done(&self) -> bool {
        self.pos >= self.text.len()
    }

    /// Adds the trivia at this place.
    fn trivia(&mut self) {
        while let Some(item) = self.items.get(self.item) {
            match item.trivia {
                Some(kind) => {
                    self.sink.token(kind, item.len - self.used);
                    self.item += 1;
                    self.used = 0;
                }
                None if self.used == item.len => {
                    self.item += 1;
                    self.used = 0;
                }
                None => break,
            }
        }
    }

    /// Adds the next `len` bytes of the logical text as one token, or as several with the trivia between them.
    pub fn token(&mut self, kind: SyntaxKind, mut len: usize) {
        debug_assert!(self.pos + len <= self.text.len());
        self.pos += len;
        while len > 0 {
            self.trivia();
            let Some(item) = self.items.get(self.item) else { return };
            let part = len.min(item.len - self.used);
            self.sink.token(kind, part);
            self.used += part;
            len -= part;
        }
    }

    /// `token` up to the logical offset `end`.
    pub fn token_to(&mut self, kind: SyntaxKind, end: usize) {
        self.token(kind, end.saturating_sub(self.pos));
    }

    /// Opens a node; trivia before it stays outside. Reports and flattens what is nested too deeply.
    pub fn start(&mut self, kind: SyntaxKind) {
        self.trivia();
        let opened = self.sink.depth < MAX_DEPTH;
        if opened {
            self.sink.start(kind);
        }
        self.opened.push(opened);
    }

    /// Closes the innermost node.
    pub fn finish(&mut self) {
        if self.opened.pop() == Some(true) {
            self.sink.finish();
        }
    }

    /// Whether further nodes would be flattened; recursive parsers stop here.
    pub fn too_deep(&self) -> bool {
        self.sink.depth + 8 >= MAX_DEPTH
    }

    /// Remembers this place for `start_at`.
    pub fn mark(&mut self) -> Mark {
        self.trivia();
        Mark(self.sink.builder.checkpoint())
    }

    /// Opens a node that begins at `mark`.
    pub fn start_at(&mut self, mark: Mark, kind: SyntaxKind) {
        let opened = self.sink.depth < MAX_DEPTH;
        if opened {
            self.sink.depth += 1;
            self.sink.builder.start_node_at(mark.0, Dockerfile::kind_to_raw(kind));
        }
        self.opened.push(opened);
    }

    /// The offset in the file of a logical offset that is not yet behind the cursor by more than this text: `Bias` of a
    /// position between two items is the later one.
    pub fn file_offset(&self, pos: usize) -> usize {
        offset_in_file(self.items, self.start_in_file(), pos)
    }

    /// Where the first item starts in the file.
    fn start_in_file(&self) -> usize {
        let before: usize = self.items[..self.item.min(self.items.len())].iter().map(|item| item.len).sum();
        self.sink.at - before - self.used
    }

    /// Reports an error on the logical range `start..end`.
    pub fn error(&mut self, kind: ErrorKind, start: usize, end: usize) {
        let from = self.file_offset(start);
        let to = if end > start { self.file_offset(end - 1) + 1 } else { from };
        // The end is that of the last character, not of its first byte's successor.
        let to = (to..=self.sink.source.len()).find(|&i| self.sink.source.is_char_boundary(i)).unwrap_or(to);
        self.sink.error(kind, from, to);
    }

    /// Adds whatever is left: the rest of the text as `kind`, then the trivia behind it.
    pub fn close(mut self, kind: SyntaxKind) {
        let rest = self.text.len() - self.pos;
        self.token(kind, rest);
        while self.opened.pop().is_some_and(|opened| opened) {
            self.sink.finish();
        }
        self.trivia();
    }
}

/// Where a logical offset is in the file, for items that start at `start`.
pub(crate) fn offset_in_file(items: &[Item], start: usize, pos: usize) -> usize {
    let (mut file, mut logical) = (start, 0);
    let mut end = start;
    for item in items {
        if item.trivia.is_none() {
            if pos < logical + item.len {
                return file + pos - logical;
            }
            logical += item.len;
            end = file + item.len;
        }
        file += item.len;
    }
    end
}
