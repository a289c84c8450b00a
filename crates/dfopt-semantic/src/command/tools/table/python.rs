//! Project managers and tools of Python.

use super::super::super::options::Spec;
use super::super::Action::{Build, Clean, Configure, Install, InstallDependencies, Query, Run, Start, Test};
use super::{DevelopmentRule, Goals, Tool, ToolSpec, always, gnu, row};

const POETRY: Spec = gnu("CPE", "", &["only", "without", "with", "extras", "directory", "project", "output", "format"]);

const PY: Spec = gnu(
    "pdodw",
    "",
    &[
        "python",
        "path",
        "groups",
        "group",
        "extra",
        "only-group",
        "no-group",
        "package",
        "index-url",
        "categories",
        "project",
        "directory",
        "target",
        "cache-dir",
        "with",
        "from",
        "index",
    ],
);

const CONDA: Spec = gnu("ncpf", "", &["name", "channel", "prefix", "file", "solver", "platform"]);

pub(super) static TOOLS: &[ToolSpec] = &[
    ToolSpec {
        development: DevelopmentRule::UnlessExcluded {
            excluded: &["--no-dev", "--only=main", "--without=dev", "--only=prod"],
            variable: None,
        },
        directory: &["-C", "--directory"],
        ..row(
            &["poetry"],
            Tool::Poetry,
            POETRY,
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("sync", InstallDependencies),
                ("update", InstallDependencies),
                ("add", InstallDependencies),
                ("build", Build),
                ("run", Run),
                ("config", Configure),
                ("lock", Configure),
                ("self", Configure),
                ("export", Configure),
                ("env", Configure),
                ("version", Query),
                ("show", Query),
                ("check", Query),
                ("cache clear", Clean),
                ("cache", Clean),
            ],
        )
    },
    ToolSpec {
        development: DevelopmentRule::IfIncluded(&["-d", "--dev"]),
        ..row(
            &["pipenv"],
            Tool::Pipenv,
            PY,
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("sync", InstallDependencies),
                ("update", InstallDependencies),
                ("run", Run),
                ("lock", Configure),
                ("requirements", Query),
                ("clean", Clean),
                ("--venv", Query),
            ],
        )
    },
    ToolSpec {
        development: DevelopmentRule::UnlessExcluded {
            excluded: &["--prod", "--production", "--no-dev"],
            variable: None,
        },
        ..row(
            &["pdm"],
            Tool::Pdm,
            PY,
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("sync", InstallDependencies),
                ("add", InstallDependencies),
                ("build", Build),
                ("run", Run),
                ("config", Configure),
                ("lock", Configure),
                ("export", Configure),
                ("cache clear", Clean),
                ("use", Configure),
            ],
        )
    },
    ToolSpec {
        development: DevelopmentRule::UnlessExcluded {
            excluded: &["--no-dev", "--no-default-groups", "--only-group"],
            variable: Some("UV_NO_DEV"),
        },
        output: &["-o", "--out-dir"],
        directory: &["--project", "--directory"],
        ..row(
            &["uv"],
            Tool::Uv,
            PY,
            Goals::Verb,
            &[
                ("sync", InstallDependencies),
                ("add", InstallDependencies),
                ("tool install", InstallDependencies),
                ("tool run", Run),
                ("python install", InstallDependencies),
                ("python pin", Configure),
                ("python find", Query),
                ("venv", Configure),
                ("lock", Configure),
                ("export", Configure),
                ("build", Build),
                ("run", Run),
                ("cache clean", Clean),
                ("cache prune", Clean),
                ("init", Configure),
                ("version", Query),
                ("tree", Query),
                ("remove", Configure),
                ("self", Configure),
            ],
        )
    },
    ToolSpec {
        ..row(
            &["pipx"],
            Tool::Pipx,
            PY,
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("inject", InstallDependencies),
                ("run", Run),
                ("ensurepath", Configure),
                ("uninstall", Clean),
            ],
        )
    },
    always(&["virtualenv", "pyvenv"], Tool::Virtualenv, PY, Configure),
    ToolSpec {
        output: &["--distpath"],
        ..always(
            &["pyinstaller", "nuitka", "nuitka3"],
            Tool::PyInstaller,
            gnu("n", "", &["distpath", "workpath", "name", "specpath", "add-data", "hidden-import"]),
            Build,
        )
    },
    ToolSpec {
        output: &["-o", "--outdir"],
        ..always(&["pyproject-build"], Tool::PythonBuild, gnu("o", "", &["outdir"]), Build)
    },
    always(&["python-compileall"], Tool::PythonBytecode, gnu("jdx", "", &[]), Build),
    always(
        &["pytest", "tox", "nox", "flake8", "mypy", "pylint", "ruff", "black", "isort", "coverage"],
        Tool::PythonTest,
        gnu("kmnc", "", &[]),
        Test,
    ),
    always(&["flask", "jupyter", "streamlit"], Tool::PythonWeb, gnu("hp", "", &["app", "host", "port"]), Run),
    ToolSpec {
        other: Run,
        ..row(
            &["manage.py", "django-admin"],
            Tool::PythonWeb,
            gnu("v", "", &["settings", "pythonpath"]),
            Goals::Verb,
            &[
                ("collectstatic", Build),
                ("compilemessages", Build),
                ("runserver", Start),
                ("test", Test),
                ("migrate", Run),
                ("check", Test),
                ("compress", Build),
            ],
        )
    },
    ToolSpec {
        other: Build,
        ..row(
            &["setup.py"],
            Tool::SetupPy,
            gnu("", "", &["prefix", "root", "user"]),
            Goals::All,
            &[
                ("build*", Build),
                ("install", Install),
                ("develop", Install),
                ("bdist*", Build),
                ("sdist", Build),
                ("test", Test),
                ("clean", Clean),
            ],
        )
    },
    ToolSpec {
        development: DevelopmentRule::None,
        other: Run,
        ..row(
            &["conda", "mamba", "micromamba"],
            Tool::Conda,
            CONDA,
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("create", InstallDependencies),
                ("update", InstallDependencies),
                ("upgrade", InstallDependencies),
                ("env create", InstallDependencies),
                ("env update", InstallDependencies),
                ("clean", Clean),
                ("remove", Clean),
                ("config", Configure),
                ("init", Configure),
                ("activate", Configure),
                ("info", Query),
                ("list", Query),
                ("run", Run),
                ("shell", Query),
            ],
        )
    },
];
