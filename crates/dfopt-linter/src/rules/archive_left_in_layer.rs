//! `archive-left-in-layer`

use std::ops::Range;

use dfopt_semantic::command::downloads::{Download, DownloadTarget};
use dfopt_semantic::command::files::{Depth, FileAction};
use dfopt_semantic::command::{ExtractKind, Understood};
use dfopt_semantic::effects::{PathPattern, State, normalize};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::runs::visit;
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// A downloaded archive stays in the image after it was unpacked.
    ///
    /// ## Why
    ///
    /// The image holds the archive and its content. A later `RUN` that deletes the archive does not take it out of the layer where it is: only
    /// the same `RUN` can, or a pipe in which it never becomes a file.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -fsSLo /tmp/app.tar.gz https://example.com/app.tar.gz \
    ///  && tar -xzf /tmp/app.tar.gz -C /opt
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -fsSLo /tmp/app.tar.gz https://example.com/app.tar.gz \
    ///  && tar -xzf /tmp/app.tar.gz -C /opt \
    ///  && rm /tmp/app.tar.gz
    /// ```
    "archive-left-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

/// A file that came from elsewhere.
struct Fetched {
    path: String,
    creator: Range<u32>,
    /// Whether an instruction before brought it, so that nothing can take it out of its layer.
    is_earlier: bool,
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| stage.is_shipped()) {
        let mut added: Vec<Fetched> = Vec::new();
        for step in model.stage_steps(stage) {
            match &step.ast {
                Instruction::Add(_) => added.extend(remote(model, step)),
                Instruction::Run(_) if !model.has_error(step) => run(ctx, step, &mut added),
                _ => {}
            }
        }
    }
}

/// What ADD fetches; it does not unpack that.
fn remote(model: &Model<'_>, step: &Step) -> Vec<Fetched> {
    let Some(copied) = step.copied(model).filter(|_| step.ast.flag("unpack").is_none()) else { return Vec::new() };
    let to = copied.destination.as_ref().and_then(|to| to.text.known());
    let Some((to, whole)) = to.and_then(|to| Some((to, step.absolute(to)?))) else { return Vec::new() };
    let sources = copied.sources.iter().filter_map(|source| {
        let url = source.text.known().filter(|text| text.starts_with("http"))?;
        let name = file_name(url)?;
        let path = if to.ends_with('/') || to == "." || copied.sources.len() > 1 {
            normalize(&name, &whole)
        } else {
            whole.clone()
        };
        Some(Fetched { path, creator: source.range.start().into()..source.range.end().into(), is_earlier: true })
    });
    sources.collect()
}

fn file_name(url: &str) -> Option<String> {
    let name = url.split(['?', '#']).next()?.rsplit('/').next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

fn run(ctx: &mut Context<'_>, step: &Step, added: &mut Vec<Fetched>) {
    let model = ctx.model();
    let mut fetched: Vec<Fetched> = Vec::new();
    let mut unpacked: Vec<(Fetched, Range<u32>)> = Vec::new();
    visit(model, step, &mut |command, understood, at| match understood {
        Understood::Download(download) => fetched.extend(files(download, at.state)),
        Understood::Extract(extract) if extract.kind == ExtractKind::Members => {
            let Some(path) = extract.archive.and_then(|archive| at.state.path(archive)) else { return };
            let all = [&mut fetched, &mut *added];
            for list in all {
                if let Some(found) = list.iter().position(|one| one.path == path) {
                    unpacked.push((list.remove(found), command.range()));
                }
            }
        }
        Understood::File(op) if matches!(op.action, FileAction::Remove | FileAction::Move) => {
            let moved = op.sources.iter().map(|word| dfopt_semantic::command::Value::whole(word));
            let targets = op.targets.iter().copied().filter(|_| op.action == FileAction::Remove);
            for target in targets.chain(moved.filter(|_| op.action == FileAction::Move)) {
                let mut pattern = at.state.pattern(target);
                if op.depth == Depth::Trees {
                    pattern = pattern.with_everything_below();
                }
                let is_gone = |one: &Fetched| pattern.is_any() || pattern.covers(&PathPattern::literal(&one.path));
                fetched.retain(|one| !is_gone(one));
                unpacked.retain(|(one, _)| one.is_earlier || !is_gone(one));
            }
        }
        // It may delete what it likes.
        Understood::Unknown if command.name().is_none() => unpacked.retain(|(one, _)| one.is_earlier),
        _ => {}
    });
    unpacked.retain(|(one, _)| !model.is_mounted(step, &PathPattern::literal(&one.path)));
    for (one, unpacking) in unpacked {
        let place = one.creator.place();
        let report = ctx
            .report(place, "the archive stays in the image after it was unpacked")
            .related(unpacking.place(), "it is unpacked here");
        report.help(match one.is_earlier {
            true => "fetch, unpack and delete it in one `RUN`",
            false => "delete it in the same `RUN`, or unpack it from a pipe",
        });
    }
}

/// The files that a download makes.
fn files(download: &Download<'_>, state: &State<'_>) -> Vec<Fetched> {
    match download.target {
        DownloadTarget::File(value) => {
            let path = state.path(value);
            path.map(|path| Fetched { path, creator: value.word.range.clone(), is_earlier: false })
                .into_iter()
                .collect()
        }
        DownloadTarget::RemoteName => {
            let directory = match download.directory {
                Some(directory) => state.path(directory),
                None => state.directory().map(str::to_owned),
            };
            let Some(directory) = directory else { return Vec::new() };
            let urls = download.urls.iter().filter_map(|url| {
                let name = file_name(&url.resolve(&|name: &str| state.lookup(name))?)?;
                Some(Fetched { path: normalize(&name, &directory), creator: url.word.range.clone(), is_earlier: false })
            });
            urls.collect()
        }
        DownloadTarget::Stdout => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_file_is_marked() {
        check(
            &RULE,
            "
FROM debian
WORKDIR /w
RUN curl -o a.tgz https://x/a && tar xf a.tgz
            ^^^^^ the archive stays in the image after it was unpacked
RUN wget https://x/b.zip && unzip b.zip && rm -rf /tmp/*
         ^^^^^^^^^^^^^^^ the archive stays in the image after it was unpacked
ADD https://x/c.tar /tmp/
    ^^^^^^^^^^^^^^^ the archive stays in the image after it was unpacked
RUN tar -xf /tmp/c.tar && rm /tmp/c.tar
",
        );
    }

    #[test]
    fn deleted_piped_or_mounted() {
        check_ok(
            &RULE,
            "
FROM debian AS a
RUN curl -o a.tgz https://x/a && tar xf a.tgz
FROM debian
WORKDIR /w
RUN curl -o a.tgz https://x/a && tar xf a.tgz && rm a.tgz
RUN curl https://x/a | tar x
RUN --mount=type=tmpfs,target=/tmp curl -o /tmp/a.tgz https://x/a && tar xf /tmp/a.tgz
RUN cd /tmp && wget https://x/a.tgz && tar xf a.tgz && cd / && rm -rf /tmp/*
COPY --from=a /x /x
",
        );
    }
}
