//! What stands at a place, and where else the same thing stands: stages, variables, heredoc delimiters.

use std::collections::BTreeSet;

use dfopt_semantic::model::{Base, Model, ReferenceTarget, Stage, Step, is_platform_arg};
use dfopt_syntax::ast::{AstNode, CommandForm, Instruction};
use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxToken, TextRange, TextSize};

use crate::convert::number;

/// Something with a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Symbol {
    /// A stage, by number.
    Stage(usize),
    /// A variable, by name, as the instruction of this number sees it.
    Variable {
        /// Its name.
        name: String,
        /// The instruction.
        step: usize,
    },
    /// The delimiter of a heredoc: the instruction, and which of its heredocs.
    Heredoc {
        /// The instruction.
        step: usize,
        /// Its number among those of the instruction.
        at: usize,
    },
}

/// What an occurrence does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// Makes it, or gives it a value.
    Definition,
    /// Uses it.
    Use,
}

/// A place where a symbol stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Occurrence {
    /// The name alone.
    pub range: TextRange,
    /// What it does.
    pub role: Role,
    /// Whether the name is written there, so that renaming changes it; a stage may be named by its number.
    pub is_by_name: bool,
}

/// What stands at a place, and where exactly.
#[must_use]
pub fn at(model: &Model<'_>, offset: TextSize) -> Option<(Symbol, TextRange)> {
    let step = model.step_at(offset)?;
    let touches = |range: TextRange| range.start() <= offset && offset <= range.end();
    for stage in model.stages() {
        if let Some(found) = stages(model, stage).into_iter().find(|one| touches(one.range)) {
            return Some((Symbol::Stage(stage.index), found.range));
        }
    }
    if let Some((name, found)) = mentions(model, step).into_iter().find(|(_, one)| touches(one.range)) {
        return Some((Symbol::Variable { name, step: step.index }, found.range));
    }
    let count = step.ast.heredocs().count();
    (0..count).find_map(|at| {
        let symbol = Symbol::Heredoc { step: step.index, at };
        let found = occurrences(model, &symbol).into_iter().find(|one| touches(one.range))?;
        Some((symbol, found.range))
    })
}

/// Every place where a symbol stands, in order.
#[must_use]
pub fn occurrences(model: &Model<'_>, symbol: &Symbol) -> Vec<Occurrence> {
    let mut found = match symbol {
        Symbol::Stage(index) => model.stages().get(*index).map(|stage| stages(model, stage)).unwrap_or_default(),
        Symbol::Variable { name, step } => variables(model, name, *step),
        Symbol::Heredoc { step, at } => heredoc(model, *step, *at).unwrap_or_default(),
    };
    found.sort_by_key(|one| (one.range.start(), one.range.end(), one.role));
    found.dedup_by_key(|one| one.range);
    found
}

/// Where a symbol is made.
#[must_use]
pub fn definitions(model: &Model<'_>, symbol: &Symbol, from: TextRange) -> Vec<TextRange> {
    match symbol {
        Symbol::Stage(index) => {
            let Some(stage) = model.stages().get(*index) else { return Vec::new() };
            let name = stage.name.as_ref().map(|name| name.range);
            let keyword = model.stage_steps(stage).first().map(Step::keyword_range);
            name.or(keyword).into_iter().collect()
        }
        Symbol::Variable { name, step } => {
            let Some(step) = model.steps().get(*step) else { return Vec::new() };
            let seen = model.scope(step).variable(name).map(|(variable, _)| variable.name_range);
            let is_itself = step.variables.iter().any(|variable| variable.name_range == from);
            if !is_itself && let Some(seen) = seen {
                return vec![seen];
            }
            // An ARG in a stage takes over the one before the stages.
            let mut global =
                model.global_steps().iter().flat_map(|step| &step.variables).filter(|one| one.name == *name);
            let global = global.next_back().filter(|_| step.stage.is_some()).map(|one| one.name_range);
            global.or(Some(from).filter(|_| is_itself)).into_iter().collect()
        }
        Symbol::Heredoc { .. } => {
            let opener = occurrences(model, symbol).into_iter().find(|one| one.role == Role::Definition);
            opener.map(|one| one.range).into_iter().collect()
        }
    }
}

