//! The judge tested: good splits made worse in hundreds of ways, none of which may be proved.
//!
//! A mutant that the judge lets pass must be harmless for a reason that is computed here, without the judge's own checks: its
//! image is the same; it has all of the good one and more beside it; or what differs is nothing that a static program asks for.
//!
//! It has more than 800 lines because the reasons share the images and runs that the judge has seen.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it is test code all through")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::env;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use dfopt_semantic::model::{Base, Model, Options};
use dfopt_tests::breakage::{Broken, breakages, carried};
use dfopt_tests::engine::Engine as Found;
use dfopt_tests::folder::{Folder, dfopt};
use dfopt_tests::layer::Layer;
use dfopt_tests::manifest;
use dfopt_tests::place;
use dfopt_verify::cancel::CancelToken;
use dfopt_verify::compare::{RunSet, Subject, compare};
use dfopt_verify::elf::Compiler;
use dfopt_verify::engine::{CompanionChoice, Engine, EngineOptions, RunTarget, Session, SessionOptions};
use dfopt_verify::error::BuildError;
use dfopt_verify::expectations::{Expectations, Mode};
use dfopt_verify::image::{
    CAPABILITY, Entry, HealthConfig, Image, ImageConfig, Kind, LayerCache, ReadConfig, RunConfig, file_name, parent,
};
use dfopt_verify::progress::Silent;
use dfopt_verify::request::{BuildSpec, DockerfileSource};
use dfopt_verify::run::{SmokeSpec, Touched, Trace};
use dfopt_verify::verdict::{Outcome, Verdict};
use regex::bytes::Regex;

/// Good splits that people wrote; their bases are cheap to have.
const PAIRS: &[&str] = &[
    "right-c-with-packages",
    "right-capability-kept",
    "right-everything-carried",
    "right-go-dynamic-on-slim",
    "right-go-static-on-alpine",
    "right-go-static-on-distroless",
    "right-library-with-ldconfig",
];
/// Samples that `dfopt` splits itself.
const SAMPLES: &[&str] = &["c-plugins", "go-cgo-web", "go-hello"];

/// A good split.
struct Split {
    name: String,
    context: PathBuf,
    before: String,
    after: String,
    expectations: Expectations,
    /// Keeps the context.
    _folder: Option<Folder>,
}

/// An image with all that is known of it.
struct Made {
    image: Image,
    reference: String,
    base: Option<ImageConfig>,
    runs: Vec<RunSet>,
}

impl Made {
    fn subject(&self) -> Subject<'_> {
        Subject { image: &self.image, base: self.base.as_ref(), runs: &self.runs }
    }
}

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Refuted,
    /// With the reason.
    Harmless(&'static str),
    Inconclusive,
    DoesNotBuild,
    FalselyProved,
    /// The judge found a difference where there is none.
    FalselyRefuted,
}

struct Lab {
    session: Session,
    cancel: CancelToken,
    cache: Arc<LayerCache>,
    bases: Mutex<HashMap<String, Option<ImageConfig>>>,
}

impl Lab {
    fn open() -> Self {
        let cancel = CancelToken::new();
        let companion = CompanionChoice::Executable(dfopt().to_owned());
        let options = EngineOptions { companion, ..EngineOptions::default() };
        let engine = Engine::detect(&options, &cancel).unwrap();
        let session = Session::open(engine, &SessionOptions::default(), &cancel).unwrap();
        Self { session, cancel, cache: Arc::default(), bases: Mutex::default() }
    }

    /// The configuration of the image that the target starts from; nothing for `scratch`.
    fn base(&self, text: &str) -> Option<ImageConfig> {
        let parsed = dfopt_syntax::parse(text);
        let model = Model::new(text, &parsed, Options::default());
        let last = model.chain(model.target()?).last()?;
        let Base::Image(_) = last.base else { return None };
        let name = last.base_text.clone().filter(|name| name != "scratch")?;
        let mut bases = self.bases.lock().unwrap();
        let config = bases.entry(name.clone()).or_insert_with(|| {
            let document = self.session.inspect_config(&name, &self.cancel).ok()?;
            ImageConfig::from_inspect(&document)
        });
        config.clone()
    }

