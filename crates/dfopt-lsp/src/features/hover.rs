//! Hover: what the thing under the cursor is, and what is known of it there.

use std::fmt::Write as _;

use dfopt_linter::Diagnostic;
use dfopt_semantic::expand::{Environment as _, Lookup};
use dfopt_semantic::model::{Base, Model, ReferenceTarget, Role, Stage, Step, Value, VariableKind};
use dfopt_syntax::{SyntaxKind, TextRange, TextSize};
use tower_lsp_server::jsonrpc::Error;
use tower_lsp_server::ls_types as lsp;

use super::symbols::stage_title;
use crate::document::View;
use crate::help;
use crate::server::Server;
use crate::symbol::{self, Symbol};

/// Answers `textDocument/hover`.
pub fn hover(server: &mut Server, params: lsp::HoverParams) -> Result<Option<lsp::Hover>, Error> {
    let at = params.text_document_position_params;
    let found = server.view(&at.text_document.uri, |view| {
        let offset = view.offset(at.position);
        let (mut parts, mut place) = (Vec::new(), None);
        if let Some((text, range)) = thing(view, offset) {
            parts.push(text);
            place = Some(range);
        }
        let here = view.document.diagnostics().iter().filter(|one| one.range.contains_inclusive(offset));
        for one in here {
            place = place.or(Some(one.range));
            parts.push(rule(one));
        }
        if parts.is_empty() {
            return None;
        }
        let value = parts.join("\n\n---\n\n");
        let contents = lsp::HoverContents::Markup(lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value });
        Some(lsp::Hover { contents, range: place.map(|place| view.range(place)) })
    });
    Ok(found.flatten())
}

/// The page of a rule, as `dfopt explain` prints it.
fn rule(one: &Diagnostic) -> String {
    let mut text = format!("**{}**: {}\n\n{}", one.rule.name, one.message, one.rule.page());
    if let Some(suppressed) = &one.suppressed {
        let reason = suppressed.reason.as_deref().unwrap_or("no reason is given");
        let _ = write!(text, "\n\nSilenced: {reason}");
    }
    text
}

/// What the thing under the cursor is.
fn thing(view: &View<'_>, offset: TextSize) -> Option<(String, TextRange)> {
    let model = view.model;
    if let Some((symbol, range)) = symbol::at(model, offset) {
        let text = match &symbol {
            Symbol::Stage(index) => stage(model, model.stages().get(*index)?),
            Symbol::Variable { name, step } => variable(model, name, model.steps().get(*step)?, range),
            Symbol::Heredoc { step, at } => heredoc(model.steps().get(*step)?, *at)?,
        };
        return Some((text, range));
    }
    let tokens = model.parse().syntax().token_at_offset(offset);
    tokens.into_iter().find_map(|token| {
        let range = token.text_range();
        let step = model.step_at(range.start());
        let text = match token.kind() {
            SyntaxKind::KEYWORD => keyword(model, step?, range)?,
            SyntaxKind::FLAG_NAME => {
                let step = step?;
                let name = step.ast.name();
                let text = help::flag(name, token.text())?;
                let since = dfopt_semantic::flags::flag_of(&step.ast, token.text()).map_or(0, |spec| spec.since);
                let since = if since > 0 { format!("\n\nSince frontend 1.{since}.") } else { String::new() };
                format!("`{name} --{}`\n\n{text}{since}", token.text())
            }
            SyntaxKind::MOUNT_KEY => {
                format!("`{}` of a mount\n\n{}", token.text(), help::mount_key(&token.text().to_lowercase())?)
            }
            SyntaxKind::DIRECTIVE_NAME => format!("`# {}=`\n\n{}", token.text(), help::directive(token.text())?),
            _ => return None,
        };
        Some((text, range))
    })
}

