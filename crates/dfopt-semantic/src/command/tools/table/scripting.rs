//! Tools of PHP, Ruby, Perl, R and Lua.

use super::super::super::options::Spec;
use super::super::Action::{
    Build, Clean, Configure, Fetch, Install, InstallDependencies, Other, Query, Run, Start, Test,
};
use super::{DevelopmentRule, Goals, Tool, ToolSpec, always, gnu, row};

const COMPOSER: Spec = gnu(
    "d",
    "",
    &["working-dir", "ignore-platform-req", "prefer-install", "repository", "install-dir", "filename", "version"],
);

const BUNDLE: Spec =
    gnu("j", "", &["jobs", "retry", "without", "with", "path", "gemfile", "binstubs", "shebang", "group"]);

const GEM: Spec = gnu(
    "vinspPg",
    "",
    &[
        "version",
        "install-dir",
        "bindir",
        "source",
        "http-proxy",
        "platform",
        "document",
        "trust-policy",
        "file",
        "build-root",
    ],
);

pub(super) static TOOLS: &[ToolSpec] = &[
    ToolSpec {
        directory: &["-d", "--working-dir"],
        development: DevelopmentRule::UnlessExcluded { excluded: &["--no-dev"], variable: Some("COMPOSER_NO_DEV") },
        other: Run,
        ..row(
            &["composer", "composer.phar"],
            Tool::Composer,
            COMPOSER,
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("i", InstallDependencies),
                ("update", InstallDependencies),
                ("require", InstallDependencies),
                ("create-project", InstallDependencies),
                ("dump-autoload", Build),
                ("dumpautoload", Build),
                ("dump-env", Build),
                ("clear-cache", Clean),
                ("clearcache", Clean),
                ("cc", Clean),
                ("config", Configure),
                ("self-update", Configure),
                ("remove", Configure),
                ("diagnose", Query),
                ("show", Query),
                ("validate", Query),
                ("check-platform-reqs", Query),
                ("global", InstallDependencies),
            ],
        )
    },
    always(
        &[
            "docker-php-ext-install",
            "docker-php-ext-configure",
            "docker-php-ext-enable",
            "docker-php-source",
            "install-php-extensions",
            "phpize",
        ],
        Tool::PhpExtension,
        gnu("j", "", &[]),
        InstallDependencies,
    ),
    ToolSpec {
        other: Configure,
        ..row(
            &["pecl", "pear", "pickle"],
            Tool::Pecl,
            gnu("DR", "", &[]),
            Goals::Verb,
            &[("install", InstallDependencies), ("uninstall", Clean), ("clear-cache", Clean)],
        )
    },
    ToolSpec {
        other: Other,
        ..row(
            &["php"],
            Tool::PhpScript,
            gnu("rdcf", "", &[]),
            Goals::Options(&[
                ("-r", Run),
                ("-m", Query),
                ("-v", Query),
                ("--version", Query),
                ("-i", Query),
                ("--ini", Query),
                ("--ri", Query),
                ("", Run),
            ]),
            &[],
        )
    },
    ToolSpec {
        development: DevelopmentRule::UnlessExcluded {
            excluded: &["--without=development", "--deployment-only-never"],
            variable: Some("BUNDLE_WITHOUT"),
        },
        bare: InstallDependencies,
        other: Run,
        ..row(
            &["bundle", "bundler"],
            Tool::Bundler,
            BUNDLE,
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("update", InstallDependencies),
                ("package", Fetch),
                ("cache", Fetch),
                ("config", Configure),
                ("lock", Configure),
                ("clean", Clean),
                ("check", Query),
                ("show", Query),
                ("info", Query),
                ("list", Query),
                ("exec rails", Build),
                ("exec rake", Build),
                ("exec bootsnap", Build),
                ("exec jekyll", Build),
                ("exec rspec", Test),
                ("exec rubocop", Test),
                ("binstubs", Configure),
            ],
        )
    },
    ToolSpec {
        ..row(
            &["gem"],
            Tool::Gem,
            GEM,
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("i", InstallDependencies),
                ("update", InstallDependencies),
                ("build", Build),
                ("uninstall", Clean),
                ("cleanup", Clean),
                ("sources", Configure),
                ("list", Query),
                ("env", Query),
                ("environment", Query),
                ("which", Query),
            ],
        )
    },
    ToolSpec {
        other: Run,
        ..row(
            &["rails", "rake", "bootsnap"],
            Tool::Rake,
            gnu("ef", "", &["environment"]),
            Goals::All,
            &[
                ("assets:precompile", Build),
                ("assets:clean", Clean),
                ("precompile", Build),
                ("webpacker:compile", Build),
                ("server", Start),
                ("s", Start),
                ("console", Start),
                ("test*", Test),
                ("spec", Test),
                ("db:*", Run),
                ("tmp:*", Clean),
                ("log:clear", Clean),
            ],
        )
    },
    ToolSpec {
        ..row(
            &["cpanm", "cpan", "cpm"],
            Tool::Cpan,
            gnu("lL", "", &["local-lib", "local-lib-contained", "mirror", "cpanfile"]),
            Goals::Always(InstallDependencies),
            &[],
        )
    },
    ToolSpec {
        bare: InstallDependencies,
        ..row(
            &["carton"],
            Tool::Cpan,
            gnu("", "", &[]),
            Goals::Verb,
            &[("install", InstallDependencies), ("exec", Run), ("bundle", Fetch)],
        )
    },
    always(&["Rscript", "install2.r", "installGithub.r", "R"], Tool::R, gnu("e", "", &[]), InstallDependencies),
    ToolSpec {
        ..row(
            &["luarocks"],
            Tool::Luarocks,
            gnu("", "", &["tree", "server", "lua-version"]),
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("make", Install),
                ("build", Install),
                ("remove", Clean),
                ("config", Configure),
                ("list", Query),
            ],
        )
    },
];