    /// Builds and reads; `like` is an image that need not be read again if only settings differ.
    fn make(&self, split: &Split, text: &str, like: Option<&Made>) -> Result<Made, String> {
        let spec = BuildSpec {
            context: split.context.clone(),
            dockerfile: DockerfileSource::Text { text: text.to_owned(), in_place_of: split.context.join("Dockerfile") },
            ..BuildSpec::default()
        };
        let built = self.session.build(&spec, &Silent, &self.cancel).map_err(|error| match error {
            BuildError::Failed(failure) => failure.to_string(),
            error => panic!("{}: {error}\n{text}", split.name),
        })?;
        let reference = built.image.reference;
        let base = self.base(text);
        if let Some(like) = like {
            let document = self.session.inspect_config(&reference, &self.cancel).unwrap();
            let mut config = ImageConfig::from_inspect(&document).unwrap();
            if config.rootfs == like.image.config.rootfs && base == like.base {
                let mut image = like.image.clone();
                config.history = image.config.history;
                image.config = config;
                return Ok(Made { image, reference, base, runs: Vec::new() });
            }
        }
        let image = self.read(&reference, base.as_ref());
        Ok(Made { image, reference, base, runs: Vec::new() })
    }

    fn reading(&self, base: Option<&ImageConfig>) -> ReadConfig {
        ReadConfig {
            base_diff_ids: base.map(|base| base.rootfs.diff_ids.clone()).unwrap_or_default(),
            cache: Some(Arc::clone(&self.cache)),
            ..ReadConfig::default()
        }
    }

    fn read(&self, reference: &str, base: Option<&ImageConfig>) -> Image {
        Image::read(self.session.save(reference, &self.cancel).unwrap(), &self.reading(base)).unwrap()
    }

    fn run(&self, made: &mut Made, look_from: &str, times: usize) {
        let target = RunTarget { image: &made.reference, look_from, platform: None };
        let record = |_| self.session.run(&target, &SmokeSpec::default(), &self.cancel).unwrap();
        let spec = SmokeSpec::default();
        let records: Vec<_> = (0..times).map(record).collect();
        let trace = |_| self.session.trace(&target, &spec, &records[0].command, &self.cancel).unwrap();
        let traces = (0..times).map(trace).collect();
        made.runs = vec![RunSet { name: "the image's command".to_owned(), records, traces }];
    }

    /// The original with two runs and the good candidate with one, which must be proved.
    fn good(&self, split: &Split) -> (Made, Made) {
        let mut before = self.make(split, &split.before, None).unwrap_or_else(|error| panic!("{error}"));
        let look_from = before.reference.clone();
        self.run(&mut before, &look_from, 2);
        let mut after = self.make(split, &split.after, None).unwrap_or_else(|error| panic!("{error}"));
        self.run(&mut after, &look_from, 1);
        let verdict = compare(&before.subject(), &after.subject(), &split.expectations);
        assert!(verdict.is_proved(), "{} itself is not proved: {:#?}", split.name, said(&verdict));
        (before, after)
    }
}

fn said(verdict: &Verdict) -> Vec<String> {
    let lines = |check: &dfopt_verify::verdict::Check| {
        let title = check.name.title();
        let all = check.differences.iter().chain(&check.undecided);
        all.map(|line| format!("{title}: {line}")).collect::<Vec<_>>()
    };
    verdict.checks.iter().flat_map(lines).collect()
}

/// What each installation writes anew: databases of the package manager, logs, caches.
const REWRITTEN: &[&str] = &[
    "/var/lib/dpkg/",
    "/var/lib/apt/",
    "/var/log/",
    "/var/cache/",
    "/etc/ld.so.cache",
    "/etc/shadow",
    "/etc/gshadow",
    "/lib/apk/",
    "/etc/apk/",
];

const SAME: &str = "its image is the same";
const MORE: &str = "its image has all that the good one has, and more beside it";
const ALONE: &str = "what is carried does the same with no base at all";
const UNNAMED: &str = "what is carried has the same libraries and names nothing of what differs";

const TABLES: &str = "all that is named of what differs are tables that Go has built in, and the verdict names them";
/// What Go's packages `mime` and `net` read where it is there.
const GO_TABLES: &[&str] = &["/etc/mime.types", "/etc/protocols", "/etc/services"];
const SAME_WORLD: &str = "it is the same split on another base, with the same loader and libraries to the last one, and in a run \
                          under trace everything touched and everything missed was the same";

fn is_same(good: &Image, mutant: &Image) -> bool {
    let plain = |image| Subject { image, base: None, runs: &[] };
    let identity = Expectations { mode: Mode::Identity, ..Expectations::default() };
    compare(&plain(good), &plain(mutant), &identity).is_proved()
}

fn is_rewritten(path: &str) -> bool {
    REWRITTEN.iter().any(|start| path.starts_with(start))
}

