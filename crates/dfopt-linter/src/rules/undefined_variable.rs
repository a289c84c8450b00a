//! `undefined-variable`

use dfopt_semantic::expand::Reference;
use dfopt_semantic::model::{Base, ExpandedText, Model, Stage, Step, TextRole, is_platform_arg};
use dfopt_semantic::suggest;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::{carriers, sites};
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// A variable is used that nothing defines.
    ///
    /// ## Why
    ///
    /// It is replaced by nothing, without a message. Mostly the name is misspelt, or its `ARG` is missing in this stage.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM scratch
    /// ARG VERSION=1
    /// COPY app-$VERSOIN /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM scratch
    /// ARG VERSION=1
    /// COPY app-$VERSION /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix takes the nearest name that is defined, and is unsafe because another one may be meant.
    "undefined-variable" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["UndefinedVar"],
        since: "0.1.0",
        check: check,
        buildkit: Some(Severity::Warning),
    }
}

/// Variables that the builder defines for itself.
const EXEMPT: [&str; 3] = ["PATH", "BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

/// Variables that images commonly have.
const USUAL: [&str; 24] = [
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "TZ",
    "TERM",
    "JAVA_HOME",
    "JAVA_VERSION",
    "GOPATH",
    "GOROOT",
    "GOLANG_VERSION",
    "NODE_VERSION",
    "YARN_VERSION",
    "PYTHON_VERSION",
    "PYTHONPATH",
    "GEM_HOME",
    "RUBY_VERSION",
    "PHP_VERSION",
    "RUSTUP_HOME",
    "CARGO_HOME",
    "CATALINA_HOME",
    "NGINX_VERSION",
    "PGDATA",
    "LD_LIBRARY_PATH",
];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    check_triggers(ctx);
    for step in model.steps().iter().filter(|step| step.stage.is_some() && !matches!(step.ast, Instruction::From(_))) {
        let mut made: Vec<&str> = Vec::new();
        for text in model.expanded_texts(step, &step.ast).iter().filter(|text| text.role != TextRole::Port) {
            // ARG sees the names before it in the same instruction.
            if matches!(step.ast, Instruction::Arg(_)) {
                let place = text.whole();
                made = step
                    .variables
                    .iter()
                    .filter(|one| one.range.end() < place.start())
                    .map(|one| one.name.as_str())
                    .collect();
            }
            let mut seen: Vec<&str> = Vec::new();
            for reference in &text.expansion.references {
                let name = reference.name.as_str();
                if seen.contains(&name) || made.contains(&name) || is_defined(ctx, step, name) {
                    continue;
                }
                seen.push(name);
                judge(ctx, step, text, reference);
            }
        }
    }
}

/// What is expanded behind ONBUILD, at the stages of the file where that is carried out.
fn check_triggers(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| site.is_trigger()) {
        let Some(stage) = model.stage_of(site.step) else { continue };
        let carriers = carriers(model, site.step);
        for text in model.expanded_texts(site.step, &site.ast).iter().filter(|text| text.role != TextRole::Port) {
            let mut seen: Vec<&str> = Vec::new();
            for reference in &text.expansion.references {
                let name = reference.name.as_str();
                let is_known = EXEMPT.contains(&name)
                    || model.scope_after(stage).variable(name).is_some()
                    || triggers_set(model, stage, name)
                    || base_has(model, site.step, name).unwrap_or_else(|| USUAL.contains(&name));
                if is_known || seen.contains(&name) {
                    continue;
                }
                seen.push(name);
                for from in &carriers {
                    ctx.report(from.keyword_range(), format!("nothing defines `{name}` behind `ONBUILD` of the base"));
                }
            }
        }
    }
}

/// Whether an ENV or ARG behind ONBUILD of the stage makes the variable in those built on it.
fn triggers_set(model: &Model<'_>, stage: &Stage, name: &str) -> bool {
    let mut triggers = model.stage_steps(stage).iter().filter_map(|step| match &step.ast {
        Instruction::Onbuild(onbuild) => onbuild.trigger(),
        _ => None,
    });
    triggers.any(|trigger| {
        matches!(trigger, Instruction::Env(_) | Instruction::Arg(_))
            && trigger.pairs().any(|pair| pair.name().is_some_and(|word| word.raw() == name))
    })
}

