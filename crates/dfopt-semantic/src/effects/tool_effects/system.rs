//! Effects on the system: packages, users, downloads, archives, version control.

use super::super::builder::Builder;
use super::super::path::{PathPattern, normalize};
use super::super::resource::Resource;
use super::PACKAGED;
use crate::command::ExtractKind;
use crate::command::downloads::{Download, DownloadTarget, Git, GitVerb};
use crate::command::packages::{
    Cleaned, Maintenance, Manager, Package, PackageInstall, PackageKind, PackageMaintenance, PackageRemove,
};
use crate::command::{Account, AccountAction, Extract, Pack, StateChange, StateKind, Value};

const ACCOUNT_FILES: &[&str] =
    &["/etc/passwd*", "/etc/shadow*", "/etc/group*", "/etc/gshadow*", "/etc/subuid*", "/etc/subgid*", "/etc/.pwd.lock"];

fn indexes(manager: Manager) -> &'static [&'static str] {
    match manager {
        Manager::Apt => &["/var/lib/apt/**", "/var/cache/apt/**"],
        Manager::Apk => &["/var/cache/apk/**", "/lib/apk/**", "/var/lib/apk/**", "/etc/apk/cache/**"],
        Manager::Rpm => {
            &["/var/cache/dnf/**", "/var/cache/yum/**", "/var/cache/libdnf5/**", "/var/lib/dnf/**", "/var/lib/yum/**"]
        }
        Manager::Zypper => &["/var/cache/zypp/**", "/var/lib/zypp/**", "/var/log/zypp/**"],
        Manager::Pacman => &["/var/cache/pacman/**", "/var/lib/pacman/**"],
        Manager::Opkg => &["/var/lib/opkg/**", "/var/opkg-lists/**", "/tmp/opkg*"],
    }
}

fn packaging(b: &mut Builder<'_, '_>, manager: Manager) {
    b.may_read(PACKAGED);
    b.may_write(PACKAGED);
    b.may_change(indexes(manager));
    b.may_write(&["/tmp/**", "/root/**"]);
    b.variables(&["DEBIAN_*", "DEBCONF_*", "APT_*", "HOME", "SHELL", "SOURCE_DATE_EPOCH", "ACCEPT_EULA"]);
    for resource in
        [Resource::Package { manager, name: "*".into() }, Resource::User("*".into()), Resource::Group("*".into())]
    {
        b.effects.reads.add_at_most(resource.clone());
        b.effects.writes.add_at_most(resource);
    }
}

