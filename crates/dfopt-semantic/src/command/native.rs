//! Compilers of the C family and other one-shot compilers, `make` and `ninja`.

use super::options::{Spec, Style, parse};
use super::script::split_assignment;
use super::understood::Understood;
use super::view::Command;
use super::word::{Value, Word};

/// What a compiler writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompileMode {
    /// A program or a shared library.
    Link,
    /// Object files (`-c`).
    Object,
    /// Assembly or preprocessed text (`-S`, `-E`).
    Text,
    /// Nothing: `--version`, `-print-…`.
    Query,
}

/// A call of a compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compile<'a> {
    /// The name of the compiler.
    pub compiler: &'a str,
    /// What it writes.
    pub mode: CompileMode,
    /// `-o`
    pub output: Option<Value<'a>>,
    /// What it writes without `-o`, when linking.
    pub default_output: DefaultOutput,
    /// The inputs.
    pub inputs: Vec<&'a Word>,
    /// `-l`
    pub libraries: Vec<Value<'a>>,
    /// True with `-static`.
    pub is_static: bool,
    /// True with `-shared`.
    pub is_shared: bool,
    /// True if some word is not static.
    pub open: bool,
}

/// What a compiler calls its output when it is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DefaultOutput {
    /// `a.out`
    AOut,
    /// The first input without its extension.
    Stem,
}

/// A call of `make` or `ninja`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Make<'a> {
    /// `make`, `ninja`, …
    pub tool: &'a str,
    /// The targets.
    pub targets: Vec<&'a Word>,
    /// The variables set on the command line.
    pub variables: Vec<(Box<str>, Value<'a>)>,
    /// `-C`
    pub directory: Option<Value<'a>>,
    /// `-f`
    pub file: Option<Value<'a>>,
    /// True if some word is not static.
    pub open: bool,
}

static CC: Spec = Spec { style: Style::Gnu, short: "o", attached: "lLIDUOWfmgBxTsu", long: &[] };

/// Options of compilers with one dash and a value in the next word.
const CC_PAIRS: &[&str] = &[
    "-include",
    "-isystem",
    "-idirafter",
    "-iquote",
    "-imacros",
    "-isysroot",
    "-MF",
    "-MT",
    "-MQ",
    "-arch",
    "-target",
    "-Xlinker",
    "-Xclang",
    "-Xcompiler",
    "-Xassembler",
    "-Xpreprocessor",
    "-x",
    "-T",
    "-u",
    "-z",
    "-I",
    "-L",
    "-D",
    "-U",
    "-l",
    "-gencode",
    "-ccbin",
    "-aux-info",
    "--param",
    "-framework",
    "-rpath",
    "-odir",
    "-hidir",
    "-package",
];

static MAKE: Spec = Spec {
    style: Style::Gnu,
    short: "CfIoWEdt",
    attached: "jlkO",
    long: &[
        "directory",
        "file",
        "makefile",
        "include-dir",
        "old-file",
        "assume-old",
        "what-if",
        "new-file",
        "assume-new",
        "eval",
    ],
};

fn compiler_of(name: &str) -> Option<DefaultOutput> {
    // `x86_64-linux-gnu-gcc-12` is `gcc`.
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').trim_end_matches('-');
    let base = base.rsplit('-').next().unwrap_or(base);
    match base {
        "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" | "gfortran" | "nvcc" | "hipcc" | "icc" | "icx" | "emcc"
        | "em++" | "gdc" | "ldc2" | "gnat" | "fpc" | "tcc" | "gccgo" | "musl" | "ld" => Some(DefaultOutput::AOut),
        "rustc" | "ghc" | "ocamlfind" | "ocamlopt" | "ocamlc" | "valac" | "dmd" => Some(DefaultOutput::Stem),
        _ => None,
    }
}

/// The meaning of a call of a compiler, of `make` or of `ninja`.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let name = command.name()?;
    match name {
        "make" | "gmake" | "bmake" | "ninja" | "ninja-build" | "samu" => make(command, name),
        _ => compile(command, name),
    }
}

