//! Labels as the label rules judge them, and the options that those rules share.

use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction, Word};

use crate::option::{Flag, Table};
use crate::{Context, Dialect};

/// What the value of a label in the schema may be.
const KINDS: [&str; 7] = ["email", "hash", "rfc3339", "semver", "spdx", "text", "url"];

/// The labels that images have.
pub(crate) static SCHEMA: Table =
    Table::new("schema", &KINDS, "The labels that images have, each with the form of its value.").shared("labels");

/// Whether there may be others.
pub(crate) static STRICT: Flag =
    Flag::new("strict", false, "Whether labels outside the schema are reported.").shared("labels");

/// A pair of LABEL.
pub(crate) struct Label {
    /// The key as it is judged; `None` when it is not known.
    pub key: Option<String>,
    /// Where the key stands.
    pub key_range: TextRange,
    /// The value as it is judged; `None` when it is not known.
    pub value: Option<String>,
    /// Where the value stands, or the key when it is empty.
    pub value_range: TextRange,
}

/// The labels that an instruction sets: as written for hadolint, else after expansion.
pub(crate) fn of_step(model: &Model<'_>, step: &Step, dialect: Dialect) -> Vec<Label> {
    if !matches!(step.ast, Instruction::Label(_)) || step.stage.is_none() && dialect != Dialect::Hadolint {
        return Vec::new();
    }
    let text = |word: &Word, is_legacy: bool| match dialect {
        // In the old form hadolint takes quotes for part of the value.
        Dialect::Hadolint if is_legacy => Some(word.raw()),
        Dialect::Hadolint => Some(without_quotes(&word.raw())),
        _ => {
            let expansion = model.scope(step).expand(&word.raw(), model.escape());
            expansion.text.into_known().filter(|_| expansion.errors.is_empty())
        }
    };
    let pairs = step.ast.pairs().filter(|pair| pair.has_equals() || pair.is_legacy());
    pairs
        .filter_map(|pair| {
            let key = pair.name()?;
            let (key_range, value) = (key.range(), pair.value());
            Some(Label {
                key: text(&key, false),
                key_range,
                value_range: value.as_ref().map_or(key_range, AstNode::range),
                value: value.map_or(Some(String::new()), |value| text(&value, pair.is_legacy())),
            })
        })
        .collect()
}

/// A text without the quotes around the whole of it.
fn without_quotes(raw: &str) -> String {
    let inner = |quote: char| raw.strip_prefix(quote)?.strip_suffix(quote);
    match inner('"').or_else(|| inner('\'')) {
        Some(inner) => inner.replace("\\\"", "\""),
        None => raw.to_owned(),
    }
}

/// Reports each label that the schema gives a kind, and whose value is not of it.
pub(crate) fn judge(
    ctx: &mut Context<'_>,
    kind: &str,
    is_right: impl Fn(&str, Dialect) -> bool,
    message: impl Fn(&str) -> String,
) {
    let schema = SCHEMA.of(ctx);
    if !schema.iter().any(|(_, of)| of == kind) {
        return;
    }
    let (model, dialect) = (ctx.model(), ctx.dialect());
    for step in model.steps() {
        for label in of_step(model, step, dialect) {
            let (Some(key), Some(value)) = (&label.key, &label.value) else { continue };
            let is_judged = schema.iter().any(|(name, of)| name == key && of == kind);
            // That it is empty is what another rule says.
            let is_empty = value.is_empty() && dialect != Dialect::Hadolint;
            if is_judged && !is_empty && !is_right(value, dialect) {
                ctx.report(label.value_range, message(key));
            }
        }
    }
}
