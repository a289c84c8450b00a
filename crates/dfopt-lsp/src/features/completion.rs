//! Completion: instructions, flags and their values, mounts, stages, variables, files of the build context, directives, signals,
//! and the names of rules in comments that silence them.

use dfopt_linter::rules;
use dfopt_semantic::flags::{FlagKind, flags_of};
use dfopt_semantic::model::{Model, Scope, Stage, Step};
use dfopt_semantic::mount::{KeyRole, MountKey, MountKind, key_role};
use dfopt_syntax::ast::Instruction;
use dfopt_syntax::{TextRange, TextSize};
use serde_json::json;
use tower_lsp_server::jsonrpc::Error;
use tower_lsp_server::ls_types::{self as lsp, CompletionItemKind};

use super::symbols::stage_title;
use crate::document::View;
use crate::help;
use crate::host::Host;
use crate::server::Server;

/// The characters that ask for completions.
pub const TRIGGERS: [&str; 7] = ["-", "=", ",", "$", "{", "/", "#"];

/// Answers `textDocument/completion`.
pub fn completions(
    server: &mut Server,
    params: lsp::CompletionParams,
) -> Result<Option<lsp::CompletionResponse>, Error> {
    let at = params.text_document_position;
    let (host, snippets) = (server.host.clone(), server.understood.snippets);
    let found = server.view(&at.text_document.uri, |view| {
        let place = Place::of(view, view.offset(at.position), snippets, &*host);
        lsp::CompletionResponse::Array(place.items())
    });
    Ok(found)
}

/// Answers `completionItem/resolve`: the page of a rule.
pub fn resolved(_: &mut Server, mut item: lsp::CompletionItem) -> Result<lsp::CompletionItem, Error> {
    let name = item.data.as_ref().and_then(|data| data.get("rule")?.as_str());
    if let Some(rule) = rules().iter().find(|rule| Some(rule.name) == name) {
        item.documentation = Some(markdown(rule.page()));
    }
    Ok(item)
}

fn markdown(value: impl Into<String>) -> lsp::Documentation {
    lsp::Documentation::MarkupContent(lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: value.into() })
}

/// The place where something is to be completed.
struct Place<'p> {
    view: &'p View<'p>,
    model: &'p Model<'p>,
    offset: TextSize,
    /// The line up to the cursor.
    line: &'p str,
    snippets: bool,
    host: &'p dyn Host,
}

impl<'p> Place<'p> {
    fn of(view: &'p View<'p>, offset: TextSize, snippets: bool, host: &'p dyn Host) -> Self {
        let before = view.model.text().get(..usize::from(offset)).unwrap_or_default();
        let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
        Place { view, model: view.model, offset, line, snippets, host }
    }

