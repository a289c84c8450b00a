//! Rows of the table, and what is told of tags that are in none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::images::ROWS;
use super::release::RELEASES;
use super::*;

fn facts(image: &str) -> Facts {
    BaseFacts::lookup(&ImageRef::parse(image).unwrap(), &Extra::default()).unwrap_or_else(|| panic!("{image} unknown"))
}

fn release(image: &str) -> (String, Certainty) {
    let facts = facts(image);
    (facts.release.map_or("-".to_owned(), Release::title), facts.certainty)
}

fn ladder(image: &str) -> Vec<String> {
    facts(image).candidates.into_iter().map(|candidate| candidate.image).collect()
}

#[test]
fn the_tables_are_in_order() {
    for pair in ROWS.windows(2) {
        assert!(pair[0].repo <= pair[1].repo, "{} before {}", pair[0].repo, pair[1].repo);
        if pair[0].repo == pair[1].repo {
            assert!(!pair[0].needs.is_empty(), "{}: a row that takes every tag must be the last", pair[0].repo);
        }
    }
    for row in ROWS {
        assert!(!row.repo.is_empty());
        let releases: Vec<(Distro, &str)> = match row.origin {
            Origin::Itself(distro, version) | Origin::Assumed(distro, version) => vec![(distro, version)],
            Origin::Versions(spans) => spans.iter().map(|span| (span.2, span.3)).collect(),
            _ => Vec::new(),
        };
        for (distro, version) in releases {
            assert!(find_release(distro, version).is_some(), "{}: {distro:?} {version}", row.repo);
        }
        if let Origin::Versions(spans) = row.origin {
            assert!(spans.windows(2).all(|pair| pair[0].1 < pair[1].0), "{}", row.repo);
        }
    }
    for pair in RELEASES.windows(2) {
        assert!(pair[0].distro <= pair[1].distro, "{} before {}", pair[0].title(), pair[1].title());
    }
    assert!(find_release(Distro::Alpine, LATEST_ALPINE).is_some());
}

#[test]
fn stated_and_assumed_releases() {
    use Certainty::{Assumed, Stated};
    for (image, title, certainty) in [
        ("debian:12", "Debian 12 (bookworm)", Stated),
        ("debian:12.5-slim", "Debian 12 (bookworm)", Stated),
        ("debian:bullseye-20240101", "Debian 11 (bullseye)", Stated),
        ("debian", "Debian 13 (trixie)", Assumed),
        ("ubuntu:22.04", "Ubuntu 22.04 (jammy)", Stated),
        ("ubuntu:noble-20240801", "Ubuntu 24.04 (noble)", Stated),
        ("alpine:3.19.1", "Alpine 3.19", Stated),
        ("alpine:3", "Alpine 3.22", Assumed),
        ("centos:7.9.2009", "CentOS 7", Stated),
        ("centos:centos7", "CentOS 7", Stated),
        ("quay.io/centos/centos:stream9", "CentOS stream9 (stream9)", Stated),
        ("rockylinux:9.3-minimal", "Rocky Linux 9", Stated),
        ("python:3.12-slim-bookworm", "Debian 12 (bookworm)", Stated),
        ("python:3.12", "Debian 13 (trixie)", Assumed),
        ("python:3.7-slim", "Debian 12 (bookworm)", Assumed),
        ("python:2", "Debian 10 (buster)", Assumed),
        ("python", "Debian 13 (trixie)", Assumed),
        ("python:3.99", "-", Stated),
        ("golang:1.22-alpine3.19", "Alpine 3.19", Stated),
        ("golang:1.25-alpine", "Alpine 3.22", Assumed),
        ("golang:1.15-alpine", "-", Stated),
        ("golang:1.22", "Debian 12 (bookworm)", Assumed),
        ("public.ecr.aws/docker/library/golang:1.22", "Debian 12 (bookworm)", Assumed),
        ("registry.access.redhat.com/ubi9/ubi-minimal:9.4", "Red Hat UBI 9", Stated),
        ("redhat/ubi8-minimal", "Red Hat UBI 8", Stated),
        ("registry.access.redhat.com/ubi9/nodejs-20-minimal", "Red Hat UBI 9", Stated),
        ("gcr.io/distroless/static-debian11:nonroot", "Debian 11 (bullseye)", Stated),
        ("gcr.io/distroless/nodejs22-debian12", "Debian 12 (bookworm)", Stated),
        ("gcr.io/distroless/cc", "Debian 12 (bookworm)", Assumed),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", "Debian 12 (bookworm)", Assumed),
        ("mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled", "Ubuntu 22.04 (jammy)", Stated),
        ("hexpm/elixir:1.16.0-erlang-26.2.1-debian-bookworm-20231009-slim", "Debian 12 (bookworm)", Stated),
        ("nvidia/cuda:12.2.0-devel-ubuntu22.04", "Ubuntu 22.04 (jammy)", Stated),
    ] {
        assert_eq!(release(image), (title.to_owned(), certainty), "{image}");
    }
}

