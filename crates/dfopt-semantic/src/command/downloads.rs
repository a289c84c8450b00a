//! Programs that fetch files from the network, and version control.

use super::options::{Parsed, Spec, Style};
use super::understood::Understood;
use super::view::Command;
use super::word::{Value, Word};

/// Where a downloaded file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DownloadTarget<'a> {
    /// To standard output.
    Stdout,
    /// To the file named.
    File(Value<'a>),
    /// To a file named as on the server.
    RemoteName,
}

/// A download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download<'a> {
    /// `curl`, `wget`, `aria2c`, `axel`
    pub tool: &'a str,
    /// The addresses.
    pub urls: Vec<Value<'a>>,
    /// Where the files go.
    pub target: DownloadTarget<'a>,
    /// The directory files are put in.
    pub directory: Option<Value<'a>>,
    /// False when certificates are not checked.
    pub checks_certificates: bool,
    /// True if an HTTP error makes the command fail.
    pub fails_on_error: bool,
    /// True if redirects are followed.
    pub follows_redirects: bool,
    /// Files that are read: uploads, configuration, lists of addresses.
    pub reads: Vec<Value<'a>>,
    /// True if some word is not static at its start.
    pub open: bool,
}

/// What version control is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GitVerb {
    /// Makes a working tree from a server.
    Clone,
    /// Fetches into or changes a working tree.
    Update,
    /// Changes settings.
    Configure,
    /// Looks something up.
    Query,
}

/// A command of version control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Git<'a> {
    /// `git`, `hg`, `svn`
    pub tool: &'a str,
    /// What it does.
    pub verb: GitVerb,
    /// The word of the verb.
    pub word: &'a Word,
    /// The address cloned.
    pub url: Option<&'a Word>,
    /// The directory named for the clone.
    pub directory: Option<&'a Word>,
    /// `-C`
    pub runs_in: Option<Value<'a>>,
    /// True for a clone with a fixed branch, tag or revision.
    pub pinned: bool,
}

static CURL: Spec = Spec {
    style: Style::Gnu,
    short: "oAbcCdDeEFhHKmPQrtTuUwxXyYz",
    attached: "",
    long: &[
        "output",
        "user-agent",
        "cookie",
        "cookie-jar",
        "continue-at",
        "data",
        "data-raw",
        "data-binary",
        "data-urlencode",
        "data-ascii",
        "json",
        "dump-header",
        "referer",
        "cert",
        "form",
        "form-string",
        "header",
        "config",
        "max-time",
        "range",
        "upload-file",
        "user",
        "proxy-user",
        "write-out",
        "proxy",
        "request",
        "retry",
        "retry-delay",
        "retry-max-time",
        "connect-timeout",
        "cacert",
        "capath",
        "key",
        "key-type",
        "cert-type",
        "url",
        "output-dir",
        "resolve",
        "interface",
        "limit-rate",
        "proto",
        "proto-redir",
        "proto-default",
        "ciphers",
        "netrc-file",
        "noproxy",
        "oauth2-bearer",
        "max-redirs",
        "max-filesize",
        "stderr",
        "trace",
        "tls-max",
        "unix-socket",
        "keepalive-time",
        "speed-limit",
        "speed-time",
        "connect-to",
        "create-file-mode",
        "variable",
        "rate",
        "pinnedpubkey",
        "pass",
        "aws-sigv4",
    ],
};

static WGET: Spec = Spec {
    style: Style::Gnu,
    short: "OPoaietTwQUBlARDIXY",
    attached: "n",
    long: &[
        "output-document",
        "directory-prefix",
        "output-file",
        "append-output",
        "input-file",
        "execute",
        "tries",
        "timeout",
        "wait",
        "quota",
        "user-agent",
        "header",
        "post-data",
        "post-file",
        "user",
        "password",
        "http-user",
        "http-password",
        "ca-certificate",
        "ca-directory",
        "certificate",
        "private-key",
        "level",
        "accept",
        "reject",
        "domains",
        "waitretry",
        "read-timeout",
        "dns-timeout",
        "connect-timeout",
        "limit-rate",
        "load-cookies",
        "save-cookies",
        "referer",
        "secure-protocol",
        "method",
        "body-data",
        "body-file",
        "cut-dirs",
        "base",
        "max-redirect",
        "prefer-family",
    ],
};

static ARIA: Spec = Spec {
    style: Style::Gnu,
    short: "odxsjkimtUlT",
    attached: "",
    long: &["out", "dir", "split", "max-connection-per-server", "input-file", "max-tries", "header", "checksum"],
};

static GIT: Spec =
    Spec { style: Style::GnuUntilOperand, short: "Cc", attached: "", long: &["git-dir", "work-tree", "namespace"] };

static CLONE: Spec = Spec {
    style: Style::Gnu,
    short: "bocujr",
    attached: "",
    long: &[
        "branch",
        "origin",
        "config",
        "depth",
        "reference",
        "template",
        "filter",
        "jobs",
        "separate-git-dir",
        "shallow-since",
        "revision",
        "upload-pack",
        "username",
        "password",
        "rev",
    ],
};