    fn items(&self) -> Vec<lsp::CompletionItem> {
        let bare = self.line.trim_start_matches('\u{feff}').trim_start();
        if let Some(comment) = bare.strip_prefix('#') {
            return self.comment(comment);
        }
        let step = self.model.step_at(self.offset).or_else(|| self.step_before());
        let is_word = bare.chars().all(|c| c.is_ascii_alphabetic());
        let begins = step.is_none_or(|step| {
            let start = step.range().start();
            step.keyword_range().contains_inclusive(self.offset) || !self.is_continued(start)
        });
        if is_word && begins {
            return self.instructions(bare);
        }
        if bare.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("onbuild")) {
            let rest = bare.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
            if rest.chars().all(|c| c.is_ascii_alphabetic()) {
                return self.instructions(rest);
            }
        }
        let Some(step) = step else { return Vec::new() };
        let word = &self.line[self.line.rfind(char::is_whitespace).map_or(0, |at| at + 1)..];
        if let Some(variable) = open_variable(word) {
            return self.variables(step, variable);
        }
        match word.strip_prefix("--") {
            Some(flag) if self.is_among_flags(step) => self.flags(step, flag),
            _ => self.arguments(step, word),
        }
    }

    /// The instruction that the blanks before the cursor belong to.
    fn step_before(&self) -> Option<&'p Step> {
        let behind = self.model.steps().partition_point(|step| step.range().start() <= self.offset);
        let step = self.model.steps().get(behind.checked_sub(1)?)?;
        let between = self.model.text_at(TextRange::new(step.range().end().min(self.offset), self.offset));
        (!between.contains('\n')).then_some(step)
    }

    /// Whether the cursor's line continues the instruction that starts at `start`.
    fn is_continued(&self, start: TextSize) -> bool {
        usize::from(self.offset) - self.line.len() > usize::from(start)
    }

    /// Whether nothing but flags stands between the keyword and the cursor.
    fn is_among_flags(&self, step: &Step) -> bool {
        let between = self.model.text_at(TextRange::new(step.keyword_range().end().min(self.offset), self.offset));
        between.split_whitespace().all(|word| word.starts_with("--") || word == "\\" || word == "`")
    }

    fn item(&self, typed: &str, label: &str, kind: CompletionItemKind) -> lsp::CompletionItem {
        let start = self.offset - TextSize::of(typed).min(self.offset);
        let range = self.view.range(TextRange::new(start, self.offset));
        lsp::CompletionItem {
            label: label.to_owned(),
            kind: Some(kind),
            text_edit: Some(lsp::CompletionTextEdit::Edit(lsp::TextEdit::new(range, label.to_owned()))),
            ..Default::default()
        }
    }

    fn inserting(&self, typed: &str, label: &str, kind: CompletionItemKind, text: &str) -> lsp::CompletionItem {
        let mut item = self.item(typed, label, kind);
        if let Some(lsp::CompletionTextEdit::Edit(edit)) = &mut item.text_edit {
            text.clone_into(&mut edit.new_text);
        }
        item
    }

    fn instructions(&self, typed: &str) -> Vec<lsp::CompletionItem> {
        let is_lower = typed.starts_with(|c: char| c.is_ascii_lowercase());
        let items = help::INSTRUCTIONS.iter().filter(|help| help.keyword != "MAINTAINER").map(|help| {
            let label = if is_lower { help.keyword.to_lowercase() } else { help.keyword.to_owned() };
            let snippet = help.snippet.strip_prefix(help.keyword).unwrap_or_default();
            let text = if self.snippets { format!("{label}{snippet}") } else { format!("{label} ") };
            let mut item = self.inserting(typed, &label, CompletionItemKind::KEYWORD, &text);
            item.insert_text_format = self.snippets.then_some(lsp::InsertTextFormat::SNIPPET);
            item.filter_text = Some(label);
            item.documentation =
                Some(markdown(format!("```dockerfile\n{}\n```\n\n{}", help.forms.join("\n"), help.text)));
            item
        });
        items.collect()
    }

    fn variables(&self, step: &Step, typed: &str) -> Vec<lsp::CompletionItem> {
        let scope: Scope<'_, '_> = self.model.scope(step);
        let mut items: Vec<lsp::CompletionItem> = Vec::new();
        for (variable, by) in scope.variables() {
            if items.iter().all(|item| item.label != variable.name) {
                let mut item = self.item(typed, &variable.name, CompletionItemKind::VARIABLE);
                let line = self.model.line_of(by.range().start().into()) + 1;
                let value = variable.value.known().unwrap_or("not known before a build");
                item.detail = Some(format!("{value} (line {line})"));
                items.push(item);
            }
        }
        if matches!(step.ast, Instruction::From(_)) {
            items.extend(self.platform_args(typed));
        }
        items
    }

    fn platform_args(&self, typed: &str) -> Vec<lsp::CompletionItem> {
        const NAMES: [&str; 8] = [
            "BUILDPLATFORM",
            "BUILDOS",
            "BUILDARCH",
            "BUILDVARIANT",
            "TARGETPLATFORM",
            "TARGETOS",
            "TARGETARCH",
            "TARGETVARIANT",
        ];
        let items = NAMES.iter().map(|name| {
            let mut item = self.item(typed, name, CompletionItemKind::CONSTANT);
            item.documentation = help::platform_arg(name).map(markdown);
            item
        });
        items.collect()
    }

    fn flags(&self, step: &Step, typed: &str) -> Vec<lsp::CompletionItem> {
        let keyword = step.ast.name();
        let Some((name, value)) = typed.split_once('=') else {
            let items = flags_of(&step.ast).iter().map(|spec| {
                let takes_value = spec.kind != FlagKind::Switch;
                let text = format!("--{}{}", spec.name, if takes_value { "=" } else { "" });
                let typed = format!("--{typed}");
                let mut item = self.inserting(&typed, &format!("--{}", spec.name), CompletionItemKind::FIELD, &text);
                item.documentation = help::flag(keyword, spec.name).map(markdown);
                item.detail = (spec.since > 0).then(|| format!("since frontend 1.{}", spec.since));
                item
            });
            return items.collect();
        };
        match name {
            "mount" => self.mount(step, value),
            "from" => self.stages(step, value),
            _ => self.values(value, help::flag_values(keyword, name)),
        }
    }

    fn values(&self, typed: &str, values: &[&str]) -> Vec<lsp::CompletionItem> {
        values.iter().map(|value| self.item(typed, value, CompletionItemKind::ENUM_MEMBER)).collect()
    }

    fn mount(&self, step: &Step, value: &str) -> Vec<lsp::CompletionItem> {
        let field = value.rsplit(',').next().unwrap_or_default();
        if let Some((key, typed)) = field.split_once('=') {
            return match key.to_lowercase().as_str() {
                "from" => self.stages(step, typed),
                "source" | "src" => self.paths(typed),
                key => self.values(typed, help::mount_values(key)),
            };
        }
        let kind = value.split(',').find_map(|field| field.strip_prefix("type=")).unwrap_or("bind");
        let kind = match kind {
            "cache" => MountKind::Cache,
            "tmpfs" => MountKind::Tmpfs,
            "secret" => MountKind::Secret,
            "ssh" => MountKind::Ssh,
            _ => MountKind::Bind,
        };
        let is_given = |key: MountKey| {
            let given = value.split(',').filter_map(|field| field.split('=').next());
            given.into_iter().any(|given| given != field && MountKey::parse(given) == Some(key))
        };
        let keys = MountKey::SPELLINGS.iter().filter(|spelling| {
            let key = MountKey::parse(spelling);
            key.is_some_and(|key| matches!(key_role(kind, key), KeyRole::Used | KeyRole::Required) && !is_given(key))
        });
        let items = keys.map(|key| {
            let is_switch = matches!(*key, "ro" | "rw" | "readonly" | "readwrite" | "required");
            let text = if is_switch { (*key).to_owned() } else { format!("{key}=") };
            let mut item = self.inserting(field, key, CompletionItemKind::PROPERTY, &text);
            item.documentation = help::mount_key(key).map(markdown);
            item
        });
        items.collect()
    }

    /// The stages before the one of an instruction.
    fn stages(&self, step: &Step, typed: &str) -> Vec<lsp::CompletionItem> {
        let own = step.stage.unwrap_or_default();
        let earlier = self.model.stages().iter().filter(|stage| stage.index < own);
        let items = earlier.map(|stage: &Stage| {
            let label = stage.name.as_ref().map_or_else(|| stage.index.to_string(), |name| name.name.clone());
            let mut item = self.item(typed, &label, CompletionItemKind::CLASS);
            item.detail = Some(match &stage.base_text {
                Some(base) => format!("{}, from {base}", stage_title(stage)),
                None => stage_title(stage),
            });
            item
        });
        items.collect()
    }

    fn arguments(&self, step: &Step, word: &str) -> Vec<lsp::CompletionItem> {
        let words = self.line.split_whitespace().count() - usize::from(!word.is_empty());
        match &step.ast {
            Instruction::From(_) => {
                let arguments = self.line.split_whitespace().skip(1).filter(|word| !word.starts_with("--")).count();
                match arguments - usize::from(!word.is_empty()).min(arguments) {
                    0 => {
                        let mut items = self.stages(step, word);
                        items.push(self.item(word, "scratch", CompletionItemKind::CLASS));
                        items.extend(IMAGES.iter().map(|image| self.item(word, image, CompletionItemKind::MODULE)));
                        items
                    }
                    1 => vec![self.item(word, "AS", CompletionItemKind::KEYWORD)],
                    _ => Vec::new(),
                }
            }
            Instruction::Copy(_) | Instruction::Add(_) if step.ast.flag("from").is_none() => self.paths(word),
            Instruction::Stopsignal(_) => self.values(word, &help::SIGNALS),
            Instruction::Healthcheck(_) if words <= 1 || self.is_among_flags(step) || words == 1 => {
                self.values(word, &["CMD", "NONE"])
            }
            Instruction::Arg(_) if step.stage.is_some() => {
                let globals = self.model.global_steps().iter().flat_map(|step| &step.variables);
                let mut items: Vec<lsp::CompletionItem> =
                    globals.map(|variable| self.item(word, &variable.name, CompletionItemKind::VARIABLE)).collect();
                items.extend(self.platform_args(word));
                items
            }
            Instruction::Run(_) => self.tool_flags(word),
            _ => Vec::new(),
        }
    }

    /// Files and directories of the build context, one level at a time.
    fn paths(&self, typed: &str) -> Vec<lsp::CompletionItem> {
        let Some(context) = self.view.document.path().and_then(|path| self.host.context(&path)) else {
            return Vec::new();
        };
        let plain = typed.trim_start_matches("./").trim_start_matches('/');
        let (folder, name) = plain.rsplit_once('/').unwrap_or(("", plain));
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = context.below(folder).iter().filter_map(|entry| {
            let rest = entry.path.strip_prefix(&prefix)?;
            (!rest.is_empty() && !rest.contains('/')).then_some((entry, rest))
        });
        let items = below.map(|(entry, rest)| {
            let (kind, text) = match entry.is_directory() {
                true => (CompletionItemKind::FOLDER, format!("{rest}/")),
                false => (CompletionItemKind::FILE, rest.to_owned()),
            };
            self.item(name, &text, kind)
        });
        items.collect()
    }

    /// The flags that images want of the tool that the command before the cursor calls.
    fn tool_flags(&self, word: &str) -> Vec<lsp::CompletionItem> {
        if !word.starts_with('-') {
            return Vec::new();
        }
        let command = self.line.rsplit(['&', '|', ';']).next().unwrap_or(self.line);
        let words: Vec<&str> =
            command.split_whitespace().skip_while(|word| !TOOLS.iter().any(|tool| tool.0 == *word)).collect();
        let tool = TOOLS.iter().find(|(name, verb, _)| {
            words.first() == Some(name) && (verb.is_empty() || words.iter().any(|word| word == verb))
        });
        let flags = tool.map_or(&[][..], |(.., flags)| flags);
        flags.iter().map(|flag| self.item(word, flag, CompletionItemKind::FIELD)).collect()
    }

    /// What a comment may say: a directive at the top, or that rules are silent.
    fn comment(&self, comment: &str) -> Vec<lsp::CompletionItem> {
        let text = comment.trim_start();
        let is_at_top = self.model.steps().first().is_none_or(|first| self.offset <= first.range().start());
        if let Some((head, list)) = text.split_once("ignore=")
            && let typed = list.rsplit([',', ' ']).next().unwrap_or_default()
            && !list.contains(';')
        {
            return self.rules(typed, head.trim_start().starts_with("hadolint"));
        }
        if let Some((_, typed)) = text.split_once("check=skip=") {
            let typed = typed.rsplit(',').next().unwrap_or_default();
            let names = rules().iter().filter_map(|rule| rule.buildkit_name());
            return names.map(|name| self.item(typed, name, CompletionItemKind::ENUM_MEMBER)).collect();
        }
        if let Some((name, typed)) = text.split_once('=') {
            let known = help::DIRECTIVES.iter().find(|(known, ..)| *known == name.trim()).filter(|_| is_at_top);
            return known.map(|(.., values)| self.values(typed.trim_start(), values)).unwrap_or_default();
        }
        let mut items: Vec<lsp::CompletionItem> = Vec::new();
        if is_at_top {
            items.extend(help::DIRECTIVES.iter().map(|(name, says, _)| {
                let mut item = self.inserting(text, name, CompletionItemKind::KEYWORD, &format!("{name}="));
                item.documentation = Some(markdown(*says));
                item
            }));
        }
        for (form, says) in [
            ("dfopt ignore=", "Silences rules for the next instruction."),
            ("dfopt stage ignore=", "Silences rules for this stage."),
            ("dfopt global ignore=", "Silences rules for the whole file."),
        ] {
            let mut item = self.item(text, form, CompletionItemKind::KEYWORD);
            item.documentation = Some(markdown(says));
            items.push(item);
        }
        items
    }

    fn rules(&self, typed: &str, of_hadolint: bool) -> Vec<lsp::CompletionItem> {
        let named = rules().iter().flat_map(|rule| {
            let codes = rule.aliases().filter(|alias| alias.starts_with("DL") || alias.starts_with("SC"));
            let names: Vec<&str> = if of_hadolint { codes.collect() } else { vec![rule.name] };
            names.into_iter().map(move |name| (name, rule))
        });
        let items = named.map(|(name, rule)| {
            let mut item = self.item(typed, name, CompletionItemKind::ENUM_MEMBER);
            item.detail = Some(rule.summary().to_owned());
            item.data = Some(json!({ "rule": rule.name }));
            item
        });
        items.collect()
    }
}