#[test]
fn the_ladder_keeps_release_and_libc() {
    for (image, expected) in [
        ("python:3.12-bookworm", vec!["python:3.12-slim-bookworm"]),
        ("python", vec!["python:slim"]),
        ("python:3.12-slim", vec![]),
        ("node:20", vec!["node:20-slim"]),
        ("node:20-bookworm", vec!["node:20-bookworm-slim"]),
        ("golang:1.22-bookworm", vec!["debian:bookworm-slim", "gcr.io/distroless/static-debian12"]),
        ("golang:1.22-alpine3.19", vec!["alpine:3.19", "gcr.io/distroless/static-debian12"]),
        ("golang:1.15-alpine", vec![]),
        (
            "mcr.microsoft.com/dotnet/sdk:8.0-alpine",
            vec![
                "mcr.microsoft.com/dotnet/aspnet:8.0-alpine",
                "mcr.microsoft.com/dotnet/runtime:8.0-alpine",
                "mcr.microsoft.com/dotnet/runtime-deps:8.0-alpine",
            ],
        ),
        ("eclipse-temurin:17-jdk-jammy", vec!["eclipse-temurin:17-jre-jammy"]),
        ("eclipse-temurin:21", vec!["eclipse-temurin:21-jre"]),
        ("maven:3.9-eclipse-temurin-17-alpine", vec!["eclipse-temurin:17-jre-alpine"]),
        ("gradle:8.5-jdk21-jammy", vec!["eclipse-temurin:21-jre-jammy"]),
        ("openjdk:11-slim", vec!["eclipse-temurin:11-jre"]),
        ("swift:5.9-jammy", vec!["swift:5.9-jammy-slim", "ubuntu:22.04"]),
        ("elixir:1.16-slim", vec!["debian:bookworm-slim"]),
        (
            "nvidia/cuda:12.2.0-devel-ubuntu22.04",
            vec!["nvidia/cuda:12.2.0-runtime-ubuntu22.04", "nvidia/cuda:12.2.0-base-ubuntu22.04"],
        ),
    ] {
        assert_eq!(ladder(image), expected, "{image}");
        let libc = facts(image).libc;
        for candidate in ladder(image).iter().filter(|name| !name.contains("/static-")) {
            let theirs =
                BaseFacts::lookup(&ImageRef::parse(candidate).unwrap(), &Extra::default()).and_then(|f| f.libc);
            if let (Some(ours), Some(theirs)) = (libc, theirs) {
                assert!(ours.same_family(theirs), "{image} and {candidate}");
            }
        }
    }
}

#[test]
fn shells_libraries_and_users() {
    assert_eq!(facts("debian:12").shell, Some(Shell::Dash));
    assert!(facts("debian:13").shell.unwrap().has_pipefail());
    assert!(!facts("python:3.12-bookworm").shell.unwrap().has_pipefail());
    assert!(facts("alpine").shell.unwrap().has_pipefail());
    assert_eq!(facts("centos:7").package_manager, Some(PackageManager::Yum));
    assert_eq!(facts("fedora:40").package_manager, Some(PackageManager::Dnf));
    assert_eq!(facts("ubuntu:20.04").libssl, Some("libssl.so.1.1"));
    assert_eq!(facts("golang:1.22-bookworm").libc, Some(Libc::Glibc(36)));
    assert_eq!(facts("node:20-alpine").libc, Some(Libc::Musl));
    assert_eq!(facts("gcr.io/distroless/static").libc, Some(Libc::None));
    assert_eq!(facts("gcr.io/distroless/base").shell, Some(Shell::None));
    assert_eq!(facts("gcr.io/distroless/base:nonroot").user.as_deref(), Some("65532"));
    assert_eq!(facts("golang:1.22").workdir.as_deref(), Some("/go"));
    assert_eq!(facts("mcr.microsoft.com/windows/servercore:ltsc2022").os, Os::Windows);
    assert_eq!(facts("golang:1.22-nanoserver-1809").os, Os::Windows);
    assert_eq!(facts("nginx").entrypoint, Some(&["/docker-entrypoint.sh"][..]));
    assert!(facts("postgres:16").drops_privileges && !facts("node:20").drops_privileges);
    assert_eq!(facts("debian:12").has_program("curl"), Some(false));
    assert_eq!(facts("node:20").has_program("curl"), Some(true));
    assert_eq!(facts("node:20-alpine").has_program("wget"), Some(true));
    let scratch = BaseFacts::scratch().unwrap();
    assert_eq!((scratch.kind, scratch.libc, scratch.has_passwd()), (Kind::Empty, Some(Libc::None), false));
    assert_eq!(facts("ubuntu:25.04").release.map(Release::lacks_apt_key), Some(true));
}