fn make<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let parsed = command.options(&MAKE);
    let mut targets = Vec::new();
    let mut variables = Vec::new();
    for word in &parsed.operands {
        match split_assignment(word) {
            Some((name, skip)) => {
                variables.push((name.into_boxed_str(), Value::after(word, skip)));
            }
            None if word.text().is_some_and(|t| t.chars().all(|c| c.is_ascii_digit())) => {
                // The number after a lone `-j`.
            }
            None => targets.push(*word),
        }
    }
    Some(Understood::Make(Make {
        tool,
        targets,
        variables,
        directory: parsed.value(&["-C", "--directory"]),
        file: parsed.value(&["-f", "--file", "--makefile"]),
        open: parsed.open,
    }))
}

fn compile<'a>(command: &Command<'a>, name: &'a str) -> Option<Understood<'a>> {
    let default_output = compiler_of(name)?;
    let args = command.args();
    let mut inputs = Vec::new();
    let mut output = None;
    let mut libraries = Vec::new();
    let mut mode = CompileMode::Link;
    let mut open = false;
    let mut is_static = false;
    let mut is_shared = false;
    let mut at = 0;
    while let Some(word) = args.get(at) {
        at += 1;
        let prefix = word.static_prefix();
        if prefix.is_empty() && word.value.is_none() {
            // `$(pkg-config --libs x)` and `$CFLAGS` hold options; `*.c` holds inputs.
            if word.raw.contains(['*', '?']) && !word.raw.contains('$') {
                inputs.push(word);
            } else {
                open = true;
            }
            continue;
        }
        if !prefix.starts_with('-') || prefix == "-" {
            inputs.push(word);
            continue;
        }
        match prefix.as_str() {
            "-c" => mode = CompileMode::Object,
            "-S" | "-E" | "-M" | "-MM" => mode = CompileMode::Text,
            "-static" | "--static" | "-static-pie" => is_static = true,
            "-shared" | "--shared" => is_shared = true,
            "-v" | "-V" | "--version" | "-dumpversion" | "-dumpmachine" | "--help" => mode = CompileMode::Query,
            "-o" => {
                output = args.get(at).map(Value::whole);
                at += 1;
            }
            "-l" => {
                libraries.extend(args.get(at).map(Value::whole));
                at += 1;
            }
            _ if CC_PAIRS.contains(&prefix.as_str()) => at += 1,
            _ if prefix.starts_with("-print-") || prefix.starts_with("--print") => mode = CompileMode::Query,
            _ => {
                let parsed = parse(std::slice::from_ref(word), &CC);
                output = parsed.value(&["-o"]).or(output);
                libraries.extend(parsed.values(&["-l"]));
            }
        }
    }
    // `gcc -v` with inputs compiles; alone it only speaks.
    if mode == CompileMode::Query && !inputs.is_empty() && command.args().iter().any(|w| w.is_any(&["-v"])) {
        mode = CompileMode::Link;
    }
    Some(Understood::Compile(Compile {
        compiler: name,
        mode,
        output,
        default_output,
        inputs,
        libraries,
        is_static,
        is_shared,
        open,
    }))
}

impl Compile<'_> {
    /// True if a program or a library is written.
    #[must_use]
    pub fn produces(&self) -> bool {
        self.mode == CompileMode::Link && (self.open || !self.inputs.is_empty())
    }
}

impl Make<'_> {
    /// True unless all it does is clean or test.
    #[must_use]
    pub fn produces(&self) -> bool {
        self.targets.is_empty() || !self.targets.iter().all(|w| is_side_target(w))
    }

    /// True if products are copied into the system.
    #[must_use]
    pub fn installs(&self) -> bool {
        self.targets.iter().any(|w| w.text().is_some_and(|t| t.starts_with("install")))
    }
}

fn is_side_target(word: &Word) -> bool {
    word.text().is_some_and(|t| {
        matches!(
            t,
            "clean"
                | "distclean"
                | "mrproper"
                | "test"
                | "tests"
                | "check"
                | "lint"
                | "fmt"
                | "deps"
                | "help"
                | "vet"
                | "run"
                | "serve"
                | "dev"
        ) || t.contains("config")
    })
}