fn name_packages(b: &mut Builder<'_, '_>, manager: Manager, packages: &[Package<'_>]) {
    for package in packages {
        if package.kind == PackageKind::Name {
            b.effects.writes.add(Resource::Package { manager, name: package.name.clone() });
        }
    }
}

pub(super) fn install(b: &mut Builder<'_, '_>, install: &PackageInstall<'_>) {
    packaging(b, install.manager);
    name_packages(b, install.manager, &install.packages);
    if install.packages.iter().any(|p| !matches!(p.kind, PackageKind::File)) || !install.complete {
        b.network();
    }
    let foreign = |p: &Package<'_>| matches!(p.kind, PackageKind::File | PackageKind::Url | PackageKind::Unknown);
    for package in install.packages.iter().filter(|p| p.kind == PackageKind::File) {
        b.read(Value::whole(package.word));
    }
    if install.packages.iter().any(foreign) || !install.complete || install.root.is_some() {
        // A package that does not come from the distribution may own any path.
        b.effects.writes.add_at_most(Resource::any_path());
        b.effects.reads.add_at_most(Resource::any_path());
    }
}

pub(super) fn remove(b: &mut Builder<'_, '_>, remove: &PackageRemove<'_>) {
    packaging(b, remove.manager);
    name_packages(b, remove.manager, &remove.packages);
}

pub(super) fn maintenance(b: &mut Builder<'_, '_>, maintenance: &PackageMaintenance<'_>) {
    let manager = maintenance.manager;
    match maintenance.action {
        Maintenance::Update => {
            b.network();
            b.may_read(&["/etc/**", "/usr/share/keyrings/**"]);
            b.may_change(indexes(manager));
            b.variables(&["APT_*", "HOME"]);
        }
        Maintenance::Upgrade | Maintenance::DistributionUpgrade => {
            b.network();
            packaging(b, manager);
        }
        Maintenance::Clean(what) => match (manager, what) {
            (Manager::Apt, Cleaned::Archives) => {
                b.may_change(&["/var/cache/apt/**", "/var/lib/apt/lists/partial/**"]);
            }
            _ => b.may_change(indexes(manager)),
        },
        Maintenance::Download => {
            b.network();
            b.may_change(indexes(manager));
            let here = b.directory(None);
            b.may_write_pattern(here);
            b.may_read(&["/etc/**", "/var/lib/**"]);
        }
        Maintenance::Configure => {
            b.network();
            b.may_change(&[
                "/etc/**",
                "/var/lib/**",
                "/usr/share/keyrings/**",
                "/var/cache/**",
                "/root/.gnupg/**",
                "/tmp/**",
            ]);
            b.may_write(PACKAGED);
        }
        Maintenance::Query => b.may_read(&["/etc/**", "/var/lib/**", "/var/cache/**", "/lib/apk/**"]),
    }
}

pub(super) fn account(b: &mut Builder<'_, '_>, account: &Account<'_>) {
    b.may_change(ACCOUNT_FILES);
    b.may_read(&["/etc/login.defs", "/etc/default/**", "/etc/skel/**", "/etc/adduser.conf", "/etc/shells"]);
    let name = account.name.and_then(|w| w.resolve(&|n: &str| b.state.lookup(n)));
    let named: Box<str> = name.as_deref().unwrap_or("*").into();
    let sure = name.is_some();
    let mut write = |resource: Resource| {
        if sure {
            b.effects.writes.add(resource);
        } else {
            b.effects.writes.add_at_most(resource);
        }
    };
    match account.action {
        AccountAction::AddUser => {
            write(Resource::User(named.clone()));
            // A group of the same name is made unless one is given.
            b.effects.writes.add_at_most(Resource::Group(named.clone()));
        }
        AccountAction::AddGroup | AccountAction::RemoveGroup => write(Resource::Group(named.clone())),
        AccountAction::RemoveUser => {
            write(Resource::User(named.clone()));
            b.effects.writes.add_at_most(Resource::Group(named.clone()));
        }
        AccountAction::AddToGroup | AccountAction::Modify | AccountAction::Password => {
            let user = Resource::User(named.clone());
            b.effects.reads.add_at_most(user.clone());
            b.effects.writes.add_at_most(user);
            b.effects.writes.add_at_most(Resource::Group("*".into()));
            b.effects.reads.add_at_most(Resource::Group("*".into()));
        }
    }
    if let Some(group) = account.group.or(account.groups).and_then(|g| g.text())
        && account.action == AccountAction::AddUser
        && !group.chars().all(|c| c.is_ascii_digit())
    {
        for one in group.split(',') {
            b.effects.reads.add(Resource::Group(one.into()));
        }
    }
    if account.makes_home != Some(false) {
        match account.home {
            Some(home) => b.write_tree(home),
            None => b.may_write(&["/home/**"]),
        }
        b.may_write(&["/var/mail/**", "/var/spool/mail/**"]);
    }
}

pub(super) fn state(b: &mut Builder<'_, '_>, change: &StateChange<'_>) {
    match change.kind {
        StateKind::Capabilities => {
            for file in change.operands.iter().skip(1) {
                b.change(Value::whole(file));
            }
        }
        StateKind::Attributes => {
            for file in &change.operands {
                b.change_tree(Value::whole(file));
            }
        }
        StateKind::WebModule => b.may_change(&[
            "/etc/apache2/**",
            "/etc/php/**",
            "/etc/lighttpd/**",
            "/var/lib/apache2/**",
            "/var/lib/php/**",
        ]),
        StateKind::LinkerCache => {
            b.may_read(&["/usr/local/**", "/lib/**", "/usr/lib/**", "/etc/ld.so.conf*"]);
            b.may_read(&["/etc/ld.so.conf.d/**"]);
            b.may_write(&[
                "/etc/ld.so.cache*",
                "/var/cache/ldconfig/**",
                "/usr/local/lib/**",
                "/usr/lib/**",
                "/lib/**",
            ]);
        }
        StateKind::Certificates => {
            b.may_read(&["/usr/share/ca-certificates/**", "/usr/local/share/ca-certificates/**", "/usr/share/pki/**"]);
            b.may_change(&[
                "/etc/ssl/**",
                "/etc/pki/**",
                "/etc/ca-certificates/**",
                "/etc/ca-certificates.conf",
                "/var/lib/ca-certificates/**",
            ]);
        }
        StateKind::Locale => {
            b.may_read(&["/usr/share/i18n/**", "/etc/locale.gen", "/etc/default/locale"]);
            b.may_change(&["/usr/lib/locale/**", "/etc/locale*", "/etc/default/locale"]);
        }
        StateKind::Alternatives => {
            b.may_change(&[
                "/etc/alternatives/**",
                "/var/lib/dpkg/alternatives/**",
                "/var/lib/alternatives/**",
                "/usr/bin/**",
                "/usr/share/man/**",
                "/usr/sbin/**",
                "/usr/lib/**",
                "/usr/local/bin/**",
            ]);
            for word in &change.operands {
                if word.static_prefix().starts_with('/') {
                    b.change(Value::whole(word));
                }
            }
        }
        StateKind::Service => {
            // Enabling writes links; starting runs a daemon, which may write anything.
            let starts = change.operands.iter().any(|w| w.is_any(&["start", "restart", "reload", "stop"]));
            if starts {
                b.effects.reads.add_everything();
                b.effects.writes.add_everything();
            } else {
                b.may_change(&["/etc/**", "/usr/lib/systemd/**", "/run/**", "/var/lib/systemd/**"]);
            }
        }
        StateKind::FontCache => {
            b.may_read(&["/usr/share/fonts/**", "/usr/local/share/fonts/**"]);
            b.may_write(&["/var/cache/fontconfig/**", "/usr/share/fonts/**", "/usr/local/share/fonts/**"]);
            b.home(&[".cache/fontconfig", ".fontconfig", ".fonts"]);
        }
        StateKind::Keys | StateKind::KeyRing | StateKind::KeyStore | StateKind::Cron => {
            b.network();
            let here = b.directory(None);
            b.may_change_pattern(here);
            if let Some(output) = change.output {
                b.write(output);
                b.may_write(&["/etc/ssh/**"]);
            }
            for word in &change.operands {
                let pattern = b.state.pattern(Value::whole(word));
                b.may_change_pattern(pattern);
            }
            b.variables(&["GNUPGHOME", "JAVA_HOME"]);
            b.home(&[".gnupg", ".ssh", ".keystore", ".rnd"]);
            if let Some(home) = b.state.lookup("GNUPGHOME") {
                b.may_change_pattern(PathPattern::tree(&home));
            }
            b.may_change(&[
                "/var/spool/cron/**",
                "/tmp/**",
                "/usr/lib/jvm/**",
                "/opt/**",
                "/etc/ssh/**",
                "/etc/ssl/**",
                "/usr/share/keyrings/**",
            ]);
        }
    }
}

pub(super) fn download(b: &mut Builder<'_, '_>, download: &Download<'_>) {
    b.network();
    b.effects.reads.add(Resource::Network);
    b.variables(&["CURL_*", "WGETRC", "HOME", "NETRC"]);
    b.home_reads(&[".curlrc", ".wgetrc", ".netrc", ".config"]);
    for value in &download.reads {
        b.read(*value);
    }
    let base = b.directory(download.directory);
    match download.target {
        DownloadTarget::Stdout => {}
        DownloadTarget::File(file) => {
            let inside = download.directory.and_then(|d| b.state.path(d));
            match (inside, file.text()) {
                (Some(directory), Some(name)) => {
                    let path = normalize(name, &directory);
                    b.effects.writes.add(Resource::Path(PathPattern::literal(&path)));
                }
                (None, _) if download.directory.is_none() => b.write(file),
                _ => b.may_write_pattern(base),
            }
        }
        DownloadTarget::RemoteName => match (b.base(download.directory), download.remote_name()) {
            (Some(directory), Some(name)) if download.urls.len() == 1 && !name.contains(['*', '?', '[']) => {
                let path = normalize(&name, &directory);
                b.effects.writes.add(Resource::Path(PathPattern::literal(&path)));
                // wget adds a number to the name of a file that is there already.
                b.may_write_pattern(PathPattern::parse(&format!("{path}.*")));
            }
            _ => b.may_write_pattern(base),
        },
    }
    if download.open {
        b.effects.writes.add_at_most(Resource::any_path());
    }
}

pub(super) fn git(b: &mut Builder<'_, '_>, git: &Git<'_>) {
    b.variables(&["GIT_*", "HOME", "SSH_AUTH_SOCK", "XDG_CONFIG_HOME"]);
    b.home_reads(&[".gitconfig", ".ssh", ".netrc", ".config/git", ".git-credentials"]);
    let here = b.directory(git.runs_in);
    let base = b.base(git.runs_in);
    match git.verb {
        GitVerb::Clone => {
            b.network();
            b.effects.reads.add(Resource::Network);
            if let Some(url) = git.url
                && url.static_prefix().starts_with(['/', '.'])
            {
                b.read_tree(Value::whole(url));
            }
            match (git.directory, git.default_directory(), base) {
                (Some(directory), _, Some(base)) if git.runs_in.is_some() => match directory.text() {
                    Some(text) => b.may_write_pattern(PathPattern::tree(&normalize(text, &base))),
                    None => b.may_write_pattern(here),
                },
                (Some(directory), _, _) => b.write_tree(Value::whole(directory)),
                (None, Some(name), Some(base)) => {
                    b.may_write_pattern(PathPattern::tree(&normalize(name, &base)));
                }
                _ => b.may_write_pattern(here),
            }
        }
        GitVerb::Update => {
            b.network();
            b.may_change_pattern(here.clone());
            repositories_above(b, base.clone(), Touch::Change);
        }
        GitVerb::Configure => {
            b.home(&[".gitconfig", ".config/git"]);
            b.may_change(&["/etc/gitconfig"]);
            repositories_above(b, base.clone(), Touch::Change);
        }
        GitVerb::Query => {
            b.network();
            b.may_read_pattern(here.clone());
            repositories_above(b, base.clone(), Touch::Read);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Touch {
    Read,
    Change,
}

/// The repository may stand in any directory above.
fn repositories_above(b: &mut Builder<'_, '_>, from: Option<String>, touch: Touch) {
    let Some(mut directory) = from else {
        let any = PathPattern::any();
        return match touch {
            Touch::Read => b.may_read_pattern(any),
            Touch::Change => b.may_change_pattern(any),
        };
    };
    loop {
        let repository = PathPattern::tree(&normalize(".git", &directory));
        match touch {
            Touch::Read => b.may_read_pattern(repository),
            Touch::Change => b.may_change_pattern(repository),
        }
        match directory.rsplit_once('/') {
            Some((parent, name)) if !name.is_empty() => {
                directory = if parent.is_empty() { "/".to_owned() } else { parent.to_owned() };
            }
            _ => return,
        }
    }
}

pub(super) fn extract(b: &mut Builder<'_, '_>, extract: &Extract<'_>) {
    if let Some(archive) = extract.archive {
        b.read(archive);
    }
    match extract.kind {
        ExtractKind::Members => {
            let base = b.directory(extract.directory);
            // Patching keeps what it does not change, and files named are read and written.
            if extract.tool == "patch" {
                b.may_read_pattern(base.clone());
                for member in &extract.members {
                    b.change(Value::whole(member));
                }
            }
            b.may_write_pattern(base);
        }
        ExtractKind::Replace => {
            let archives = extract.archive.into_iter().chain(extract.members.iter().map(|w| Value::whole(w)));
            for archive in archives {
                b.write(archive);
                let beside = super::parent_of(&b.state.pattern(archive));
                b.may_write_pattern(beside);
            }
        }
        ExtractKind::Stdout | ExtractKind::List => {
            for member in &extract.members {
                let pattern = b.state.pattern(Value::whole(member));
                b.may_read_pattern(pattern);
            }
        }
    }
}

pub(super) fn pack(b: &mut Builder<'_, '_>, pack: &Pack<'_>) {
    for input in &pack.inputs {
        match pack.directory {
            Some(_) => {
                let base = b.directory(pack.directory);
                b.may_read_pattern(base);
                if input.static_prefix().starts_with('/') || input.value.is_none() {
                    b.read_tree(Value::whole(input));
                }
            }
            None => b.read_tree(Value::whole(input)),
        }
        if pack.replaces {
            b.write(Value::whole(input));
            let beside = super::parent_of(&b.state.pattern(Value::whole(input)));
            b.may_write_pattern(beside);
        }
    }
    if let Some(archive) = pack.archive {
        b.change(archive);
    } else if !pack.replaces {
        // `xz -k file` writes beside its input.
        for input in &pack.inputs {
            let beside = super::parent_of(&b.state.pattern(Value::whole(input)));
            b.may_write_pattern(beside);
        }
    }
}
