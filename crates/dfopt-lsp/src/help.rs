//! What instructions, flags, mount keys and directives are for, in a sentence or two each: the text of hovers, completions and
//! signature help.

/// An instruction: how it is written, and what it does.
#[derive(Clone, Copy, Debug)]
pub struct Help {
    /// The keyword.
    pub keyword: &'static str,
    /// How it is written; several forms where there are several.
    pub forms: &'static [&'static str],
    /// What it does.
    pub text: &'static str,
    /// A snippet that completes it.
    pub snippet: &'static str,
}

/// The instructions, sorted.
pub const INSTRUCTIONS: &[Help] = &[
    Help {
        keyword: "ADD",
        forms: &["ADD [--checksum=…] [--chown=…] [--chmod=…] [--link] source… destination"],
        text: "Puts files into the image: from the build context, from a URL, or from a Git repository. Archives of the context are unpacked. For files that are neither remote nor to be unpacked, `COPY` says the same and does less.",
        snippet: "ADD ${1:source} ${2:destination}",
    },
    Help {
        keyword: "ARG",
        forms: &["ARG name[=default]…"],
        text: "Declares a variable that whoever builds may set with `--build-arg`. It holds from here to the end of the stage, and is not in the finished image's environment; its value is in the history, so it must hold no secret. Before the first `FROM` it is for `FROM` lines only, until a stage declares it again.",
        snippet: "ARG ${1:name}",
    },
    Help {
        keyword: "CMD",
        forms: &["CMD [\"program\", \"argument\"…]", "CMD command"],
        text: "What a container runs when nothing else is named, or the default arguments of `ENTRYPOINT`. Only the last one of a stage counts. As a list it is started directly and gets signals; as text it is started by the shell.",
        snippet: "CMD [\"${1:program}\"]",
    },
    Help {
        keyword: "COPY",
        forms: &["COPY [--from=…] [--chown=…] [--chmod=…] [--link] [--parents] [--exclude=…] source… destination"],
        text: "Copies files from the build context, or with `--from` from another stage or image. What the ignore file hides cannot be copied. A directory is copied by its content.",
        snippet: "COPY ${1:source} ${2:destination}",
    },
    Help {
        keyword: "ENTRYPOINT",
        forms: &["ENTRYPOINT [\"program\", \"argument\"…]", "ENTRYPOINT command"],
        text: "The program that a container always runs; `CMD` and the arguments of `docker run` are handed to it. As text it is started by the shell, which hands on neither signals nor arguments.",
        snippet: "ENTRYPOINT [\"${1:program}\"]",
    },
    Help {
        keyword: "ENV",
        forms: &["ENV name=value…"],
        text: "Sets variables for the instructions that follow and for the containers of the image. Stages built on this one inherit them.",
        snippet: "ENV ${1:name}=${2:value}",
    },
    Help {
        keyword: "EXPOSE",
        forms: &["EXPOSE port[/protocol]…"],
        text: "Notes on which ports the program listens. It opens none: `docker run --publish` does.",
        snippet: "EXPOSE ${1:80}",
    },
    Help {
        keyword: "FROM",
        forms: &["FROM [--platform=…] image [AS name]"],
        text: "Begins a stage: on an image, on an earlier stage, or on `scratch`, which is empty. The last stage is what is built unless a target is named; others ship only what is copied out of them.",
        snippet: "FROM ${1:image}",
    },
    Help {
        keyword: "HEALTHCHECK",
        forms: &[
            "HEALTHCHECK [--interval=…] [--timeout=…] [--start-period=…] [--start-interval=…] [--retries=…] CMD command",
            "HEALTHCHECK NONE",
        ],
        text: "How the engine finds out whether a container works: a command that ends with 0 when it does. `NONE` switches off what the base image has.",
        snippet: "HEALTHCHECK CMD ${1:command}",
    },
    Help {
        keyword: "LABEL",
        forms: &["LABEL key=value…"],
        text: "Adds metadata to the image. It changes no file.",
        snippet: "LABEL ${1:key}=\"${2:value}\"",
    },
    Help {
        keyword: "MAINTAINER",
        forms: &["MAINTAINER name"],
        text: "Names the author. Deprecated: the label `org.opencontainers.image.authors` took its place.",
        snippet: "MAINTAINER ${1:name}",
    },
    Help {
        keyword: "ONBUILD",
        forms: &["ONBUILD instruction"],
        text: "Keeps an instruction for builds that start from this image; it is carried out there, right after their `FROM`.",
        snippet: "ONBUILD ${1:instruction}",
    },
    Help {
        keyword: "RUN",
        forms: &[
            "RUN [--mount=…] [--network=…] [--security=…] command",
            "RUN [\"program\", \"argument\"…]",
            "RUN <<EOF",
        ],
        text: "Carries out a command while building and keeps what it changed in the file system as a layer. What is deleted in a later layer still takes room in this one.",
        snippet: "RUN ${1:command}",
    },
    Help {
        keyword: "SHELL",
        forms: &["SHELL [\"program\", \"argument\"…]"],
        text: "The shell for all commands that are written as text, from here on and in stages built on this one.",
        snippet: "SHELL [\"${1:/bin/bash}\", \"${2:-c}\"]",
    },
    Help {
        keyword: "STOPSIGNAL",
        forms: &["STOPSIGNAL signal"],
        text: "The signal that asks the program to end when the container is stopped; `SIGTERM` if nothing is said.",
        snippet: "STOPSIGNAL ${1:SIGTERM}",
    },
    Help {
        keyword: "USER",
        forms: &["USER name[:group]", "USER uid[:gid]"],
        text: "Who carries out the `RUN` instructions that follow, and who the container's program runs as.",
        snippet: "USER ${1:name}",
    },
    Help {
        keyword: "VOLUME",
        forms: &["VOLUME path…", "VOLUME [\"path\"…]"],
        text: "Marks directories whose content outlives the container. Without a mount the engine makes a new volume for each at every start.",
        snippet: "VOLUME ${1:path}",
    },
    Help {
        keyword: "WORKDIR",
        forms: &["WORKDIR path"],
        text: "The directory that the instructions which follow and the container work in. It is made if need be; a relative path goes on from the one before.",
        snippet: "WORKDIR ${1:/app}",
    },
];