fn is_equal(old: &Entry, new: &Entry) -> bool {
    let of = |entry: &Entry| (entry.kind.clone(), entry.mode, entry.uid, entry.gid, entry.xattrs.clone());
    of(old) == of(new)
}

/// The good splits: those written by hand, and those that `dfopt` makes now.
fn splits() -> Vec<Split> {
    let only = env::var("DFOPT_MUTANTS").unwrap_or_default();
    let wanted = |name: &&&str| only.is_empty() || only.split(',').any(|one| one == **name);
    let pairs = manifest::pairs();
    let pair = |name: &&str| {
        let (_, folder, pair) = pairs.iter().find(|(other, ..)| other == name).unwrap();
        assert_eq!(pair.expect, "proved", "{name}");
        Split {
            name: (*name).to_owned(),
            context: folder.join("context"),
            before: fs::read_to_string(folder.join("before.Dockerfile")).unwrap(),
            after: fs::read_to_string(folder.join("after.Dockerfile")).unwrap(),
            expectations: Expectations::default(),
            _folder: None,
        }
    };
    let sample = |name: &&str| {
        let (folder, beside) = (Folder::copy_of(&place::sample(&format!("samples/{name}"))), Folder::new());
        let before = folder.read("Dockerfile");
        let report = beside.path().join("report.json");
        let _ = folder.dfopt(&["fix", "--split-stages", "--report", report.to_str().unwrap()]).status(0);
        let after = folder.read("Dockerfile");
        // The context as it was, so that both are built of the same files.
        folder.write("Dockerfile", &before);
        let report: serde_json::Value = serde_json::from_str(&beside.read("report.json")).unwrap();
        Split {
            name: (*name).to_owned(),
            context: folder.path().to_owned(),
            before,
            after,
            expectations: serde_json::from_value(report["expectations"].clone()).unwrap(),
            _folder: Some(folder),
        }
    };
    PAIRS.iter().filter(wanted).map(pair).chain(SAMPLES.iter().filter(wanted).map(sample)).collect()
}

/// Does something with each element, two at a time.
fn two_at_a_time<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = all.get(at) else { break };
                    let result = work(one);
                    done.lock().unwrap().insert(at, result);
                }
            });
        }
    });
    done.into_inner().unwrap().into_values().collect()
}

#[derive(Default)]
struct Tally {
    generated: usize,
    by_end: BTreeMap<End, usize>,
    by_kind: BTreeMap<&'static str, BTreeMap<End, usize>>,
    wrong: Vec<String>,
}

impl Tally {
    fn count(&mut self, split: &str, kind: &'static str, what: &str, end: End, said: &[String]) {
        self.generated += 1;
        *self.by_end.entry(end.clone()).or_default() += 1;
        *self.by_kind.entry(kind).or_default().entry(end.clone()).or_default() += 1;
        if !matches!(end, End::Refuted) && env::var_os("DFOPT_MUTANTS").is_some() {
            let said = said.iter().take(3).cloned().collect::<Vec<_>>().join(" | ");
            print(&format!("  {split}: {kind}: {what}: {end:?} {said}"));
        }
        if matches!(end, End::FalselyProved | End::FalselyRefuted) {
            self.wrong.push(format!("{split}: {kind}: {what}: {end:?} {said:?}"));
        }
    }

    fn of(&self, wanted: impl Fn(&End) -> bool) -> usize {
        self.by_end.iter().filter(|(end, _)| wanted(end)).map(|(_, count)| count).sum()
    }

    fn print(&self, title: &str, seconds: u64) {
        let is = |end: End| move |other: &End| *other == end;
        let judged = self.generated - self.of(is(End::DoesNotBuild));
        let mut line = format!(
            "{title}: {} generated, {judged} judged: {} refuted, {} harmless, {} inconclusive, {} falsely proved, {} falsely \
             refuted; {} do not build; {seconds} s",
            self.generated,
            self.of(is(End::Refuted)),
            self.of(|end| matches!(end, End::Harmless(_))),
            self.of(is(End::Inconclusive)),
            self.of(is(End::FalselyProved)),
            self.of(is(End::FalselyRefuted)),
            self.of(is(End::DoesNotBuild)),
        );
        for (kind, ends) in &self.by_kind {
            let ends: Vec<String> = ends.iter().map(|(end, count)| format!("{count} {end:?}")).collect();
            line.push_str(&format!("\n  {kind}: {}", ends.join(", ")));
        }
        print(&line);
    }
}

/// Past the capture of the test harness.
fn print(line: &str) {
    std::io::stderr().write_all(format!("\n{line}\n").as_bytes()).unwrap();
}