/// Whether a symbol can be renamed, and if not, why.
///
/// # Errors
/// Says why not.
pub fn renamable(model: &Model<'_>, symbol: &Symbol) -> Result<(), String> {
    match symbol {
        Symbol::Stage(index) => {
            let is_named = model.stages().get(*index).is_some_and(|stage| stage.name.is_some());
            if is_named { Ok(()) } else { Err("the stage has no name: add `AS name` to its FROM".to_owned()) }
        }
        Symbol::Variable { name, .. } if is_platform_arg(name) => Err(format!("`{name}` is named by the builder")),
        Symbol::Variable { name, .. } => {
            let is_made = occurrences(model, symbol).iter().any(|one| one.role == Role::Definition);
            if is_made { Ok(()) } else { Err(format!("`{name}` is not made in this file")) }
        }
        Symbol::Heredoc { .. } => Ok(()),
    }
}

/// Whether a new name fits a symbol, and if not, why.
///
/// # Errors
/// Says why not.
pub fn fits(model: &Model<'_>, symbol: &Symbol, name: &str) -> Result<(), String> {
    let word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    match symbol {
        Symbol::Stage(index) => {
            let is_valid = name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(|c| word(c) || c == '-' || c == '.');
            if !is_valid {
                return Err("a stage's name is a letter, then letters, digits, `-`, `_` and `.`".to_owned());
            }
            if name.eq_ignore_ascii_case("scratch") {
                return Err("`scratch` is the empty image".to_owned());
            }
            let is_taken = |stage: &Stage| {
                stage.index != *index && stage.name.as_ref().is_some_and(|other| other.name.eq_ignore_ascii_case(name))
            };
            if model.stages().iter().any(is_taken) {
                return Err(format!("there is a stage `{name}` already"));
            }
            Ok(())
        }
        Symbol::Variable { name: old, step } => {
            let is_valid =
                !name.is_empty() && name.chars().all(word) && !name.starts_with(|c: char| c.is_ascii_digit());
            if !is_valid {
                return Err("a variable's name is letters, digits and `_`, no digit first".to_owned());
            }
            let is_taken = name != old && variables(model, name, *step).iter().any(|one| one.role == Role::Definition);
            if is_taken { Err(format!("there is a variable `{name}` already")) } else { Ok(()) }
        }
        Symbol::Heredoc { step, at } => {
            if name.is_empty() || !name.chars().all(word) {
                return Err("a delimiter is letters, digits and `_`".to_owned());
            }
            let heredoc = model.steps().get(*step).and_then(|step| step.ast.heredocs().nth(*at));
            let is_line = |line: &str| line.trim_end_matches('\r').trim_start_matches('\t') == name;
            if heredoc.is_some_and(|heredoc| heredoc.text().split('\n').any(is_line)) {
                return Err(format!("a line of the text is `{name}`"));
            }
            Ok(())
        }
    }
}

/// Where a stage is named.
fn stages(model: &Model<'_>, stage: &Stage) -> Vec<Occurrence> {
    let own = stage.name.as_ref();
    let definition = own.map(|name| Occurrence { range: name.range, role: Role::Definition, is_by_name: true });
    let uses = model.references().iter().filter_map(|reference| {
        let is_meant = match reference.target {
            ReferenceTarget::Stage(index) | ReferenceTarget::Later(index) => index == stage.index,
            ReferenceTarget::Itself => {
                model.steps().get(reference.step).is_some_and(|step| step.stage == Some(stage.index))
            }
            _ => false,
        };
        if !is_meant {
            return None;
        }
        let written = own.and_then(|name| narrow(model, reference.range, &name.name));
        let range = written.unwrap_or(reference.range);
        Some(Occurrence { range, role: Role::Use, is_by_name: written.is_some() && !reference.is_number })
    });
    definition.into_iter().chain(uses).collect()
}

