//! The steps of a build as they are reported, whichever form the report has.

use std::collections::{HashMap, VecDeque};

use crate::progress::{ProgressEvent, ProgressSink, StepEnd};
use crate::text::{Redactor, printable_line};

/// Lines of output kept of each step.
const MOST_LINES: usize = 50;
/// Characters kept of each line.
const MOST_LINE: usize = 2000;

/// One step.
#[derive(Debug, Clone, Default)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) started: bool,
    pub(crate) cached: bool,
    pub(crate) ended: bool,
    pub(crate) seconds: f64,
    pub(crate) log: VecDeque<String>,
    pub(crate) error: Option<String>,
    /// Output since the last line end.
    partial: String,
}

/// All steps so far, in the order in which they were first named.
pub(crate) struct Steps<'s> {
    steps: Vec<Step>,
    by_id: HashMap<String, usize>,
    sink: &'s dyn ProgressSink,
    redactor: &'s Redactor,
}

impl<'s> Steps<'s> {
    pub(crate) fn new(sink: &'s dyn ProgressSink, redactor: &'s Redactor) -> Self {
        Self { steps: Vec::new(), by_id: HashMap::new(), sink, redactor }
    }

    /// The step that failed: the first that has an error of its own, since those that were stopped for it have one too.
    pub(crate) fn failed(&self) -> Option<&Step> {
        let has_own = |step: &&Step| {
            step.error.as_deref().is_some_and(|error| !error.contains("context canceled") && error != "canceled")
        };
        self.steps.iter().find(has_own).or_else(|| self.steps.iter().find(|step| step.error.is_some()))
    }

    pub(crate) fn into_steps(mut self) -> Vec<Step> {
        for step in 0..self.steps.len() {
            self.flush(step);
        }
        self.steps
    }

    /// Names a step.
    pub(crate) fn name(&mut self, id: &str, name: &str) -> usize {
        if let Some(step) = self.by_id.get(id) {
            return *step;
        }
        let step = self.steps.len();
        self.steps.push(Step { name: self.safe(name), ..Step::default() });
        self.by_id.insert(id.to_owned(), step);
        step
    }

    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(crate) fn start(&mut self, step: usize) {
        let Some(entry) = self.steps.get_mut(step).filter(|entry| !entry.started) else { return };
        entry.started = true;
        self.sink.event(&ProgressEvent::StepStarted { step, name: entry.name.clone() });
    }

    /// More output, not necessarily whole lines.
    pub(crate) fn output(&mut self, step: usize, text: &str) {
        self.start(step);
        let Some(entry) = self.steps.get_mut(step) else { return };
        entry.partial.push_str(text);
        while let Some(end) = self.steps[step].partial.find('\n') {
            let line: String = self.steps[step].partial.drain(..=end).collect();
            self.line(step, &line);
        }
        if self.steps[step].partial.len() > 4 * MOST_LINE {
            self.flush(step);
        }
    }

    pub(crate) fn transfer(&mut self, step: usize, what: &str, current: u64, total: Option<u64>) {
        self.start(step);
        let what = self.safe(what);
        self.sink.event(&ProgressEvent::StepTransfer { step, what, current, total });
    }

    pub(crate) fn end(&mut self, step: usize, end: StepEnd, seconds: f64, error: Option<&str>) {
        self.start(step);
        self.flush(step);
        let error = error.map(|error| self.safe(error));
        let Some(entry) = self.steps.get_mut(step) else { return };
        // The builder ends a step once when it has looked into the cache and again when it has run.
        entry.cached = end == StepEnd::Cached;
        entry.seconds = seconds;
        entry.ended = true;
        if error.is_some() {
            entry.error = error;
        }
        self.sink.event(&ProgressEvent::StepEnded { step, end, seconds });
    }

    pub(crate) fn note(&self, text: &str) {
        let text = self.safe(text);
        self.sink.event(&ProgressEvent::Note { text });
    }

    fn flush(&mut self, step: usize) {
        if let Some(entry) = self.steps.get_mut(step).filter(|entry| !entry.partial.is_empty()) {
            let line = std::mem::take(&mut entry.partial);
            self.line(step, &line);
        }
    }

    fn line(&mut self, step: usize, line: &str) {
        // A progress bar draws over itself; only what stays counts.
        let line = line.trim_end_matches(['\r', '\n']);
        let line = line.rsplit('\r').next().unwrap_or(line);
        let line: String = self.safe(line).chars().take(MOST_LINE).collect();
        let Some(entry) = self.steps.get_mut(step) else { return };
        if entry.log.len() == MOST_LINES {
            entry.log.pop_front();
        }
        entry.log.push_back(line.clone());
        self.sink.event(&ProgressEvent::StepOutput { step, line });
    }

