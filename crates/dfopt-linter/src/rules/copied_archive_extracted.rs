//! `copied-archive-extracted`

use dfopt_semantic::command::{Invocation, Understood};
use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{Instruction, Source};

use crate::peer::{self, Triggers};
use crate::rule::declare_rule;
use crate::runs::visit;
use crate::{Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// An archive is copied into the image and unpacked there.
    ///
    /// ## Why
    ///
    /// The image then holds the archive and its content; deleting the archive in a `RUN` does not take it out of the layer of the `COPY`. `ADD`
    /// unpacks a tar archive of the build context by itself, and a bind mount shows it to one `RUN` without copying it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// COPY app.tar.gz /opt/
    /// RUN tar -xzf /opt/app.tar.gz -C /opt
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// ADD app.tar.gz /opt/
    /// ```
    "copied-archive-extracted" {
        category: Category::Size,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3010", "DF067", "tally/prefer-add-unpack"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

/// Names of archives in hadolint's list.
const ARCHIVES: [&str; 15] = [
    ".tar", ".Z", ".bz2", ".gz", ".lz", ".lzma", ".tZ", ".tb2", ".tbz", ".tbz2", ".tgz", ".tlz", ".tpz", ".txz", ".xz",
];

/// Names of archives that ADD unpacks.
const UNPACKED: [&str; 10] =
    [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz", ".tar.zst", ".tzst"];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        if let Some(stage) = model.stages().last() {
            for step in as_hadolint(model, stage) {
                let place = step.ast.copied().and_then(|(sources, _)| sources.first().map(Source::range));
                ctx.report(place.unwrap_or_else(|| step.keyword_range()), MESSAGE);
            }
        }
        return;
    }
    for stage in model.stages().iter().filter(|stage| stage.is_shipped()) {
        let mut copied: Vec<(String, TextRange)> = Vec::new();
        for step in model.stage_steps(stage) {
            match &step.ast {
                Instruction::Copy(_) => copied.extend(archives(model, step)),
                Instruction::Run(_) if !copied.is_empty() => visit(model, step, &mut |command, understood, at| {
                    let Understood::Extract(extract) = understood else { return };
                    let Some(path) = extract.archive.and_then(|archive| at.state.path(archive)) else { return };
                    if let Some(found) = copied.iter().position(|(other, _)| *other == path) {
                        let (_, place) = copied.remove(found);
                        let range = command.range();
                        ctx.report(place, MESSAGE)
                            .related(range.place(), "it is unpacked here")
                            .help("let `ADD` unpack it, or show it to the `RUN` with `--mount=type=bind`");
                    }
                }),
                _ => {}
            }
        }
    }
}

const MESSAGE: &str = "the archive and what is unpacked of it are both in the image";

/// The archives that a COPY brings from the context, by their paths in the image.
fn archives(model: &Model<'_>, step: &Step) -> Vec<(String, TextRange)> {
    let Some(copied) = step.copied(model).filter(|copied| copied.from.is_none()) else { return Vec::new() };
    let Some(to) = copied.destination.as_ref().and_then(|to| to.text.known()) else { return Vec::new() };
    let is_directory = to.ends_with('/') || to == "." || copied.sources.len() > 1;
    let found = copied.sources.iter().filter(|source| !source.is_heredoc).filter_map(|source| {
        let path = source.text.known()?;
        let name = path.rsplit('/').next()?;
        if !UNPACKED.iter().any(|end| name.ends_with(end)) {
            return None;
        }
        // A destination without an archive's name may be a directory of the base.
        let is_file = !is_directory && UNPACKED.iter().any(|end| to.ends_with(end));
        let whole = if is_file { to.to_owned() } else { format!("{}/{name}", to.trim_end_matches('/')) };
        Some((step.absolute(&whole)?, source.range))
    });
    found.collect()
}

/// The instructions that hadolint marks in a stage.
fn as_hadolint<'m>(model: &'m Model<'_>, stage: &Stage) -> Vec<&'m Step> {
    let is_archive = |name: &str| ARCHIVES.iter().any(|end| name.ends_with(end));
    let base = |path: &str| path.trim_matches(['"', '\'']).rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let steps = &model.steps()[stage.steps.clone()];
    let mut marked = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if !matches!(step.ast, Instruction::Copy(_)) || step.ast.flag("from").is_some() {
            continue;
        }
        let Some((sources, Some(to))) = step.ast.copied() else { continue };
        let target = base(&to.raw());
        let names: Vec<String> = if is_archive(&target) {
            vec![target]
        } else {
            sources.iter().map(|source| base(&source.raw())).filter(|name| is_archive(name)).collect()
        };
        let unpacks = |one: &Invocation| {
            let has = peer::plain_args(one, &[]).into_iter().any(|word| names.contains(&base(peer::text(word))));
            has && is_unpacking(one)
        };
        let later = steps[at + 1..].iter().filter(|other| matches!(other.ast, Instruction::Run(_)));
        if later.flat_map(|other| peer::commands(model, other, Triggers::Skipped)).any(unpacks) {
            marked.push(step);
        }
    }
    marked
}

fn is_unpacking(invocation: &Invocation) -> bool {
    const TOOLS: &[&str] = &["unzip", "gunzip", "bunzip2", "unlzma", "unxz", "zgz", "uncompress", "zcat", "gzcat"];
    let extracts = |arg: &str| matches!(arg, "--extract" | "--get") || (arg.starts_with('-') && arg.contains('x'));
    peer::is_any(invocation, TOOLS) || (peer::is_any(invocation, &["tar"]) && peer::args(invocation).any(extracts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_copied_archive_is_marked() {
        check(
            &RULE,
            "
FROM debian
WORKDIR /opt
COPY a.tgz b.tar.xz ./
     ^^^^^ the archive and what is unpacked of it are both in the image
COPY c.tar.gz /tmp/d.tar
     ^^^^^^^^ the archive and what is unpacked of it are both in the image
RUN tar xf a.tgz && cd /tmp && tar -xf d.tar
",
        );
    }

    #[test]
    fn not_unpacked_or_not_shipped() {
        check_ok(
            &RULE,
            "
FROM debian AS a
COPY a.tar /x/
RUN tar xf /x/a.tar
FROM debian
COPY --from=a /b.tar /x/
RUN tar xf /x/b.tar && tar xf /y/c.tar
COPY c.tar d.zip /x/
RUN unzip /x/d.zip && tar tf /x/e.tar
",
        );
    }

    #[test]
    fn hadolint_compares_names() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM debian AS a
COPY a.tar /x/
RUN tar -xf /x/a.tar
FROM debian
COPY a.tar b.gz /x/
     ^^^^^ the archive and what is unpacked of it are both in the image
COPY c /d.zip
COPY e /f.xz
     ^ the archive and what is unpacked of it are both in the image
COPY g.tar /y/
COPY --from=a h.tar /y/
RUN gunzip /z/b.gz && unxz f.xz && tar xf g.tar && tar -x -f h.tar && unzip d.zip
",
        );
    }
}