/// Where `name` stands in a place that may have quotes or other text around it.
fn narrow(model: &Model<'_>, range: TextRange, name: &str) -> Option<TextRange> {
    let text = model.text_at(range);
    let bare = text.trim_matches(['"', '\'']);
    let start = text.len() - text.trim_start_matches(['"', '\'']).len();
    bare.eq_ignore_ascii_case(name)
        .then(|| TextRange::at(range.start() + TextSize::new(number(start)), TextSize::of(bare)))
}

/// Every variable that an instruction names: those it makes, and those it uses.
#[must_use]
pub fn mentions(model: &Model<'_>, step: &Step) -> Vec<(String, Occurrence)> {
    let mut found = Vec::new();
    let made = step.variables.iter().filter(|variable| model.text_at(variable.name_range) == variable.name);
    for variable in made {
        let place = Occurrence { range: variable.name_range, role: Role::Definition, is_by_name: true };
        found.push((variable.name.clone(), place));
    }
    let runs_shell = match step.ast.command() {
        Some(CommandForm::Exec(json)) => {
            let first = json.strings().next().map(|string| string.value()).unwrap_or_default();
            ["sh", "bash", "ash", "dash", "zsh"].contains(&first.rsplit('/').next().unwrap_or_default())
        }
        _ => false,
    };
    let expands_json = matches!(step.ast, Instruction::Copy(_) | Instruction::Add(_) | Instruction::Volume(_));
    for token in step.ast.syntax().descendants_with_tokens().filter_map(SyntaxElement::into_token) {
        match token.kind() {
            SyntaxKind::VAR_NAME | SyntaxKind::SH_NAME => {
                let is_function = token.parent().is_some_and(|node| node.kind() == SyntaxKind::SH_FUNCTION);
                if !is_function && is_name(token.text()) {
                    let place = Occurrence { range: token.text_range(), role: Role::Use, is_by_name: true };
                    found.push((token.text().to_owned(), place));
                }
            }
            SyntaxKind::MOUNT_VALUE => in_text(&token, &mut found),
            SyntaxKind::JSON_STRING if runs_shell || expands_json => in_text(&token, &mut found),
            SyntaxKind::HEREDOC_TEXT if is_expanded(step, &token) => in_text(&token, &mut found),
            SyntaxKind::TEXT | SyntaxKind::QUOTE if is_flag_value(&token) => in_text(&token, &mut found),
            _ => {}
        }
    }
    found
}

fn is_flag_value(token: &SyntaxToken) -> bool {
    token.parent().is_some_and(|node| node.kind() == SyntaxKind::FLAG_VALUE)
}

/// Whether the builder expands the lines of a heredoc: those of a file whose delimiter is bare.
fn is_expanded(step: &Step, token: &SyntaxToken) -> bool {
    if !matches!(step.ast, Instruction::Copy(_) | Instruction::Add(_)) {
        return false;
    }
    let openers = step.ast.heredoc_openers();
    let mut heredocs = step.ast.heredocs();
    let at = heredocs.position(|heredoc| heredoc.syntax().text_range().contains_range(token.text_range()));
    at.and_then(|at| openers.get(at)).is_some_and(|opener| !opener.is_quoted)
}

