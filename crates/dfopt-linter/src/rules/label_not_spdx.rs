//! `label-not-spdx`

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity, labels};

declare_rule! {
    /// A label that holds a licence names none that SPDX knows.
    ///
    /// ## Why
    ///
    /// Programs that look after licences read names of the SPDX list, and expressions of them. Anything else means a search by hand.
    ///
    /// ## Example
    ///
    /// With these settings:
    ///
    /// ```toml
    /// [labels]
    /// schema = { "org.opencontainers.image.licenses" = "spdx" }
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.licenses="Apache 2"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.licenses="Apache-2.0"
    /// ```
    "label-not-spdx" {
        category: Category::Policy,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3054"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        options: &[labels::SCHEMA.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    labels::judge(ctx, "spdx", is_licence, |label| format!("`{label}` is no SPDX licence"));
}

/// Names that came to the list after the version that hadolint has, 3.23.
const NEWER: &[&str] = &[
    "3D-Slicer-1.0",
    "ALGLIB-Documentation",
    "AMD-newlib",
    "Advanced-Cryptics-Dictionary",
    "Artistic-dist",
    "Aspell-RU",
    "BOLA-1.1",
    "BSD-2-Clause-first-lines",
    "BSD-2-Clause-pkgconf-disclaimer",
    "BSD-2-Clause-pos-unchanged",
    "BSD-3-Clause-OpenWebUI",
    "BSD-3-Clause-Tso",
    "BSD-Mark-Modifications",
    "BSD-Source-Code-no-disclaimer",
    "BSD-Source-alt-GPL",
    "BSD-ask-to-endorse",
    "Boehm-GC-without-fee",
    "Brian-Gladman-3-Clause-no-conversion",
    "Buddy",
    "Bugroff",
    "CAPEC-tou",
    "CC-BY-NC-3.0-IGO",
    "CC-PDM-1.0",
    "CC-SA-1.0",
    "Catharon",
    "CryptoSwift",
    "DocBook-DTD",
    "DocBook-Schema",
    "DocBook-Stylesheet",
    "DocBook-XML",
    "ESA-PL-permissive-2.4",
    "ESA-PL-strong-copyleft-2.4",
    "ESA-PL-weak-copyleft-2.4",
    "FDK-MPEG-H",
    "FSFULLRSD",
    "FSL-1.1-ALv2",
    "FSL-1.1-MIT",
    "GFDL-1.1-invariants",
    "GFDL-1.1-no-invariants",
    "GFDL-1.2-invariants",
    "GFDL-1.2-no-invariants",
    "GFDL-1.3-invariants",
    "GFDL-1.3-no-invariants",
    "Game-Programming-Gems",
    "Gutmann",
    "HDF5",
    "HIDAPI",
    "HPND-Intel",
    "HPND-Netrek",
    "HPND-SMC",
    "HPND-UC-export-US",
    "HPND-export-US-acknowledgement",
    "HPND-export2-US",
    "HPND-merchantability-variant",
    "HPND-sell-variant-MIT-disclaimer-rev",
    "HPND-sell-variant-critical-systems",
    "Hippocratic-3.0-core",
    "ISO-permission",
    "Informatica",
    "InnoSetup",
    "MIPS",
    "MIT-Click",
    "MIT-Khronos-old",
    "MIT-STK",
    "MMPL-1.0.1",
    "MVT-1.1",
    "NCBI-PD",
    "NCL",
    "NIST-PD-TNT",
    "NOASSERTION",
    "NTIA-PD",
    "OAR",
    "OSC-1.0",
    "OSSP",
    "OpenMDW-1.0",
    "PPL",
    "ParaType-Free-Font-1.3",
    "Ruby-pty",
    "SGMLUG-PM",
    "SMAIL-GPL",
    "SOFA",
    "SUL-1.0",
    "Sendmail-Open-Source-1.1",
    "Sun-PPP-2000",
    "TekHVC",
    "ThirdEye",
    "TrustedQSL",
    "Ubuntu-font-1.0",
    "UnRAR",
    "Unlicense-libtelnet",
    "Unlicense-libwhirlpool",
    "Vixie-Cron",
    "WTFNMFPL",
    "WordNet",
    "X11-no-permit-persons",
    "X11-swapped",
    "any-OSI",
    "any-OSI-perl-modules",
    "atc-game",
    "cve-tou",
    "generic-xts",
    "hyphen-bulgarian",
    "jove",
    "libpng-1.6.35",
    "man2html",
    "ngrep",
    "pkgconf",
    "threeparttable",
    "wwl",
    "xzoom",
];

/// Whether it is an SPDX expression; for hadolint, exactly one name of the list that is not deprecated.
fn is_licence(value: &str, dialect: Dialect) -> bool {
    if dialect == Dialect::Hadolint {
        return spdx::license_id(value)
            .is_some_and(|id| id.name == value && !id.is_deprecated() && !NEWER.contains(&value));
    }
    spdx::Expression::parse_mode(value, spdx::ParseMode::STRICT).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue;
    use crate::testing::{check_with, only_with};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_value_is_marked() {
        let schema = OptionValue::Table(vec![("l".into(), "spdx".into())]);
        let settings = only_with(&RULE, &[("schema", schema)]);
        let text = "
FROM a
LABEL other=x l=\"Beer\"
                ^^^^^^ `l` is no SPDX licence
LABEL l=$UNKNOWN
ONBUILD LABEL l=\"Beer\"
";
        check_with(&RULE, &settings, Options::default(), text);
        check_with(&RULE, &crate::Settings::only(&RULE), Options::default(), "FROM a\nLABEL l=\"Beer\"\n");
    }

    #[test]
    fn licences() {
        for good in ["MIT", "Apache-2.0 OR MIT", "GPL-2.0-or-later WITH Classpath-exception-2.0", "LicenseRef-own"] {
            assert!(is_licence(good, Dialect::Recommended), "{good}");
        }
        for bad in ["", "mit", "Apache 2", "MIT OR", "Beer"] {
            assert!(!is_licence(bad, Dialect::Recommended), "{bad}");
        }
    }

    #[test]
    fn hadolint_wants_one_name() {
        let is_right = |value| is_licence(value, Dialect::Hadolint);
        assert!(is_right("MIT") && is_right("GPL-3.0-only"));
        assert!(
            !is_right("GPL-3.0") && !is_right("MIT OR Apache-2.0") && !is_right("LicenseRef-own") && !is_right("mit")
        );
    }
}
