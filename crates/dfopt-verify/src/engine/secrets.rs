//! Secrets of a build: checked before it starts, since the builder takes a missing variable for an empty secret; never shown.

use std::path::Path;

use crate::error::BuildError;
use crate::text::Redactor;

/// Where a `--secret` value comes from.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    File(String),
    Variable(String),
}

/// Checks that every secret is there, and gives what takes their values out of logs.
pub(crate) fn check(secrets: &[String], env: &dyn Fn(&str) -> Option<String>) -> Result<Redactor, BuildError> {
    let mut redactor = Redactor::default();
    for secret in secrets {
        let (id, source) = parse(secret, env);
        let missing = |looked_for: String| BuildError::SecretMissing { id: id.clone(), looked_for };
        match source {
            Source::Variable(name) => match env(&name) {
                Some(value) => redactor.add(&value),
                None => return Err(missing(format!("the environment has no variable `{name}`"))),
            },
            Source::File(path) => match std::fs::read(Path::new(&path)) {
                Ok(value) => redactor.add(&String::from_utf8_lossy(&value)),
                Err(error) => return Err(missing(format!("cannot read `{path}`: {error}"))),
            },
        }
    }
    Ok(redactor)
}

/// As buildx reads it: `id=…` with `src=`, `source=` or `env=`; without these, the variable of that name if there is one, else
/// the file of that name.
fn parse(secret: &str, env: &dyn Fn(&str) -> Option<String>) -> (String, Source) {
    let (mut id, mut file, mut variable, mut kind) = (String::new(), None, None, String::new());
    for field in secret.split(',') {
        let field = field.trim().trim_matches('"');
        let (key, value) = field.split_once('=').unwrap_or((field, ""));
        match key.to_ascii_lowercase().as_str() {
            "id" => id = value.to_owned(),
            "src" | "source" => file = Some(value.to_owned()),
            "env" => variable = Some(value.to_owned()),
            "type" => kind = value.to_owned(),
            _ => {}
        }
    }
    let source = match (file, variable) {
        // `type=env,src=NAME` is an old spelling of `env=NAME`.
        (Some(file), None) if kind == "env" => Source::Variable(file),
        (Some(file), _) => Source::File(file),
        (None, Some(variable)) => Source::Variable(variable),
        (None, None) if kind == "env" || (kind.is_empty() && env(&id).is_some()) => Source::Variable(id.clone()),
        (None, None) => Source::File(id.clone()),
    };
    (id, source)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn env(name: &str) -> Option<String> {
        (name == "TOKEN").then(|| "hunter22".to_owned())
    }

    #[test]
    fn sources_are_read_as_the_builder_reads_them() {
        let source = |secret| parse(secret, &env).1;
        assert_eq!(source("id=a,src=/x"), Source::File("/x".to_owned()));
        assert_eq!(source("type=file,id=a,source=/x"), Source::File("/x".to_owned()));
        assert_eq!(source("id=a,env=TOKEN"), Source::Variable("TOKEN".to_owned()));
        assert_eq!(source("id=TOKEN"), Source::Variable("TOKEN".to_owned()));
        assert_eq!(source("id=other"), Source::File("other".to_owned()));
        assert_eq!(source("type=env,id=a,src=TOKEN"), Source::Variable("TOKEN".to_owned()));
    }

    #[test]
    fn missing_ones_are_named_and_values_are_hidden() {
        let redactor = check(&["id=a,env=TOKEN".to_owned()], &env).unwrap();
        assert_eq!(redactor.redact("it is hunter22!"), "it is ***!");
        let missing = check(&["id=a,env=NOPE".to_owned()], &env).unwrap_err().to_string();
        assert!(missing.contains("secret `a`") && missing.contains("`NOPE`"), "{missing}");
        let missing = check(&["id=b,src=/nonexistent/file".to_owned()], &env).unwrap_err().to_string();
        assert!(missing.contains("secret `b`") && missing.contains("/nonexistent/file"), "{missing}");
    }
}
