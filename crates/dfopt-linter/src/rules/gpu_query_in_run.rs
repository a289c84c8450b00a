//! `gpu-query-in-run`

use dfopt_semantic::command::{Command, Connector, Invocation};

use crate::rule::declare_rule;
use crate::site::runs;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A `RUN` asks for a graphics processor, which no build has.
    ///
    /// ## Why
    ///
    /// Devices are there when a container runs, not while an image is built. The command fails, or says that there is none and
    /// that is kept.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM nvidia/cuda:12.9.0-base-ubuntu24.04
    /// RUN nvidia-smi
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM nvidia/cuda:12.9.0-base-ubuntu24.04
    /// HEALTHCHECK CMD nvidia-smi
    /// ```
    "gpu-query-in-run" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &["tally/gpu/no-buildtime-gpu-queries"],
        since: "0.1.0",
        check: check,
    }
}

/// Calls of Python libraries that look for devices.
const QUERIES: [&str; 6] = [
    "torch.cuda.is_available(",
    "torch.cuda.device_count(",
    "torch.cuda.get_device",
    "list_physical_devices(",
    "is_gpu_available(",
    "jax.devices(",
];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in runs(model).filter(|step| step.ast.flag("device").is_none()) {
        let Some(script) = model.script(step) else { continue };
        let all = script.invocations();
        for (at, invocation) in all.iter().enumerate() {
            let is_excused = all.get(at + 1).is_some_and(|next| next.connector_before == Connector::Or);
            if let Some((place, what)) = query(invocation).filter(|_| !is_excused) {
                ctx.report(&place, format!("`{what}` finds no device in a build"));
            }
        }
    }
}

fn query(invocation: &Invocation) -> Option<(std::ops::Range<u32>, String)> {
    let command = Command::of(invocation)?;
    let name = command.name()?;
    let place = command.name_word()?.range.clone();
    if matches!(name, "nvidia-smi" | "rocm-smi" | "nvidia-debugdump" | "amd-smi") {
        let only_asks = command.args().iter().any(|word| word.is_any(&["--version", "--help", "-h"]));
        return (!only_asks).then(|| (place, name.to_owned()));
    }
    if !name.starts_with("python") {
        return None;
    }
    let inline = command.args().iter().skip_while(|word| !word.is_any(&["-c"])).nth(1)?;
    let found = QUERIES.iter().find(|query| inline.raw.contains(**query))?;
    Some((inline.range.clone(), found.trim_end_matches('(').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn queries_are_marked() {
        check(
            &RULE,
            "
FROM x
RUN a && nvidia-smi -L
         ^^^^^^^^^^ `nvidia-smi` finds no device in a build
RUN python3 -c 'import torch; assert torch.cuda.is_available()'
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `torch.cuda.is_available` finds no device in a build
",
        );
        check_ok(
            &RULE,
            "FROM x\nRUN nvidia-smi || true\nRUN --device=nvidia.com/gpu=all nvidia-smi\nRUN which nvidia-smi\nCMD nvidia-smi\nRUN python -c 'import torch'\n",
        );
    }
}