/// The name, as far as it is typed, of a variable that the word ends in.
fn open_variable(word: &str) -> Option<&str> {
    let rest = &word[word.rfind('$')? + 1..];
    let name = rest.strip_prefix('{').unwrap_or(rest);
    name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()).then_some(name)
}

/// Base images that many files start from.
const IMAGES: [&str; 20] = [
    "alpine",
    "busybox",
    "composer",
    "debian",
    "docker/dockerfile",
    "eclipse-temurin",
    "gcr.io/distroless/base-debian12",
    "gcr.io/distroless/static-debian12",
    "golang",
    "gradle",
    "httpd",
    "maven",
    "nginx",
    "node",
    "php",
    "postgres",
    "python",
    "ruby",
    "rust",
    "ubuntu",
];

/// Tools, the word that the flags are for, and flags that keep images small or builds the same.
const TOOLS: [(&str, &str, &[&str]); 9] = [
    ("apt-get", "install", &["--no-install-recommends", "--yes", "-y"]),
    ("apt", "install", &["--no-install-recommends", "--yes", "-y"]),
    ("apk", "add", &["--no-cache", "--virtual"]),
    ("pip", "install", &["--no-cache-dir", "--require-hashes", "--requirement"]),
    ("pip3", "install", &["--no-cache-dir", "--require-hashes", "--requirement"]),
    ("npm", "ci", &["--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts"]),
    ("dnf", "install", &["--assumeyes", "--nodocs", "--setopt=install_weak_deps=False"]),
    ("go", "build", &["-trimpath", "-ldflags=\"-s -w\"", "-o"]),
    ("cargo", "build", &["--release", "--locked"]),
];
