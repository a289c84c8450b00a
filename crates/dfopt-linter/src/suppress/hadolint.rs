//! `# hadolint [stage|global] ignore=CODE[,CODE…] [# text]`
//!
//! To the letter in hadolint's dialect; elsewhere as people mean it: comments and blank lines may stand between pragma and
//! instruction, pragmas add up, the stage form covers the whole stage, and prose may follow the codes. What hadolint itself
//! would not obey is a flaw all the same.

use dfopt_semantic::model::Model;
use dfopt_semantic::suggest::is_close;
use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{TextRange, TextSize};

use super::comments::{self, Comment, Position};
use super::reader::{Reader, Scope};
use super::{Flaw, Found, Name, Names, Origin, Reach, Repair, Suppression};
use crate::{Dialect, SuppressionForm};

pub(super) fn collect(model: &Model<'_>, comments: &[Comment], dialect: Dialect, found: &mut Found) {
    let strict = dialect == Dialect::Hadolint;
    let mut pragmas: Vec<(&Comment, Pragma)> = Vec::new();
    for comment in comments {
        let Some(reading) = parse(comment) else { continue };
        let flaw = reading.flaw.or_else(|| misplaced(model, comment, comments, reading.pragma.as_ref()));
        let is_exact = flaw.is_none();
        found.flaws.extend(flaw);
        if let Some(pragma) = reading.pragma
            && matches!(comment.position, Position::Outside { .. })
            && (is_exact || !strict || reading.is_exact)
        {
            pragmas.push((comment, pragma));
        }
    }
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
            origin: Origin::Comment,
            reach: reach(comment, pragma)?,
            names: Names::These(pragma.codes.clone()),
            reason: pragma.reason.clone(),
            until: None,
        })
    });
    found.suppressions.extend(suppressions);
}

/// The shells that `# hadolint shell=NAME` names, with the places of the comments.
pub(super) fn shells(comments: &[Comment]) -> impl Iterator<Item = (TextSize, String)> + '_ {
    comments.iter().filter_map(|comment| {
        let shell = parse(comment)?.shell?;
        matches!(comment.position, Position::Outside { .. }).then_some((comment.range.start(), shell))
    })
}

