//! Commands that change the state a running program sees: capabilities, modules of web servers, the linker cache, certificates, locales; and text written to files.

use super::options::{Spec, Style};
use super::script::RedirectOp;
use super::understood::Understood;
use super::view::Command;
use super::word::{Value, Word};

/// Printed words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print<'a> {
    /// The words.
    pub words: Vec<&'a Word>,
    /// The file the output is written to, if it is redirected.
    pub file: Option<&'a Word>,
    /// True if the output is appended.
    pub append: bool,
}

/// Files changed where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditInPlace<'a> {
    /// `sed`, `perl`, `ed`, `crudini`, …
    pub tool: &'a str,
    /// The files.
    pub files: Vec<&'a Word>,
    /// The editing script, when there is one word of it.
    pub script: Option<Value<'a>>,
    /// True if a copy of the old file is kept.
    pub backup: bool,
}

/// The kinds of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StateKind {
    /// `setcap`
    Capabilities,
    /// `setfacl`, `chattr`
    Attributes,
    /// `a2enmod`, `a2ensite`, `phpenmod`, `lighty-enable-mod`
    WebModule,
    /// `ldconfig`
    LinkerCache,
    /// `update-ca-certificates`, `update-ca-trust`
    Certificates,
    /// `locale-gen`, `localedef`, `update-locale`
    Locale,
    /// `update-alternatives`
    Alternatives,
    /// `service`, `systemctl enable`, `rc-update`
    Service,
    /// `fc-cache`
    FontCache,
    /// `ssh-keygen`, `openssl req`: keys made at build time
    Keys,
    /// `gpg`: the key ring
    KeyRing,
    /// `crontab`
    Cron,
    /// `keytool`
    KeyStore,
}

/// A change of state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange<'a> {
    /// What is changed.
    pub kind: StateKind,
    /// The program.
    pub tool: &'a str,
    /// The words that are not options.
    pub operands: Vec<&'a Word>,
    /// The file it writes, where it is told one.
    pub output: Option<Value<'a>>,
}

static SED: Spec =
    Spec { style: Style::Gnu, short: "efl", attached: "i", long: &["expression", "file", "line-length"] };

static STATE: Spec = Spec {
    style: Style::OneDash,
    short: "",
    long: &[
        "out",
        "keyout",
        "f",
        "keystore",
        "o",
        "output",
        "file",
        "alias",
        "storepass",
        "subj",
        "days",
        "newkey",
        "i",
        "c",
        "N",
        "t",
        "C",
        "b",
        "keyserver",
        "homedir",
    ],
    attached: "",
};

/// The meaning of such a command.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let tool = command.name()?;
    let kind = match tool {
        "echo" | "printf" => return Some(print(command)),
        "sed" | "gsed" => return Some(sed(command, tool)),
        "perl" => return perl(command, tool),
        "setcap" => StateKind::Capabilities,
        "setfacl" | "chattr" | "setfattr" => StateKind::Attributes,
        "a2enmod" | "a2dismod" | "a2ensite" | "a2dissite" | "a2enconf" | "a2disconf" | "phpenmod" | "phpdismod"
        | "lighty-enable-mod" => StateKind::WebModule,
        "ldconfig" => StateKind::LinkerCache,
        "update-ca-certificates" | "update-ca-trust" | "trust" => StateKind::Certificates,
        "locale-gen" | "localedef" | "update-locale" | "dpkg-reconfigure-locales" => StateKind::Locale,
        "update-alternatives" | "alternatives" => StateKind::Alternatives,
        "service" | "systemctl" | "rc-update" | "rc-service" | "update-rc.d" | "chkconfig" | "invoke-rc.d" => {
            StateKind::Service
        }
        "fc-cache" => StateKind::FontCache,
        "ssh-keygen" => StateKind::Keys,
        "openssl" => match command.args().first()?.text()? {
            "dgst" | "version" | "s_client" | "rand" | "md5" | "sha256" | "x509" | "verify" => {
                if command.args().iter().any(|w| w.is_any(&["-out"])) {
                    StateKind::Keys
                } else {
                    return None;
                }
            }
            _ => StateKind::Keys,
        },
        "gpg" | "gpg2" | "gpgconf" | "gpgv" => StateKind::KeyRing,
        "crontab" => StateKind::Cron,
        "keytool" => StateKind::KeyStore,
        _ => return None,
    };
    let parsed = command.options(&STATE);
    let output = match kind {
        StateKind::Keys => parsed.value(&["-out", "-keyout", "-f"]),
        StateKind::KeyRing => parsed.value(&["-o", "--output"]),
        StateKind::KeyStore => parsed.value(&["-keystore"]),
        _ => None,
    };
    Some(Understood::State(StateChange { kind, tool, operands: parsed.operands, output }))
}

fn print<'a>(command: &Command<'a>) -> Understood<'a> {
    let redirect = command.invocation().redirects.iter().rev().find(|r| {
        matches!(r.op, RedirectOp::Write | RedirectOp::Append | RedirectOp::WriteBoth | RedirectOp::AppendBoth)
            && matches!(r.fd, None | Some(1))
    });
    Understood::Print(Print {
        words: command.args().iter().collect(),
        file: redirect.map(|r| &r.target),
        append: redirect.is_some_and(|r| matches!(r.op, RedirectOp::Append | RedirectOp::AppendBoth)),
    })
}

fn sed<'a>(command: &Command<'a>, tool: &'a str) -> Understood<'a> {
    let parsed = command.options(&SED);
    let in_place = parsed.option(&["-i", "--in-place"]);
    let scripts = parsed.has(&["-e", "--expression", "-f", "--file"]);
    let (script, files) = if scripts {
        (parsed.value(&["-e", "--expression"]), parsed.operands.as_slice())
    } else {
        match parsed.operands.split_first() {
            Some((script, files)) => (Some(Value::whole(script)), files),
            None => (None, [].as_slice()),
        }
    };
    match in_place {
        Some(option) => Understood::EditInPlace(EditInPlace {
            tool,
            files: files.to_vec(),
            script,
            // `sed -ie` is a well known slip: the `e` is the suffix of a backup.
            backup: option.value.is_some(),
        }),
        None => Understood::Pure(super::understood::Pure {
            reads: files.to_vec(),
            looks_at: super::understood::LooksAt::Nothing,
        }),
    }
}

/// Only `perl -pi -e '…' files` is understood; other Perl does anything.
fn perl<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let spec = Spec { short: "eEI", attached: "i0lFMm", ..Spec::default() };
    let parsed = command.options(&spec);
    (parsed.has(&["-i"]) && parsed.has(&["-p", "-n"])).then(|| {
        Understood::EditInPlace(EditInPlace {
            tool,
            files: parsed.operands.clone(),
            script: parsed.value(&["-e", "-E"]),
            backup: parsed.value(&["-i"]).is_some(),
        })
    })
}
