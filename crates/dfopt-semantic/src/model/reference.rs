//! Places that name a stage or an image.

use dfopt_syntax::TextRange;

use crate::image_ref::ImageRef;

/// The kind of place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReferenceKind {
    /// `FROM name`
    From,
    /// `COPY --from=name`
    Copy,
    /// `RUN --mount=from=name`
    Mount,
}

/// What a name means there.
#[derive(Clone, PartialEq, Debug)]
pub enum ReferenceTarget {
    /// An earlier stage.
    Stage(usize),
    /// A later stage, which the builder refuses.
    Later(usize),
    /// The stage that the place is in, which the builder refuses.
    Itself,
    /// Nothing.
    Scratch,
    /// A number beyond the stages.
    NoSuchStage,
    /// An image, or a named context of the build.
    Image(ImageRef),
    /// Not known: variables, or malformed.
    Unknown,
}

/// A place that names a stage or an image.
#[derive(Clone, PartialEq, Debug)]
pub struct Reference {
    /// The kind of place.
    pub kind: ReferenceKind,
    /// The instruction, by index.
    pub step: usize,
    /// Where the name stands.
    pub range: TextRange,
    /// The name as written, quotes removed.
    pub name: String,
    /// Whether it is a number.
    pub is_number: bool,
    /// What it means.
    pub target: ReferenceTarget,
}