/// What is wrong with the place of a pragma: hadolint looks at the line right below only.
fn misplaced(model: &Model<'_>, comment: &Comment, comments: &[Comment], pragma: Option<&Pragma>) -> Option<Flaw> {
    let flaw = |message: &str, repair| Some(Flaw { range: comment.range, message: message.into(), repair });
    if pragma.is_none_or(|pragma| pragma.scope == Scope::File) {
        return None;
    }
    let Position::Outside { next } = &comment.position else {
        return flaw("hadolint reads no comment inside an instruction", None);
    };
    if pragma.is_some_and(|pragma| pragma.scope == Scope::Stage) {
        return None;
    }
    let Some(next) = next else { return flaw("stands above no instruction", None) };
    if !places_at(model, comment.line + 1).is_empty() {
        return None;
    }
    let start = next.text_range().start();
    let between = TextRange::new(comment.range.end(), start.max(comment.range.end()));
    if comments.iter().any(|other| between.contains(other.range.start())) {
        return flaw("another comment stands between it and the instruction, so that hadolint does not obey it", None);
    }
    let blank = model.text_at(between);
    let repair = blank.find('\n').filter(|_| blank.trim().is_empty()).map(|at| {
        let end = between.start() + comments::size(blank.rfind('\n').unwrap_or(at) + 1);
        let lines = TextRange::new(between.start() + comments::size(at + 1), end);
        Repair { title: "Drop the blank lines".into(), edits: vec![(lines, String::new())] }
    });
    flaw("a blank line stands between it and the instruction, so that hadolint does not obey it", repair)
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

struct Pragma {
    scope: Scope,
    codes: Vec<Name>,
    reason: Option<String>,
}

/// What a comment that begins with `hadolint` says.
#[derive(Default)]
struct Reading {
    /// What it silences, by a lenient reading.
    pragma: Option<Pragma>,
    /// Which shell it names.
    shell: Option<String>,
    /// Why hadolint does not take it.
    flaw: Option<Flaw>,
    /// Whether hadolint takes its text, wherever it stands.
    is_exact: bool,
}

impl Reading {
    fn flawed(flaw: Flaw) -> Option<Self> {
        Some(Reading { flaw: Some(flaw), ..Reading::default() })
    }
}

/// `None` for a remark.
fn parse(comment: &Comment) -> Option<Reading> {
    let mut reader = Reader::new(comment);
    let tool = reader.word(|c| c.is_ascii_alphanumeric());
    if !is_close(&tool.text, "hadolint") {
        return None;
    }
    let colon = reader.next(usize::from(reader.rest().starts_with(':')));
    let has_colon = reader.take(":");
    if !reader.blanks() {
        return None;
    }
    let (scope, word) = reader.scope();
    reader.blanks();
    let has_equals = reader.rest().starts_with('=');
    let is_shell = word.text == "shell" && scope == Scope::Next;
    if !(is_close(&word.text, "ignore") || (is_shell && has_equals)) {
        return has_equals.then(|| Reader::misspelt(&word, "ignore")).and_then(Reading::flawed);
    }
    if tool.text != "hadolint" {
        return Reading::flawed(Reader::misspelt(&tool, "hadolint"));
    }
    if has_colon {
        let repair = Some(Repair { title: "Drop the colon".into(), edits: vec![(colon, String::new())] });
        return Reading::flawed(Flaw { range: colon, message: "no colon stands behind `hadolint`".into(), repair });
    }
    if !is_shell && word.text != "ignore" {
        return Reading::flawed(Reader::misspelt(&word, "ignore"));
    }
    if !reader.take("=") {
        return Reading::flawed(reader.flaw("expected `ignore=` and codes"));
    }
    reader.blanks();
    Some(if is_shell { shell(&mut reader) } else { codes(&mut reader, scope) })
}

/// What stands behind `shell=`.
fn shell(reader: &mut Reader<'_>) -> Reading {
    let name = reader.word(|c| !c.is_whitespace() && c != '#');
    reader.blanks();
    if name.text.is_empty() {
        return Reading { flaw: Some(reader.flaw("names no shell")), ..Reading::default() };
    }
    let is_exact = reader.rest().is_empty() || reader.rest().starts_with('#');
    let flaw = (!is_exact).then(|| prose(reader));
    Reading { shell: is_exact.then_some(name.text), flaw, is_exact, pragma: None }
}

/// What stands behind `ignore=`.
fn codes(reader: &mut Reader<'_>, scope: Scope) -> Reading {
    let mut codes: Vec<Name> = Vec::new();
    let flaw = loop {
        let code = reader.word(|c| matches!(c, 'D' | 'L' | 'S' | 'C' | '0'..='9'));
        if code.text.is_empty() || reader.rest().starts_with(|c: char| c.is_ascii_alphanumeric()) {
            break Some(no_code(reader, &code, codes.last()));
        }
        codes.push(code);
        reader.blanks();
        if reader.take(",") {
            reader.blanks();
        } else if reader.rest().is_empty() || reader.rest().starts_with('#') {
            break None;
        } else {
            break Some(prose(reader));
        }
    };
    let reason = reader.rest().strip_prefix('#').map(|reason| reason.trim().to_owned());
    let reason = reason.filter(|reason| !reason.is_empty());
    let is_exact = flaw.is_none();
    let pragma = (!codes.is_empty()).then_some(Pragma { scope, codes, reason });
    Reading { pragma, shell: None, flaw, is_exact }
}

/// Something else where a code is expected.
fn no_code(reader: &mut Reader<'_>, start: &Name, last: Option<&Name>) -> Flaw {
    if let Some(last) =
        last.filter(|_| start.text.is_empty() && (reader.rest().is_empty() || reader.rest().starts_with('#')))
    {
        let comma = TextRange::new(last.range.end(), last.range.end() + TextSize::of(','));
        let repair = Repair { title: "Drop the comma".into(), edits: vec![(comma, String::new())] };
        let message = "hadolint does not read a list that ends in a comma".into();
        return Flaw { range: comma, message, repair: Some(repair) };
    }
    let rest = reader.word(|c| c.is_ascii_alphanumeric());
    let whole = format!("{}{}", start.text, rest.text);
    let range = start.range.cover(rest.range);
    if whole.is_empty() {
        return reader.flaw("names no code such as `DL3008`");
    }
    let upper = whole.to_ascii_uppercase();
    let is_code = upper.len() == 6 && ["DL", "SC"].iter().any(|kind| upper.starts_with(kind));
    let repair = is_code.then(|| Repair { title: format!("Write `{upper}`"), edits: vec![(range, upper)] });
    let message =
        if repair.is_some() { "hadolint reads codes in upper case only" } else { "is no code such as `DL3008`" };
    Flaw { range, message: message.into(), repair }
}

/// Text behind the codes without a `#`.
fn prose(reader: &Reader<'_>) -> Flaw {
    let range = reader.whole_rest();
    let repair = Repair {
        title: "Put a `#` before the text".into(),
        edits: vec![(TextRange::empty(range.start()), "# ".into())],
    };
    let message = "hadolint does not obey a pragma with text behind it, unless `#` stands before the text".into();
    Flaw { range, message, repair: Some(repair) }
}
