//! Users and groups.

use super::options::{Parsed, Spec, Style};
use super::understood::Understood;
use super::view::Command;
use super::word::{Value, Word};

/// What is done to users and groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountAction {
    /// A user is made.
    AddUser,
    /// A group is made.
    AddGroup,
    /// A user becomes member of groups.
    AddToGroup,
    /// A user or group is changed.
    Modify,
    /// A user is removed.
    RemoveUser,
    /// A group is removed.
    RemoveGroup,
    /// A password is set or locked.
    Password,
}

/// A command on users and groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account<'a> {
    /// The program.
    pub tool: &'a str,
    /// What it does.
    pub action: AccountAction,
    /// The user, or the group when one is made.
    pub name: Option<&'a Word>,
    /// The number of the user.
    pub uid: Option<Value<'a>>,
    /// The primary group, by name or number; for a group its number.
    pub group: Option<Value<'a>>,
    /// Other groups, comma-separated.
    pub groups: Option<Value<'a>>,
    /// The home directory.
    pub home: Option<Value<'a>>,
    /// The login shell.
    pub shell: Option<Value<'a>>,
    /// True for a system account.
    pub system: bool,
    /// Whether the home directory is made; `None` when it depends on the configuration.
    pub makes_home: Option<bool>,
}

static USERADD: Spec = Spec {
    style: Style::Gnu,
    short: "bcdefgGkKpsuZR",
    attached: "",
    long: &[
        "base-dir",
        "comment",
        "home-dir",
        "home",
        "expiredate",
        "inactive",
        "gid",
        "groups",
        "skel",
        "key",
        "password",
        "shell",
        "uid",
        "selinux-user",
        "root",
        "prefix",
    ],
};

/// Debian's adduser and BusyBox's share a name; their options do not clash.
static ADDUSER: Spec = Spec {
    style: Style::Gnu,
    short: "hgsGukbcd",
    attached: "",
    long: &[
        "home",
        "shell",
        "uid",
        "gid",
        "ingroup",
        "gecos",
        "comment",
        "firstuid",
        "lastuid",
        "conf",
        "group-name",
        "add_extra_groups",
        "home-dir",
        "groups",
        "base-dir",
        "firstgid",
        "lastgid",
    ],
};

static GROUPADD: Spec =
    Spec { style: Style::Gnu, short: "gKpRU", attached: "", long: &["gid", "key", "password", "root", "users"] };

static USERMOD: Spec = Spec {
    style: Style::Gnu,
    short: "cdefgGlpsuvVwWZR",
    attached: "",
    long: &["comment", "home", "expiredate", "inactive", "gid", "groups", "login", "password", "shell", "uid", "root"],
};

/// The meaning of a command on users and groups.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let tool = command.name()?;
    let account = match tool {
        "useradd" => {
            let parsed = command.options(&USERADD);
            let mut account = account(tool, AccountAction::AddUser, parsed.operands.last().copied());
            user_options(&mut account, &parsed);
            account.home = parsed.value(&["-d", "--home-dir", "--home"]);
            account.groups = parsed.value(&["-G", "--groups"]);
            account.group = parsed.value(&["-g", "--gid"]);
            account.makes_home = match (parsed.has(&["-m", "--create-home"]), parsed.has(&["-M", "--no-create-home"])) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ if account.system => Some(false),
                _ => None,
            };
            account
        }
        "adduser" => adduser(command, tool),
        "groupadd" => {
            let parsed = command.options(&GROUPADD);
            let mut account = account(tool, AccountAction::AddGroup, parsed.operands.last().copied());
            account.group = parsed.value(&["-g", "--gid"]);
            account.system = parsed.has(&["-r", "--system"]);
            account
        }
        "addgroup" => {
            let parsed = command.options(&ADDUSER);
            match parsed.operands.as_slice() {
                [user, group] => membership(tool, user, group),
                operands => {
                    let mut account = account(tool, AccountAction::AddGroup, operands.first().copied());
                    account.group = parsed.value(&["-g", "--gid"]);
                    account.system = parsed.has(&["-S", "--system"]);
                    account
                }
            }
        }
        "usermod" => {
            let parsed = command.options(&USERMOD);
            let groups = parsed.value(&["-G", "--groups"]);
            let action = if groups.is_some() { AccountAction::AddToGroup } else { AccountAction::Modify };
            let mut account = account(tool, action, parsed.operands.last().copied());
            user_options(&mut account, &parsed);
            account.groups = groups;
            account.group = parsed.value(&["-g", "--gid"]);
            account.home = parsed.value(&["-d", "--home"]);
            account
        }
        "groupmod" => simple(command, tool, AccountAction::Modify),
        "userdel" | "deluser" => simple(command, tool, AccountAction::RemoveUser),
        "groupdel" | "delgroup" => simple(command, tool, AccountAction::RemoveGroup),
        "passwd" => simple(command, tool, AccountAction::Password),
        "chpasswd" => account(tool, AccountAction::Password, None),
        "gpasswd" => {
            let spec = Spec { short: "adMA", ..Spec::default() };
            let parsed = command.options(&spec);
            let mut account = account(tool, AccountAction::AddToGroup, None);
            account.name = parsed.value(&["-a"]).map(|v| v.word);
            account.groups = parsed.operands.first().map(|w| Value::whole(w));
            account
        }
        "chsh" | "chage" => simple(command, tool, AccountAction::Modify),
        _ => return None,
    };
    Some(Understood::Account(account))
}

fn account<'a>(tool: &'a str, action: AccountAction, name: Option<&'a Word>) -> Account<'a> {
    Account {
        tool,
        action,
        name,
        uid: None,
        group: None,
        groups: None,
        home: None,
        shell: None,
        system: false,
        makes_home: None,
    }
}

fn simple<'a>(command: &Command<'a>, tool: &'a str, action: AccountAction) -> Account<'a> {
    let parsed = command.options(&USERMOD);
    account(tool, action, parsed.operands.last().copied())
}

fn membership<'a>(tool: &'a str, user: &'a Word, group: &'a Word) -> Account<'a> {
    let mut account = account(tool, AccountAction::AddToGroup, Some(user));
    account.groups = Some(Value::whole(group));
    account
}

fn user_options<'a>(account: &mut Account<'a>, parsed: &Parsed<'a>) {
    account.uid = parsed.value(&["-u", "--uid"]);
    account.shell = parsed.value(&["-s", "--shell"]);
    account.system = parsed.has(&["-r", "--system"]);
}

fn adduser<'a>(command: &Command<'a>, tool: &'a str) -> Account<'a> {
    let parsed = command.options(&ADDUSER);
    if let [user, group] = parsed.operands.as_slice() {
        return membership(tool, user, group);
    }
    let debian = parsed.options.iter().any(|o| o.name.starts_with("--"));
    if debian && parsed.has(&["--group"]) && !parsed.has(&["--system"]) {
        return account(tool, AccountAction::AddGroup, parsed.operands.first().copied());
    }
    let mut account = account(tool, AccountAction::AddUser, parsed.operands.first().copied());
    user_options(&mut account, &parsed);
    account.system = parsed.has(&["-S", "--system", "-r"]);
    account.home = parsed.value(&["-h", "--home", "-d", "--home-dir"]);
    account.group = parsed.value(&["-G", "--ingroup", "--gid"]);
    account.makes_home = Some(!parsed.has(&["-H", "--no-create-home", "-M"]));
    account
}
