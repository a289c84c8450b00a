//! `# dfopt [stage|global] ignore=ID[,ID…][; reason=TEXT][; until=YYYY-MM-DD]`

use dfopt_semantic::model::Model;
use dfopt_semantic::suggest::is_close;

use super::comments::{self, Comment, Position};
use super::reader::{Reader, Scope};
use super::{Flaw, Found, Name, Names, Origin, Reach, Repair, Suppression};
use crate::{Date, SuppressionForm};

pub(super) fn collect(model: &Model<'_>, comments: &[Comment], found: &mut Found) {
    for comment in comments {
        match parse(comment) {
            Reading::Prose => {}
            Reading::Flawed(flaw) => found.flaws.push(flaw),
            Reading::Pragma(pragma) => match reach(model, comment, &pragma) {
                Some(reach) => found.suppressions.push(Suppression {
                    form: SuppressionForm::Dfopt,
                    range: comment.range,
                    origin: Origin::Comment,
                    reach,
                    names: pragma.names,
                    reason: pragma.reason,
                    until: pragma.until,
                }),
                None => {
                    let message = "stands above no instruction".into();
                    found.flaws.push(Flaw { range: comment.range, message, repair: None });
                }
            },
        }
    }
}

fn reach(model: &Model<'_>, comment: &Comment, pragma: &Pragma) -> Option<Reach> {
    Some(match pragma.scope {
        Scope::File => Reach::File,
        Scope::Stage => Reach::Places(comments::places_of_stage(model, comments::stage_of(model, comment)?)),
        Scope::Next => match &comment.position {
            Position::Outside { next } => Reach::Places(vec![next.as_ref()?.text_range()]),
            Position::Inside { line } | Position::Script { line, .. } => Reach::Line(*line),
        },
    })
}

struct Pragma {
    scope: Scope,
    names: Names,
    reason: Option<String>,
    until: Option<(Date, dfopt_syntax::TextRange)>,
}

enum Reading {
    /// A remark.
    Prose,
    Flawed(Flaw),
    Pragma(Pragma),
}

fn parse(comment: &Comment) -> Reading {
    let mut reader = Reader::new(comment);
    let tool = reader.word(|c| c.is_ascii_alphanumeric());
    let colon = reader.next(usize::from(reader.rest().starts_with(':')));
    let has_colon = reader.take(":");
    if !is_close(&tool.text, "dfopt") || !reader.blanks() {
        return Reading::Prose;
    }
    let (scope, word) = reader.scope();
    reader.blanks();
    let has_equals = reader.rest().starts_with('=');
    if !is_close(&word.text, "ignore") {
        return match has_equals {
            true => Reading::Flawed(Reader::misspelt(&word, "ignore")),
            false => Reading::Prose,
        };
    }
    if tool.text != "dfopt" {
        return Reading::Flawed(Reader::misspelt(&tool, "dfopt"));
    }
    if has_colon {
        let repair = Some(Repair { title: "Drop the colon".into(), edits: vec![(colon, String::new())] });
        return Reading::Flawed(Flaw { range: colon, message: "no colon stands behind `dfopt`".into(), repair });
    }
    if word.text != "ignore" {
        return Reading::Flawed(Reader::misspelt(&word, "ignore"));
    }
    if !reader.take("=") {
        return Reading::Flawed(reader.flaw("expected `ignore=` and rules"));
    }
    match list(&mut reader) {
        Ok((names, reason, until)) => Reading::Pragma(Pragma { scope, names, reason, until }),
        Err(flaw) => Reading::Flawed(flaw),
    }
}

type List = (Names, Option<String>, Option<(Date, dfopt_syntax::TextRange)>);

