//! How long parsing and checking take: over the Dockerfiles of this project, and over the real ones where they are at hand.
//!
//! The figures of `check` are best read against those of `parse` on the same files.

use std::env;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use dfopt::lint::{BuildFacts, lint};
use dfopt::settings::Resolved;
use dfopt::source::Source;
use dfopt_semantic::model::{Model, Options};

fn corpus(c: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));
    over("own", &files(&root.join("corpus")), c);
    let shared = env::var_os("DFOPT_SHARED").map(PathBuf::from).or_else(|| Some(root.parent()?.join("shared")));
    let shared = shared.map(|shared| files(&shared.join("corpus/dockerfiles"))).unwrap_or_default();
    over("real", &shared, c);
}

fn over(name: &str, sources: &[Source], c: &mut Criterion) {
    if sources.is_empty() {
        return;
    }
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Bytes(sources.iter().map(|source| source.bytes.len() as u64).sum()));
    group.sample_size(20);
    group.bench_function("parse", |b| {
        b.iter(|| {
            sources.iter().map(|source| dfopt_syntax::parse(black_box(source.text())).errors().len()).sum::<usize>()
        });
    });
    group.bench_function("model", |b| {
        let trees: Vec<_> = sources.iter().map(|source| dfopt_syntax::parse(source.text())).collect();
        b.iter(|| {
            let models =
                sources.iter().zip(&trees).map(|(source, tree)| Model::new(source.text(), tree, Options::default()));
            models.map(|model| model.steps().len()).sum::<usize>()
        });
    });
    group.bench_function("check", |b| {
        let (settings, facts) = (Resolved::default(), BuildFacts::default());
        b.iter_batched(
            || (),
            |()| {
                sources
                    .iter()
                    .map(|source| lint(source, &settings, &facts, None).map_or(0, |found| found.len()))
                    .sum::<usize>()
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// The Dockerfiles below a folder; none where there is no such folder.
fn files(folder: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.to_lowercase().contains("dockerfile")
                && let Ok(bytes) = fs::read(&path)
            {
                found.push(Source::of(name, None, bytes));
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

criterion_group!(benches, corpus);
criterion_main!(benches);