/// What an instruction does.
#[must_use]
pub fn instruction(keyword: &str) -> Option<&'static Help> {
    INSTRUCTIONS.iter().find(|help| help.keyword.eq_ignore_ascii_case(keyword))
}

/// What a flag of an instruction does.
#[must_use]
pub fn flag(keyword: &str, flag: &str) -> Option<&'static str> {
    Some(match (keyword, flag) {
        ("FROM", "platform") => {
            "The platform of the base image, such as `linux/arm64`, when it has several; `$BUILDPLATFORM` is the one that builds."
        }
        ("COPY", "from") => {
            "Copies from a stage, by name or number, from an image, or from a named context instead of the build context."
        }
        ("COPY" | "ADD", "chown") => "Owner and group of what is copied; names are looked up in the image.",
        ("COPY" | "ADD", "chmod") => "Permissions of what is copied, as an octal number or as `u=rwX,go=rX`.",
        ("COPY" | "ADD", "link") => {
            "Makes a layer that does not depend on those before it, so that it stays in the cache when they change. Links in the destination are not followed."
        }
        ("COPY" | "ADD", "exclude") => "A pattern of what not to copy. Can be given several times.",
        ("COPY", "parents") => "Keeps the directories above each source; `/./` in a source marks where they begin.",
        ("ADD", "keep-git-dir") => "Keeps `.git` of a repository that is added.",
        ("ADD", "checksum") => "The digest that what is fetched must have, such as `sha256:…`.",
        ("ADD", "unpack") => {
            "Whether an archive is unpacked; one from the context is unless told otherwise, one from a URL is not."
        }
        ("RUN", "mount") => {
            "Makes something available while the command runs, without a trace in the layer: a cache, files of the context or of a stage, memory, a secret, an SSH agent."
        }
        ("RUN", "network") => "`default`, `none` for no network, or `host`, which whoever builds has to allow.",
        ("RUN", "security") => "`sandbox`, or `insecure` for all privileges, which whoever builds has to allow.",
        ("RUN", "device") => "A device of the builder, by its CDI name.",
        ("HEALTHCHECK", "interval") => "The time between two checks; 30 seconds if nothing is said.",
        ("HEALTHCHECK", "timeout") => "After how long a check counts as failed; 30 seconds if nothing is said.",
        ("HEALTHCHECK", "start-period") => "How long after the start failures do not count.",
        ("HEALTHCHECK", "start-interval") => {
            "The time between two checks in the start period; 5 seconds if nothing is said."
        }
        ("HEALTHCHECK", "retries") => "How many failures in a row make the container unhealthy; 3 if nothing is said.",
        _ => return None,
    })
}

/// The values that a flag may have, where they can be listed.
#[must_use]
pub fn flag_values(keyword: &str, flag: &str) -> &'static [&'static str] {
    match (keyword, flag) {
        ("FROM", "platform") => &["$BUILDPLATFORM", "$TARGETPLATFORM", "linux/amd64", "linux/arm64", "linux/arm/v7"],
        ("RUN", "network") => &["default", "none", "host"],
        ("RUN", "security") => &["sandbox", "insecure"],
        ("COPY" | "ADD", "chmod") => &["755", "644", "u=rwX,go=rX"],
        ("ADD", "checksum") => &["sha256:"],
        ("COPY" | "ADD", "link" | "parents" | "keep-git-dir" | "unpack") => &["true", "false"],
        _ => &[],
    }
}