#[test]
fn no_mutant_of_a_good_split_is_proved() {
    let Some(_) = Found::find() else { return };
    let start = Instant::now();
    let lab = Lab::open();
    let (mut texts, mut images) = (Tally::default(), Tally::default());
    let mut seconds_of_images = 0;
    for split in &splits() {
        let begun_split = Instant::now();
        let (before, good) = lab.good(split);
        let broken = breakages(&split.after, &good.image);
        let bench = Bench::new(&lab, split, &before, &good, &broken);
        let ends = two_at_a_time(&broken, |broken| bench.judge_text(broken));
        for (broken, (end, said)) in broken.iter().zip(ends) {
            texts.count(&split.name, broken.kind, &broken.what, end, &said);
        }
        let begun = Instant::now();
        let altered = bench.altered();
        let ends = two_at_a_time(&altered, |altered| bench.judge(altered));
        for (altered, (end, said)) in altered.iter().zip(ends) {
            images.count(&split.name, altered.kind, &altered.what, end, &said);
        }
        seconds_of_images += begun.elapsed().as_secs();
        let (of_text, of_image, seconds) = (broken.len(), altered.len(), begun_split.elapsed().as_secs());
        print(&format!("{}: {of_text} mutants of the Dockerfile, {of_image} of the image; {seconds} s", split.name));
    }
    lab.session.finish().unwrap();
    texts.print("mutants of Dockerfiles", start.elapsed().as_secs() - seconds_of_images);
    images.print("mutants of images", seconds_of_images);
    let wrong: Vec<&String> = texts.wrong.iter().chain(&images.wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    if env::var_os("DFOPT_MUTANTS").is_none() {
        let judged = texts.generated - texts.of(|end| *end == End::DoesNotBuild);
        assert!(judged >= 200 && images.generated >= 200, "too few: {judged} and {}", images.generated);
        let refuted = texts.of(|end| *end == End::Refuted);
        assert!(refuted * 10 >= judged * 9, "only {refuted} of {judged} are refuted");
    }
}

/// Where the mutants of one good split are judged: those of its text by building them, and its image altered in memory.
struct Bench<'a> {
    lab: &'a Lab,
    split: &'a Split,
    before: &'a Made,
    good: &'a Made,
    /// The paths that the good image's own layers carry.
    carried: Vec<String>,
    /// The contents of files in the image's own layers.
    contents: BTreeMap<String, Vec<u8>>,
    /// The loaders and libraries that carried programs are linked with, to the last one, where they lie in the good image.
    needed: BTreeSet<String>,
    /// Whether something carried is a script.
    is_script: bool,
    /// Whether nothing carried is linked with anything, or is a script.
    is_static: bool,
    /// Whether they do the same on `scratch`.
    is_alone: bool,
}

/// One alteration.
struct Altered {
    kind: &'static str,
    what: String,
    settings: Option<Box<RunConfig>>,
    layer: Option<Vec<u8>>,
}

impl<'a> Bench<'a> {
    fn new(lab: &'a Lab, split: &'a Split, before: &'a Made, good: &'a Made, broken: &[Broken]) -> Self {
        let own: BTreeSet<String> = good
            .image
            .layers
            .iter()
            .skip(good.image.base_layers)
            .map(|layer| format!("blobs/{}", layer.diff_id.replace(':', "/")))
            .collect();
        let mut saved = tar::Archive::new(lab.session.save(&good.reference, &lab.cancel).unwrap());
        let mut contents = BTreeMap::new();
        for member in saved.entries().unwrap() {
            let member = member.unwrap();
            if !own.contains(member.path().unwrap().to_str().unwrap()) {
                continue;
            }
            for file in tar::Archive::new(member).entries().unwrap() {
                let mut file = file.unwrap();
                if file.header().entry_type().is_file() {
                    let path = format!("/{}", file.path().unwrap().display());
                    let mut bytes = Vec::new();
                    file.read_to_end(&mut bytes).unwrap();
                    contents.insert(path, bytes);
                }
            }
        }
        let carried = carried(&good.image);
        let content = |path: &String| good.image.root.get(path).and_then(|node| node.entry.content.as_ref());
        let is_script = carried.iter().filter_map(content).any(|content| content.shebang.is_some());
        let needed = linked(&good.image, &carried);
        let is_static = needed.is_empty() && !is_script;
        let bare = broken.iter().find(|broken| broken.kind == "base swapped" && broken.what.ends_with("`scratch`"));
        let is_alone = bare.filter(|_| is_static).is_some_and(|bare| {
            let Ok(mut made) = lab.make(split, &bare.text, None) else { return false };
            lab.run(&mut made, &before.reference, 1);
            let seen = |made: &Made| {
                let record = &made.runs[0].records[0];
                (record.ending.clone(), record.stdout.clone(), record.stderr.clone(), record.http.clone())
            };
            seen(&made) == seen(before)
        });
        let bench = Self { lab, split, before, good, carried, contents, needed, is_script, is_static, is_alone };
        // Put together again without a change it is the good one.
        let same = bench.image(&Altered { kind: "", what: String::new(), settings: None, layer: None });
        assert!(is_same(&good.image, &same), "{}", split.name);
        bench
    }

