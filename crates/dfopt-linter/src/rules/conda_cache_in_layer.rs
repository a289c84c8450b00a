//! `conda-cache-in-layer`

use dfopt_semantic::effects::caches::Cache;

use crate::leftover::{self, Leftover};
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// The cache of `conda` stays in the image.
    ///
    /// ## Why
    ///
    /// Besides installing packages, `conda` keeps the archives and what it unpacked of them. In an image nothing needs them.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM condaforge/miniforge3:25.3.0-3
    /// RUN conda install -y numpy
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM condaforge/miniforge3:25.3.0-3
    /// RUN conda install -y numpy && conda clean -afy
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A later command fetches archives again.
    "conda-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

static LEFTOVER: Leftover = Leftover {
    caches: &[Cache::Conda],
    message: "the cache of `conda` stays in the image",
    clean: Some("{tool} clean -afy"),
    help: "end the `RUN` with `conda clean -afy`",
};

fn check(ctx: &mut Context<'_>) {
    leftover::check(ctx, &LEFTOVER);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_last_install_is_marked() {
        check(
            &RULE,
            "
FROM condaforge/miniforge3
RUN conda install -y a
    ^^^^^^^^^^^^^^^^^^ the cache of `conda` stays in the image [fix]
RUN mamba env create -f b.yml
    ^^^^^^^^^^^^^^^^^^^^^^^^^ the cache of `conda` stays in the image [fix]
",
        );
    }

    #[test]
    fn cleaned_or_mounted() {
        check_ok(
            &RULE,
            "
FROM condaforge/miniforge3
RUN conda install -y a && conda clean --all -y
RUN micromamba install -y a && micromamba clean -a -y
RUN --mount=type=cache,target=/opt/conda/pkgs conda install -y a
",
        );
    }

    #[test]
    fn the_program_itself_empties_it() {
        check_fix(&RULE, "FROM a\nRUN mamba install -y b\n", "FROM a\nRUN mamba install -y b && mamba clean -afy\n");
    }
}
