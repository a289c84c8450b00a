//! `secret-in-arg-or-env`

use dfopt_semantic::expand::Piece;
use dfopt_semantic::model::{Step, Variable, VariableKind};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::option::Texts;
use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Dialect, Severity};

static ALLOW: Texts = Texts::new(
    "allow",
    &[
        "APT_KEY",
        "GPG_KEY",
        "GPG_KEYS",
        "KEYRING",
        "KEY_SERVER",
        "KEYMAP",
        "SSH_AUTH_SOCK",
        "PRIMARY_KEY",
        "CACHE_KEY",
        "*_TOKEN_URL",
        "*_TTL",
        "*_EXPIRY",
    ],
    "Names that hold no secret, in any case; `*` at the start or the end stands for any text.",
);

declare_rule! {
    /// The name of an `ARG` or `ENV` says that it holds a secret.
    ///
    /// ## Why
    ///
    /// The value of an `ENV` is in the image's configuration for everyone to read, and that of an `ARG` stays in the history of
    /// every `RUN` behind it. A secret mount leaves nothing behind.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24
    /// ARG NPM_TOKEN
    /// RUN npm ci
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24
    /// RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci
    /// ```
    "secret-in-arg-or-env" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &[
            "DL3064",
            "SecretsUsedInArgOrEnv",
            "DS-0031",
            "S6472",
            "DF014",
            "tally/ruby/secrets-in-arg-or-env",
            "tally/require-secret-mounts",
            "CIS-DI-0010",
        ],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        buildkit: Some(Severity::Warning),
        options: &[ALLOW.option()],
    }
}

/// Parts of names that say secret.
const SECRET: [&str; 12] = [
    "apikey",
    "auth",
    "credential",
    "credentials",
    "key",
    "password",
    "pword",
    "passwd",
    "secret",
    "token",
    "passphrase",
    "accesskey",
];

/// Parts of names that take it back.
const PUBLIC: [&str; 3] = ["public", "file", "version"];

/// Parts of names that hadolint goes by.
const PEER_PARTS: [&str; 7] = ["api_key", "client_key", "password", "private", "secret", "token", "username"];

/// Names that hadolint knows and that have none of the parts above.
const PEER_NAMES: [&str; 15] = [
    "APPLICATION_KEY",
    "AWS_ACCESS_KEY_ID",
    "CI_DEPLOY_USER",
    "DOCKER_EMAIL",
    "FACEBOOK_APP_ID",
    "FOSSA_API_KEY",
    "HEROKU_API_USER",
    "OKTA_AUTHN_GROUPID",
    "OKTA_CLIENT_ORGURL",
    "OKTA_OAUTH2_CLIENTID",
    "STRIPE_DEVICE_NAME",
    "TRAVIS_OS_NAME",
    "TRAVIS_SECURE_ENV_VARS",
    "TRAVIS_SUDO",
    "OPENAI_API_KEY",
];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let dialect = ctx.dialect();
    let allowed = ALLOW.of(ctx);
    for site in sites(model) {
        let kind = match &site.ast {
            Instruction::Arg(_) => VariableKind::Arg,
            Instruction::Env(_) => VariableKind::Env,
            _ => continue,
        };
        if dialect == Dialect::Buildkit && (site.step.stage.is_none() || site.is_trigger()) {
            continue;
        }
        // hadolint reads the first name of an ARG only.
        let is_first_only = dialect == Dialect::Hadolint && kind == VariableKind::Arg;
        for pair in site.ast.pairs().take(if is_first_only { 1 } else { usize::MAX }) {
            let Some(word) = pair.name() else { continue };
            // The builder looks at what it comes to, and knows of no value that a base image might have.
            let expanded = || {
                let text = model.scope(site.step).expand(&word.raw(), model.escape()).text;
                let known = text.pieces().iter().map(|piece| match piece {
                    Piece::Known(text) => text.as_str(),
                    Piece::Unknown => "",
                });
                (dialect == Dialect::Buildkit).then(|| known.collect::<String>())
            };
            let Some(name) = word.literal().or_else(expanded) else { continue };
            let is_secret = match dialect {
                Dialect::Hadolint => is_secret_as_hadolint(&name),
                Dialect::Buildkit => is_secret_as_buildkit(&name),
                Dialect::Recommended => is_secret(&name, &allowed) && !is_harmless_value(site.step, word.range(), kind),
            };
            if is_secret {
                report(ctx, word.range(), &name, kind);
            }
        }
    }
}

fn report(ctx: &mut Context<'_>, place: TextRange, name: &str, kind: VariableKind) {
    let (what, note) = match kind {
        VariableKind::Env => ("`ENV`", "the value is in the image's configuration"),
        VariableKind::Arg => ("`ARG`", "the value stays in the history of each `RUN` behind it"),
    };
    ctx.report(place, format!("`{name}` in {what} looks like a secret"))
        .note(note)
        .help(format!("hand it over with `RUN --mount=type=secret,id={}`", name.to_lowercase()));
}

fn parts(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split('_').map(str::to_lowercase)
}

