//! Quick fixes, `source.fixAll`, and comments that ask for silence. All are made from the current text, never from an earlier one.

use dfopt_linter::{Applicability, Diagnostic, FixOptions, fix};
use dfopt_semantic::model::Options;
use dfopt_syntax::{Edit, SyntaxElement, SyntaxKind, TextSize};
use serde_json::{Value, json};
use tower_lsp_server::jsonrpc::{Error, ErrorCode};
use tower_lsp_server::ls_types::{self as lsp, CodeActionKind, CodeActionOrCommand};

use super::commands::{self, plan_of};
use super::diagnostics::converted;
use super::edits::{Caution, between, of_document};
use crate::client::Understood;
use crate::convert::number;
use crate::document::View;
use crate::server::Server;
use crate::wire::error;

/// The kind of the action that applies all safe fixes.
pub const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.dfopt");

/// The kind of the action that splits a stage.
pub const SPLIT: CodeActionKind = CodeActionKind::new("refactor.rewrite.split");

/// Answers `textDocument/codeAction`.
pub fn offered(server: &mut Server, params: lsp::CodeActionParams) -> Result<Option<Vec<CodeActionOrCommand>>, Error> {
    let understood = server.understood;
    let builds = server.is_trusted && server.host.prover().is_some();
    let offered = server.view(&params.text_document.uri, |view| {
        let offer = Offer { view, understood, params: &params };
        let mut actions = Vec::new();
        if offer.wants(&CodeActionKind::QUICKFIX) {
            actions.extend(offer.fixes());
            actions.extend(offer.silences());
        }
        // Whoever asks for nothing in particular moves the cursor: fixing everything is not for there.
        if offer.wants_by_name(&FIX_ALL) {
            actions.extend(offer.fix_all());
        }
        if offer.wants(&SPLIT) {
            actions.extend(offer.splits(builds));
        }
        actions
    });
    Ok(offered.map(|actions| actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()))
}

/// Answers `codeAction/resolve`: adds the edit of an action that was sent without.
pub fn resolved(server: &mut Server, mut action: lsp::CodeAction) -> Result<lsp::CodeAction, Error> {
    let Some(data) = action.data.as_ref().filter(|_| action.edit.is_none()) else { return Ok(action) };
    let uri: Option<lsp::Uri> = data.get("uri").and_then(Value::as_str).and_then(|uri| uri.parse().ok());
    let version = data.get("version").and_then(Value::as_i64);
    let kind = data.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    let understood = server.understood;
    let gone = || error(ErrorCode::ContentModified, "the text has changed since");
    let uri = uri.ok_or_else(|| error(ErrorCode::InvalidParams, "the action is none of dfopt's"))?;
    let document = server.documents.get(&uri).filter(|document| document.version.map(i64::from) == version);
    let document = document.ok_or_else(gone)?;
    let edit = document.view(server.encoding, |view| match kind.as_str() {
        "fix-all" => Ok(fixed(view, understood)),
        "split" => match plan_of(document, server) {
            Ok(planned) => {
                let caution = Caution { label: planned.title(), description: planned.preview };
                let edits = between(document.text(), &planned.text);
                Ok(Some(of_document(view, &edits, Some(&caution), understood)))
            }
            Err(none) => Err(error(ErrorCode::ServerError(-32000), none.to_string())),
        },
        _ => Err(error(ErrorCode::InvalidParams, "the action is none of dfopt's")),
    });
    action.edit = edit?;
    Ok(action)
}

/// What an action needs to be completed later.
pub fn data(view: &View<'_>, kind: &str) -> Value {
    json!({ "uri": view.document.uri.as_str(), "version": view.document.version, "kind": kind })
}

/// The edit that applies all safe fixes, round by round.
fn fixed(view: &View<'_>, understood: Understood) -> Option<lsp::WorkspaceEdit> {
    let text = view.model.text();
    let settings = &view.document.configured().settings;
    let outcome = fix(text, settings, &FixOptions::default(), Options::default());
    let edits = between(text, &outcome.text);
    (!edits.is_empty()).then(|| of_document(view, &edits, None, understood))
}