/// What stands behind `ignore=`.
fn list(reader: &mut Reader<'_>) -> Result<List, Flaw> {
    let mut names: Vec<Name> = Vec::new();
    loop {
        reader.blanks();
        let name = reader.word(|c| !c.is_whitespace() && !matches!(c, ',' | ';'));
        if name.text.is_empty() {
            return Err(no_name(reader, names.last()));
        }
        names.push(name);
        reader.blanks();
        if reader.take(",") {
            continue;
        }
        if reader.rest().is_empty() || reader.take(";") {
            break;
        }
        return Err(reader.flaw("rules are separated by commas, and a reason is given as `; reason=…`"));
    }
    let (mut reason, mut until) = (None, None);
    // A semicolon without a blank behind it belongs to the reason.
    while !reader.rest().trim().is_empty() {
        reader.blanks();
        let part = reader.rest().split("; ").next().unwrap_or_default().trim_end();
        let flaw = |message: String| Flaw { range: reader.next(part.len()), message, repair: None };
        match part.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            Some(("reason", text)) => reason = Some(text.to_owned()).filter(|text| !text.is_empty()),
            Some(("until", date)) => match Date::parse(date) {
                Some(date) => until = Some((date, reader.next(part.len()))),
                None => return Err(flaw(format!("`{date}` is no date, which looks like `2027-01-31`"))),
            },
            _ => return Err(flaw("expected `reason=` or `until=`".into())),
        }
        reader.take(part);
        reader.blanks();
        reader.take(";");
    }
    let all = names.iter().find(|name| name.text.eq_ignore_ascii_case("all")).map(|name| name.range);
    Ok((all.map_or(Names::These(names), Names::All), reason, until))
}

/// Nothing where a rule is expected.
fn no_name(reader: &Reader<'_>, last: Option<&Name>) -> Flaw {
    match last {
        Some(last) => {
            let comma = dfopt_syntax::TextRange::new(last.range.end(), reader.next(0).start());
            let repair = Repair { title: "Drop the comma".into(), edits: vec![(comma, String::new())] };
            Flaw { range: comma, message: "a comma without a rule behind it".into(), repair: Some(repair) }
        }
        None => reader.flaw("names no rule"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use dfopt_syntax::TextRange;

    use super::*;
    use crate::suppress::comments::size;

    fn read(text: &str) -> Reading {
        parse(&Comment {
            range: TextRange::up_to(size(text.len())),
            text: text.to_owned(),
            line: 0,
            position: Position::Outside { next: None },
            is_indented: false,
        })
    }

    fn pragma(text: &str) -> Pragma {
        match read(text) {
            Reading::Pragma(pragma) => Some(pragma),
            _ => None,
        }
        .unwrap()
    }

    #[test]
    fn forms() {
        let text = "# dfopt ignore=a, DL3006 ; reason=so;thus; until=2027-01-31";
        let found = pragma(text);
        let Names::These(names) = &found.names else { unreachable!() };
        assert_eq!(names.iter().map(|name| &text[name.range]).collect::<Vec<_>>(), ["a", "DL3006"]);
        assert_eq!(found.reason.as_deref(), Some("so;thus"));
        assert_eq!(
            found.until.map(|(date, range)| (date, &text[range])),
            Date::parse("2027-01-31").map(|date| (date, "until=2027-01-31"))
        );
        let found = pragma("#dfopt stage ignore = all");
        assert!(found.scope == Scope::Stage && matches!(found.names, Names::All(_)));
        assert_eq!(pragma("# dfopt global ignore=x").scope, Scope::File);
    }

    #[test]
    fn flaws_and_prose() {
        for bad in [
            "# dfopt ignore",
            "# dfopt ignore=",
            "# dfopt ignore=a,",
            "# dfopt ignore=a b",
            "# dfopt ignore=a; until=soon",
            "# dfopt ingore=a",
            "# dfotp ignore=a",
            "# dfopt: ignore=a",
            "# dfopt disable=a",
        ] {
            assert!(matches!(read(bad), Reading::Flawed(_)), "{bad}");
        }
        for prose in ["# dfopt", "# dfopt is quiet here", "# dfoptignore=a", "# ignore=a", "#"] {
            assert!(matches!(read(prose), Reading::Prose), "{prose}");
        }
    }
}