/// Whether the file itself, or the builder, knows the name here.
fn is_defined(ctx: &Context<'_>, step: &Step, name: &str) -> bool {
    let model = ctx.model();
    // Global arguments and those of the platform lack their declaration, which is a rule of its own, though not BuildKit's.
    let is_global = is_platform_arg(name) || model.scope(step).global_value(name).is_some();
    let is_out_of_scope = is_global && ctx.dialect() != Dialect::Buildkit;
    let base = model.stage_of(step).and_then(|stage| match stage.base {
        Base::Stage(index) => model.stages().get(index),
        _ => None,
    });
    EXEMPT.contains(&name)
        || is_out_of_scope
        || model.scope(step).variable(name).is_some()
        || base.is_some_and(|base| triggers_set(model, base, name))
}

fn judge(ctx: &mut Context<'_>, step: &Step, text: &ExpandedText, reference: &Reference) {
    let model = ctx.model();
    let name = reference.name.as_str();
    let scope = model.scope(step);
    let declared: Vec<&str> = scope.variables().map(|(variable, _)| variable.name.as_str()).collect();
    let near = suggest::nearest(name, declared.iter().copied()).filter(|_| name.len() > 2);
    let is_wanted = match base_has(model, step, name) {
        Some(has) => !has,
        None => match ctx.dialect() {
            Dialect::Buildkit => !USUAL.contains(&name),
            _ => near.is_some(),
        },
    };
    if !is_wanted {
        return;
    }
    let place = text.range(reference.name_range.clone());
    let report = ctx.report(place, format!("nothing defines `{name}`"));
    match near {
        Some(near) => {
            report
                .help(format!("did you mean `{near}`?"))
                .fix(format!("Change to `{near}`"), |fix| fix.replace(place, near));
        }
        None => {
            report.help("declare it with `ARG` or `ENV` above");
        }
    }
}

/// Whether the base image defines the name; `None` when its variables are not known.
fn base_has(model: &Model<'_>, step: &Step, name: &str) -> Option<bool> {
    let stage = model.stage_of(step)?;
    if *model.root_base(stage)? == Base::Scratch {
        return Some(false);
    }
    let facts = model.base_facts(stage)?;
    let has = facts.env.iter().any(|variable| variable.name == name);
    (has || facts.env_is_complete).then_some(has)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn names_are_marked_once_a_word() {
        check(
            &RULE,
            "
FROM scratch
ENV A=1 B=$C$C
           ^ nothing defines `C`
COPY --chown=$O x$P /y
              ^ nothing defines `O`
                  ^ nothing defines `P`
ARG D=1 E=$D F=$G
                ^ nothing defines `G`
",
        );
    }

    #[test]
    fn an_instruction_sees_what_is_above() {
        check(&RULE, "FROM scratch\nENV A=1 B=$A\n           ^ nothing defines `A`\nENV C=$A$B\n");
    }

    #[test]
    fn what_is_defined_or_may_be() {
        check_ok(&RULE, "FROM scratch\nARG A\nENV B=$A C=$PATH D='$x'\nRUN echo $E\nEXPOSE $P\nCMD $X\n");
        check_ok(&RULE, "FROM other.example/a\nWORKDIR $ANY/x\n");
        check_ok(&RULE, "ARG V=1\nFROM scratch\nLABEL v=$V p=$TARGETARCH\n");
    }

    #[test]
    fn a_near_name_is_meant() {
        check_fix(
            &RULE,
            "FROM other.example/a\nARG VERSION\nCOPY x-${VERSOIN:-1} /y\n",
            "FROM other.example/a\nARG VERSION\nCOPY x-${VERSION:-1} /y\n",
        );
    }

    #[test]
    fn buildkit_reports_with_unknown_bases_too() {
        let settings = Settings::of_preset(Preset::Buildkit);
        check_with(
            &RULE,
            &settings,
            dfopt_semantic::model::Options::default(),
            "FROM other.example/a\nWORKDIR $HOME/$OTHER\n               ^^^^^ nothing defines `OTHER`\n",
        );
    }
}