/// What a key of a mount does.
#[must_use]
pub fn mount_key(key: &str) -> Option<&'static str> {
    Some(match key {
        "type" => "What is mounted: `bind`, `cache`, `tmpfs`, `secret` or `ssh`.",
        "target" | "dst" | "destination" => "Where it is mounted.",
        "source" | "src" => "Which part of the stage, image or context is mounted; for a secret, the same as `id`.",
        "from" => "The stage, image or named context that it comes from; the build context if nothing is said.",
        "ro" | "readonly" => "It cannot be written to.",
        "rw" | "readwrite" => "It can be written to; what is written to a bind mount is thrown away.",
        "id" => "The name of the cache, secret or agent; two mounts with the same name share one.",
        "sharing" => {
            "What builds at the same time do with a cache: `shared` by all, `private` to each, or `locked` so that one waits."
        }
        "size" => "How much memory it may take.",
        "required" => "Whether the build fails when the secret or the agent is missing.",
        "mode" => "Its permissions, as an octal number.",
        "uid" => "The number of its owner; 0 if nothing is said.",
        "gid" => "The number of its group; 0 if nothing is said.",
        "env" => "The variable that holds the secret while the command runs.",
        _ => return None,
    })
}

/// The values that a key of a mount may have, where they can be listed.
#[must_use]
pub fn mount_values(key: &str) -> &'static [&'static str] {
    match key {
        "type" => &["bind", "cache", "secret", "ssh", "tmpfs"],
        "sharing" => &["locked", "private", "shared"],
        "required" | "ro" | "readonly" | "rw" | "readwrite" => &["true", "false"],
        _ => &[],
    }
}

/// The directives, with what they do and their usual values.
pub const DIRECTIVES: &[(&str, &str, &[&str])] = &[
    (
        "syntax",
        "The image of the frontend that reads this file. `docker/dockerfile:1` is the newest of the stable ones.",
        &["docker/dockerfile:1"],
    ),
    (
        "escape",
        "The character that continues lines and escapes others; a backtick suits paths of Windows.",
        &["`", "\\"],
    ),
    (
        "check",
        "Settings for the builder's own checks: `skip=` with rules or `all`, `error=true` to fail on them.",
        &["skip=", "error=true"],
    ),
];

/// What a directive does.
#[must_use]
pub fn directive(name: &str) -> Option<&'static str> {
    DIRECTIVES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)).map(|(_, text, _)| *text)
}

/// What the builder sets a variable to, for those it sets.
#[must_use]
pub fn platform_arg(name: &str) -> Option<&'static str> {
    Some(match name {
        "BUILDPLATFORM" => "The platform of the machine that builds, such as `linux/amd64`.",
        "BUILDOS" => "The operating system of the machine that builds.",
        "BUILDOSVERSION" => "The version of the operating system of the machine that builds.",
        "BUILDARCH" => "The architecture of the machine that builds.",
        "BUILDVARIANT" => "The variant of the architecture of the machine that builds.",
        "TARGETPLATFORM" => "The platform that is built for, such as `linux/arm64`.",
        "TARGETOS" => "The operating system that is built for.",
        "TARGETOSVERSION" => "The version of the operating system that is built for.",
        "TARGETARCH" => "The architecture that is built for, such as `arm64`.",
        "TARGETVARIANT" => "The variant of the architecture that is built for, such as `v7`.",
        "TARGETSTAGE" => "The name of the stage that is built.",
        _ => return None,
    })
}

/// Signals that programs are stopped by.
pub const SIGNALS: [&str; 7] = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGWINCH"];

#[cfg(test)]
mod tests {
    use dfopt_semantic::flags::flags_of;
    use dfopt_semantic::mount::MountKey;

    use super::*;

    #[test]
    fn everything_that_the_grammar_knows_is_explained() {
        for help in INSTRUCTIONS {
            let parse = dfopt_syntax::parse(&format!("{} CMD x", help.keyword));
            let instruction = parse.file().instructions().next().map(|it| (it.name(), flags_of(&it)));
            let (name, flags) = instruction.unwrap_or_default();
            assert_eq!(name, help.keyword);
            for spec in flags {
                assert!(flag(name, spec.name).is_some(), "{name} --{}", spec.name);
            }
        }
        assert!(MountKey::SPELLINGS.iter().all(|key| mount_key(key).is_some()));
        assert!(INSTRUCTIONS.is_sorted_by_key(|help| help.keyword));
        assert_eq!(INSTRUCTIONS.len(), 18);
    }
}
