//! Work that takes long: what runs, how to stop it, and where its progress is shown.

use std::collections::HashMap;
use std::sync::Arc;

use futures::channel::mpsc::UnboundedSender;
use serde_json::{Value, json};
use tower_lsp_server::jsonrpc::ErrorCode;

use crate::client::Client;
use crate::host::{Stop, Watch};
use crate::server::{Server, cancelled};
use crate::wire::{Event, Incoming, Outcome, Reply, error};

/// All work that goes on.
pub struct Jobs {
    inbox: UnboundedSender<Incoming>,
    running: HashMap<u64, Job>,
    next: u64,
}

struct Job {
    reply: Option<Reply>,
    stop: Stop,
    token: Option<Value>,
}

/// Where progress is shown.
pub enum Shown {
    /// Nowhere.
    Nowhere,
    /// Where the client said.
    At(Value),
    /// In a new place with this title.
    New,
}

impl Jobs {
    /// None yet; what they say goes into `inbox`.
    pub fn new(inbox: UnboundedSender<Incoming>) -> Jobs {
        Jobs { inbox, running: HashMap::new(), next: 0 }
    }

    /// Starts work on another thread. Its outcome is computed there and finished by the actor.
    pub fn start(
        &mut self,
        reply: Option<Reply>,
        shown: Shown,
        title: &str,
        client: &mut Client,
        work: impl FnOnce(&Watch) -> Outcome + Send + 'static,
    ) {
        self.next += 1;
        let job = self.next;
        let stop = reply.as_ref().map(|reply| reply.stop.clone()).unwrap_or_default();
        let token = match shown {
            Shown::Nowhere => None,
            Shown::At(token) => Some(token),
            Shown::New => {
                let token = Value::from(format!("dfopt-{job}"));
                client.create_progress(&token);
                Some(token)
            }
        };
        if let Some(token) = &token {
            client.progress(token, json!({ "kind": "begin", "title": title, "cancellable": true }));
        }
        self.running.insert(job, Job { reply, stop: stop.clone(), token });
        let inbox = self.inbox.clone();
        let told = inbox.clone();
        let watch = Watch::new(
            stop,
            Arc::new(move |what| {
                let _ = told.unbounded_send(Incoming::Event(Event::Told { job, what }));
            }),
        );
        tokio::task::spawn_blocking(move || {
            let worked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&watch)));
            let outcome = worked.unwrap_or_else(|_| {
                Box::new(|_: &mut Server| Err(error(ErrorCode::InternalError, "a mistake in dfopt ended the work")))
            });
            // After `exit` nobody waits.
            let _ = inbox.unbounded_send(Incoming::Event(Event::Done { job, outcome }));
        });
    }

    /// Shows what a job is at.
    pub fn told(&self, job: u64, what: &str, client: &Client) {
        if let Some(token) = self.running.get(&job).and_then(|job| job.token.as_ref()) {
            client.progress(token, json!({ "kind": "report", "message": what, "cancellable": true }));
        }
    }

    /// Stops the job whose progress is shown under `token`.
    pub fn stop(&self, token: &Value) {
        for job in self.running.values().filter(|job| job.token.as_ref() == Some(token)) {
            job.stop.stop();
        }
    }

    /// Stops all.
    pub fn stop_all(&self) {
        self.running.values().for_each(|job| job.stop.stop());
    }
}

impl Server {
    /// Finishes a job.
    pub(crate) fn done(&mut self, job: u64, outcome: Outcome) {
        let Some(job) = self.jobs.running.remove(&job) else { return };
        let answer = if job.stop.is_stopped() { Err(cancelled()) } else { outcome(self) };
        if let Some(token) = &job.token {
            self.client.progress(token, json!({ "kind": "end" }));
        }
        if let Some(reply) = job.reply {
            reply.send(answer);
        }
    }
}
