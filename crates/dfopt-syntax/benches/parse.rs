//! How fast Dockerfiles are parsed: the project's own, and the real ones where they are at hand.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench reads files and ends with a panic"
)]

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dfopt_syntax::parse;

fn texts(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.iter().filter_map(|path| String::from_utf8(std::fs::read(path).unwrap()).ok()).collect()
}

fn corpora(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("DFOPT_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let mut group = criterion.benchmark_group("parse");
    for (name, folder) in [
        ("own", root.join("corpus/dockerfiles")),
        ("broken", root.join("corpus/broken")),
        ("real", shared.join("corpus/dockerfiles")),
    ] {
        let texts = texts(&folder);
        if texts.is_empty() {
            continue;
        }
        let bytes: usize = texts.iter().map(String::len).sum();
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    black_box(parse(black_box(text)));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, corpora);
criterion_main!(benches);
