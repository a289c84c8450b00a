//! Which commands of package managers stop to ask whether they should go on: one row per manager.

use super::super::options::Parsed;
use super::super::view::Command;
use super::super::word::Word;
use super::{Setting, apt, rpm};

/// A command that asks before it changes anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question<'a> {
    /// The program.
    pub tool: &'a str,
    /// The word of the program.
    pub name: &'a Word,
    /// The word of the verb.
    pub verb: &'a Word,
    /// Whether an option answers, or keeps the command from changing anything.
    pub is_answered: bool,
}

const APT_VERBS: &[&str] = &[
    "install",
    "reinstall",
    "build-dep",
    "satisfy",
    "upgrade",
    "safe-upgrade",
    "dist-upgrade",
    "full-upgrade",
    "remove",
    "purge",
];
const APT_ANSWERS: &[&str] = &[
    "-y",
    "--yes",
    "--assume-yes",
    "--force-yes",
    "--assume-no",
    "-s",
    "--simulate",
    "--just-print",
    "--dry-run",
    "--recon",
    "--no-act",
    "-d",
    "--download-only",
    "--print-uris",
];
const DNF_VERBS: &[&str] = &[
    "install",
    "in",
    "reinstall",
    "rei",
    "localinstall",
    "groupinstall",
    "groupremove",
    "builddep",
    "swap",
    "update",
    "upgrade",
    "up",
    "upgrade-minimal",
    "up-min",
    "downgrade",
    "remove",
    "erase",
    "rm",
    "autoremove",
    "distro-sync",
];
const ZYPPER_VERBS: &[&str] = &[
    "install",
    "in",
    "remove",
    "rm",
    "source-install",
    "si",
    "patch",
    "update",
    "up",
    "dist-upgrade",
    "dup",
    "install-new-recommends",
    "inr",
];

impl<'a> Question<'a> {
    /// The question that a command of apt, dnf or zypper asks; `None` for commands that ask nothing.
    #[must_use]
    pub fn of(command: &Command<'a>) -> Option<Self> {
        let (tool, name) = (command.name()?, command.name_word()?);
        let is_on = |value: &str| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on");
        let question = |verb, is_answered| Some(Self { tool, name, verb, is_answered });
        match tool {
            "apt-get" | "apt" | "aptitude" => {
                let parsed = command.options(&apt::APT);
                let verb = first_of(&parsed, 0, APT_VERBS)?;
                let quiet: Vec<_> = parsed.options.iter().filter(|option| &*option.name == "-q").collect();
                let is_quiet = quiet.len() > 1
                    || quiet
                        .iter()
                        .any(|option| option.value.and_then(|value| value.text()).is_some_and(apt::quiet_implies_yes))
                    || parsed.options.iter().filter(|option| &*option.name == "--quiet").count() > 1;
                let is_set = apt::apt_switch(&parsed, "APT::Get::Assume-Yes", "\0", "\0") == Setting::On;
                question(verb, parsed.has(APT_ANSWERS) || is_quiet || is_set)
            }
            "yum" | "dnf" | "dnf5" | "microdnf" => {
                let parsed = command.options(&rpm::DNF);
                let second = match parsed.operand(0)? {
                    "group" | "groups" | "module" => 1,
                    _ => 0,
                };
                let verb = first_of(&parsed, second, DNF_VERBS)?;
                let is_set = parsed.values(&["--setopt"]).any(|value| {
                    value
                        .text()
                        .and_then(|text| text.split_once('='))
                        .is_some_and(|(key, value)| key == "assumeyes" && is_on(value))
                });
                question(verb, parsed.has(&["-y", "--assumeyes", "--assumeno", "--downloadonly"]) || is_set)
            }
            "zypper" => {
                let parsed = command.options(&rpm::ZYPPER);
                let verb = first_of(&parsed, 0, ZYPPER_VERBS)?;
                let answers = ["-n", "--non-interactive", "-y", "--no-confirm", "--dry-run", "--download-only"];
                let is_set = command.assigned("ZYPP_NONINTERACTIVE").is_some();
                question(verb, parsed.has(&answers) || is_set)
            }
            _ => None,
        }
    }
}

fn first_of<'a>(parsed: &Parsed<'a>, at: usize, verbs: &[&str]) -> Option<&'a Word> {
    parsed.operands.get(at).copied().filter(|word| word.is_any(verbs))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::super::testing::script;
    use super::*;

    #[test]
    fn questions_and_answers() {
        for (text, want) in [
            ("apt-get install a", Some(false)),
            ("apt-get -qy install a", Some(true)),
            ("apt-get install -qq a", Some(true)),
            ("apt-get install -q a", Some(false)),
            ("apt-get install -q -q a", Some(true)),
            ("apt-get -q=2 install a", Some(true)),
            ("apt-get -o APT::Get::Assume-Yes=true install a", Some(true)),
            ("apt-get -s upgrade", Some(true)),
            ("sudo apt remove a", Some(false)),
            ("apt-get update", None),
            ("apt-cache search install", None),
            ("yum install a", Some(false)),
            ("dnf module install a", Some(false)),
            ("dnf -y upgrade", Some(true)),
            ("dnf --setopt=assumeyes=1 install a", Some(true)),
            ("dnf clean all", None),
            ("zypper install a", Some(false)),
            ("zypper -n install a", Some(true)),
            ("zypper in -y a", Some(true)),
            ("zypper refresh", None),
            ("apk add a", None),
        ] {
            let script = script(text);
            let command = Command::of(&script.invocations[0]).unwrap();
            assert_eq!(Question::of(&command).map(|question| question.is_answered), want, "{text}");
        }
    }
}
