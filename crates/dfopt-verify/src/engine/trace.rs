//! Runs an image's command under trace: this program is copied into the container and starts the command there.

use std::io::Read as _;
use std::time::Duration;

use super::command::Patience;
use super::companion::Role;
use super::container::{Containers, ImageSettings, RunTarget, look_order};
use super::failure;
use super::session::Session;
use crate::cancel::CancelToken;
use crate::error::EngineError;
use crate::probe::TraceLine;
use crate::run::{Ending, SmokeCommand, SmokeSpec, Touched, Trace};

/// Bytes of an answer that are read at most.
const MOST_REPORT: u64 = 64 << 20;
/// Settings that would have the image's libraries loaded into the tracer.
const PRELOADS: [&str; 3] = ["LD_PRELOAD=", "LD_AUDIT=", "GLIBC_TUNABLES="];

impl Session {
    /// Runs `command`, the words that a run of this image started, once more and under trace. What is asked of it is what `spec`
    /// says; its health check is left out.
    ///
    /// # Errors
    /// When the caller cancels or the engine fails; where tracing does not work, that is the result.
    pub fn trace(
        &self,
        target: &RunTarget<'_>,
        spec: &SmokeSpec,
        command: &[String],
        cancel: &CancelToken,
    ) -> Result<Trace, EngineError> {
        let impossible = |reason: &str| Ok(Trace::Impossible { reason: reason.to_owned() });
        if command.is_empty() {
            return impossible("the program was not started");
        }
        let document = self.inspect_config(target.image, cancel)?;
        let env = document.pointer("/Config/Env").and_then(serde_json::Value::as_array);
        let mut settings = env.into_iter().flatten().filter_map(serde_json::Value::as_str);
        if settings.any(|setting| PRELOADS.iter().any(|preload| setting.starts_with(preload))) {
            return impossible("the image has its libraries loaded into every program");
        }
        let mut image = ImageSettings::read(&document);
        image.has_health_check = false;
        let Some(companion) = &self.engine.client.companion else {
            return impossible("this program cannot act as its own probe");
        };
        let probe = match companion.pack(&image.architecture, Role::Trace) {
            Ok(probe) => probe,
            Err(reason) => return impossible(&reason),
        };
        let name = format!("dfopt-trace-{}-{}", self.owner.run, self.next());
        let side_name = format!("{name}-look");
        let containers = Containers { session: self, names: vec![side_name.clone(), name.clone()] };
        let mut own = vec![probe.entrypoint.clone()];
        own.extend(probe.arguments.iter().filter(|word| *word != crate::probe::SUBCOMMAND).cloned());
        let mut words = vec![probe.entrypoint];
        words.extend(probe.arguments);
        words.extend(["trace".to_owned(), probe.report.clone(), serde_json::to_string(&own).unwrap_or_default()]);
        words.extend(command.iter().cloned());
        let order = look_order(spec, &image);
        let traced = SmokeSpec { command: SmokeCommand::Program(words), ..spec.clone() };
        let mut arguments = self.create_arguments(target, &traced, &image, &name)?;
        // The tracer is the first process, and hears no other signal.
        arguments.splice(1..1, ["--stop-signal", "KILL", "--no-healthcheck"].map(str::to_owned));
        let doing = "creating a container";
        let created = self.ask(doing, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), cancel)?;
        if !created.succeeded() {
            return Err(failure::refused(doing, &created.stderr_text()));
        }
        let patience = Patience { limit: Duration::from_secs(120), cancel: Some(cancel) };
        let doing = "copying the tracer into a container";
        let copied = self.engine.client.feed(doing, ["cp", "-", &format!("{name}:/")], probe.tar, patience)?;
        if !copied.succeeded() {
            return impossible(&format!("{doing} failed: {}", failure::last_words(&copied.stderr_text())));
        }
        let side = self.prepare_look(target, &image, &order, &name, &side_name, cancel)?;
        let record = self.watch(&traced, &image, &order, &name, side, cancel)?;
        let lines = self.trace_lines(&name, &probe.report, cancel)?;
        drop(containers);
        let stopped = matches!(record.ending, Ending::Stopped { .. });
        Ok(Touched::from_lines(lines, stopped).unwrap_or_else(|reason| Trace::Impossible { reason }))
    }

    fn trace_lines(&self, name: &str, report: &str, cancel: &CancelToken) -> Result<Vec<TraceLine>, EngineError> {
        let answer = self.ask("reading a trace", &["cp", &format!("{name}:{report}"), "-"], cancel)?;
        let mut lines = Vec::new();
        let mut archive = tar::Archive::new(&answer.stdout[..]);
        for member in archive.entries().into_iter().flatten() {
            let Ok(member) = member else { break };
            let mut bytes = Vec::new();
            // A report that is cut shows by its end, which is missing.
            drop(member.take(MOST_REPORT).read_to_end(&mut bytes));
            lines.extend(bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()));
        }
        Ok(lines)
    }
}

impl Touched {
    /// Sorts the lines of a report; the reason when they are no whole one.
    fn from_lines(lines: Vec<TraceLine>, stopped: bool) -> Result<Trace, String> {
        let mut touched = Self::default();
        let mut began = false;
        for line in lines {
            match line {
                TraceLine::Began => began = true,
                TraceLine::Opened { path } => drop(touched.opened.insert(path)),
                TraceLine::Executed { path } => drop(touched.executed.insert(path)),
                TraceLine::Mapped { path } => drop(touched.mapped.insert(path)),
                TraceLine::Missed { path } => drop(touched.missed.insert(path)),
                TraceLine::Ended { code } => touched.ended = Some(code),
                TraceLine::GaveUp { reason } => return Err(reason),
            }
        }
        if !began {
            return Err("the engine does not allow it".to_owned());
        }
        if touched.ended.is_none() && !stopped {
            return Err("the tracer ended before the program".to_owned());
        }
        // What this program itself needed to start is not the program's.
        for paths in [&mut touched.opened, &mut touched.executed, &mut touched.mapped, &mut touched.missed] {
            paths.retain(|path| !crate::image::is_below(path, super::companion::ROOT));
        }
        Ok(Trace::Done { touched })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_report_without_beginning_or_end_is_no_trace() {
        let opened = || TraceLine::Opened { path: "/etc/x".to_owned() };
        let done = Touched::from_lines(vec![TraceLine::Began, opened(), TraceLine::Ended { code: 3 }], false).unwrap();
        let Trace::Done { touched } = done else { panic!() };
        assert_eq!((touched.ended, touched.opened.len()), (Some(3), 1));
        assert!(Touched::from_lines(vec![TraceLine::Began, opened()], true).is_ok());
        assert!(Touched::from_lines(vec![TraceLine::Began, opened()], false).is_err());
        assert!(Touched::from_lines(Vec::new(), true).is_err());
        let gave_up = TraceLine::GaveUp { reason: "why".to_owned() };
        assert_eq!(Touched::from_lines(vec![TraceLine::Began, gave_up], true).unwrap_err(), "why");
    }
}
