//! Tables of package manager commands.

use super::super::testing::script;
use super::super::understood::{Understood, understand};
use super::super::view::Command;
use super::*;

/// A command in one line: what it is and what it names.
fn shown(text: &str) -> String {
    let script = script(text);
    let command = Command::of(&script.invocations[0]).unwrap();
    let list = |packages: &[Package<'_>]| {
        packages
            .iter()
            .map(|p| {
                let kind = match p.kind {
                    PackageKind::Name => String::new(),
                    other => format!("{other:?}:"),
                };
                match &p.version {
                    Some(version) => format!(" {kind}{}@{version}", p.name),
                    None => format!(" {kind}{}", p.name),
                }
            })
            .collect::<String>()
    };
    match understand(&command) {
        Understood::PackageInstall(i) => {
            let mut out = format!("{:?} install{}", i.manager, list(&i.packages));
            for (name, value) in
                [("recommends", i.recommends), ("yes", i.yes), ("cache", i.cache), ("signatures", i.signatures)]
            {
                match value {
                    Setting::On => out += &format!(" +{name}"),
                    Setting::Off => out += &format!(" -{name}"),
                    Setting::Default => {}
                }
            }
            if i.refreshes {
                out += " refresh";
            }
            if let Some(name) = i.virtual_name {
                out += &format!(" virtual={}", name.text().unwrap_or("?"));
            }
            if !i.complete {
                out += " open";
            }
            out
        }
        Understood::PackageRemove(r) => format!(
            "{:?} remove{}{}{}",
            r.manager,
            list(&r.packages),
            if r.unneeded { " unneeded" } else { "" },
            if r.complete { "" } else { " open" }
        ),
        Understood::PackageMaintenance(m) => format!("{:?} {:?}", m.manager, m.action),
        other => format!("{other:?}"),
    }
}

#[test]
fn apt() {
    for (text, want) in [
        ("apt-get update", "Apt Update"),
        ("apt-get -qq update", "Apt Update"),
        (
            "apt-get install -y --no-install-recommends gcc libc6-dev=2.36-9 curl/bookworm",
            "Apt install gcc libc6-dev@2.36-9 curl -recommends +yes",
        ),
        (
            "apt-get -y -o Dpkg::Options::=--force-confold install g++ libssl-dev:amd64",
            "Apt install g++ libssl-dev +yes",
        ),
        ("apt-get install -qy -t bookworm-backports git", "Apt install git +yes"),
        ("apt-get -o APT::Install-Recommends=false install x", "Apt install x -recommends"),
        ("apt install -o 'APT::Install-Recommends=\"0\"' x", "Apt install x -recommends"),
        ("apt-get install -y ./a.deb /tmp/b.deb", "Apt install File:./a.deb File:/tmp/b.deb +yes"),
        ("apt-get install nginx=$V $DEPS 'php8*'", "Apt install nginx@ Unknown: Pattern:php8* open"),
        ("apt-get install --yes --allow-unauthenticated x", "Apt install x +yes -signatures"),
        ("apt-get purge -y --auto-remove gcc make", "Apt remove gcc make unneeded"),
        ("apt-get autoremove -y", "Apt remove unneeded"),
        ("apt-get clean", "Apt Clean(Archives)"),
        ("apt-get dist-upgrade", "Apt DistributionUpgrade"),
        ("aptitude install -R x", "Apt install x -recommends"),
        ("dpkg -i /tmp/x.deb", "Apt install File:/tmp/x.deb -recommends +yes -cache"),
        ("dpkg --print-architecture", "Apt Query"),
        ("apt-mark manual x", "Apt Configure"),
        ("install_packages a b", "Apt install a b -recommends +yes -cache refresh"),
        ("sudo apt-get install -y x", "Apt install x +yes"),
    ] {
        assert_eq!(shown(text), want, "{text}");
    }
}

#[test]
fn apk() {
    for (text, want) in [
        (
            "apk add --no-cache git curl=8.5.0-r0 'libpq>15'",
            "Apk install git curl@8.5.0-r0 libpq@15 -recommends +yes -cache refresh",
        ),
        ("apk add -U --virtual .deps gcc musl-dev", "Apk install gcc musl-dev -recommends +yes refresh virtual=.deps"),
        ("apk --no-cache -t .build add make", "Apk install make -recommends +yes -cache refresh virtual=.build"),
        ("apk add so:libcurl.so.4 foo@edge !bar", "Apk install Capability:so:libcurl.so.4 foo -recommends +yes"),
        ("apk add --virtual=.d $X", "Apk install Unknown: -recommends +yes virtual=.d open"),
        ("apk del .deps", "Apk remove .deps unneeded"),
        ("apk update", "Apk Update"),
        ("apk cache clean", "Apk Clean(Archives)"),
        ("opkg install a", "Opkg install a +yes"),
    ] {
        assert_eq!(shown(text), want, "{text}");
    }
}

#[test]
fn others() {
    for (text, want) in [
        (
            "yum install -y gcc-c++ httpd-2.4.6-97.el7 nodejs-14.2.0",
            "Rpm install gcc-c++ httpd@2.4.6-97.el7 nodejs@14.2.0 +yes refresh",
        ),
        ("dnf -y groupinstall 'Development Tools'", "Rpm install Group:Development Tools +yes refresh"),
        ("dnf group install -y dev --setopt=install_weak_deps=False", "Rpm install Group:dev -recommends +yes refresh"),
        (
            "microdnf install --nodocs --setopt keepcache=0 java-17-openjdk-devel",
            "Rpm install java-17-openjdk-devel -cache refresh",
        ),
        (
            "dnf install https://x/y.rpm @web /usr/bin/x ./z.rpm",
            "Rpm install Url:https://x/y.rpm Group:web Capability:/usr/bin/x File:./z.rpm refresh",
        ),
        ("dnf remove -y gcc", "Rpm remove gcc unneeded"),
        ("yum clean all", "Rpm Clean(Everything)"),
        ("yum update -y", "Rpm Upgrade"),
        ("zypper -n in --no-recommends gcc", "Zypper install gcc -recommends +yes refresh"),
        ("zypper --non-interactive install -t pattern devel", "Zypper install Group:devel +yes refresh"),
        ("zypper clean -a", "Zypper Clean(Everything)"),
        ("pacman -Syu --noconfirm git base-devel", "Pacman install git Group:base-devel -recommends +yes refresh"),
        ("pacman -Scc --noconfirm", "Pacman Clean(Everything)"),
        ("pacman -Rns x", "Pacman remove x unneeded"),
        ("rpm -Uvh https://x/epel.rpm", "Rpm install Url:https://x/epel.rpm -recommends +yes -cache"),
        ("rpm --import https://x/key", "Rpm Configure"),
    ] {
        assert_eq!(shown(text), want, "{text}");
    }
}

#[test]
fn recommends_in_the_configuration() {
    for (text, want) in [
        ("echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/99x", true),
        ("echo \"APT::Install-Recommends \\\"false\\\";\" >> /etc/apt/apt.conf", true),
        ("echo 'APT::Install-Recommends \"true\";' > /etc/apt/apt.conf.d/99x", false),
        ("echo 'APT::Install-Recommends \"0\";'", false),
    ] {
        let script = script(text);
        let command = Command::of(&script.invocations[0]).unwrap();
        assert_eq!(turns_recommends_off(&understand(&command)), want, "{text}");
    }
}
