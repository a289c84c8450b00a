//! `unsorted-packages`

use std::ops::Range;

use dfopt_semantic::model::{InstalledPackage, Model};

use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Place, Severity};

declare_rule! {
    /// Packages stand one to a line and are not sorted.
    ///
    /// ## Why
    ///
    /// In a sorted list a package is found at once, none is named twice, and two changes seldom touch the same line.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y --no-install-recommends \
    ///     git \
    ///     curl \
    ///     ca-certificates \
    ///  && rm -rf /var/lib/apt/lists/*
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y --no-install-recommends \
    ///     ca-certificates \
    ///     curl \
    ///     git \
    ///  && rm -rf /var/lib/apt/lists/*
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The order in which packages are named can decide which of two alternatives a package manager takes.
    "unsorted-packages" {
        category: Category::Layout,
        severity: Severity::Style,
        fix: Some(Applicability::Unsafe),
        aliases: &["S7028", "tally/sort-packages"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        for installation in model.installations(step) {
            let words: Vec<&str> = installation.packages.iter().map(|package| text(model, package)).collect();
            let lines: Vec<u32> =
                installation.packages.iter().map(|package| model.line_of(package.range.start)).collect();
            let one_each = lines.windows(2).all(|pair| pair[0] < pair[1]);
            let is_literal =
                words.iter().all(|word| !word.is_empty() && !word.contains(['$', '\'', '"', '\\', '`', '\n']));
            if words.len() < 3 || !one_each || !is_literal {
                continue;
            }
            let Some(at) = words.windows(2).position(|pair| pair[0] > pair[1]) else { continue };
            let package = &installation.packages[at + 1];
            let report = ctx.report(&package.range, format!("`{}` stands behind `{}`", words[at + 1], words[at]));
            let mut order: Vec<usize> = (0..words.len()).collect();
            order.sort_by_key(|&index| words[index]);
            if let Some(blocks) = blocks(model, &installation.packages) {
                report.fix("Sort the packages", |fix| {
                    for (block, &index) in blocks.iter().zip(&order) {
                        fix.replace(block.place(), &model.text()[usize_range(&blocks[index])]);
                    }
                });
            }
        }
    }
}

fn text<'m>(model: &'m Model<'_>, package: &InstalledPackage) -> &'m str {
    model.text_at(package.range.place())
}

/// For each package what moves with it: the lines of comments above it and the word. `None` when a line holds more, or when the first
/// package stands on the line of the command while others have comments.
fn blocks(model: &Model<'_>, packages: &[InstalledPackage]) -> Option<Vec<Range<u32>>> {
    let text = model.text();
    let line_start = |at: usize| text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let mut blocks: Vec<Range<u32>> = Vec::new();
    for package in packages {
        let word = usize_range(&package.range);
        let start = line_start(word.start);
        let is_alone = text[start..word.start].trim().is_empty();
        let Some(before) = blocks.last() else {
            blocks.push(package.range.clone());
            continue;
        };
        // The line behind the one that the package before stands on.
        let first = text[before.end as usize..].find('\n').map(|newline| before.end as usize + newline + 1)?;
        let rest = text[before.end as usize..first].trim();
        let is_plain =
            text.get(first..start)?.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
        if !is_alone || !is_plain || rest != model.escape().to_string() {
            return None;
        }
        let has_comments = first < start;
        blocks.push(if has_comments { u32::try_from(first).ok()?..package.range.end } else { package.range.clone() });
    }
    let has_comments = |block: &Range<u32>, package: &InstalledPackage| block.start < package.range.start;
    if blocks.iter().zip(packages).any(|(block, package)| has_comments(block, package)) {
        let first = usize_range(&packages.first()?.range);
        if !text[line_start(first.start)..first.start].trim().is_empty() {
            return None;
        }
        // Every block is made of whole lines then.
        for (block, package) in blocks.iter_mut().zip(packages) {
            if block.start == package.range.start {
                block.start = u32::try_from(line_start(block.start as usize)).ok()?;
            }
        }
    }
    Some(blocks)
}

fn usize_range(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_first_that_is_out_of_order_is_marked() {
        check(
            &RULE,
            "
FROM debian:13
RUN apt-get install -y \\
    curl \\
    git \\
    bash \\
    ^^^^ `bash` stands behind `git` [fix]
 && true
",
        );
        check_ok(&RULE, "FROM debian:13\nRUN apt-get install -y c b a\nRUN apk add \\\n  b \\\n  a\n");
        check_ok(
            &RULE,
            "FROM debian:13\nRUN apt-get install -y \\\n  a \\\n  b \\\n  c\nRUN apk add \\\n  $C \\\n  b \\\n  a\n",
        );
    }

    #[test]
    fn words_change_places() {
        check_fix(
            &RULE,
            "FROM debian:13\nRUN apt-get install -y c \\\n    b=1 \\\n  a && x\n",
            "FROM debian:13\nRUN apt-get install -y a \\\n    b=1 \\\n  c && x\n",
        );
    }

    #[test]
    fn comments_go_with_their_package() {
        check_fix(
            &RULE,
            "FROM debian:13\nRUN apk add \\\n  c \\\n  # for b\n  b \\\n  a\n",
            "FROM debian:13\nRUN apk add \\\n  a \\\n  # for b\n  b \\\n  c\n",
        );
        check_fix(
            &RULE,
            "FROM debian:13\nRUN apk add \\\n  c \\\n  b \\\n  # for a\n  a\n",
            "FROM debian:13\nRUN apk add \\\n  # for a\n  a \\\n  b \\\n  c\n",
        );
    }
}
