//! Edits of a text as the client takes them: bound to the version they were made for, and marked where they need a look.

use std::collections::HashMap;

use dfopt_syntax::{Edit, TextRange, TextSize};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use tower_lsp_server::ls_types as lsp;

use crate::client::Understood;
use crate::convert::number;
use crate::document::View;

/// Why an edit needs a look before it is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caution {
    /// In a few words.
    pub label: String,
    /// In full.
    pub description: String,
}

/// The edit of a workspace that changes one document.
#[must_use]
pub fn of_document(
    view: &View<'_>,
    edits: &[Edit],
    caution: Option<&Caution>,
    understood: Understood,
) -> lsp::WorkspaceEdit {
    let texts = edits.iter().map(|edit| lsp::TextEdit::new(view.range(edit.range()), edit.text.clone()));
    if !understood.versioned_edits {
        let changes = HashMap::from([(view.document.uri.clone(), texts.collect())]);
        return lsp::WorkspaceEdit { changes: Some(changes), ..Default::default() };
    }
    const ANNOTATION: &str = "caution";
    let caution = caution.filter(|_| understood.annotations);
    let edits = texts.map(|text_edit| match caution {
        Some(_) => lsp::OneOf::Right(lsp::AnnotatedTextEdit { text_edit, annotation_id: ANNOTATION.to_owned() }),
        None => lsp::OneOf::Left(text_edit),
    });
    let text_document =
        lsp::OptionalVersionedTextDocumentIdentifier { uri: view.document.uri.clone(), version: view.document.version };
    let changed = lsp::TextDocumentEdit { text_document, edits: edits.collect() };
    let annotations = caution.map(|caution| {
        let annotation = lsp::ChangeAnnotation {
            label: caution.label.clone(),
            needs_confirmation: Some(true),
            description: Some(caution.description.clone()),
        };
        HashMap::from([(ANNOTATION.to_owned(), annotation)])
    });
    lsp::WorkspaceEdit {
        changes: None,
        document_changes: Some(lsp::DocumentChanges::Edits(vec![changed])),
        change_annotations: annotations,
    }
}

/// The edits by whole lines that make `after` of `before`, so that cursors and folds elsewhere stay.
#[must_use]
pub fn between(before: &str, after: &str) -> Vec<Edit> {
    let (old, new) = (lines(before), lines(after));
    let starts: Vec<usize> = std::iter::once(0)
        .chain(old.iter().scan(0, |at, line| {
            *at += line.len();
            Some(*at)
        }))
        .collect();
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let changed = ops.into_iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    changed
        .map(|op| {
            let (was, is) = (op.old_range(), op.new_range());
            let start = starts.get(was.start).copied().unwrap_or(before.len());
            let end = starts.get(was.end).copied().unwrap_or(before.len());
            let text = new.get(is).unwrap_or_default().concat();
            Edit::replace(TextRange::new(size(start), size(end)), text)
        })
        .collect()
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn size(n: usize) -> TextSize {
    TextSize::new(number(n))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use dfopt_syntax::Edits;

    use super::*;

    #[test]
    fn edits_by_lines_lead_from_one_text_to_the_other() {
        for (before, after, count) in [
            ("a\nb\nc\n", "a\nB\nc\n", 1),
            ("a\nb\nc\n", "a\nb\nc\n", 0),
            ("a\nb\nc", "x\nb\nc\nd\n", 2),
            ("", "a\n", 1),
            ("a\r\nb\r\n", "", 1),
        ] {
            let edits = between(before, after);
            assert_eq!(edits.len(), count, "{before:?}");
            assert_eq!(Edits::new(before, edits).unwrap().apply(before).unwrap(), after);
        }
    }
}
