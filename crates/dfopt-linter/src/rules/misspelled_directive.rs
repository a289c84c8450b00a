//! `misspelled-directive`

use dfopt_semantic::suggest;
use dfopt_syntax::TextRange;
use dfopt_syntax::TextSize;

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A directive at the start of the file is misspelt.
    ///
    /// ## Why
    ///
    /// What the builder does not know it takes for a comment. A frontend of the wrong name is not found, or is somebody else's.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// # sytnax=docker/dockerfile:1
    /// FROM alpine:3.22
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// # syntax=docker/dockerfile:1
    /// FROM alpine:3.22
    /// ```
    ///
    /// ## Fix safety
    ///
    /// With the right name the directive has an effect, which may change how the file is read.
    "misspelled-directive" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["tally/syntax-directive-typo"],
        since: "0.1.0",
        check: check,
    }
}

const NAMES: [&str; 3] = ["syntax", "escape", "check"];

/// The frontends that everybody uses.
const FRONTENDS: [&str; 4] = [
    "docker/dockerfile",
    "docker/dockerfile-upstream",
    "docker.io/docker/dockerfile",
    "docker.io/docker/dockerfile-upstream",
];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let file = model.file();
    for directive in file.directives() {
        let (Some(name), Some(value)) = (directive.name(), directive.value()) else { continue };
        if !name.text().eq_ignore_ascii_case("syntax") {
            continue;
        }
        let (start, text) = (value.text_range().start(), value.text());
        let image = text.split(char::is_whitespace).next().unwrap_or_default();
        if image.len() < text.trim_end().len() {
            let rest = TextRange::new(start + size(image.len()), value.text_range().end());
            ctx.report(rest, "only the text up to the first blank is read")
                .fix("Remove the rest", |fix| fix.delete(rest));
        }
        let repository = repository(image);
        if FRONTENDS.contains(&repository) {
            continue;
        }
        if let Some(near) = suggest::nearest(repository, FRONTENDS) {
            let place = TextRange::at(start, size(repository.len()));
            ctx.report(place, format!("no frontend is called `{repository}`"))
                .help(format!("did you mean `{near}`?"))
                .fix(format!("Change to `{near}`"), |fix| fix.replace(place, near));
        }
    }
    if let Some((place, name)) = misspelt_name(model.text()) {
        let Some(near) = suggest::nearest(&name, NAMES).filter(|near| *near != name) else { return };
        ctx.report(place, format!("no directive is called `{name}`"))
            .help(format!("did you mean `{near}`?"))
            .fix(format!("Change to `{near}`"), |fix| fix.replace(place, near));
    }
}

/// The name of the first line that is written like a directive and is none.
fn misspelt_name(text: &str) -> Option<(TextRange, String)> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut at = text.len() - body.len();
    for line in body.split_inclusive('\n') {
        let (name, value) = line.strip_prefix('#')?.split_once('=')?;
        let trimmed = name.trim();
        let is_name = trimmed.len() > 3 && trimmed.bytes().all(|b| b.is_ascii_alphanumeric());
        let is_value = !value.trim().is_empty() && !value.trim().contains(char::is_whitespace);
        let lower = trimmed.to_ascii_lowercase();
        if !NAMES.contains(&lower.as_str()) {
            let start = at + 1 + name.len() - name.trim_start().len();
            return (is_name && is_value).then(|| (TextRange::at(size(start), size(trimmed.len())), lower));
        }
        at += line.len();
    }
    None
}

fn repository(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or_default();
    let colon = name.rfind(':').filter(|&colon| !name[colon..].contains('/'));
    colon.map_or(name, |colon| &name[..colon])
}

fn size(n: usize) -> TextSize {
    TextSize::new(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn names_and_values_are_marked() {
        check(
            &RULE,
            "
# syntax=docker/dockefile:1
         ^^^^^^^^^^^^^^^^ no frontend is called `docker/dockefile` [fix]
# esacpe=`
  ^^^^^^ no directive is called `esacpe` [fix]
FROM a
",
        );
        check(
            &RULE,
            "
# syntax=docker/dockerfile:1 # newest
                            ^^^^^^^^^ only the text up to the first blank is read [fix]
FROM a
",
        );
        check_ok(&RULE, "# Syntax=docker/dockerfile:1\n# escape=`\n# key=value\n# sytnax=a\nFROM a\n");
        check_ok(&RULE, "# syntax=example.com/other:1\n# esacpe = see below\nFROM a\n");
    }

    #[test]
    fn the_right_name_takes_its_place() {
        check_fix(&RULE, "#  chekc=skip=all\nFROM a\n", "#  check=skip=all\nFROM a\n");
    }
}
