//! Reads BuildKit's `--progress=plain`, for command lines that do not know `rawjson`.

use super::steps::Steps;
use crate::progress::StepEnd;

/// Takes the text line by line.
#[derive(Default)]
pub(crate) struct Plain {
    /// What was said outside the steps.
    pub(crate) said: String,
}

impl Plain {
    pub(crate) fn line(&mut self, line: &str, steps: &mut Steps<'_>) {
        let Some((id, text)) =
            line.strip_prefix('#').and_then(|rest| rest.split_once(' ')).filter(|(id, _)| is_number(id))
        else {
            self.said.push_str(line);
            self.said.push('\n');
            return;
        };
        if id == "0" {
            // The line that names the builder.
            return;
        }
        let Some(step) = steps.find(id) else {
            let step = steps.name(id, text);
            steps.start(step);
            return;
        };
        if text == "CACHED" {
            steps.end(step, StepEnd::Cached, 0.0, None);
        } else if let Some(seconds) =
            text.strip_prefix("DONE ").and_then(|seconds| seconds.strip_suffix('s')?.parse().ok())
        {
            steps.end(step, StepEnd::Done, seconds, None);
        } else if let Some(error) = text.strip_prefix("ERROR: ") {
            steps.end(step, StepEnd::Failed, 0.0, Some(error));
        } else if text == "CANCELED" {
            steps.end(step, StepEnd::Failed, 0.0, Some("canceled"));
        } else if let Some((time, output)) = text.split_once(' ').filter(|(time, _)| is_time(time)) {
            let _ = time;
            steps.output(step, &format!("{output}\n"));
        }
        // What remains is a repeated heading, `...`, or the state of a transfer.
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Seconds with a fraction, as before each line of output.
fn is_time(text: &str) -> bool {
    text.split_once('.').is_some_and(|(whole, part)| is_number(whole) && is_number(part))
}
