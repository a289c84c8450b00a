//! When versions of languages, servers and images stop getting security fixes.

use super::Date;

/// A line of versions and its last supported day.
pub(super) struct End {
    /// Repositories it holds for, in their short form.
    pub(super) repos: &'static [&'static str],
    /// What the version counts.
    pub(super) product: &'static str,
    /// The version's beginning, empty for any tag of the repository.
    pub(super) version: &'static str,
    pub(super) date: Date,
    /// What to use, where it is not a newer version of the same.
    pub(super) successor: Option<&'static str>,
}

const PYTHON: &[&str] = &["python", "bitnami/python", "cimg/python"];
const NODE: &[&str] = &["node", "bitnami/node", "cimg/node"];
const RUBY: &[&str] = &["ruby", "bitnami/ruby"];
const GO: &[&str] = &["golang", "cimg/go"];
const PHP: &[&str] = &["php"];
const DOTNET: &[&str] = &[
    "mcr.microsoft.com/dotnet/aspnet",
    "mcr.microsoft.com/dotnet/runtime",
    "mcr.microsoft.com/dotnet/runtime-deps",
    "mcr.microsoft.com/dotnet/sdk",
];

const fn end(
    repos: &'static [&'static str],
    product: &'static str,
    version: &'static str,
    (year, month, day): (u16, u8, u8),
) -> End {
    End { repos, product, version, date: Date::new(year, month, day), successor: None }
}

