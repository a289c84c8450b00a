//! `# dfopt [stage|global] ignore=ID[,ID…][; reason=TEXT][; until=YYYY-MM-DD]`

use dfopt_semantic::model::Model;

use super::comments::{self, Comment, Position};
use super::{Names, Reach, Suppression};
use crate::{Date, SuppressionForm};

pub(super) fn collect(model: &Model<'_>, comments: &[Comment]) -> Vec<Suppression> {
    comments.iter().filter_map(|comment| suppression(model, comment)).collect()
}

fn suppression(model: &Model<'_>, comment: &Comment) -> Option<Suppression> {
    let pragma = parse(&comment.text)?;
    let reach = match pragma.scope {
        Scope::File => Reach::File,
        Scope::Stage => Reach::Places(comments::places_of_stage(model, comments::stage_of(model, comment)?)),
        Scope::Next => match &comment.position {
            Position::Outside { next } => Reach::Places(vec![next.as_ref()?.text_range()]),
            Position::Inside { line } | Position::Script { line } => Reach::Line(*line),
        },
    };
    Some(Suppression {
        form: SuppressionForm::Dfopt,
        range: comment.range,
        reach,
        names: pragma.names,
        reason: pragma.reason,
        until: pragma.until,
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
    names: Names,
    reason: Option<String>,
    until: Option<Date>,
}

fn parse(text: &str) -> Option<Pragma> {
    let rest = text.trim_start_matches('#').trim_start().strip_prefix("dfopt")?;
    let mut rest = rest.strip_prefix([' ', '\t'])?.trim_start();
    let mut scope = Scope::Next;
    for (word, named) in [("stage", Scope::Stage), ("global", Scope::File)] {
        if let Some(behind) = rest.strip_prefix(word).and_then(|behind| behind.strip_prefix([' ', '\t'])) {
            (scope, rest) = (named, behind.trim_start());
        }
    }
    let list = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?;
    let mut parts = list.split(';');
    let names: Vec<String> = parts.next()?.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(|name| name.is_empty() || name.contains(char::is_whitespace)) {
        return None;
    }
    // A semicolon without a blank behind it belongs to the reason.
    let behind = list.find(';').map_or("", |at| &list[at + 1..]);
    let (mut reason, mut until) = (None, None);
    for part in behind.split("; ").map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            Some(("reason", text)) => reason = Some(text.to_owned()),
            Some(("until", date)) => until = Some(Date::parse(date)?),
            _ => return None,
        }
    }
    let names =
        if names.iter().any(|name| name.eq_ignore_ascii_case("all")) { Names::All } else { Names::These(names) };
    Some(Pragma { scope, names, reason, until })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let these = |names: &[&str]| Names::These(names.iter().map(|name| (*name).to_owned()).collect());
        let pragma = parse("# dfopt ignore=a, DL3006 ; reason=so;thus; until=2027-01-31").unwrap();
        assert_eq!(pragma.names, these(&["a", "DL3006"]));
        assert_eq!(pragma.reason.as_deref(), Some("so;thus"));
        assert_eq!(pragma.until, Date::parse("2027-01-31"));
        assert!(
            parse("#dfopt stage ignore = all")
                .is_some_and(|pragma| pragma.scope == Scope::Stage && pragma.names == Names::All)
        );
        assert!(parse("# dfopt global ignore=x").is_some_and(|pragma| pragma.scope == Scope::File));
        for bad in [
            "# dfopt",
            "# dfopt ignore",
            "# dfopt ignore=",
            "# dfopt ignore=a,",
            "# dfopt ignore=a b",
            "# dfopt ignore=a; until=soon",
            "# dfoptignore=a",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }
}
