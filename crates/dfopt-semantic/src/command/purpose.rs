//! What a command is there for, seen from the image: does it make something, fetch, install, set up the running system, or clean?

use super::accounts::AccountAction;
use super::files::FileAction;
use super::go::GoVerb;
use super::native::CompileMode;
use super::node::NodeVerb;
use super::packages::Maintenance;
use super::python::PipVerb;
use super::rust::CargoVerb;
use super::script::{Invocation, Script};
use super::services::StateKind;
use super::tools::{Action, Tool};
use super::understood::{Understood, understand};
use super::view::Command;

/// What a command or a script is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Nothing that lasts: tests, prints, settings of the shell.
    Nothing,
    /// Makes a program, a library, a site.
    BuildsArtifact,
    /// Fetches or installs dependencies of a language.
    FetchesDependencies,
    /// Installs packages of the distribution, or prepares that.
    InstallsPackages,
    /// Makes what only a running program sees: users, directories, owners, modules, links.
    RuntimeState,
    /// Fetches files from the network.
    FetchesFiles,
    /// Removes what others left.
    CleansUp,
    /// More than one of these.
    Mixed,
    /// Not known.
    Unknown,
}

/// What one invocation is there for; `None` for a lone assignment.
#[must_use]
pub fn of_invocation(invocation: &Invocation) -> Option<Purpose> {
    let command = Command::of(invocation)?;
    let understood = understand(&command);
    let purpose = of(&understood);
    // Output sent to a file makes that file.
    let writes_file = invocation.redirects.iter().any(|r| {
        use super::script::RedirectOp::{Append, AppendBoth, Write, WriteBoth};
        matches!(r.op, Append | AppendBoth | Write | WriteBoth) && !r.target.static_prefix().starts_with("/dev/")
    });
    Some(if purpose == Purpose::Nothing && writes_file { Purpose::RuntimeState } else { purpose })
}

/// What a command is there for.
#[must_use]
pub fn of(understood: &Understood<'_>) -> Purpose {
    match understood {
        Understood::PackageInstall(_) => Purpose::InstallsPackages,
        Understood::PackageRemove(_) => Purpose::CleansUp,
        Understood::PackageMaintenance(m) => match m.action {
            Maintenance::Clean(_) => Purpose::CleansUp,
            Maintenance::Query => Purpose::Nothing,
            _ => Purpose::InstallsPackages,
        },
        Understood::Pip(pip) => match pip.verb {
            PipVerb::Install | PipVerb::Download => Purpose::FetchesDependencies,
            PipVerb::Wheel => Purpose::BuildsArtifact,
            PipVerb::Uninstall | PipVerb::CachePurge => Purpose::CleansUp,
            PipVerb::Configure => Purpose::RuntimeState,
            PipVerb::Query => Purpose::Nothing,
        },
        Understood::Node(node) => match node.verb {
            _ if node.produces() => Purpose::BuildsArtifact,
            NodeVerb::Install
            | NodeVerb::CleanInstall
            | NodeVerb::Add
            | NodeVerb::AddGlobal
            | NodeVerb::Fetch
            | NodeVerb::Rebuild => Purpose::FetchesDependencies,
            NodeVerb::Prune | NodeVerb::Remove | NodeVerb::CacheClean => Purpose::CleansUp,
            NodeVerb::Configure => Purpose::RuntimeState,
            NodeVerb::Query => Purpose::Nothing,
            _ => Purpose::Unknown,
        },
        Understood::Go(go) => match go.verb {
            GoVerb::Build => Purpose::BuildsArtifact,
            GoVerb::Install if go.fetches() => Purpose::FetchesDependencies,
            GoVerb::Install => Purpose::BuildsArtifact,
            GoVerb::Get | GoVerb::ModDownload | GoVerb::ModTidy | GoVerb::ModVendor => Purpose::FetchesDependencies,
            GoVerb::Clean => Purpose::CleansUp,
            GoVerb::Query | GoVerb::Inspect | GoVerb::Test => Purpose::Nothing,
            GoVerb::ModOther | GoVerb::EnvWrite => Purpose::FetchesDependencies,
            GoVerb::Run | GoVerb::Generate | GoVerb::Tool => Purpose::Unknown,
        },
        Understood::Cargo(cargo) => match cargo.verb {
            CargoVerb::Build => Purpose::BuildsArtifact,
            CargoVerb::Install if cargo.path.is_some() => Purpose::BuildsArtifact,
            CargoVerb::Install | CargoVerb::Fetch | CargoVerb::ChefCook | CargoVerb::Manifest => {
                Purpose::FetchesDependencies
            }
            CargoVerb::ChefPrepare => Purpose::FetchesDependencies,
            CargoVerb::Clean => Purpose::CleansUp,
            CargoVerb::Test | CargoVerb::Inspect | CargoVerb::Query => Purpose::Nothing,
            CargoVerb::Run => Purpose::Unknown,
        },
        Understood::Compile(compile) => match compile.mode {
            CompileMode::Query => Purpose::Nothing,
            _ => Purpose::BuildsArtifact,
        },
        Understood::Make(make) if make.produces() => Purpose::BuildsArtifact,
        Understood::Make(make) if make.targets.iter().all(|w| w.text().is_some_and(|t| t.contains("clean"))) => {
            Purpose::CleansUp
        }
        Understood::Make(_) => Purpose::Unknown,
        Understood::Tool(run) => match (run.tool, run.action) {
            (_, Action::Build | Action::Install) => Purpose::BuildsArtifact,
            (_, Action::Fetch | Action::InstallDependencies) => Purpose::FetchesDependencies,
            (Tool::Virtualenv, _) => Purpose::FetchesDependencies,
            (_, Action::Clean) => Purpose::CleansUp,
            (_, Action::Query | Action::Test) => Purpose::Nothing,
            (_, Action::Configure) => Purpose::FetchesDependencies,
            _ => Purpose::Unknown,
        },
        Understood::Download(_) | Understood::Git(_) | Understood::Extract(_) => Purpose::FetchesFiles,
        Understood::Pack(_) => Purpose::BuildsArtifact,
        Understood::File(op) => match op.action {
            FileAction::Remove => Purpose::CleansUp,
            FileAction::Rewrite => Purpose::BuildsArtifact,
            _ => Purpose::RuntimeState,
        },
        Understood::Account(account) => match account.action {
            AccountAction::RemoveUser | AccountAction::RemoveGroup => Purpose::CleansUp,
            _ => Purpose::RuntimeState,
        },
        Understood::State(change) => match change.kind {
            // A key ring is made to check what is fetched.
            StateKind::KeyRing => Purpose::FetchesFiles,
            _ => Purpose::RuntimeState,
        },
        Understood::EditInPlace(_) | Understood::Tee { .. } => Purpose::RuntimeState,
        Understood::Cd(_)
        | Understood::Export(_)
        | Understood::Unset(_)
        | Understood::SetOption { .. }
        | Understood::Print(_)
        | Understood::Test(_)
        | Understood::Pure(_) => Purpose::Nothing,
        Understood::Source(_) | Understood::Script(_) | Understood::Unknown => Purpose::Unknown,
    }
}