/// The meaning of a download or of a command of version control.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let tool = command.name()?;
    match tool {
        "curl" => Some(Understood::Download(curl(command, tool))),
        "wget" | "wget2" => Some(Understood::Download(wget(command, tool))),
        "aria2c" | "axel" => {
            let parsed = command.options(&ARIA);
            let mut download = download(tool, &parsed);
            download.target = match parsed.value(&["-o", "--out"]) {
                Some(file) => DownloadTarget::File(file),
                None => DownloadTarget::RemoteName,
            };
            download.directory = parsed.value(&["-d", "--dir"]);
            download.fails_on_error = true;
            download.follows_redirects = true;
            Some(Understood::Download(download))
        }
        "git" | "hg" | "svn" => version_control(command, tool),
        "ping" | "nslookup" | "dig" | "host" | "nc" | "ncat" | "netcat" | "ssh-keyscan" => {
            let mut download = download(tool, &Parsed::default());
            download.fails_on_error = true;
            Some(Understood::Download(download))
        }
        _ => None,
    }
}

fn download<'a>(tool: &'a str, parsed: &Parsed<'a>) -> Download<'a> {
    Download {
        tool,
        urls: parsed.operands.iter().map(|w| Value::whole(w)).collect(),
        target: DownloadTarget::Stdout,
        directory: None,
        checks_certificates: true,
        fails_on_error: false,
        follows_redirects: false,
        reads: Vec::new(),
        open: parsed.open,
    }
}

fn curl<'a>(command: &Command<'a>, tool: &'a str) -> Download<'a> {
    let parsed = command.options(&CURL);
    let mut download = download(tool, &parsed);
    download.urls.extend(parsed.values(&["--url"]));
    download.target = match parsed.value(&["-o", "--output"]) {
        Some(file) if file.text() == Some("-") => DownloadTarget::Stdout,
        Some(file) => DownloadTarget::File(file),
        None if parsed.has(&["-O", "--remote-name", "--remote-name-all", "-J", "--remote-header-name"]) => {
            DownloadTarget::RemoteName
        }
        None => DownloadTarget::Stdout,
    };
    download.directory = parsed.value(&["--output-dir"]);
    download.checks_certificates = !parsed.has(&["-k", "--insecure", "--proxy-insecure"]);
    download.fails_on_error = parsed.has(&["-f", "--fail", "--fail-with-body", "--fail-early"]);
    download.follows_redirects = parsed.has(&["-L", "--location", "--location-trusted"]);
    download.reads = parsed
        .values(&["-T", "--upload-file", "-K", "--config", "--cacert", "--cert", "-E", "--key", "--netrc-file"])
        .collect();
    download
}

fn wget<'a>(command: &Command<'a>, tool: &'a str) -> Download<'a> {
    let parsed = command.options(&WGET);
    let mut download = download(tool, &parsed);
    download.target = match parsed.value(&["-O", "--output-document"]) {
        Some(file) if file.text() == Some("-") => DownloadTarget::Stdout,
        Some(file) => DownloadTarget::File(file),
        None => DownloadTarget::RemoteName,
    };
    download.directory = parsed.value(&["-P", "--directory-prefix"]);
    download.checks_certificates = !parsed.has(&["--no-check-certificate"]);
    download.fails_on_error = true;
    download.follows_redirects = true;
    download.reads = parsed.values(&["-i", "--input-file", "--ca-certificate", "--post-file", "--body-file"]).collect();
    download
}

fn version_control<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let global = command.options(&GIT);
    let (word, args) = global.rest.split_first().or_else(|| {
        // `git --version` has no verb.
        command.args().first().map(|w| (w, command.args().get(1..).unwrap_or(&[])))
    })?;
    let verb = match word.text()? {
        "clone" | "checkout" | "co" if tool == "svn" => GitVerb::Clone,
        "clone" => GitVerb::Clone,
        "checkout" | "pull" | "fetch" | "submodule" | "reset" | "switch" | "restore" | "merge" | "rebase" | "am"
        | "apply" | "init" | "lfs" | "clean" | "update" | "export" | "commit" | "add" | "rm" | "mv" | "tag"
        | "cherry-pick" | "stash" | "remote" | "gc" | "sparse-checkout" | "worktree" | "revert" => GitVerb::Update,
        "config" => GitVerb::Configure,
        "describe" | "rev-parse" | "log" | "status" | "show" | "diff" | "ls-remote" | "ls-files" | "branch"
        | "--version" | "version" | "rev-list" | "grep" | "name-rev" | "archive" | "cat-file" | "show-ref"
        | "symbolic-ref" | "for-each-ref" | "ls-tree" | "--exec-path" => GitVerb::Query,
        _ => return None,
    };
    let parsed = super::options::parse(args, &CLONE);
    let is_clone = verb == GitVerb::Clone;
    Some(Understood::Git(Git {
        tool,
        verb,
        word,
        url: if is_clone { parsed.operands.first().copied() } else { None },
        directory: if is_clone { parsed.operands.get(1).copied() } else { None },
        runs_in: global.value(&["-C", "--work-tree"]),
        pinned: is_clone && parsed.has(&["-b", "--branch", "--revision", "-r", "--rev"]),
    }))
}

impl Git<'_> {
    /// The directory a clone makes when it is not named: the last part of the address without `.git`.
    #[must_use]
    pub fn default_directory(&self) -> Option<&str> {
        let url = self.url?.text()?.trim_end_matches('/');
        let last = url.rsplit(['/', ':']).next()?;
        let last = last.strip_suffix(".git").unwrap_or(last);
        (!last.is_empty()).then_some(last)
    }
}

impl Download<'_> {
    /// The file name on the server of the first address, if it is known.
    #[must_use]
    pub fn remote_name(&self) -> Option<String> {
        let url = self.urls.first()?.address()?;
        let path = url.split(['?', '#']).next()?;
        let path = path.split_once("://").map_or(path, |(_, rest)| rest);
        let (_, name) = path.rsplit_once('/')?;
        (!name.is_empty()).then(|| name.to_owned())
    }
}