/// What is offered at one place.
struct Offer<'o> {
    view: &'o View<'o>,
    understood: Understood,
    params: &'o lsp::CodeActionParams,
}

impl Offer<'_> {
    /// Whether actions of a kind are wanted: it, or one above it, is asked for, or nothing is.
    fn wants(&self, kind: &CodeActionKind) -> bool {
        self.params.context.only.is_none() || self.wants_by_name(kind)
    }

    fn wants_by_name(&self, kind: &CodeActionKind) -> bool {
        let only = self.params.context.only.iter().flatten();
        only.into_iter().any(|only| {
            let behind = kind.as_str().strip_prefix(only.as_str());
            only.as_str().is_empty() || behind.is_some_and(|behind| behind.is_empty() || behind.starts_with('.'))
        })
    }

    /// The diagnostics at the place, as the linter and as the client has them.
    fn diagnostics(&self) -> impl Iterator<Item = (&Diagnostic, lsp::Diagnostic)> {
        let place = self.view.place(self.params.range);
        let here = self.view.document.diagnostics().iter().filter(move |one| {
            // A cursor at either end is at the diagnostic.
            one.range.start() <= place.end() && place.start() <= one.range.end() && one.suppressed.is_none()
        });
        here.map(|one| {
            let converted = converted(self.view, one, self.understood);
            let sent = self.params.context.diagnostics.iter();
            let same = sent.into_iter().find(|sent| sent.range == converted.range && sent.code == converted.code);
            let shown = same.cloned().unwrap_or(converted);
            (one, shown)
        })
    }

    fn fixes(&self) -> Vec<lsp::CodeAction> {
        let with_fix = self.diagnostics().filter_map(|(one, shown)| Some((one, one.fix.as_ref()?, shown)));
        let fixes = with_fix.map(|(one, fix, shown)| {
            let is_safe = fix.applicability == Applicability::Safe;
            let caution = Caution {
                label: format!("{} (may change the image)", fix.title),
                description: one.rule.summary().to_owned(),
            };
            let caution = (!is_safe).then_some(&caution);
            lsp::CodeAction {
                title: fix.title.clone(),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![shown]),
                edit: Some(of_document(self.view, fix.edits.as_slice(), caution, self.understood)),
                is_preferred: (is_safe && self.understood.preferred).then_some(true),
                ..Default::default()
            }
        });
        fixes.collect()
    }

    fn fix_all(&self) -> Option<lsp::CodeAction> {
        let has_safe = |one: &Diagnostic| {
            one.suppressed.is_none() && one.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Safe)
        };
        if !self.view.document.diagnostics().iter().any(has_safe) {
            return None;
        }
        let (edit, data) = match self.understood.resolves_edits {
            true => (None, Some(data(self.view, "fix-all"))),
            false => (Some(fixed(self.view, self.understood)?), None),
        };
        Some(lsp::CodeAction {
            title: "Apply all safe fixes".to_owned(),
            kind: Some(FIX_ALL),
            edit,
            data,
            ..Default::default()
        })
    }

    /// The split of the stage that is built: as a plan to look at, and with a proof where one can be had.
    fn splits(&self, builds: bool) -> Vec<lsp::CodeAction> {
        let model = self.view.model;
        let step = model.step_at(self.view.offset(self.params.range.start));
        let is_target = step.and_then(|step| model.stage_of(step)).is_some_and(|stage| stage.is_target);
        // A plan takes time, so it is made when it is asked for.
        if !is_target || !self.understood.resolves_edits || dfopt_optimizer::refusal(model).is_some() {
            return Vec::new();
        }
        let mut actions = vec![lsp::CodeAction {
            title: "Split into a build and a runtime stage (shows the plan, not proved)".to_owned(),
            kind: Some(SPLIT),
            data: Some(data(self.view, "split")),
            ..Default::default()
        }];
        if builds && self.view.document.path().is_some() {
            let title = "Split into a build and a runtime stage, and prove it by building both".to_owned();
            let arguments = Some(vec![json!(self.view.document.uri.as_str())]);
            let command = lsp::Command { title: title.clone(), command: commands::SPLIT.to_owned(), arguments };
            let kind = Some(SPLIT);
            actions.push(lsp::CodeAction { title, kind, command: Some(command), ..Default::default() });
        }
        actions
    }

    /// Comments that silence a rule above the instruction and in the file.
    fn silences(&self) -> Vec<lsp::CodeAction> {
        let mut actions: Vec<lsp::CodeAction> = Vec::new();
        let mut add = |rule: &'static str, place: &str, edit: Edit, shown: &lsp::Diagnostic| {
            let title = format!("Silence `{rule}` {place}");
            if actions.iter().all(|action| action.title != title) {
                actions.push(lsp::CodeAction {
                    title,
                    kind: Some(CodeActionKind::QUICKFIX),
                    diagnostics: Some(vec![shown.clone()]),
                    edit: Some(of_document(self.view, &[edit], None, self.understood)),
                    ..Default::default()
                });
            }
        };
        for (one, shown) in self.diagnostics() {
            let rule = one.rule.name;
            if let Some(edit) = silence_here(self.view, one) {
                add(rule, "here", edit, &shown);
            }
            add(rule, "in this file", silence_in_file(self.view, rule), &shown);
        }
        actions
    }
}