/// An instruction, and for WORKDIR and USER what holds behind it.
fn keyword(model: &Model<'_>, step: &Step, range: TextRange) -> Option<String> {
    // The instruction behind ONBUILD has a keyword of its own.
    let help = help::instruction(model.text_at(range)).or_else(|| help::instruction(step.ast.name()))?;
    let mut text = format!("```dockerfile\n{}\n```\n\n{}", help.forms.join("\n"), help.text);
    if let Some(workdir) = step.workdir.known().filter(|_| step.stage.is_some()) {
        let _ = write!(text, "\n\nWorking directory here: `{workdir}`");
    }
    if let Some(user) = step.user.as_ref().and_then(|user| user.known()) {
        let _ = write!(text, "\n\nUser here: `{user}`");
    }
    if let Some(setter) = step.shell.set_by.and_then(|by| model.steps().get(by)) {
        let line = model.line_of(setter.range().start().into()) + 1;
        let _ = write!(text, "\n\nShell here: `{}`, set in line {line}", step.shell.argv.join(" "));
    }
    Some(text)
}

/// What is known of a stage.
#[must_use]
pub fn stage(model: &Model<'_>, stage: &Stage) -> String {
    let mut text = format!("**{}**, stage {}", stage_title(stage), stage.index);
    let base = match (&stage.base, &stage.base_text) {
        (Base::Scratch, _) => "nothing (`scratch`)".to_owned(),
        (Base::Stage(index), _) => {
            let title = model.stages().get(*index).map(stage_title).unwrap_or_default();
            format!("stage `{title}`")
        }
        (_, Some(base)) => format!("`{base}`"),
        (_, None) => "a base that is not known here".to_owned(),
    };
    let _ = write!(text, "\n\nStarts from {base}; {} instructions.", stage.steps.len().saturating_sub(1));
    let role = match stage.role {
        Role::Shipped if stage.is_target => "It is what is built.",
        Role::Shipped => "Its layers are in the image that is built.",
        Role::Feeder => "Only what is copied or mounted from it is used.",
        Role::Unreachable => "It is not built.",
    };
    let _ = write!(text, " {role}");
    let users: Vec<String> = model
        .references()
        .iter()
        .filter(|reference| reference.target == ReferenceTarget::Stage(stage.index))
        .map(|reference| {
            let line = model.line_of(reference.range.start().into()) + 1;
            let by = model.steps().get(reference.step).and_then(|step| model.stage_of(step));
            format!("`{}` (line {line})", by.map(stage_title).unwrap_or_default())
        })
        .collect();
    if !users.is_empty() {
        let _ = write!(text, "\n\nUsed by {}.", users.join(", "));
    }
    text
}

/// What is known of a variable at an instruction.
fn variable(model: &Model<'_>, name: &str, step: &Step, place: TextRange) -> String {
    let made_here = step.variables.iter().find(|variable| variable.name_range == place);
    let scope = model.scope(step);
    let seen = made_here.map(|variable| (variable, step)).or_else(|| scope.variable(name));
    let mut text = match seen {
        Some((variable, by)) => {
            let kind = match variable.kind {
                VariableKind::Env => "ENV",
                VariableKind::Arg => "ARG",
            };
            let value = match &variable.value {
                Value::Known(value) => format!("`{kind} {name}` = `{value}`"),
                Value::Unknown => format!("`{kind} {name}`, whose value is not known before a build"),
                Value::Unset => format!("`{kind} {name}`, which has no value unless the build gives one"),
            };
            let line = model.line_of(by.range().start().into()) + 1;
            if made_here.is_some() { value } else { format!("{value}\n\nSet in line {line}.") }
        }
        None => match scope.lookup(name) {
            Lookup::Unset => format!("`{name}` is not set here"),
            _ => format!("`{name}` is not set in this file; the base image may set it"),
        },
    };
    if let Some(help) = help::platform_arg(name) {
        let _ = write!(text, "\n\n{help}");
    }
    text
}

/// What a heredoc is.
fn heredoc(step: &Step, at: usize) -> Option<String> {
    let opener = step.ast.heredoc_openers().into_iter().nth(at)?;
    let lines = step.ast.heredocs().nth(at)?.text().lines().count();
    let tabs = if opener.strips_tabs { " Tabs at the start of lines are removed." } else { "" };
    let quoted = if opener.is_quoted { " The builder replaces no variables in it." } else { "" };
    Some(format!("Heredoc `{}` of {lines} lines.{tabs}{quoted}", opener.name))
}