/// Grouped by product, oldest version first.
#[rustfmt::skip]
pub(super) static ENDS: &[End] = &[
    end(PYTHON, "Python", "2.7", (2020, 1, 1)),
    end(PYTHON, "Python", "3.4", (2019, 3, 18)),
    end(PYTHON, "Python", "3.5", (2020, 9, 30)),
    end(PYTHON, "Python", "3.6", (2021, 12, 23)),
    end(PYTHON, "Python", "3.7", (2023, 6, 27)),
    end(PYTHON, "Python", "3.8", (2024, 10, 7)),
    end(PYTHON, "Python", "3.9", (2025, 10, 31)),
    end(PYTHON, "Python", "3.10", (2026, 10, 31)),
    end(PYTHON, "Python", "3.11", (2027, 10, 31)),
    end(PYTHON, "Python", "3.12", (2028, 10, 31)),
    end(PYTHON, "Python", "3.13", (2029, 10, 31)),
    end(PYTHON, "Python", "3.14", (2030, 10, 31)),
    end(NODE, "Node.js", "8", (2019, 12, 31)),
    end(NODE, "Node.js", "10", (2021, 4, 30)),
    end(NODE, "Node.js", "12", (2022, 4, 30)),
    end(NODE, "Node.js", "13", (2020, 6, 1)),
    end(NODE, "Node.js", "14", (2023, 4, 30)),
    end(NODE, "Node.js", "15", (2021, 6, 1)),
    end(NODE, "Node.js", "16", (2023, 9, 11)),
    end(NODE, "Node.js", "17", (2022, 6, 1)),
    end(NODE, "Node.js", "18", (2025, 4, 30)),
    end(NODE, "Node.js", "19", (2023, 6, 1)),
    end(NODE, "Node.js", "20", (2026, 4, 30)),
    end(NODE, "Node.js", "21", (2024, 6, 1)),
    end(NODE, "Node.js", "22", (2027, 4, 30)),
    end(NODE, "Node.js", "23", (2025, 6, 1)),
    end(NODE, "Node.js", "24", (2028, 4, 30)),
    end(RUBY, "Ruby", "2.4", (2020, 3, 31)),
    end(RUBY, "Ruby", "2.5", (2021, 3, 31)),
    end(RUBY, "Ruby", "2.6", (2022, 4, 12)),
    end(RUBY, "Ruby", "2.7", (2023, 3, 31)),
    end(RUBY, "Ruby", "3.0", (2024, 4, 23)),
    end(RUBY, "Ruby", "3.1", (2025, 3, 26)),
    end(RUBY, "Ruby", "3.2", (2026, 3, 31)),
    end(RUBY, "Ruby", "3.3", (2027, 3, 31)),
    end(RUBY, "Ruby", "3.4", (2028, 3, 31)),
    end(GO, "Go", "1.11", (2019, 9, 3)),
    end(GO, "Go", "1.12", (2020, 2, 25)),
    end(GO, "Go", "1.13", (2020, 8, 11)),
    end(GO, "Go", "1.14", (2021, 2, 16)),
    end(GO, "Go", "1.15", (2021, 8, 16)),
    end(GO, "Go", "1.16", (2022, 3, 15)),
    end(GO, "Go", "1.17", (2022, 8, 2)),
    end(GO, "Go", "1.18", (2023, 2, 1)),
    end(GO, "Go", "1.19", (2023, 8, 8)),
    end(GO, "Go", "1.20", (2024, 2, 6)),
    end(GO, "Go", "1.21", (2024, 8, 13)),
    end(GO, "Go", "1.22", (2025, 2, 11)),
    end(GO, "Go", "1.23", (2025, 8, 12)),
    end(PHP, "PHP", "5.6", (2018, 12, 31)),
    end(PHP, "PHP", "7.0", (2019, 1, 10)),
    end(PHP, "PHP", "7.1", (2019, 12, 1)),
    end(PHP, "PHP", "7.2", (2020, 11, 30)),
    end(PHP, "PHP", "7.3", (2021, 12, 6)),
    end(PHP, "PHP", "7.4", (2022, 11, 28)),
    end(PHP, "PHP", "8.0", (2023, 11, 26)),
    end(PHP, "PHP", "8.1", (2025, 12, 31)),
    end(PHP, "PHP", "8.2", (2026, 12, 31)),
    end(PHP, "PHP", "8.3", (2027, 12, 31)),
    end(PHP, "PHP", "8.4", (2028, 12, 31)),
    end(DOTNET, ".NET", "2.1", (2021, 8, 21)),
    end(DOTNET, ".NET", "3.1", (2022, 12, 13)),
    end(DOTNET, ".NET", "5.0", (2022, 5, 10)),
    end(DOTNET, ".NET", "6.0", (2024, 11, 12)),
    end(DOTNET, ".NET", "7.0", (2024, 5, 14)),
    end(DOTNET, ".NET", "8.0", (2026, 11, 10)),
    end(DOTNET, ".NET", "9.0", (2026, 11, 10)),
    end(DOTNET, ".NET", "10.0", (2028, 11, 14)),
    end(&["postgres"], "PostgreSQL", "9.6", (2021, 11, 11)),
    end(&["postgres"], "PostgreSQL", "10", (2022, 11, 10)),
    end(&["postgres"], "PostgreSQL", "11", (2023, 11, 9)),
    end(&["postgres"], "PostgreSQL", "12", (2024, 11, 21)),
    end(&["postgres"], "PostgreSQL", "13", (2025, 11, 13)),
    end(&["postgres"], "PostgreSQL", "14", (2026, 11, 12)),
    end(&["postgres"], "PostgreSQL", "15", (2027, 11, 11)),
    end(&["postgres"], "PostgreSQL", "16", (2028, 11, 9)),
    end(&["postgres"], "PostgreSQL", "17", (2029, 11, 8)),
    end(&["mysql"], "MySQL", "5.7", (2023, 10, 31)),
    end(&["mysql"], "MySQL", "8.0", (2026, 4, 30)),
    end(&["mysql"], "MySQL", "8.4", (2032, 4, 30)),
    end(&["mongo"], "MongoDB", "4.4", (2024, 2, 29)),
    end(&["mongo"], "MongoDB", "5.0", (2024, 10, 31)),
    end(&["mongo"], "MongoDB", "6.0", (2025, 7, 31)),
    end(&["mongo"], "MongoDB", "7.0", (2027, 8, 31)),
    End { repos: &["openjdk"], product: "the openjdk image", version: "", date: Date::new(2022, 7, 31), successor: Some("eclipse-temurin") },
    End { repos: &["java"], product: "the java image", version: "", date: Date::new(2016, 12, 31), successor: Some("eclipse-temurin") },
];
