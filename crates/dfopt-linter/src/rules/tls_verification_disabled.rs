//! `tls-verification-disabled`

use std::ops::Range;

use dfopt_semantic::command::{Command, Word};
use dfopt_semantic::model::{Model, VariableKind};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::peer;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Place, Severity, runs};

declare_rule! {
    /// Certificates are not checked.
    ///
    /// ## Why
    ///
    /// Without the check anyone on the way between the build and the server can hand over other files. Where a company's own authority signs
    /// certificates, its certificate can be added to those that the image trusts.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -fsSL --insecure https://example.com/app -o /usr/local/bin/app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -fsSL https://example.com/app -o /usr/local/bin/app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The command fails where the certificate is one that the image does not trust.
    "tls-verification-disabled" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &[
            "CKV2_DOCKER_2",
            "CKV2_DOCKER_3",
            "CKV2_DOCKER_4",
            "CKV2_DOCKER_5",
            "CKV2_DOCKER_6",
            "CKV2_DOCKER_12",
            "CKV2_DOCKER_13",
            "CKV2_DOCKER_14",
            "CKV2_DOCKER_15",
            "CKV2_DOCKER_16",
        ],
        since: "0.1.0",
        check: check,
    }
}

/// A place that switches the check off.
struct Switch {
    place: TextRange,
    /// What can be taken away.
    removed: Option<TextRange>,
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        let ast = match &step.ast {
            Instruction::Onbuild(onbuild) => onbuild.trigger().unwrap_or_else(|| step.ast.clone()),
            ast => ast.clone(),
        };
        let is_check = matches!(ast, Instruction::Healthcheck(_));
        if !matches!(ast, Instruction::Run(_)) && !is_check || model.has_error(step) {
            continue;
        }
        let Some(script) = model.script(step) else { continue };
        for invocation in script.invocations() {
            let mut switches = Vec::new();
            for (name, value) in &invocation.assignments {
                if switches_off(name, value.text()) {
                    switches.push(Switch { place: value.range.place(), removed: None });
                }
            }
            if let Some(command) = Command::of(invocation) {
                of_command(model, &command, &mut switches);
            }
            for switch in switches {
                let report = ctx.report(switch.place, "certificates are not checked");
                let report = if is_check { report.severity(Severity::Info) } else { report };
                if let Some(removed) = switch.removed {
                    report.fix("Check certificates", |fix| fix.delete(removed));
                }
            }
        }
    }
    of_variables(ctx);
}

/// ENV and ARG that programs read.
fn of_variables(ctx: &mut Context<'_>) {
    for step in ctx.model().steps() {
        for variable in &step.variables {
            let has_value = variable.kind == VariableKind::Env || variable.value.known().is_some();
            if has_value && switches_off(&variable.name, variable.value.known()) {
                ctx.report(variable.name_range, "certificates are not checked");
            }
        }
    }
}

/// Whether a variable makes programs not check certificates.
fn switches_off(name: &str, value: Option<&str>) -> bool {
    let is = |values: &[&str]| value.is_some_and(|value| values.iter().any(|one| value.eq_ignore_ascii_case(one)));
    match name {
        "NODE_TLS_REJECT_UNAUTHORIZED" | "PYTHONHTTPSVERIFY" | "BUNDLE_SSL_VERIFY_MODE" => is(&["0"]),
        "GIT_SSL_NO_VERIFY" | "PIP_TRUSTED_HOST" | "CURL_SSL_NO_VERIFY" => {
            value.is_some_and(|value| !value.is_empty() && value != "0" && value != "false")
        }
        "npm_config_strict_ssl" | "NPM_CONFIG_STRICT_SSL" | "SSL_VERIFY" => is(&["false", "0"]),
        "GOSUMDB" => is(&["off"]),
        "GONOSUMDB" | "GOINSECURE" => is(&["*"]),
        _ => false,
    }
}

/// Options of curl with a value behind their letter.
const CURL_VALUES: &str = "ohHXduAbcCDeEFKmPQrtTUwxyYz";