fn is_secret_as_buildkit(name: &str) -> bool {
    // The last two are this project's own.
    parts(name).any(|part| SECRET[..10].contains(&&*part)) && !parts(name).any(|part| PUBLIC.contains(&&*part))
}

fn is_secret_as_hadolint(name: &str) -> bool {
    let lower = name.to_lowercase();
    PEER_PARTS.iter().any(|part| lower.contains(part))
        || PEER_NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_secret(name: &str, allowed: &[&str]) -> bool {
    let upper = name.to_uppercase();
    let is_public = parts(name).any(|part| PUBLIC.contains(&&*part));
    let by_part = || parts(name).any(|part| SECRET.contains(&&*part));
    let by_end = || ["SECRET", "PASSWORD", "TOKEN"].iter().any(|end| upper.ends_with(end));
    !is_public && (by_part() || by_end()) && !allowed.iter().any(|pattern| matches(&pattern.to_uppercase(), &upper))
}

/// `NAME`, `NAME*`, `*NAME`
fn matches(pattern: &str, name: &str) -> bool {
    if let Some(end) = pattern.strip_prefix('*') {
        return name.ends_with(end);
    }
    pattern.strip_suffix('*').map_or(name == pattern, |start| name.starts_with(start))
}

/// Whether the value is one that no secret has.
fn is_harmless_value(step: &Step, name: TextRange, kind: VariableKind) -> bool {
    let variable: Option<&Variable> = step.variables.iter().find(|variable| variable.name_range == name);
    let Some(value) = variable.and_then(|variable| variable.value.known()) else { return false };
    let is_hex = value.len() >= 8
        && value.bytes().all(|b| b.is_ascii_hexdigit() || b == b' ')
        && value.bytes().any(|b| b.is_ascii_digit());
    let is_fingerprint = is_hex && [8, 16, 32, 40].contains(&value.replace(' ', "").len());
    if kind == VariableKind::Arg {
        return is_fingerprint;
    }
    let is_url =
        value.split_once("://").is_some_and(|(_, rest)| !rest.split('/').next().unwrap_or_default().contains('@'));
    let is_number = value.bytes().all(|b| b.is_ascii_digit());
    let is_boolean = ["true", "false", "yes", "no", "on", "off"].iter().any(|word| value.eq_ignore_ascii_case(word));
    value.is_empty() || value.starts_with(['/', '.']) || is_url || is_number || is_boolean || is_fingerprint
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with, only_with, texts};
    use crate::{Preset, Settings};

    #[test]
    fn names_are_marked() {
        check(
            &RULE,
            "
ARG GH_TOKEN
    ^^^^^^^^ `GH_TOKEN` in `ARG` looks like a secret
FROM a
ENV A=1 DB_PASSWORD=hunter2 MYSECRET=x
        ^^^^^^^^^^^ `DB_PASSWORD` in `ENV` looks like a secret
                            ^^^^^^^^ `MYSECRET` in `ENV` looks like a secret
ONBUILD ARG api_key
            ^^^^^^^ `api_key` in `ARG` looks like a secret
",
        );
    }

    #[test]
    fn names_and_values_without_secrets() {
        check_ok(
            &RULE,
            "FROM a\nENV SECRET_FILE=/x PUBLIC_KEY=y TOKEN_VERSION=1 KEY_PATH=/etc/k AUTH_URL=https://x/y AUTH=true PASSWORD=\nARG GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D\nENV SIGN_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D\nARG MONKEY\nENV SSH_AUTH_SOCK=x\n",
        );
    }

    #[test]
    fn names_can_be_allowed() {
        let settings = only_with(&RULE, &[("allow", texts(&["db_*", "*_hint"]))]);
        check_with(
            &RULE,
            &settings,
            dfopt_semantic::model::Options::default(),
            "FROM a\nENV DB_PASSWORD=x PASSWORD_HINT=y APT_KEY=z\n                                  ^^^^^^^ `APT_KEY` in `ENV` looks like a secret\n",
        );
    }

    #[test]
    fn peers() {
        let options = dfopt_semantic::model::Options::default();
        let hadolint = Settings::of_preset(Preset::Hadolint);
        check_with(
            &RULE,
            &hadolint,
            options,
            "FROM a\nARG USERNAME=x MY_TOKEN\n    ^^^^^^^^ `USERNAME` in `ARG` looks like a secret\nARG AUTH\nARG travis_sudo\n    ^^^^^^^^^^^ `travis_sudo` in `ARG` looks like a secret\n",
        );
        let buildkit = Settings::of_preset(Preset::Buildkit);
        check_with(
            &RULE,
            &buildkit,
            options,
            "ARG TOKEN\nFROM a\nARG USERNAME\nENV AUTH=true KEY=/x ${NO}_TOKEN=1\n    ^^^^ `AUTH` in `ENV` looks like a secret\n              ^^^ `KEY` in `ENV` looks like a secret\n                     ^^^^^^^^^^^ `_TOKEN` in `ENV` looks like a secret\n",
        );
    }
}