/// What a script is there for: cleaning up after an install belongs to the install.
#[must_use]
pub fn of_script(script: &Script) -> Purpose {
    if !script.complete {
        return Purpose::Unknown;
    }
    let mut found: Vec<Purpose> = script.invocations.iter().filter_map(of_invocation).collect();
    found.retain(|p| *p != Purpose::Nothing);
    if found.contains(&Purpose::Unknown) {
        return Purpose::Unknown;
    }
    if found.iter().any(|p| *p != Purpose::CleansUp) {
        found.retain(|p| *p != Purpose::CleansUp);
    }
    found.dedup();
    match found.as_slice() {
        [] => Purpose::Nothing,
        [one] => *one,
        [first, rest @ ..] if rest.iter().all(|p| p == first) => *first,
        _ => Purpose::Mixed,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::testing::script;
    use super::*;

    #[test]
    fn purposes() {
        for (text, want) in [
            ("set -ex", Purpose::Nothing),
            ("go build -o app .", Purpose::BuildsArtifact),
            ("cd src && make -j4", Purpose::BuildsArtifact),
            ("make install && make clean", Purpose::BuildsArtifact),
            ("npm ci && npm cache clean --force", Purpose::FetchesDependencies),
            ("npm ci && npm run build", Purpose::Mixed),
            ("apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*", Purpose::InstallsPackages),
            ("rm -rf /tmp/x && apt-get clean", Purpose::CleansUp),
            ("useradd -r app && mkdir -p /data && chown app /data", Purpose::RuntimeState),
            ("a2enmod rewrite", Purpose::RuntimeState),
            ("ln -snf /usr/share/zoneinfo/$TZ /etc/localtime && echo $TZ > /etc/timezone", Purpose::RuntimeState),
            ("setcap cap_net_bind_service=+ep /app", Purpose::RuntimeState),
            ("curl -fsSL https://x/y.tgz | tar xz -C /opt", Purpose::FetchesFiles),
            ("./install.sh", Purpose::Unknown),
            ("pip install -r requirements.txt", Purpose::FetchesDependencies),
            ("mvn -B dependency:go-offline", Purpose::FetchesDependencies),
            ("mvn -B package -DskipTests", Purpose::BuildsArtifact),
        ] {
            assert_eq!(of_script(&script(text)), want, "{text}");
        }
    }
}