    fn safe(&self, text: &str) -> String {
        printable_line(&self.redactor.redact(text))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::engine::failure;
    use crate::engine::plain::Plain;
    use crate::engine::rawjson::RawJson;
    use crate::error::{BuildError, EngineError};
    use crate::progress::Silent;

    // The same Dockerfile built with both kinds of report; its second stage has an argument that is new each time.
    const RAWJSON_DONE: &str = include_str!("../../testdata/progress/rawjson-done.txt");
    const RAWJSON_FAILED: &str = include_str!("../../testdata/progress/rawjson-failed.txt");
    const PLAIN_DONE: &str = include_str!("../../testdata/progress/plain-done.txt");
    const PLAIN_FAILED: &str = include_str!("../../testdata/progress/plain-failed.txt");

    /// Feeds the report and gives the steps to the check, with what was said beside them.
    fn read(report: &str, sink: &dyn ProgressSink, check: &dyn Fn(&Steps<'_>, &str)) -> Vec<Step> {
        let redactor = Redactor::default();
        let mut steps = Steps::new(sink, &redactor);
        let said = if report.starts_with('{') {
            let mut reader = RawJson::default();
            report.lines().for_each(|line| reader.line(line, &mut steps));
            reader.end();
            reader.said
        } else {
            let mut reader = Plain::default();
            report.lines().for_each(|line| reader.line(line, &mut steps));
            reader.said
        };
        check(&steps, &said);
        steps.into_steps()
    }

    fn find<'s>(steps: &'s [Step], part: &str) -> &'s Step {
        steps.iter().find(|step| step.name.contains(part)).unwrap_or_else(|| panic!("no step `{part}`"))
    }

    #[test]
    fn both_reports_give_the_same_steps() {
        for report in [RAWJSON_DONE, PLAIN_DONE] {
            let steps = read(report, &Silent, &|steps, said| {
                assert!(steps.failed().is_none());
                assert_eq!(said.trim(), "");
            });
            let build = find(&steps, "[build 1/1] RUN printf");
            assert!(!build.cached && build.ended && (0.3..1.0).contains(&build.seconds), "{build:?}");
            assert_eq!(build.log[0], "one");
            assert!(build.log.iter().any(|line| line.contains("warn")), "{build:?}");
            assert!(find(&steps, "[base 2/2] RUN echo cached-before").cached);
            assert!(find(&steps, "[stage-2 2/3] COPY --from=build").cached);
            assert!(find(&steps, "exporting to image").ended);
        }
    }

    #[test]
    fn both_reports_give_the_same_failure() {
        for report in [RAWJSON_FAILED, PLAIN_FAILED] {
            read(report, &Silent, &|steps, said| {
                let BuildError::Failed(failure) = failure::of_build("Dockerfile", steps, said, &|| true) else {
                    panic!("{said}")
                };
                assert_eq!((failure.line, failure.exit), (Some(8), Some(3)));
                assert_eq!(failure.instruction.as_deref(), Some("RUN echo \"last\"; exit 3"));
                assert_eq!(failure.step.as_deref(), Some("[stage-2 3/3] RUN echo \"last\"; exit 3"));
                assert_eq!(failure.log, ["last"]);
                assert!(
                    failure.message.starts_with("process ") && failure.message.ends_with("exit code: 3"),
                    "{failure:?}"
                );
            });
        }
    }

    #[test]
    fn a_report_cut_anywhere_is_still_read() {
        for report in [RAWJSON_FAILED, PLAIN_FAILED] {
            for cut in (0..report.len()).step_by(97) {
                read(&report[..cut], &Silent, &|steps, said| {
                    // An engine that is gone is never taken for a Dockerfile that does not build.
                    if steps.failed().is_none() {
                        let said = format!(
                            "{said}\nERROR: rpc error: code = Unavailable desc = error reading from server: EOF"
                        );
                        let error = failure::of_build("Dockerfile", steps, &said, &|| false);
                        assert!(
                            matches!(error, BuildError::Engine(EngineError::Died { .. })),
                            "cut at {cut}: {error:?}"
                        );
                    }
                });
            }
        }
    }

    #[test]
    fn events_come_in_order() {
        #[derive(Default)]
        struct Heard(Mutex<Vec<String>>);
        impl ProgressSink for Heard {
            fn event(&self, event: &ProgressEvent) {
                let text = match event {
                    ProgressEvent::StepStarted { name, .. } if name.contains("printf") => "started".to_owned(),
                    ProgressEvent::StepOutput { line, .. } if line.contains("one") => format!("output {line}"),
                    ProgressEvent::StepEnded { end, seconds, .. } if *seconds > 0.3 => format!("ended {end:?}"),
                    _ => return,
                };
                self.0.lock().unwrap().push(text);
            }
        }
        for report in [RAWJSON_DONE, PLAIN_DONE] {
            let heard = Heard::default();
            read(report, &heard, &|_, _| {});
            assert_eq!(heard.0.into_inner().unwrap(), ["started", "output one", "ended Done"]);
        }
    }

    #[test]
    fn a_progress_bar_leaves_its_last_state() {
        let redactor = Redactor::default();
        let mut steps = Steps::new(&Silent, &redactor);
        let step = steps.name("1", "[1/1] RUN fetch");
        steps.output(step, "10%\r50%\r100%\r\nnext");
        steps.output(step, " line\n");
        for number in 0..2 * MOST_LINES {
            steps.output(step, &format!("{number}\n"));
        }
        steps.output(step, "unfinished");
        let log = &steps.into_steps()[0].log;
        assert_eq!((log.len(), log.back().unwrap().as_str()), (MOST_LINES, "unfinished"));
    }
}
