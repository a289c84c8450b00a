//! Runs under trace: what they refute by themselves, and what they say of two runs that fail alike.

use super::tests::{app, candidate, changed, full, judge_sets, original, proved, record, refuted, set, slim, with_app};
use super::*;
use crate::run::{Ending, Touched};
use crate::testing::{ImageBuilder, LayerBuilder};

fn trace(opened: &[&str], missed: &[&str]) -> Trace {
    let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
    let executed = paths(&["/usr/local/bin/app"]);
    Trace::Done { touched: Touched { opened: paths(opened), missed: paths(missed), executed, ..Touched::default() } }
}

fn judge(before: &ImageBuilder, after: &ImageBuilder, run: &RunRecord, [first, second, third]: [Trace; 3]) -> Verdict {
    let (mut old, mut new) = (set(&[run.clone(), run.clone()]), set(std::slice::from_ref(run)));
    old[0].traces = vec![first, second];
    new[0].traces = vec![third];
    judge_sets(before, after, &Expectations::default(), &old, &new)
}

fn plain(layer: LayerBuilder) -> ImageBuilder {
    candidate(slim(), layer)
}

const LAZY: &str = "/usr/share/tool/lazy.data";

fn with_lazy() -> ImageBuilder {
    let base = full().file(LAZY, "1");
    ImageBuilder::new().layer(base).base_ends_here().layer(with_app(&app())).command(&["app"])
}

#[test]
fn what_both_runs_opened_and_the_candidate_looks_for_must_be_there() {
    let missing = |found: &Counterexample| matches!(found, Counterexample::MissingFile { path, .. } if path == LAZY);
    let after = || plain(with_app(&app()));
    let judge = |traces| judge(&with_lazy(), &after(), &record(), traces);
    let verdict = judge([trace(&[LAZY], &[]), trace(&[LAZY], &[]), trace(&[], &[LAZY])]);
    refuted(&verdict, CheckName::Touched, missing);
    // Once only it was by chance; a base's own file that nothing asks for any more belongs to the base.
    proved(&judge([trace(&[LAZY], &[]), trace(&[], &[LAZY]), trace(&[], &[LAZY])]));
    let verdict = judge([trace(&[LAZY], &[]), trace(&[LAZY], &[]), trace(&[], &[])]);
    proved(&verdict);
    assert_eq!(verdict.check(CheckName::Touched).unwrap().status, Status::Expected);
    // What the C library does without, and what only a running container has.
    for path in ["/etc/os-release", "/proc/self/status", "/tmp/x"] {
        proved(&judge([trace(&[path], &[]), trace(&[path], &[]), trace(&[], &[path])]));
    }
}

#[test]
fn without_a_trace_the_check_says_so_and_the_rest_decides() {
    let impossible = || Trace::Impossible { reason: "the engine does not allow it".to_owned() };
    let verdict = judge(&with_lazy(), &plain(with_app(&app())), &record(), [impossible(), impossible(), impossible()]);
    proved(&verdict);
    let check = verdict.check(CheckName::Touched).unwrap();
    assert_eq!(check.status, Status::NotRun);
    assert!(check.undecided[0].contains("the engine does not allow it"), "{check:?}");
}

#[test]
fn files_used_each_time_are_told_by_where_they_are() {
    let own = with_app(&app()).file("/srv/real", "1").symlink("/srv/link", "real").folder("/srv/folder");
    let image = original(own).build();
    let opened = ["/srv/link", "/srv/folder", "/srv/gone", "/etc/passwd", "/etc/os-release", "/usr/bin/git"];
    let mut runs = set(&[record()]);
    runs[0].traces = vec![trace(&opened, &[]), trace(&opened[..5], &[])];
    let used: Vec<String> = used_files(&image, &runs).into_iter().collect();
    assert_eq!(used, ["/srv/real", "/usr/local/bin/app"]);
    runs[0].traces.push(Trace::Impossible { reason: "why".to_owned() });
    assert!(used_files(&image, &runs).is_empty());
}

#[test]
fn two_runs_that_fail_alike_are_proved_only_when_they_touched_the_same() {
    let failing = changed(|record| record.ending = Ending::Exited { code: 3 });
    let own = || with_app(&app()).file("/srv/settings", "1");
    let (before, after) = (original(own()), plain(own()));
    let same = || trace(&["/srv/settings"], &[]);
    proved(&judge(&before, &after, &failing, [same(), same(), same()]));
    let less = judge(&before, &after, &failing, [same(), same(), trace(&[], &[])]);
    assert_eq!(less.outcome, Outcome::Inconclusive, "{:#?}", less.checks);
    let more = judge(&before, &after, &failing, [trace(&[], &[]), trace(&[], &[]), same()]);
    assert_eq!(more.outcome, Outcome::Inconclusive, "{:#?}", more.checks);
    let unknown = || Trace::Impossible { reason: "why".to_owned() };
    let unseen = judge(&before, &after, &failing, [unknown(), unknown(), unknown()]);
    assert_eq!(unseen.outcome, Outcome::Inconclusive);
    // A driver that a kept file could name is gone: the program might not have come as far.
    let driver = app().imports("dlopen").says("/usr/bin/git");
    let own = || with_app(&driver).file("/srv/settings", "1");
    let dropped = judge(&original(own()), &plain(own()), &failing, [same(), same(), same()]);
    assert_ne!(dropped.outcome, Outcome::Proved, "{:#?}", dropped.checks);
}
