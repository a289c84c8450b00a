//! Tools of Elixir, Erlang, Gleam, Haskell and OCaml.

use super::super::super::options::Spec;
use super::super::Action::{Build, Clean, Configure, Fetch, Install, InstallDependencies, Query, Run, Start, Test};
use super::{DevelopmentRule, Goals, Tool, ToolSpec, always, gnu, row};

const HASKELL: Spec = gnu(
    "jwO",
    "",
    &[
        "local-bin-path",
        "resolver",
        "stack-yaml",
        "flag",
        "ghc-options",
        "installdir",
        "project-file",
        "with-compiler",
        "install-method",
        "work-dir",
    ],
);

const ELIXIR: Spec = gnu("", "", &["only", "path", "from", "version"]);

pub(super) static TOOLS: &[ToolSpec] = &[
    ToolSpec {
        output: &["--path"],
        development: DevelopmentRule::UnlessExcluded { excluded: &["--only=prod"], variable: Some("MIX_ENV") },
        other: Run,
        bare: Start,
        ..row(
            &["mix"],
            Tool::Mix,
            ELIXIR,
            Goals::Verb,
            &[
                ("deps.get", Fetch),
                ("deps.compile", InstallDependencies),
                ("deps.update", Fetch),
                ("deps.unlock", Configure),
                ("deps.clean", Clean),
                ("local.hex", Configure),
                ("local.rebar", Configure),
                ("archive.install", Configure),
                ("hex.*", Configure),
                ("compile*", Build),
                ("release*", Build),
                ("distillery.release", Build),
                ("escript.build", Build),
                ("phx.digest*", Build),
                ("assets.*", Build),
                ("do", Build),
                ("test", Test),
                ("format", Test),
                ("credo", Test),
                ("dialyzer", Test),
                ("phx.server", Start),
                ("phoenix.server", Start),
                ("run", Start),
                ("clean", Clean),
                ("esbuild*", Build),
                ("tailwind*", Build),
                ("sentry*", Build),
                ("gettext*", Build),
            ],
        )
    },
    always(&["iex", "elixir", "elixirc"], Tool::Elixir, gnu("SeprS", "", &[]), Start),
    ToolSpec {
        other: Build,
        ..row(
            &["rebar3", "rebar"],
            Tool::Rebar,
            gnu("nod", "", &[]),
            Goals::All,
            &[
                ("get-deps", Fetch),
                ("deps", Fetch),
                ("compile", Build),
                ("release", Build),
                ("tar", Build),
                ("escriptize", Build),
                ("as", Query),
                ("prod", Query),
                ("eunit", Test),
                ("ct", Test),
                ("shell", Start),
                ("clean", Clean),
                ("do", Query),
                ("version", Query),
            ],
        )
    },
    ToolSpec {
        ..row(
            &["gleam"],
            Tool::Gleam,
            gnu("", "", &["target"]),
            Goals::Verb,
            &[("export", Build), ("build", Build), ("deps", Fetch), ("run", Start), ("test", Test), ("clean", Clean)],
        )
    },
    ToolSpec {
        output: &["--local-bin-path"],
        ..row(
            &["stack"],
            Tool::Stack,
            HASKELL,
            Goals::Verb,
            &[
                ("build", Build),
                ("install", Install),
                ("setup", Configure),
                ("update", Fetch),
                ("test", Test),
                ("exec", Run),
                ("clean", Clean),
                ("path", Query),
                ("config", Configure),
                ("upgrade", Configure),
            ],
        )
    },
    ToolSpec {
        output: &["--installdir"],
        ..row(
            &["cabal"],
            Tool::Cabal,
            HASKELL,
            Goals::Verb,
            &[
                ("build", Build),
                ("install", Install),
                ("v2-build", Build),
                ("v2-install", Install),
                ("new-build", Build),
                ("new-install", Install),
                ("update", Fetch),
                ("v2-update", Fetch),
                ("fetch", Fetch),
                ("configure", Configure),
                ("test", Test),
                ("run", Start),
                ("exec", Run),
                ("list-bin", Query),
                ("user-config", Configure),
                ("freeze", Configure),
            ],
        )
    },
    ToolSpec {
        other: Configure,
        ..row(
            &["opam"],
            Tool::Opam,
            gnu("", "", &["switch", "root"]),
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("init", Configure),
                ("switch", InstallDependencies),
                ("update", Fetch),
                ("exec", Run),
                ("clean", Clean),
                ("env", Query),
            ],
        )
    },
    ToolSpec {
        output: &["--prefix"],
        ..row(
            &["dune"],
            Tool::Dune,
            gnu("", "", &["prefix", "profile", "root"]),
            Goals::Verb,
            &[
                ("build", Build),
                ("install", Install),
                ("test", Test),
                ("runtest", Test),
                ("exec", Start),
                ("clean", Clean),
            ],
        )
    },
];
