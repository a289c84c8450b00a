//! `# hadolint [stage|global] ignore=CODE[,CODE…] [# text]`
//!
//! To the letter in hadolint's dialect; elsewhere as people mean it: comments and blank lines may stand between pragma and
//! instruction, pragmas add up, the stage form covers the whole stage, and prose may follow the codes.

use dfopt_semantic::model::Model;
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use super::comments::{self, Comment, Position};
use super::{Names, Reach, Suppression};
use crate::{Dialect, SuppressionForm};

pub(super) fn collect(model: &Model<'_>, comments: &[Comment], dialect: Dialect) -> Vec<Suppression> {
    let strict = dialect == Dialect::Hadolint;
    let pragmas: Vec<(&Comment, Pragma)> = comments
        .iter()
        .filter(|comment| matches!(comment.position, Position::Outside { .. }))
        .filter_map(|comment| Some((comment, parse(&comment.text)?)))
        .filter(|(_, pragma)| !strict || pragma.is_exact)
        .collect();
    let reach = |comment: &Comment, pragma: &Pragma| match (pragma.scope, strict) {
        (Scope::File, _) => Some(Reach::File),
        (Scope::Next, true) => Some(Reach::Places(places_at(model, comment.line + 1))),
        (Scope::Next, false) => match &comment.position {
            Position::Outside { next } => next.as_ref().map(|next| Reach::Places(vec![next.text_range()])),
            _ => None,
        },
        (Scope::Stage, true) => {
            let later =
                pragmas.iter().filter(|(other, pragma)| pragma.scope == Scope::Stage && other.line > comment.line);
            Some(Reach::Places(places_behind(model, comment.line + 1, later.map(|(other, _)| other.line + 1).min())))
        }
        (Scope::Stage, false) => {
            comments::stage_of(model, comment).map(|stage| Reach::Places(comments::places_of_stage(model, stage)))
        }
    };
    let suppressions = pragmas.iter().filter_map(|(comment, pragma)| {
        Some(Suppression {
            form: SuppressionForm::Hadolint,
            range: comment.range,
            reach: reach(comment, pragma)?,
            names: Names::These(pragma.codes.clone()),
            reason: pragma.reason.clone(),
            until: None,
        })
    });
    suppressions.collect()
}

/// The instruction whose first line is `line`, from 0.
fn places_at(model: &Model<'_>, line: u32) -> Vec<TextRange> {
    instructions(model).filter(|(at, _, _)| *at == line).map(|(_, range, _)| range).collect()
}

/// The instructions on lines behind `key`, up to the next FROM, that included, and to the next key.
fn places_behind(model: &Model<'_>, key: u32, next_key: Option<u32>) -> Vec<TextRange> {
    let mut places = Vec::new();
    for (line, range, is_from) in instructions(model).filter(|(line, _, _)| *line > key) {
        if next_key.is_some_and(|next| line > next) {
            break;
        }
        places.push(range);
        if is_from {
            break;
        }
    }
    places
}

/// First line, place, and whether it is FROM.
fn instructions<'m>(model: &'m Model<'_>) -> impl Iterator<Item = (u32, TextRange, bool)> + 'm {
    model.steps().iter().map(|step| {
        let line = model.line_of(step.keyword_range().start().into());
        (line, step.ast.syntax().text_range(), matches!(step.ast, Instruction::From(_)))
    })
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Scope {
    Next,
    Stage,
    File,
}

struct Pragma {
    scope: Scope,
    codes: Vec<String>,
    reason: Option<String>,
    /// Whether hadolint takes it.
    is_exact: bool,
}

fn parse(text: &str) -> Option<Pragma> {
    let rest = text.strip_prefix('#')?.trim_start().strip_prefix("hadolint")?;
    let mut rest = blanks(rest)?;
    let mut scope = Scope::Next;
    for (word, named) in [("stage", Scope::Stage), ("global", Scope::File)] {
        if let Some(behind) = rest.strip_prefix(word).and_then(blanks) {
            (scope, rest) = (named, behind);
        }
    }
    let mut rest = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?.trim_start();
    let mut codes = Vec::new();
    let is_exact = loop {
        let len = rest.find(|c: char| !matches!(c, 'D' | 'L' | 'S' | 'C' | '0'..='9')).unwrap_or(rest.len());
        if len == 0 {
            break false;
        }
        codes.push(rest[..len].to_owned());
        rest = rest[len..].trim_start();
        match rest.strip_prefix(',') {
            Some(behind) => rest = behind.trim_start(),
            None => break rest.is_empty() || rest.starts_with('#'),
        }
    };
    let reason = rest.strip_prefix('#').map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    (!codes.is_empty()).then_some(Pragma { scope, codes, reason, is_exact })
}

/// The text behind at least one blank.
fn blanks(text: &str) -> Option<&str> {
    text.starts_with([' ', '\t']).then(|| text.trim_start())
}
