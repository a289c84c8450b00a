//! Names of files that hold secrets, as two rules look for them.

/// How surely a file of that name holds a secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Certainty {
    /// It is made for that.
    Certain,
    /// It is a settings file that often has a token; what is in it shows whether it has.
    Possible,
}

/// What a path is, going by its name.
pub(crate) fn certainty(path: &str) -> Option<Certainty> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let parent = path.rsplit('/').nth(1).unwrap_or_default();
    let is_example = ["example", "sample", "template", "dist", "test", "defaults", "default", "tpl"]
        .iter()
        .any(|word| name.split(['.', '-', '_']).any(|part| part.eq_ignore_ascii_case(word)));
    let is_certificate = ["cert", "chain", "ca", "root", "pub", "public"].iter().any(|word| {
        name.split(['.', '-', '_'])
            .any(|part| part.eq_ignore_ascii_case(word) || (word.len() > 3 && part.contains(word)))
    });
    let has_ending =
        |endings: &[&str]| endings.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending));
    let is_named = |names: &[&str]| names.contains(&name);
    let is_environment = name == ".env" || name.starts_with(".env.");
    let is_key = is_named(&["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "master.key"])
        || has_ending(&[".p12", ".pfx", ".tfstate"])
        || (has_ending(&[".key", ".pem"]) && !is_certificate);
    let is_account = is_named(&[".netrc", ".git-credentials", ".pypirc", "credentials.json"])
        || (name.starts_with("service-account") && name.ends_with(".json"))
        || matches!((parent, name), (".aws", "credentials") | (".docker", "config.json") | (".kube", "config"));
    if (is_environment || is_key || is_account) && !is_example {
        return Some(Certainty::Certain);
    }
    let lower = name.to_ascii_lowercase();
    let is_settings = matches!(&*lower, ".npmrc" | ".yarnrc.yml" | "pip.conf" | "nuget.config" | "auth.json");
    is_settings.then_some(Certainty::Possible)
}

/// Whether the text of a settings file shows a token; a variable in its place is none.
pub(crate) fn has_token(text: &str) -> bool {
    const KEYS: [&str; 8] =
        ["_authtoken", "_auth", "_password", "npmauthtoken", "cleartextpassword", "github-oauth", "http-basic", "://"];
    text.lines().any(|line| {
        let lower = line.to_ascii_lowercase();
        let Some(key) = KEYS.iter().find(|key| lower.contains(**key)) else { return false };
        let rest = &line[lower.find(key).unwrap_or(0) + key.len()..];
        match *key {
            "://" => rest.split('/').next().is_some_and(|host| {
                host.split_once('@').is_some_and(|(user, _)| user.contains(':') && !user.contains('$'))
            }),
            "github-oauth" | "http-basic" => true,
            _ => {
                let value = rest.trim_start_matches(['=', ':', ' ', '"', '\'']);
                !value.trim().is_empty() && !value.starts_with('$')
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for path in [
            ".env",
            "a/.env.production",
            "id_rsa",
            "tls/server.key",
            "server.pem",
            "x.p12",
            ".aws/credentials",
            ".netrc",
            "config/master.key",
            "service-account-prod.json",
            "*.key",
        ] {
            assert_eq!(certainty(path), Some(Certainty::Certain), "{path}");
        }
        for path in [".npmrc", "pip.conf", "NuGet.Config", "auth.json"] {
            assert_eq!(certainty(path), Some(Certainty::Possible), "{path}");
        }
        for path in [
            ".env.example",
            ".env.dist",
            "ca.pem",
            "fullchain.pem",
            "server-cert.pem",
            "id_rsa.pub",
            "public.pem",
            "config.json",
            "key",
            ".environment",
            "credentials",
        ] {
            assert_eq!(certainty(path), None, "{path}");
        }
    }

    #[test]
    fn tokens_in_settings_files() {
        assert!(has_token("//registry.npmjs.org/:_authToken=abc"));
        assert!(has_token("index-url = https://me:pw@pypi.example.com/simple"));
        assert!(!has_token("//registry.npmjs.org/:_authToken=${NPM_TOKEN}"));
        assert!(!has_token("registry=https://registry.npmjs.org/\n"));
    }
}