fn of_command(model: &Model<'_>, command: &Command<'_>, switches: &mut Vec<Switch>) {
    let args = command.args();
    let Some(name) = command.name() else { return };
    let whole = |word: &Word| Switch { place: word.range.place(), removed: runs::removable(model, word) };
    let marked = |word: &Word| Switch { place: word.range.place(), removed: None };
    match name {
        "curl" if !is_local(args) => {
            for word in args {
                if word.is_any(&["-k", "--insecure", "--proxy-insecure"]) {
                    switches.push(whole(word));
                } else if let Some(letter) = in_cluster(word) {
                    let place = letter.place();
                    let is_there = model.text_at(place) == "k";
                    switches.push(Switch { place, removed: is_there.then_some(place) });
                }
            }
        }
        "wget" if !is_local(args) => {
            switches.extend(args.iter().filter(|word| word.is_any(&["--no-check-certificate"])).map(whole))
        }
        "git" => {
            let is_off = |text: &str| {
                let text = text.to_ascii_lowercase();
                text == "http.sslverify=false" || text == "http.sslverify=0"
            };
            switches.extend(args.iter().filter(|word| is_off(peer::text(word))).map(marked));
            switches.extend(pair(args, &["http.sslVerify"], &["false", "0"]).map(marked));
        }
        "pip" | "pip3" | "python" | "python3" | "uv" | "pipenv" | "poetry" => {
            let is_switch = |word: &&Word| {
                let text = peer::text(word);
                text == "--trusted-host" || text.starts_with("--trusted-host=") || text == "global.trusted-host"
            };
            switches.extend(args.iter().filter(is_switch).map(marked));
        }
        "npm" | "yarn" | "pnpm" => {
            switches.extend(args.iter().filter(|word| word.is_any(&["strict-ssl=false"])).map(marked));
            switches
                .extend(args.iter().filter(|word| word.is_any(&["--strict-ssl=false", "--no-strict-ssl"])).map(whole));
            switches.extend(pair(args, &["strict-ssl", "--strict-ssl", "enableStrictSsl"], &["false"]).map(marked));
        }
        "composer" => {
            switches.extend(pair(args, &["disable-tls"], &["true"]).map(marked));
            switches.extend(pair(args, &["secure-http"], &["false"]).map(marked));
        }
        "conda" | "mamba" => switches.extend(pair(args, &["ssl_verify"], &["false", "False"]).map(marked)),
        _ => {}
    }
    let is_rpm = matches!(name, "yum" | "dnf" | "microdnf" | "yum-config-manager");
    let is_apt = matches!(name, "apt-get" | "apt" | "aptitude");
    for word in runs::texts(command.invocation()) {
        let text = peer::text(word).to_ascii_lowercase();
        let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '"' | '\'' | ';')).collect();
        let rpm = compact.contains("sslverify=0") || compact.contains("sslverify=false");
        let apt = ["verify-peer", "verify-host"].iter().any(|key| {
            compact.contains(&format!("{key}=false"))
                || compact.contains(&format!("{key}=0"))
                || compact.contains(&format!("{key}false"))
        });
        let gem = compact.contains(":ssl_verify_mode:0");
        let is_file = command.name().is_some_and(|name| matches!(name, "echo" | "printf" | "cat" | "tee" | "sed"));
        if (rpm && (is_rpm || is_file)) || (apt && (is_apt || is_file)) || (gem && is_file) {
            switches.push(marked(word));
        }
    }
}

/// The value behind one of `keys`, when it is one of `values`.
fn pair<'w>(args: &'w [Word], keys: &'w [&str], values: &'w [&str]) -> impl Iterator<Item = &'w Word> {
    args.windows(2)
        .filter(move |two| {
            keys.iter().any(|key| peer::text(&two[0]).eq_ignore_ascii_case(key)) && two[1].is_any(values)
        })
        .map(|two| &two[1])
}

/// The `k` among letters such as `-fsSLk`.
fn in_cluster(word: &Word) -> Option<Range<u32>> {
    let letters = word.text()?.strip_prefix('-').filter(|letters| letters.len() > 1 && !letters.starts_with('-'))?;
    let at = letters.find('k')?;
    let is_flags = letters[..at].chars().all(|c| c.is_ascii_alphanumeric() && !CURL_VALUES.contains(c));
    let start = word.range.start + 1 + u32::try_from(at).ok()?;
    (is_flags && word.text() == Some(&*word.raw)).then_some(start..start + 1)
}

/// Whether all addresses are of this machine.
fn is_local(args: &[Word]) -> bool {
    let hosts: Vec<&str> =
        args.iter().filter_map(|word| peer::text(word).split_once("://")).map(|(_, rest)| rest).collect();
    let is_own = |rest: &&str| ["localhost", "127.", "[::1]", "0.0.0.0"].iter().any(|host| rest.starts_with(host));
    !hosts.is_empty() && hosts.iter().all(is_own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn switches_of_commands_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN curl -fsSLk https://x && wget --no-check-certificate https://y
              ^ certificates are not checked [fix]
                                  ^^^^^^^^^^^^^^^^^^^^^^ certificates are not checked [fix]
RUN git -c http.sslVerify=false clone x && git config --global http.sslverify false
           ^^^^^^^^^^^^^^^^^^^^ certificates are not checked
                                                                              ^^^^^ certificates are not checked
RUN pip install --trusted-host x y && npm config set strict-ssl false
                ^^^^^^^^^^^^^^ certificates are not checked
                                                                ^^^^^ certificates are not checked
RUN yum --setopt=sslverify=0 install x && echo 'Acquire::https::Verify-Peer \"false\";' > /etc/apt/apt.conf.d/99
        ^^^^^^^^^^^^^^^^^^^^ certificates are not checked
                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ certificates are not checked
HEALTHCHECK CMD curl -k https://app
                     ^^ certificates are not checked [fix]
",
        );
    }

    #[test]
    fn variables_are_marked() {
        check(
            &RULE,
            "
FROM a
ENV A=1 NODE_TLS_REJECT_UNAUTHORIZED=0
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ certificates are not checked
RUN GIT_SSL_NO_VERIFY=1 git clone x
                      ^ certificates are not checked
",
        );
        check_ok(&RULE, "FROM a\nENV NODE_TLS_REJECT_UNAUTHORIZED=1 GIT_SSL_NO_VERIFY=\nARG PIP_TRUSTED_HOST\n");
    }

    #[test]
    fn what_looks_alike_is_fine() {
        check_ok(
            &RULE,
            "FROM a\nRUN curl -o k https://x && curl -okay https://x && curl --cacert ca https://x\nRUN curl -k https://localhost/x && wget -k x\nRUN echo curl -k\nHEALTHCHECK CMD curl -k https://127.0.0.1/\n",
        );
    }

    #[test]
    fn switches_are_taken_away() {
        check_fix(
            &RULE,
            "FROM a\nRUN sh -c ' \\\n    x && \\\n    # curl -k\n    curl -k https://x'\n",
            "FROM a\nRUN sh -c ' \\\n    x && \\\n    # curl -k\n    curl https://x'\n",
        );
        check_fix(
            &RULE,
            "FROM a\nRUN curl -k https://x\nRUN curl -fkL https://x\n",
            "FROM a\nRUN curl https://x\nRUN curl -fL https://x\n",
        );
    }
}
