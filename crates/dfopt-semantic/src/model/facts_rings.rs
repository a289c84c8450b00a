//! Which stages copy from which.

use super::{Model, Reference, ReferenceKind, ReferenceTarget};

impl Model<'_> {
    /// The copies and mounts that lead from stage `from` to stage `to`, both by number, if there are some.
    #[must_use]
    pub fn copies_between(&self, from: usize, to: usize) -> Option<Vec<&Reference>> {
        // Breadth first, so that the way is the shortest; `came_by[n]` is the reference that led to stage n.
        let mut came_by: Vec<Option<&Reference>> = vec![None; self.stages().len()];
        let mut queue = std::collections::VecDeque::from([from]);
        while let Some(stage) = queue.pop_front() {
            for reference in self.references().iter().filter(|reference| reference.kind != ReferenceKind::From) {
                let is_here = self.steps().get(reference.step).is_some_and(|step| step.stage == Some(stage));
                let (ReferenceTarget::Stage(next) | ReferenceTarget::Later(next)) = reference.target else { continue };
                if !is_here || next == from || came_by.get(next).is_none_or(Option::is_some) {
                    continue;
                }
                came_by[next] = Some(reference);
                queue.push_back(next);
            }
        }
        let mut way = Vec::new();
        let mut at = to;
        while at != from {
            let reference = came_by.get(at).copied().flatten()?;
            way.push(reference);
            at = self.steps().get(reference.step)?.stage?;
        }
        way.reverse();
        Some(way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Options;

    #[test]
    fn ways_go_through_copies_only() {
        let text = "FROM x AS a\nCOPY --from=c d e\nFROM a AS b\nRUN --mount=from=a,target=/m y\nFROM x AS c\nCOPY --from=b d e\n";
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options::default());
        let names = |from, to| {
            model.copies_between(from, to).map(|way| way.iter().map(|one| one.name.clone()).collect::<Vec<_>>())
        };
        assert_eq!(names(2, 0), Some(vec!["b".to_owned(), "a".to_owned()]));
        assert_eq!(names(0, 1), Some(vec!["c".to_owned(), "b".to_owned()]));
        let parse = dfopt_syntax::parse("FROM x AS a\nFROM a\n");
        let model = Model::new("FROM x AS a\nFROM a\n", &parse, Options::default());
        assert_eq!(model.copies_between(1, 0), None);
    }
}
