//! Where nothing is built, one stage is enough: a smaller base, and only the packages that the program needs.

use std::collections::{BTreeMap, BTreeSet};

use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{Edit, Edits, TextRange, TextSize};

use super::render::Style;
use super::write::{Writer, Written, refused};
use super::{packages, users};
use crate::plan::{Carried, Dropped, Item, Outcome};

impl Writer<'_> {
    /// Whether no instruction makes anything, and nothing of the original base has to be carried over.
    pub(super) fn one_stage_is_enough(&self) -> bool {
        let makes_nothing = self.routed.iter().all(|routed| {
            routed.run.as_ref().is_none_or(|run| run.only_packages || run.only_accounts || run.does_nothing)
        });
        // The packages and the commands on users of one distribution are not those of another.
        let release = |release: Option<&crate::evidence::Release>| release.map(|release| release.id.clone());
        let same =
            self.base.is_none_or(|base| release(base.release.as_ref()) == release(self.evidence.release.as_ref()));
        makes_nothing && same && self.files.copied(&|_| true).is_empty()
    }

    /// Another base in FROM, and other packages where some serve building only.
    pub(super) fn write_in_place(&self) -> Result<Written, Box<Outcome>> {
        let style = Style::of(self.model);
        let (mut carried, mut dropped) = (Vec::new(), Vec::new());
        let mut edits: Vec<Edit> = self.image_edit().into_iter().collect();
        // Instructions that install something for building only are replaced; the others stay as they are.
        let replaced: Vec<usize> = (0..self.routed.len())
            .filter(|&at| {
                self.routed[at].run.as_ref().is_some_and(|run| run.only_packages) && !self.routed[at].can_stay
            })
            .collect();
        if edits.is_empty() && replaced.is_empty() {
            return Err(Box::new(Outcome::Nothing {
                reason: "nothing is built in this file that the image would not need".into(),
            }));
        }
        let (gone, stay): (Vec<_>, Vec<_>) =
            self.routed.iter().cloned().enumerate().partition(|(at, _)| replaced.contains(at));
        let cut = gone.len();
        let ordered: Vec<_> = gone.into_iter().chain(stay).map(|(_, routed)| routed).collect();
        let mut left = BTreeMap::new();
        let wanted = packages::needed(self.files, &ordered, cut, self.evidence, self.base, &mut left);
        carried.extend(
            wanted.iter().map(|(name, why)| Carried { item: Item::Package(name.clone()), reason: why.clone() }),
        );
        dropped
            .extend(left.iter().map(|(name, why)| Dropped { item: Item::Package(name.clone()), reason: why.clone() }));
        let install = if wanted.is_empty() {
            None
        } else {
            let names: Vec<&str> = wanted.keys().map(String::as_str).collect();
            let text = self.manager().as_deref().and_then(|manager| packages::install(&style, manager, &names));
            Some(text.ok_or_else(|| self.no_packages(&names))?)
        };

        let mut block = String::new();
        self.inherited(&style, &mut block, &mut carried);
        if let users::Users::Commands(commands) =
            users::users(self.model, &ordered, cut, self.evidence, self.base, &BTreeSet::new())
        {
            block.push_str(&style.line("RUN", &commands.join(" && ")));
        }
        let mut install = install;
        for at in &replaced {
            let step = self.routed[*at].step;
            match install.take() {
                Some(text) => edits.push(Edit::replace(step.ast.full_range(), text)),
                None => edits.push(Edit::delete(self.with_blank_line(self.with_comments(step)))),
            }
        }
        block.insert_str(0, &install.unwrap_or_default());
        if !block.is_empty()
            && let Some(from) = self.model.stage_steps(self.stage).first()
        {
            edits.push(Edit::insert(from.ast.full_range().end(), block));
        }
        let edits = Edits::new(self.model.text(), edits).map_err(|error| {
            refused(None, &format!("the edits do not fit together: {error}"), "please report this file")
        })?;
        let assumptions = self.assumptions();
        Ok(Written { edits, build_stage: None, carried, dropped, along: BTreeSet::new(), assumptions })
    }

    /// A range of lines between two blank ones takes one of them along.
    pub(super) fn with_blank_line(&self, range: TextRange) -> TextRange {
        let text = self.model.text();
        let (before, after) = (&text[..usize::from(range.start())], &text[usize::from(range.end())..]);
        let is_blank = |line: Option<&str>| line.is_some_and(|line| line.trim().is_empty());
        let mut following = after.split_inclusive('\n');
        let next = following.next();
        match next {
            Some(line) if is_blank(next) && is_blank(before.lines().next_back()) => {
                TextRange::new(range.start(), range.end() + TextSize::of(line))
            }
            _ => range,
        }
    }

    /// The base in FROM, if it changes.
    fn image_edit(&self) -> Option<Edit> {
        let from = self.model.stage_steps(self.stage).first()?;
        let Instruction::From(from) = &from.ast else { return None };
        let image = from.image()?;
        let is_same = self.stage.base_text.as_deref() == Some(self.candidate.image.as_str());
        (!is_same).then(|| Edit::replace(image.range(), self.candidate.image.clone()))
    }
}
