//! Long work shown as it happens: a line per running build step on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use dfopt_verify::progress::{ProgressEvent, ProgressSink, StepEnd};
use dfopt_verify::text::printable_line;
use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::Terminal;

/// What is told while work goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// Phases and steps.
    All,
    /// Nothing.
    Nothing,
}

/// Shows the progress of builds and runs on standard error.
pub struct Progress {
    way: Way,
    terminal: Terminal,
}

enum Way {
    Silent,
    Lines(Mutex<BTreeMap<usize, String>>),
    Bars(Mutex<Bars>),
}

struct Bars {
    all: MultiProgress,
    phase: ProgressBar,
    steps: BTreeMap<usize, Step>,
}

struct Step {
    name: String,
    bar: ProgressBar,
}

/// The longest part of a line of output that is shown behind a step's name.
const TAIL: usize = 60;

impl Progress {
    /// Bars where someone watches standard error, lines elsewhere.
    #[must_use]
    pub fn new(terminal: Terminal, telling: Telling) -> Progress {
        let way = match telling {
            Telling::Nothing => Way::Silent,
            Telling::All if terminal.watched => Way::Bars(Mutex::new(Bars::new())),
            Telling::All => Way::Lines(Mutex::new(BTreeMap::new())),
        };
        Progress { way, terminal }
    }

    /// Says which part of the work begins, such as `building the original`.
    pub fn phase(&self, what: &str) {
        let what = printable_line(what);
        match &self.way {
            Way::Silent => {}
            Way::Lines(_) => self.line(&format!("> {what}")),
            Way::Bars(bars) => {
                let mut bars = bars.lock().unwrap_or_else(PoisonError::into_inner);
                bars.clear_steps();
                bars.phase.set_message(what);
                bars.phase.enable_steady_tick(Duration::from_millis(120));
            }
        }
    }

    /// Leaves a line that stays, such as what a check said.
    pub fn remark(&self, text: &str) {
        let text = printable_line(text);
        match &self.way {
            Way::Silent => {}
            Way::Lines(_) => self.line(&format!("  {text}")),
            Way::Bars(bars) => {
                let bars = bars.lock().unwrap_or_else(PoisonError::into_inner);
                // Where nothing can be shown, nothing is lost.
                let _ = bars.all.println(format!("  {text}"));
            }
        }
    }

    /// Takes away what moves, so that other text can be written.
    pub fn finish(&self) {
        if let Way::Bars(bars) = &self.way {
            let mut bars = bars.lock().unwrap_or_else(PoisonError::into_inner);
            bars.clear_steps();
            bars.phase.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        let _ = writeln!(self.terminal.stderr(), "{text}");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

impl ProgressSink for Progress {
    fn event(&self, event: &ProgressEvent) {
        match &self.way {
            Way::Silent => {}
            Way::Lines(names) => {
                let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(line) = line_of(event, &mut names) {
                    self.line(&line);
                }
            }
            Way::Bars(bars) => bars.lock().unwrap_or_else(PoisonError::into_inner).event(event),
        }
    }
}

/// The plain line for an event, if it is worth one.
fn line_of(event: &ProgressEvent, names: &mut BTreeMap<usize, String>) -> Option<String> {
    match event {
        ProgressEvent::StepStarted { step, name } => {
            names.insert(*step, printable_line(name));
            Some(format!("#{step} {}", printable_line(name)))
        }
        ProgressEvent::StepOutput { step, line } => Some(format!("#{step} | {}", printable_line(line))),
        ProgressEvent::StepTransfer { .. } => None,
        ProgressEvent::StepEnded { step, end, seconds } => {
            let known = names.remove(step).is_some();
            Some(match end {
                StepEnd::Done if !known || *seconds < 0.05 => return None,
                StepEnd::Done => format!("#{step} done in {seconds:.1} s"),
                StepEnd::Cached => format!("#{step} cached"),
                StepEnd::Failed => format!("#{step} failed after {seconds:.1} s"),
            })
        }
        ProgressEvent::Note { text } => Some(format!("  {}", printable_line(text))),
    }
}

impl Bars {
    fn new() -> Bars {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let phase = all.add(ProgressBar::new_spinner().with_style(style("{spinner:.cyan} {wide_msg}")));
        Bars { all, phase, steps: BTreeMap::new() }
    }

    fn clear_steps(&mut self) {
        for step in std::mem::take(&mut self.steps).into_values() {
            step.bar.finish_and_clear();
            self.all.remove(&step.bar);
        }
    }

    fn event(&mut self, event: &ProgressEvent) {
        match event {
            ProgressEvent::StepStarted { step, name } => {
                let bar = self.all.add(ProgressBar::new_spinner().with_style(style("  {wide_msg} {elapsed:.dim}")));
                let name = printable_line(name);
                bar.set_message(name.clone());
                if let Some(old) = self.steps.insert(*step, Step { name, bar }) {
                    old.bar.finish_and_clear();
                    self.all.remove(&old.bar);
                }
            }
            ProgressEvent::StepOutput { step, line } => self.tell(*step, &printable_line(line)),
            ProgressEvent::StepTransfer { step, what, current, total } => {
                let current = HumanBytes(*current);
                let amount = match total {
                    Some(total) => format!("{current} of {}", HumanBytes(*total)),
                    None => current.to_string(),
                };
                self.tell(*step, &format!("{} {amount}", printable_line(what)));
            }
            ProgressEvent::StepEnded { step, end, seconds } => {
                let Some(ended) = self.steps.remove(step) else { return };
                ended.bar.finish_and_clear();
                self.all.remove(&ended.bar);
                let line = match end {
                    StepEnd::Done if *seconds < 0.5 => return,
                    StepEnd::Done => format!("  {} {seconds:.1} s", ended.name),
                    StepEnd::Cached => format!("  {} cached", ended.name),
                    StepEnd::Failed => format!("  {} failed", ended.name),
                };
                let _ = self.all.println(line);
            }
            ProgressEvent::Note { text } => {
                let _ = self.all.println(format!("  {}", printable_line(text)));
            }
        }
    }

    /// Puts a text behind the name of a step.
    fn tell(&self, step: usize, text: &str) {
        let Some(step) = self.steps.get(&step) else { return };
        let tail: String = text.chars().take(TAIL).collect();
        step.bar.set_message(format!("{} {tail}", step.name));
        step.bar.tick();
    }
}

/// A template as a style; one that is wrong gives the default.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_steps_and_escape_what_they_print() {
        let mut names = BTreeMap::new();
        let mut line = |event| line_of(&event, &mut names);
        assert_eq!(
            line(ProgressEvent::StepStarted { step: 2, name: "[2/3] RUN make".into() }).unwrap(),
            "#2 [2/3] RUN make"
        );
        let output = ProgressEvent::StepOutput { step: 2, line: "\x1b[2Jgone".into() };
        assert_eq!(line(output).unwrap(), "#2 | \\x1b[2Jgone");
        assert_eq!(
            line(ProgressEvent::StepEnded { step: 2, end: StepEnd::Done, seconds: 1.25 }).unwrap(),
            "#2 done in 1.2 s"
        );
        assert_eq!(line(ProgressEvent::StepEnded { step: 3, end: StepEnd::Done, seconds: 0.0 }), None);
    }

    #[test]
    fn templates_are_valid() {
        for template in ["{spinner:.cyan} {wide_msg}", "  {wide_msg} {elapsed:.dim}"] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
