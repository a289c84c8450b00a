//! `gem install`

use super::options::{Spec, Style, parse};
use super::view::Command;
use super::word::Word;

/// A `gem install` command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GemInstall<'a> {
    /// The word of the verb.
    pub verb: &'a Word,
    /// The gems, by name or file.
    pub gems: Vec<&'a Word>,
    /// Whether one version is said for all of them.
    pub has_version: bool,
    /// Whether documentation is left out.
    pub leaves_out_documents: bool,
}

static GEM: Spec = Spec {
    style: Style::Gnu,
    short: "vinspPg",
    attached: "",
    long: &[
        "version",
        "install-dir",
        "bindir",
        "source",
        "http-proxy",
        "platform",
        "document",
        "trust-policy",
        "file",
        "build-root",
        "format-executable",
        "config-file",
    ],
};

impl<'a> GemInstall<'a> {
    /// The command as an installation; `None` for other commands.
    #[must_use]
    pub fn of(command: &Command<'a>) -> Option<Self> {
        if command.name() != Some("gem") {
            return None;
        }
        // What follows `--` is for the build of the gem.
        let args = command.args();
        let end = args.iter().position(|word| word.is_any(&["--"])).unwrap_or(args.len());
        let parsed = parse(args.get(..end)?, &GEM);
        let (verb, gems) = parsed.operands.split_first()?;
        verb.is_any(&["install", "i"]).then(|| Self {
            verb,
            gems: gems.to_vec(),
            has_version: parsed.has(&["-v", "--version"]),
            leaves_out_documents: parsed.has(&["-N", "--no-document", "--no-ri", "--no-rdoc"])
                || parsed.text(&["--document"]).is_some_and(|kinds| kinds == "none"),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing::script;
    use super::*;

    #[test]
    fn gems_and_options() {
        for (text, gems, version, without_documents) in [
            ("gem install a b:1", "a b:1", false, false),
            ("gem i -N -i /x a -v 1", "a", true, true),
            ("gem install --version=2 a -- --with-b c", "a", true, false),
            ("gem install --document none a", "a", false, true),
        ] {
            let script = script(text);
            let command = Command::of(&script.invocations[0]).unwrap();
            let install = GemInstall::of(&command).unwrap();
            let names: Vec<_> = install.gems.iter().map(|word| word.text().unwrap()).collect();
            assert_eq!(names.join(" "), gems, "{text}");
            assert_eq!((install.has_version, install.leaves_out_documents), (version, without_documents), "{text}");
        }
        let other = script("gem update a");
        assert_eq!(GemInstall::of(&Command::of(&other.invocations[0]).unwrap()), None);
    }
}
