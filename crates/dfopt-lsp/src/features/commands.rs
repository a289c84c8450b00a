//! Commands: the plan of a split, which builds nothing; and those that build, only when asked for and only in a trusted workspace.

use std::path::PathBuf;
use std::sync::Arc;

use dfopt_optimizer::{Item, Known, Outcome, Plan, Request, Runtime, candidates, split_stages};
use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::parse;
use serde_json::{Value, json};
use tower_lsp_server::jsonrpc::{Error, ErrorCode};
use tower_lsp_server::ls_types as lsp;

use super::edits::{between, of_document};
use crate::document::Document;
use crate::host::{Order, Proof, Prover};
use crate::jobs::Shown;
use crate::server::Server;
use crate::wire::error;

/// Shows what a split would do and why.
pub const PLAN: &str = "dfopt.planSplit";
/// Splits the stages, builds both files and compares the images, and applies what is proved.
pub const SPLIT: &str = "dfopt.splitAndProve";
/// Builds the saved file and the text in the editor and compares the images.
pub const VERIFY: &str = "dfopt.verify";

/// Answers `workspace/executeCommand`; what builds is answered when it is done.
pub fn execute(server: &mut Server, params: lsp::ExecuteCommandParams) -> Result<Value, Error> {
    let uri = params.arguments.first().and_then(Value::as_str).and_then(|uri| uri.parse::<lsp::Uri>().ok());
    let document = uri.as_ref().and_then(|uri| server.documents.get(uri));
    let wrong = |what: &str| error(ErrorCode::InvalidParams, what);
    let known = [PLAN, SPLIT, VERIFY].contains(&params.command.as_str());
    if !known {
        return Err(wrong(&format!("there is no command `{}`", params.command)));
    }
    let document = document.ok_or_else(|| wrong("the first argument is the name of an open Dockerfile"))?;
    if params.command == PLAN {
        return Ok(plan_of(document, server).map_or_else(told, |planned| planned.told()));
    }
    let prover = server.host.prover().ok_or_else(|| wrong("nothing can be built here"))?;
    if !server.is_trusted {
        return Err(wrong("the workspace is not trusted, and a build runs what the Dockerfile says: trust it first"));
    }
    let file = document.path().ok_or_else(|| wrong("the text is no file yet: save it first"))?;
    let text = document.text().to_owned();
    let saved = server.host.read(&file);
    let order = match params.command.as_str() {
        SPLIT if saved.as_ref() != Some(&text) => return Err(wrong("there are unsaved changes: save the file first")),
        SPLIT => Order::Split { file, text },
        _ => {
            let before = saved.ok_or_else(|| wrong("the saved file cannot be read"))?;
            if before == text {
                return Err(wrong("the text is as it was saved: there is nothing to compare"));
            }
            Order::Verify { file, before, after: text }
        }
    };
    let uri = document.uri.clone();
    let token = params.work_done_progress_params.work_done_token;
    let shown = match token {
        Some(token) => Shown::At(serde_json::to_value(token).unwrap_or_default()),
        None if server.understood.progress => Shown::New,
        None => Shown::Nowhere,
    };
    start(server, prover, order, uri, shown);
    // Answered when the work is done.
    Ok(Value::Null)
}

fn start(server: &mut Server, prover: Arc<dyn Prover>, order: Order, uri: lsp::Uri, shown: Shown) {
    let version = server.documents.get(&uri).and_then(|document| document.version);
    let reply = server.reply.take();
    let title = match &order {
        Order::Split { .. } => "dfopt: split and prove",
        Order::Verify { .. } => "dfopt: verify",
    };
    server.jobs.start(reply, shown, title, &mut server.client, move |watch| {
        let ended = prover.prove(&order, watch);
        Box::new(move |server| {
            let proof = ended.map_err(|why| error(ErrorCode::ServerError(-32000), why))?;
            Ok(server.finish(&uri, version, proof))
        })
    });
}