#[test]
fn what_is_not_recorded_is_unknown() {
    let lookup = |image: &str| BaseFacts::lookup(&ImageRef::parse(image).unwrap(), &Extra::default());
    assert_eq!(lookup("example.com/team/app:1"), None);
    assert_eq!(lookup("someone/golang:1.22"), None);
    assert_eq!(lookup(&format!("golang@sha256:{}", "0".repeat(64))), None);
    assert!(BaseFacts::knows(&ImageRef::parse("golang:x").unwrap()));
    assert!(!BaseFacts::knows(&ImageRef::parse("builder").unwrap()));
}

#[test]
fn settings_describe_further_images() {
    let extra = Extra {
        images: vec![
            ExtraImage {
                repository: "example.com/base/python".to_owned(),
                tag: "3.*".to_owned(),
                like: Some("python:$TAG-slim-bookworm".to_owned()),
                user: Some("app".to_owned()),
                ..ExtraImage::default()
            },
            ExtraImage {
                repository: "example.com/base/os".to_owned(),
                release: find_release(Distro::Debian, "12"),
                kind: Some(Kind::Distro),
                ..ExtraImage::default()
            },
        ],
        ends: vec![ExtraEnd {
            repository: "example.com/base/os".to_owned(),
            tag: "1".to_owned(),
            date: Date::new(2026, 1, 1),
            successor: Some("example.com/base/os:2".to_owned()),
        }],
    };
    let image = ImageRef::parse("example.com/base/python:3.12").unwrap();
    let facts = BaseFacts::lookup(&image, &extra).unwrap();
    assert_eq!((facts.kind, facts.user.as_deref()), (Kind::Interpreter, Some("app")));
    assert_eq!(facts.release.map(|release| release.codename), Some("bookworm"));
    assert_eq!(BaseFacts::lookup(&ImageRef::parse("example.com/base/python:2").unwrap(), &extra), None);
    let os = ImageRef::parse("example.com/base/os:1.2").unwrap();
    assert_eq!(BaseFacts::lookup(&os, &extra).unwrap().shell, Some(Shell::Dash));
    let ends = end_of_support(&os, &extra);
    assert_eq!(ends.iter().map(|end| end.date.to_string()).collect::<Vec<_>>(), ["2026-01-01", "2028-06-30"]);
}

#[test]
fn ends_of_support_name_a_successor() {
    let ends = |image: &str| -> Vec<String> {
        let shown = |end: EndOfSupport| {
            format!("{} {} > {}", end.subject, end.date, end.successor.unwrap_or_else(|| "-".to_owned()))
        };
        end_of_support(&ImageRef::parse(image).unwrap(), &Extra::default()).into_iter().map(shown).collect()
    };
    assert_eq!(
        ends("python:3.7-buster"),
        ["Python 3.7 2023-06-27 > Python 3.14", "Debian 10 (buster) 2024-06-30 > Debian 12 (bookworm)",]
    );
    assert_eq!(ends("node:16.20.1-alpine3.18")[0], "Node.js 16 2023-09-11 > Node.js 24");
    assert_eq!(ends("ubuntu:23.04"), ["Ubuntu 23.04 (lunar) 2024-01-25 > Ubuntu 24.04 (noble)"]);
    assert_eq!(ends("centos:7"), ["CentOS 7 2024-06-30 > Rocky Linux 9"]);
    assert_eq!(ends("openjdk:8-jre-alpine")[0], "the openjdk image 2022-07-31 > eclipse-temurin");
    assert_eq!(ends("golang:1.3"), Vec::<String>::new());
    assert!(end_of_support(&ImageRef::parse("debian:stretch").unwrap(), &Extra::default())[0].mirrors_moved);
}