/// Finds `$name` and `${name` in text that the parser leaves in one piece.
fn in_text(token: &SyntaxToken, found: &mut Vec<(String, Occurrence)>) {
    let text = token.text();
    for (at, _) in text.match_indices('$') {
        if text[..at].ends_with('\\') {
            continue;
        }
        let rest = &text[at + 1..];
        let brace = usize::from(rest.starts_with('{'));
        let name: &str = &rest[brace..];
        let name = &name[..name.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        if is_name(name) {
            let start = token.text_range().start() + TextSize::new(number(at + 1 + brace));
            let range = TextRange::at(start, TextSize::of(name));
            found.push((name.to_owned(), Occurrence { range, role: Role::Use, is_by_name: true }));
        }
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
}

/// The part of the file in which a name means one thing: some stages, and perhaps what comes before them.
#[derive(Debug)]
struct Realm {
    stages: BTreeSet<usize>,
    has_globals: bool,
}

/// Where a variable stands that the instruction `from` sees.
fn variables(model: &Model<'_>, name: &str, from: usize) -> Vec<Occurrence> {
    let Some(step) = model.steps().get(from) else { return Vec::new() };
    let realm = realm(model, name, step);
    let mut found = Vec::new();
    for step in model.steps() {
        let is_inside = if sees_globals(step) {
            realm.has_globals
        } else {
            step.stage.is_some_and(|stage| realm.stages.contains(&stage))
        };
        if !is_inside {
            continue;
        }
        let is_visible =
            model.scope(step).variable(name).is_some() || step.variables.iter().any(|one| one.name == name);
        // What a script sets without the file having set it before is the script's own.
        if !is_visible && step.index != from && sets(step, name) {
            continue;
        }
        found.extend(mentions(model, step).into_iter().filter(|(other, _)| other == name).map(|(_, one)| one));
    }
    found
}

/// Whether the script of an instruction sets a variable.
fn sets(step: &Step, name: &str) -> bool {
    let tokens = step.ast.syntax().descendants_with_tokens().filter_map(SyntaxElement::into_token);
    tokens.into_iter().any(|token| token.kind() == SyntaxKind::SH_NAME && token.text() == name)
}

fn sees_globals(step: &Step) -> bool {
    step.stage.is_none() || matches!(step.ast, Instruction::From(_))
}

/// Joins the stages that hand the variable on to each other.
fn realm(model: &Model<'_>, name: &str, from: &Step) -> Realm {
    let mut realm = Realm { stages: BTreeSet::new(), has_globals: sees_globals(from) };
    if let Some(stage) = from.stage.filter(|_| !sees_globals(from)) {
        realm.stages.insert(stage);
    }
    let takes_over = |stage: &Stage| {
        let steps = model.stage_steps(stage).iter().filter(|step| matches!(step.ast, Instruction::Arg(_)));
        steps.into_iter().any(|step| step.variables.iter().any(|variable| variable.name == name))
    };
    let is_global = model.global_steps().iter().any(|step| step.variables.iter().any(|one| one.name == name));
    let hands_on = |stage: &Stage| model.scope_after(stage).variable(name).is_some();
    loop {
        let before = (realm.stages.len(), realm.has_globals);
        for stage in model.stages() {
            let is_in = realm.stages.contains(&stage.index);
            if is_global && takes_over(stage) && (is_in || realm.has_globals) {
                realm.has_globals = true;
                realm.stages.insert(stage.index);
            }
            if let Base::Stage(base) = stage.base
                && (is_in || realm.stages.contains(&base))
                && model.stages().get(base).is_some_and(hands_on)
            {
                realm.stages.insert(base);
                realm.stages.insert(stage.index);
            }
        }
        if (realm.stages.len(), realm.has_globals) == before {
            return realm;
        }
    }
}

/// The delimiter of a heredoc where it opens and where it ends.
fn heredoc(model: &Model<'_>, step: usize, at: usize) -> Option<Vec<Occurrence>> {
    let step = model.steps().get(step)?;
    let opener = step.ast.heredoc_openers().into_iter().nth(at)?;
    let text = model.text_at(opener.range);
    let start = text.rfind(&opener.name)?;
    let start = opener.range.start() + TextSize::new(number(start));
    let range = TextRange::at(start, TextSize::of(&*opener.name));
    let mut found = vec![Occurrence { range, role: Role::Definition, is_by_name: true }];
    let end = step.ast.heredocs().nth(at).and_then(|heredoc| heredoc.terminator());
    if let Some(end) = end {
        let indent = end.text().len() - end.text().trim_start_matches('\t').len();
        let range = TextRange::new(end.text_range().start() + TextSize::new(number(indent)), end.text_range().end());
        found.push(Occurrence { range, role: Role::Use, is_by_name: true });
    }
    Some(found)
}