/// The edit that silences a rule for the instruction that a diagnostic is in.
fn silence_here(view: &View<'_>, one: &Diagnostic) -> Option<Edit> {
    let step = view.model.step_at(one.range.start())?;
    let start = step.range().start();
    let text = view.model.text();
    let line_start = text[..usize::from(start)].rfind('\n').map_or(0, |at| at + 1);
    let before = text[..line_start].strip_suffix('\n').map(|above| above.strip_suffix('\r').unwrap_or(above));
    let above = before.map(|before| &before[before.rfind('\n').map_or(0, |at| at + 1)..]);
    if let Some(end) = above.and_then(end_of_list) {
        let line = line_start - (text[..line_start].len() - before.map_or(0, str::len));
        let from = line - above.map_or(0, str::len);
        return Some(Edit::insert(size(from + end), format!(",{}", one.rule.name)));
    }
    let indent = text[line_start..usize::from(start)].trim_start_matches('\u{feff}');
    let at = usize::from(start) - indent.len();
    Some(Edit::insert(size(at), format!("{indent}# dfopt ignore={}{}", one.rule.name, line_end(text))))
}

/// Where the list of rules ends in a comment that silences some for the next instruction.
fn end_of_list(comment: &str) -> Option<usize> {
    let body = comment.trim_start();
    let rest = body.strip_prefix('#')?.trim_start().strip_prefix("dfopt")?.trim_start().strip_prefix("ignore=")?;
    let list = rest.split(';').next().unwrap_or(rest).trim_end();
    let is_list = !list.is_empty() && !list.ends_with(',');
    is_list.then(|| comment.len() - rest.len() + list.len())
}

/// The edit that silences a rule in the whole file.
fn silence_in_file(view: &View<'_>, rule: &str) -> Edit {
    let text = view.model.text();
    let root = view.model.parse().syntax();
    // Directives are read only as long as nothing else comes before them.
    let last = root.children_with_tokens().filter_map(SyntaxElement::into_node);
    let last = last.filter(|node| node.kind() == SyntaxKind::DIRECTIVE).last();
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut at = last.map_or(bom, |node| usize::from(node.text_range().end()));
    let mut comment = format!("# dfopt global ignore={rule}{}", line_end(text));
    let behind = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    if at > bom && !text[..at].ends_with('\n') {
        at = behind;
        if !text[..at].ends_with('\n') {
            comment = format!("{}{comment}", line_end(text));
        }
    }
    Edit::insert(size(at), comment)
}

/// How the lines of a text end.
pub fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

fn size(n: usize) -> TextSize {
    TextSize::new(number(n))
}