impl Server {
    /// Applies what was proved, unless the text has changed since, and says what came of it.
    fn finish(&mut self, uri: &lsp::Uri, version: Option<i32>, proof: Proof) -> Value {
        let understood = self.understood;
        let report = proof.report.as_deref().and_then(|report| serde_json::from_str::<Value>(report).ok());
        let mut applied = false;
        let edit = proof.text.as_ref().and_then(|after| {
            let document = self.documents.get(uri).filter(|document| document.version == version)?;
            let edits = between(document.text(), after);
            Some(document.view(self.encoding, |view| of_document(view, &edits, None, understood)))
        });
        if let Some(edit) = edit {
            self.client.apply("dfopt: split stages", edit);
            applied = true;
        } else if proof.text.is_some() {
            let what = "dfopt: the text has changed since the build began, so the proved text is not applied";
            self.client.show(lsp::MessageType::WARNING, what);
        }
        self.client.show(lsp::MessageType::INFO, &format!("dfopt: {}", proof.summary));
        json!({
            "verdict": proof.verdict.name(),
            "summary": proof.summary,
            "applied": applied,
            "text": proof.text,
            "report": report,
        })
    }
}

/// A plan with the text that it leads to.
pub struct Planned {
    plan: Box<Plan>,
    /// The text afterwards.
    pub text: String,
    /// What is carried, dropped and assumed, in lines.
    pub preview: String,
}

/// Why there is no plan: in one line, and what would make it possible.
pub struct NoPlan {
    reason: String,
    remedy: Option<String>,
}

impl std::fmt::Display for NoPlan {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.remedy {
            Some(remedy) => write!(to, "{}; to make it possible: {remedy}", self.reason),
            None => to.write_str(&self.reason),
        }
    }
}

impl Planned {
    fn told(&self) -> Value {
        json!({
            "outcome": "plan",
            "runtime": self.plan.runtime,
            "stage": self.plan.build_stage,
            "preview": self.preview,
            "text": self.text,
            "proved": false,
        })
    }

    /// What the plan does, as an order.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.plan.build_stage {
            Some(stage) => format!("Split into `{stage}` and a runtime stage from {} (not proved)", self.plan.runtime),
            None => format!("Start from {} (not proved)", self.plan.runtime),
        }
    }
}

fn told(none: NoPlan) -> Value {
    let outcome = if none.remedy.is_some() { "refused" } else { "nothing" };
    json!({ "outcome": outcome, "reason": none.reason, "remedy": none.remedy })
}

/// The plan of a split, from the text and the build context alone.
///
/// # Errors
/// When there is nothing to do or it cannot be done soundly.
pub fn plan_of(document: &Document, server: &Server) -> Result<Planned, NoPlan> {
    let dockerfile: Option<PathBuf> = document.path();
    let context = dockerfile.as_deref().and_then(|path| server.host.context(path));
    let context = context.as_deref().map(|context| context as &dyn dfopt_semantic::context::BuildContext);
    let text = if document.is_too_large() { "" } else { document.text() };
    let parsed = parse(text);
    let model = Model::new(text, &parsed, Options { context, ..Options::default() });
    let ladder = candidates(&model, &Runtime::Auto, &Known::default());
    let request = Request { evidence: None, ladder: &ladder, rung: 0, failed: &[] };
    let plan = match split_stages(&model, &request) {
        Outcome::Plan(plan) => plan,
        Outcome::Nothing { reason } => return Err(NoPlan { reason, remedy: None }),
        Outcome::Refused(refusal) => {
            return Err(NoPlan { reason: refusal.reason, remedy: Some(refusal.remedy) });
        }
    };
    let after = plan.edits.apply(text);
    let after = after.map_err(|trouble| NoPlan { reason: trouble.to_string(), remedy: None })?;
    let preview = preview(&plan);
    Ok(Planned { plan, text: after, preview })
}

fn preview(plan: &Plan) -> String {
    let named = |item: &Item| match item {
        Item::Instruction { keyword, .. } => (*keyword).to_owned(),
        Item::Path(name) | Item::Package(name) | Item::User(name) | Item::Variable(name) => name.clone(),
    };
    let mut lines = vec![format!("Runtime stage from {} ({} recipe).", plan.runtime, plan.recipe)];
    lines.extend(plan.carried.iter().map(|carried| format!("+ {}: {}", named(&carried.item), carried.reason)));
    lines.extend(plan.dropped.iter().map(|dropped| format!("- {}: {}", named(&dropped.item), dropped.reason)));
    lines.extend(plan.assumptions.iter().map(|assumed| format!("? {assumed}")));
    lines.join("\n")
}
