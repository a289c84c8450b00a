//! Where the dynamic loader finds a library, by the rules of glibc and of musl.

use std::collections::BTreeMap;

use crate::elf::ElfFacts;
use crate::image::{Image, join, parent};

/// The loader's view of an image.
pub struct Linker<'a> {
    image: &'a Image,
    library_path: Vec<String>,
    /// glibc's cache: candidates by name.
    cache: BTreeMap<&'a str, Vec<&'a str>>,
    musl_path: Vec<String>,
}

const MUSL_DEFAULT: &[&str] = &["/lib", "/usr/local/lib", "/usr/lib"];

impl<'a> Linker<'a> {
    /// Reads the loader's settings of an image.
    #[must_use]
    pub fn new(image: &'a Image) -> Self {
        let mut cache: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for line in image.root.text("/etc/ld.so.cache").unwrap_or("").lines() {
            if let Some((name, path)) = line.split_once('\t') {
                cache.entry(name).or_default().push(path);
            }
        }
        let musl = image
            .root
            .children("/etc")
            .find(|(path, _)| path.starts_with("/etc/ld-musl-") && path.ends_with(".path"))
            .and_then(|(_, node)| node.entry.text());
        let musl_path = match musl {
            Some(text) => text.split([':', '\n']).filter(|folder| !folder.is_empty()).map(str::to_owned).collect(),
            None => MUSL_DEFAULT.iter().map(|folder| (*folder).to_owned()).collect(),
        };
        let workdir = image.config.config.workdir();
        let library_path = image
            .config
            .config
            .env_value("LD_LIBRARY_PATH")
            .unwrap_or("")
            .split([':', ';'])
            .filter(|folder| !folder.is_empty())
            .map(|folder| join(workdir, folder))
            .collect();
        Self { image, library_path, cache, musl_path }
    }

    /// The path at which a library is found for a file, in a process started from an executable.
    #[must_use]
    pub fn find(&self, path: &str, elf: &ElfFacts, soname: &str, executable: Option<&str>) -> Option<String> {
        if soname.contains('/') {
            let found = join(self.image.config.config.workdir(), &expand(soname, path, elf)?);
            return self.usable(&found, elf).then_some(found);
        }
        // The loader itself is already there.
        let main = executable.and_then(|executable| self.image.root.get(executable)).and_then(|node| node.entry.elf());
        let loader = elf.interpreter.as_deref().or_else(|| main.and_then(|main| main.interpreter.as_deref()));
        if let Some(loader) = loader
            && crate::image::file_name(loader) == soname
            && self.usable(loader, elf)
        {
            return Some(loader.to_owned());
        }
        let musl = elf.is_musl() || main.is_some_and(ElfFacts::is_musl);
        for folder in self.folders(path, elf, executable, main, musl) {
            let found = join("/", &format!("{folder}/{soname}"));
            if self.usable(&found, elf) {
                return Some(found);
            }
        }
        if musl {
            return None;
        }
        if let Some(paths) = self.cache.get(soname)
            && let Some(found) = paths.iter().find(|found| self.usable(found, elf))
        {
            return Some((*found).to_owned());
        }
        default_folders(elf)
            .into_iter()
            .map(|folder| format!("{folder}/{soname}"))
            .find(|found| self.usable(found, elf))
    }

    /// Folders searched before the cache and the default folders, in order.
    fn folders(
        &self,
        path: &str,
        elf: &ElfFacts,
        executable: Option<&str>,
        main: Option<&ElfFacts>,
        musl: bool,
    ) -> Vec<String> {
        let expand_all = |list: &[String], path: &str, elf: &ElfFacts| -> Vec<String> {
            list.iter().filter_map(|folder| expand(folder, path, elf)).collect()
        };
        let mut folders = Vec::new();
        let inherited = || match (executable, main) {
            (Some(executable), Some(main)) if executable != path => expand_all(&main.rpath, executable, main),
            _ => Vec::new(),
        };
        if musl {
            folders.extend(self.library_path.iter().cloned());
            folders.extend(expand_all(&elf.runpath, path, elf));
            folders.extend(expand_all(&elf.rpath, path, elf));
            if let (Some(executable), Some(main)) = (executable, main) {
                folders.extend(expand_all(&main.runpath, executable, main));
                folders.extend(expand_all(&main.rpath, executable, main));
            }
            folders.extend(self.musl_path.iter().cloned());
            return folders;
        }
        if elf.runpath.is_empty() {
            folders.extend(expand_all(&elf.rpath, path, elf));
            if main.is_none_or(|main| main.runpath.is_empty()) {
                folders.extend(inherited());
            }
        }
        folders.extend(self.library_path.iter().cloned());
        folders.extend(expand_all(&elf.runpath, path, elf));
        folders
    }

    fn usable(&self, path: &str, elf: &ElfFacts) -> bool {
        self.image.root.resolve(path).is_ok_and(|found| found.node.entry.elf().is_some_and(|library| elf.fits(library)))
    }
}

/// `$ORIGIN`, `$LIB` and `$PLATFORM` in a search path; `None` when something else would have to be expanded.
fn expand(folder: &str, path: &str, elf: &ElfFacts) -> Option<String> {
    let lib = if elf.bits == 64 { "lib64" } else { "lib" };
    let mut text = folder.to_owned();
    for (name, value) in [("ORIGIN", parent(path)), ("LIB", lib), ("PLATFORM", "x86_64")] {
        text = text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value);
    }
    (!text.contains('$')).then_some(text)
}

fn default_folders(elf: &ElfFacts) -> Vec<String> {
    let triplet = match (elf.machine, elf.bits) {
        (62, 64) => Some("x86_64-linux-gnu"),
        (62, 32) => Some("x86_64-linux-gnux32"),
        (3, _) => Some("i386-linux-gnu"),
        (183, _) => Some("aarch64-linux-gnu"),
        (40, _) => Some("arm-linux-gnueabihf"),
        (21, _) => Some("powerpc64le-linux-gnu"),
        (22, _) => Some("s390x-linux-gnu"),
        (243, _) => Some("riscv64-linux-gnu"),
        _ => None,
    };
    let mut folders = Vec::new();
    if let Some(triplet) = triplet {
        folders.push(format!("/lib/{triplet}"));
        folders.push(format!("/usr/lib/{triplet}"));
    }
    if elf.bits == 64 {
        folders.push("/lib64".to_owned());
        folders.push("/usr/lib64".to_owned());
    }
    folders.push("/lib".to_owned());
    folders.push("/usr/lib".to_owned());
    folders
}