    /// Why a mutant may pass. The judge's rules for splits have no part in it.
    fn harmless(&self, mutant: &Image) -> Option<&'static str> {
        let good = &self.good.image;
        if is_same(good, mutant) {
            return Some(SAME);
        }
        if !self.has_same_settings(mutant) {
            return None;
        }
        let differing: Vec<&str> = good
            .root
            .iter()
            .filter(|(path, old)| !mutant.root.get(path).is_some_and(|new| is_equal(&old.entry, &new.entry)))
            .map(|(path, _)| path)
            .collect();
        if differing.iter().all(|path| is_rewritten(path) && mutant.root.get(path).is_some()) {
            return Some(MORE);
        }
        let needed = |path: &&str| self.needed.contains(*path) || self.carried.iter().any(|carried| carried == path);
        if self.is_script || differing.iter().any(needed) {
            return None;
        }
        if self.is_alone {
            return Some(ALONE);
        }
        let names: BTreeSet<&str> = differing
            .iter()
            .filter(|path| !is_rewritten(path))
            .flat_map(|path| [*path, parent(path), file_name(path)])
            .filter(|name| name.len() > 3 && !["/usr/bin", "/usr/sbin", "/usr/lib", "/usr/share"].contains(name))
            .collect();
        (!names.iter().any(|name| self.names(name))).then_some(UNNAMED)
    }

    /// Whether the bytes of a carried file have this word.
    fn names(&self, name: &str) -> bool {
        let word = Regex::new(&format!(r"(?-u:\b|\A){}(?-u:\b|\z)", regex::escape(name))).unwrap();
        let mine = self.carried.iter().filter_map(|path| self.contents.get(path));
        mine.into_iter().any(|bytes| word.is_match(bytes))
    }

    /// Whether all settings are the good one's, but for variables that are as in the original, as the engine sets them
    /// by itself, or that nothing reads.
    fn has_same_settings(&self, mutant: &Image) -> bool {
        let others = |image: &Image| {
            let mut config = image.config.config.clone();
            config.labels.retain(|name, _| !dfopt_verify::engine::IGNORED_LABELS.contains(&name.as_str()));
            config.env.clear();
            config
        };
        let (old, new) = (&self.good.image.config.config, &mutant.config.config);
        let names: BTreeSet<&str> = old.env_map().into_keys().chain(new.env_map().into_keys()).collect();
        let first = &self.before.image.config.config;
        others(&self.good.image) == others(mutant)
            && names.into_iter().all(|name| {
                let value = new.env_value(name);
                value == old.env_value(name)
                    || value == first.env_value(name)
                    || name == "PATH" && new.search_path() == old.search_path()
                    || self.is_static && !self.names(name)
            })
    }

    /// Whether all settings are the good one's, but for variables that the carried files do not name.
    fn has_settings_named_nowhere(&self, mutant: &Image) -> bool {
        let others = |image: &Image| {
            let mut config = image.config.config.clone();
            config.labels.retain(|name, _| !dfopt_verify::engine::IGNORED_LABELS.contains(&name.as_str()));
            config.env.clear();
            config.working_dir = config.workdir().to_owned();
            config
        };
        let (old, new) = (&self.good.image.config.config, &mutant.config.config);
        let mut names = old.env_map().into_keys().chain(new.env_map().into_keys());
        others(&self.good.image) == others(mutant)
            && names.all(|name| new.env_value(name) == old.env_value(name) || !self.names(name))
    }

    fn judge_text(&self, broken: &Broken) -> (End, Vec<String>) {
        let mut mutant = match self.lab.make(self.split, &broken.text, Some(self.good)) {
            Ok(mutant) => mutant,
            Err(message) => return (End::DoesNotBuild, vec![message]),
        };
        let expectations = &self.split.expectations;
        let mut verdict = compare(&self.before.subject(), &mutant.subject(), expectations);
        if verdict.outcome != Outcome::Refuted && !is_same(&self.good.image, &mutant.image) {
            self.lab.run(&mut mutant, &self.before.reference, 1);
            verdict = compare(&self.before.subject(), &mutant.subject(), expectations);
        }
        let (end, said) = self.end(&mutant.image, &verdict);
        if matches!(end, End::FalselyProved) && broken.kind == "base swapped" && self.sees_the_same(&mutant, &verdict) {
            return (End::Harmless(SAME_WORLD), said);
        }
        (end, said)
    }

    /// Whether the mutant has all that the carried files are and are linked with, byte for byte, and its run under trace opened,
    /// executed, mapped and missed what the good one's did, each path with the same content. Settings are the same but for
    /// variables that no carried file names; what the loader and the C library do without by themselves does not count.
    fn sees_the_same(&self, mutant: &Made, verdict: &Verdict) -> bool {
        let (old, new) = (&self.good.image.root, &mutant.image.root);
        let is_equal = |path: &str| match (old.resolve(path), new.resolve(path)) {
            (Ok(old), Ok(new)) => is_equal(&old.node.entry, &new.node.entry),
            (old, new) => old.is_err() && new.is_err(),
        };
        let touched = |made: &Made| match made.runs.first().and_then(|set| set.traces.first()) {
            Some(Trace::Done { touched }) => Some(touched.clone()),
            _ => None,
        };
        let (Some(one), Some(other)) = (touched(self.good), touched(mutant)) else { return false };
        let files = |touched: &Touched| {
            touched.opened.iter().chain(&touched.executed).chain(&touched.mapped).cloned().collect::<BTreeSet<_>>()
        };
        let is_told = |path: &str| {
            let mut expected = verdict.checks.iter().flat_map(|check| &check.expected);
            expected.any(|expected| expected.what == path)
        };
        // How the loader looks for libraries, what the engine makes for each container, and the order of name services that the
        // C library has built in.
        let is_free = |path: &str| {
            path == "/etc/ld.so.cache"
                || path.contains("/glibc-hwcaps/")
                || path.starts_with("/proc/")
                || path == "/etc/resolv.conf"
                || (path == "/etc/nsswitch.conf" && is_told(path))
        };
        let seen = files(&one);
        !self.is_script
            && self.has_settings_named_nowhere(&mutant.image)
            && self.needed.iter().chain(&self.carried).all(|path| is_equal(path))
            && seen.symmetric_difference(&files(&other)).all(|path| is_free(path))
            && one.missed.symmetric_difference(&other.missed).all(|path| is_free(path))
            && seen.iter().all(|path| is_free(path) || is_rewritten(path) || is_equal(path))
    }

    /// Whether a Go program loses nothing but tables that Go has built in, and the verdict says which.
    fn lacks_only_tables(&self, mutant: &Image, verdict: &Verdict) -> bool {
        let good = &self.good.image;
        let is_go = |path: &String| {
            let elf = good.root.get(path).and_then(|node| node.entry.elf());
            elf.is_none_or(|elf| elf.compiler == Compiler::Go)
        };
        let differs = |path: &str, old: &Entry| {
            !is_rewritten(path) && !mutant.root.get(path).is_some_and(|new| is_equal(old, &new.entry))
        };
        let lost = good.root.iter().filter(|(path, node)| differs(path, &node.entry)).map(|(path, _)| path);
        self.has_same_settings(mutant)
            && !self.is_script
            && self.carried.iter().all(is_go)
            && lost.into_iter().all(|path| {
                let is_told = || verdict.not_exercised.iter().any(|line| line.contains(path));
                !self.needed.contains(path)
                    && !self.carried.iter().any(|carried| carried == path)
                    && (!self.names(path) || GO_TABLES.contains(&path) && is_told())
            })
    }

    fn end(&self, mutant: &Image, verdict: &Verdict) -> (End, Vec<String>) {
        let reason = self.harmless(mutant).or_else(|| self.lacks_only_tables(mutant, verdict).then_some(TABLES));
        let end = match (verdict.outcome, reason) {
            (Outcome::Refuted, Some(SAME)) => End::FalselyRefuted,
            (Outcome::Refuted, _) => End::Refuted,
            (_, Some(reason)) => End::Harmless(reason),
            (Outcome::Inconclusive, None) => End::Inconclusive,
            (Outcome::Proved, None) => End::FalselyProved,
        };
        (end, said(verdict))
    }

    /// The good image with an alteration. Its layers are taken from the cache, whose keys are all that the archive holds.
    fn image(&self, altered: &Altered) -> Image {
        let mut config = self.good.image.config.clone();
        let mut members: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut layers = Vec::new();
        if let Some(settings) = &altered.settings {
            config.config = (**settings).clone();
        }
        for diff_id in &config.rootfs.diff_ids {
            let name = format!("blobs/{}", diff_id.replace(':', "/"));
            members.insert(name.clone(), vec![0; 1024]);
            layers.push(name);
        }
        if let Some(layer) = &altered.layer {
            // Under no digest, so that it is read and not looked up.
            let name = "altered.tar".to_owned();
            config.rootfs.diff_ids.push("sha256:altered".to_owned());
            config.history.clear();
            members.insert(name.clone(), layer.clone());
            layers.push(name);
        }
        members.insert("config.json".to_owned(), serde_json::to_vec(&config).unwrap());
        let manifest = serde_json::json!([{ "Config": "config.json", "Layers": layers }]);
        members.insert("manifest.json".to_owned(), manifest.to_string().into_bytes());
        let mut archive = Layer::default();
        for (name, bytes) in &members {
            archive.file(name, 0o644, (0, 0), bytes);
        }
        Image::read(&archive.finish()[..], &self.lab.reading(self.good.base.as_ref())).unwrap()
    }

    /// The runs stay those of the good one, so that only what the judge sees in the image itself can refute.
    fn judge(&self, altered: &Altered) -> (End, Vec<String>) {
        let image = self.image(altered);
        let subject = Subject { image: &image, base: self.good.base.as_ref(), runs: &self.good.runs };
        let verdict = compare(&self.before.subject(), &subject, &self.split.expectations);
        self.end(&image, &verdict)
    }

    fn altered(&self) -> Vec<Altered> {
        let mut found = self.of_settings();
        self.of_files(&mut found);
        found
    }

    fn of_settings(&self) -> Vec<Altered> {
        let good = &self.good.image.config.config;
        let mut found = Vec::new();
        let mut push = |what: &str, edit: &dyn Fn(&mut RunConfig)| {
            let mut settings = good.clone();
            edit(&mut settings);
            if settings != *good {
                let settings = Some(Box::new(settings));
                found.push(Altered { kind: "setting", what: what.to_owned(), settings, layer: None });
            }
        };
        push("user emptied", &|settings| settings.user.clear());
        push("user altered", &|settings| settings.user = "4321".into());
        push("working folder altered", &|settings| settings.working_dir = "/tmp".into());
        push("entry point gone", &|settings| settings.entrypoint = None);
        push("entry point doubled", &|settings| {
            settings.entrypoint = Some(settings.command().into_iter().take(1).collect());
        });
        push("arguments gone", &|settings| settings.cmd = None);
        push("argument added", &|settings| settings.cmd.get_or_insert_default().push("more".into()));
        push("stop signal altered", &|settings| settings.stop_signal = Some("SIGUSR1".into()));
        push("stop signal gone", &|settings| settings.stop_signal = None);
        push("port added", &|settings| settings.exposed_ports.push("4321/tcp".into()));
        push("ports gone", &|settings| settings.exposed_ports.clear());
        push("volume added", &|settings| settings.volumes.push("/srv".into()));
        push("volumes gone", &|settings| settings.volumes.clear());
        push("label added", &|settings| drop(settings.labels.insert("com.example.more".into(), "x".into())));
        push("labels gone", &|settings| settings.labels.clear());
        push("trigger added", &|settings| settings.on_build.push("RUN true".into()));
        push("health check added", &|settings| {
            let test = vec!["CMD".into(), "true".into()];
            settings.healthcheck.get_or_insert_with(|| HealthConfig { test, ..HealthConfig::default() });
        });
        push("health check gone", &|settings| settings.healthcheck = None);
        push("health check altered", &|settings| {
            if let Some(check) = &mut settings.healthcheck {
                check.interval += 1_000_000_000;
            }
        });
        push("variable added", &|settings| settings.env.push("MORE_OF_IT=1".into()));
        push("library path added", &|settings| settings.env.push("LD_LIBRARY_PATH=/opt".into()));
        for at in 0..good.env.len() {
            let name = good.env[at].split('=').next().unwrap_or_default();
            push(&format!("variable {name} gone"), &|settings| drop(settings.env.remove(at)));
            push(&format!("variable {name} altered"), &|settings| settings.env[at].push_str(":x"));
        }
        found
    }

    fn of_files(&self, found: &mut Vec<Altered>) {
        let root = &self.good.image.root;
        let mut push = |kind: &'static str, what: String, layer: Layer| {
            found.push(Altered { kind, what, settings: None, layer: Some(layer.finish()) });
        };
        let gone = |path: &str| {
            let mut layer = Layer::default();
            let folder = parent(path).trim_end_matches('/');
            layer.file(&format!("{folder}/.wh.{}", &path[path.rfind('/').unwrap() + 1..]), 0o644, (0, 0), b"");
            layer
        };
        for path in self.carried.clone() {
            let entry = &root.get(&path).unwrap().entry;
            push("path gone", path.clone(), gone(&path));
            let altered = |mode: u32, owner: (u32, u32), keeps: Keeps, bytes: &[u8]| {
                let mut layer = Layer::default();
                if keeps == Keeps::Attributes {
                    layer.attributes(entry);
                }
                match &entry.kind {
                    Kind::Folder => layer.folder(&path, mode, owner),
                    _ => layer.file(&path, mode, owner, bytes),
                }
                layer
            };
            let owner = (entry.uid, entry.gid);
            let bytes = match &entry.kind {
                Kind::File { .. } => self.contents.get(&path).map(Vec::as_slice).unwrap_or_default(),
                Kind::Folder => &[],
                Kind::Symlink { target } => {
                    for other in ["/nowhere", "/etc/passwd"] {
                        let mut layer = Layer::default();
                        layer.symlink(&path, other);
                        push("link elsewhere", format!("{path} → {other} instead of {target}"), layer);
                    }
                    continue;
                }
                _ => continue,
            };
            for mode in [entry.mode ^ 0o111, entry.mode & 0o700, entry.mode | 0o022, entry.mode ^ 0o4000] {
                push("mode", format!("{path} {mode:o}"), altered(mode, owner, Keeps::Attributes, bytes));
            }
            for other in [(4321, entry.gid), (entry.uid, 4321)] {
                push("owner", format!("{path} {other:?}"), altered(entry.mode, other, Keeps::Attributes, bytes));
            }
            if entry.is_file() {
                for other in [[bytes, b"\n"].concat(), bytes[..bytes.len() / 2].to_vec(), Vec::new()] {
                    if other != bytes {
                        let what = format!("{path} of {} bytes", other.len());
                        push("content", what, altered(entry.mode, owner, Keeps::Attributes, &other));
                    }
                }
                let mut layer = Layer::default();
                if entry.xattrs.contains_key(CAPABILITY) {
                    layer = altered(entry.mode, owner, Keeps::Nothing, bytes);
                } else {
                    layer.attribute(CAPABILITY, b"\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
                    layer.file(&path, entry.mode, owner, bytes);
                }
                push("capability", path.clone(), layer);
            }
            let Some(elf) = entry.elf() else { continue };
            for name in elf.needed.iter().chain(&elf.interpreter) {
                let named = |path: &&str| **path == *name || path.ends_with(&format!("/{name}"));
                let Some(place) = root.iter().map(|(path, _)| path).find(named) else { continue };
                if let Ok(end) = root.resolve(place) {
                    push("library gone", end.path.clone(), gone(&end.path));
                }
            }
        }
        let user = self.good.image.config.config.user.as_str();
        for (file, line) in [("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"), ("/etc/group", "root:x:0:\n")] {
            if root.exists(file) && !user.is_empty() {
                let mut layer = Layer::default();
                layer.file(file, 0o644, (0, 0), line.as_bytes());
                push("users gone", file.to_owned(), layer);
            }
        }
        let home = if matches!(user, "" | "0" | "root") { "/root" } else { "/tmp" };
        for folder in BTreeSet::from(["/tmp", home]) {
            if self.before.image.root.exists(folder) && root.exists(folder) {
                let mut layer = Layer::default();
                layer.folder(folder, 0o755, (0, 0));
                push("mode", format!("{folder} 755"), layer);
            }
        }
    }
}

/// What files are linked with, to the last library, by name alone.
fn linked(image: &Image, files: &[String]) -> BTreeSet<String> {
    let (mut found, mut todo) = (BTreeSet::new(), files.to_vec());
    while let Some(path) = todo.pop() {
        let Some(elf) = image.root.get(&path).and_then(|node| node.entry.elf()) else { continue };
        for name in elf.needed.iter().chain(&elf.interpreter) {
            let named = |path: &&str| file_name(path) == file_name(name);
            for place in image.root.iter().map(|(path, _)| path).filter(named) {
                let end = image.root.resolve(place).map_or_else(|_| place.to_owned(), |end| end.path);
                if found.insert(end.clone()) {
                    todo.push(end);
                }
            }
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeps {
    Attributes,
    Nothing,
}
