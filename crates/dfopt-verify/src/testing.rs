//! Small images for tests, written as archives and read back like real ones.

use crate::image::{Image, ReadConfig};

/// Writes one layer.
#[derive(Default)]
pub(crate) struct LayerBuilder {
    members: Vec<TestMember>,
}

struct TestMember {
    path: String,
    kind: tar::EntryType,
    data: Vec<u8>,
    link: String,
    mode: u32,
    owner: (u64, u64),
    xattrs: Vec<(String, Vec<u8>)>,
}

impl LayerBuilder {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn add(mut self, path: &str, kind: tar::EntryType, data: &[u8], link: &str, mode: u32) -> Self {
        self.members.push(TestMember {
            path: path.to_owned(),
            kind,
            data: data.to_vec(),
            link: link.to_owned(),
            mode,
            owner: (0, 0),
            xattrs: Vec::new(),
        });
        self
    }

    pub(crate) fn file(self, path: &str, data: impl AsRef<[u8]>) -> Self {
        self.add(path, tar::EntryType::Regular, data.as_ref(), "", 0o644)
    }

    pub(crate) fn program(self, path: &str, data: impl AsRef<[u8]>) -> Self {
        self.add(path, tar::EntryType::Regular, data.as_ref(), "", 0o755)
    }

    pub(crate) fn folder(self, path: &str) -> Self {
        self.add(path, tar::EntryType::Directory, b"", "", 0o755)
    }

    pub(crate) fn symlink(self, path: &str, target: &str) -> Self {
        self.add(path, tar::EntryType::Symlink, b"", target, 0o777)
    }

    pub(crate) fn hard_link(self, path: &str, target: &str) -> Self {
        self.add(path, tar::EntryType::Link, b"", target, 0o644)
    }

    pub(crate) fn whiteout(self, path: &str) -> Self {
        let (folder, name) = path.rsplit_once('/').unwrap();
        self.file(&format!("{folder}/.wh.{name}"), "")
    }

    pub(crate) fn opaque(self, folder: &str) -> Self {
        self.file(&format!("{folder}/.wh..wh..opq"), "")
    }

    /// Changes the member written last.
    pub(crate) fn owned_by(mut self, uid: u64, gid: u64) -> Self {
        self.members.last_mut().unwrap().owner = (uid, gid);
        self
    }

    /// Changes the member written last.
    pub(crate) fn mode(mut self, mode: u32) -> Self {
        self.members.last_mut().unwrap().mode = mode;
        self
    }

    /// Changes the member written last.
    pub(crate) fn xattr(mut self, name: &str, value: &[u8]) -> Self {
        self.members.last_mut().unwrap().xattrs.push((name.to_owned(), value.to_vec()));
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for member in &self.members {
            let path = member.path.trim_start_matches('/');
            if !member.xattrs.is_empty() {
                let records: Vec<(String, &[u8])> =
                    member.xattrs.iter().map(|(name, value)| (format!("SCHILY.xattr.{name}"), &value[..])).collect();
                builder.append_pax_extensions(records.iter().map(|(name, value)| (name.as_str(), *value))).unwrap();
            }
            let mut header = tar::Header::new_ustar();
            header.set_entry_type(member.kind);
            header.set_mode(member.mode);
            header.set_uid(member.owner.0);
            header.set_gid(member.owner.1);
            header.set_size(member.data.len() as u64);
            // Names are written as they are, so that tests may use bad ones.
            let field = &mut header.as_old_mut().name;
            field[..path.len()].copy_from_slice(path.as_bytes());
            if !member.link.is_empty() {
                let field = &mut header.as_old_mut().linkname;
                field[..member.link.len()].copy_from_slice(member.link.as_bytes());
            }
            header.set_cksum();
            builder.append(&header, &member.data[..]).unwrap();
        }
        builder.into_inner().unwrap()
    }
}

/// Writes an image.
pub(crate) struct ImageBuilder {
    layers: Vec<Vec<u8>>,
    makers: Vec<String>,
    base_layers: usize,
    config: serde_json::Value,
}

impl ImageBuilder {
    pub(crate) fn new() -> Self {
        Self {
            layers: Vec::new(),
            makers: Vec::new(),
            base_layers: 0,
            config: serde_json::json!({
                "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"],
            }),
        }
    }

    pub(crate) fn layer(mut self, layer: LayerBuilder) -> Self {
        self.layers.push(layer.bytes());
        self.makers.push("RUN x".to_owned());
        self
    }

    /// The instruction that made the last layer.
    pub(crate) fn made_by(mut self, instruction: &str) -> Self {
        *self.makers.last_mut().unwrap() = instruction.to_owned();
        self
    }

    /// All layers so far belong to the base.
    pub(crate) fn base_ends_here(mut self) -> Self {
        self.base_layers = self.layers.len();
        self
    }

    pub(crate) fn set(mut self, key: &str, value: serde_json::Value) -> Self {
        self.config[key] = value;
        self
    }

    pub(crate) fn command(self, words: &[&str]) -> Self {
        self.set("Cmd", serde_json::json!(words))
    }

    pub(crate) fn archive(&self) -> Vec<u8> {
        let diff_ids: Vec<String> = (0..self.layers.len()).map(|at| self.diff_id(at)).collect();
        let config = serde_json::json!({
            "architecture": "amd64", "os": "linux", "config": self.config,
            "history": self.makers.iter().map(|maker| serde_json::json!({"created_by": maker})).collect::<Vec<_>>(),
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        });
        let names: Vec<String> = diff_ids.iter().map(|id| format!("blobs/sha256/{}", &id[7..])).collect();
        let manifest = serde_json::json!([{"Config": "config.json", "RepoTags": null, "Layers": names}]);
        let mut members: Vec<(String, Vec<u8>)> = names.into_iter().zip(self.layers.iter().cloned()).collect();
        members.push(("config.json".into(), config.to_string().into_bytes()));
        members.push(("manifest.json".into(), manifest.to_string().into_bytes()));
        archive(&members)
    }

    fn diff_id(&self, at: usize) -> String {
        use sha2::Digest as _;
        let mut hash = sha2::Sha256::new();
        hash.update([u8::try_from(at).unwrap()]);
        hash.update(&self.layers[at]);
        let digest: [u8; 32] = hash.finalize().into();
        format!("sha256:{}", crate::image::Digest(digest))
    }

    pub(crate) fn build(&self) -> Image {
        let config = ReadConfig {
            base_diff_ids: (0..self.base_layers).map(|at| self.diff_id(at)).collect(),
            ..ReadConfig::default()
        };
        Image::read(&self.archive()[..], &config).unwrap()
    }
}

/// A plain archive of files.
pub(crate) fn archive(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, data) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, &data[..]).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A ZIP archive of files, not compressed.
pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let halves = |out: &mut Vec<u8>, halves: &[usize]| {
        out.extend(halves.iter().flat_map(|half| u16::try_from(*half).unwrap().to_le_bytes()));
    };
    let words = |out: &mut Vec<u8>, words: &[usize]| {
        out.extend(words.iter().flat_map(|word| u32::try_from(*word).unwrap().to_le_bytes()));
    };
    for (name, data) in members {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let sums = [crc.sum() as usize, data.len(), data.len()];
        let at = out.len();
        out.extend(b"PK\x03\x04");
        halves(&mut out, &[10, 0, 0, 0, 0]);
        words(&mut out, &sums);
        halves(&mut out, &[name.len(), 0]);
        out.extend([name.as_bytes(), data].concat());
        directory.extend(b"PK\x01\x02");
        halves(&mut directory, &[10, 10, 0, 0, 0, 0]);
        words(&mut directory, &sums);
        halves(&mut directory, &[name.len(), 0, 0, 0, 0]);
        words(&mut directory, &[0, at]);
        directory.extend(name.as_bytes());
    }
    let at = out.len();
    out.extend(&directory);
    out.extend(b"PK\x05\x06");
    halves(&mut out, &[0, 0, members.len(), members.len()]);
    words(&mut out, &[directory.len(), at]);
    halves(&mut out, &[0]);
    out
}

/// Writes a small ELF file for x86-64: segments only, no section table.
#[derive(Default)]
pub(crate) struct ElfBuilder {
    interpreter: Option<String>,
    needed: Vec<String>,
    soname: Option<String>,
    runpath: Option<String>,
    symbols: Vec<String>,
    strings: Vec<String>,
    needs: Vec<(String, String)>,
    provides: Vec<String>,
    machine: u16,
}

pub(crate) const LOADER: &str = "/lib64/ld-linux-x86-64.so.2";

impl ElfBuilder {
    pub(crate) fn program() -> Self {
        Self { interpreter: Some(LOADER.to_owned()), machine: 62, ..Self::default() }
    }

    pub(crate) fn library(soname: &str) -> Self {
        Self { soname: Some(soname.to_owned()), machine: 62, ..Self::default() }
    }

    pub(crate) fn needs(mut self, soname: &str) -> Self {
        self.needed.push(soname.to_owned());
        self
    }

    pub(crate) fn needs_version(mut self, soname: &str, version: &str) -> Self {
        self.needs.push((soname.to_owned(), version.to_owned()));
        self
    }

    pub(crate) fn provides(mut self, version: &str) -> Self {
        self.provides.push(version.to_owned());
        self
    }

    pub(crate) fn runpath(mut self, folders: &str) -> Self {
        self.runpath = Some(folders.to_owned());
        self
    }

    pub(crate) fn imports(mut self, symbol: &str) -> Self {
        self.symbols.push(symbol.to_owned());
        self
    }

    pub(crate) fn says(mut self, text: &str) -> Self {
        self.strings.push(text.to_owned());
        self
    }

    pub(crate) fn machine(mut self, machine: u16) -> Self {
        self.machine = machine;
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut table = vec![0_u8];
        let mut add = |text: &str| {
            let at = table.len();
            table.extend(text.as_bytes());
            table.push(0);
            at as u64
        };
        let mut dynamic: Vec<(u64, u64)> = self.needed.iter().map(|name| (1, add(name))).collect();
        dynamic.extend(self.soname.iter().map(|name| (14, add(name))));
        dynamic.extend(self.runpath.iter().map(|folders| (29, add(folders))));
        let needs: Vec<(u64, u64)> = self.needs.iter().map(|(file, version)| (add(file), add(version))).collect();
        let provides: Vec<u64> = self.provides.iter().map(|version| add(version)).collect();
        for symbol in &self.symbols {
            add(symbol);
        }
        let mut body = Vec::new();
        let start = 64 + 56 * 3;
        let mut place = |bytes: &[u8]| {
            while body.len() % 8 != 0 {
                body.push(0);
            }
            let at = (start + body.len()) as u64;
            body.extend(bytes);
            (at, bytes.len() as u64)
        };
        let interpreter = self.interpreter.as_ref().map(|path| place(&[path.as_bytes(), b"\0"].concat()));
        let (strings_at, strings_length) = place(&table);
        dynamic.push((5, strings_at));
        dynamic.push((10, strings_length));
        if !needs.is_empty() {
            let mut bytes = Vec::new();
            for (at, (file, version)) in needs.iter().enumerate() {
                let last = at + 1 == needs.len();
                bytes.extend([1_u16, 1].iter().flat_map(|half| half.to_le_bytes()));
                bytes.extend([*file as u32, 16, if last { 0 } else { 32 }].iter().flat_map(|word| word.to_le_bytes()));
                bytes.extend([0_u32, 2 << 16, *version as u32, 0].iter().flat_map(|word| word.to_le_bytes()));
            }
            dynamic.push((0x6fff_fffe, place(&bytes).0));
        }
        if !provides.is_empty() {
            let mut bytes = Vec::new();
            for (at, version) in provides.iter().enumerate() {
                let last = at + 1 == provides.len();
                bytes.extend([1_u16, 0, 2, 1].iter().flat_map(|half| half.to_le_bytes()));
                bytes.extend([0_u32, 20, if last { 0 } else { 28 }].iter().flat_map(|word| word.to_le_bytes()));
                bytes.extend([*version as u32, 0].iter().flat_map(|word| word.to_le_bytes()));
            }
            dynamic.push((0x6fff_fffc, place(&bytes).0));
        }
        dynamic.push((0, 0));
        let dynamic: Vec<u8> =
            dynamic.iter().flat_map(|(tag, value)| [tag.to_le_bytes(), value.to_le_bytes()].concat()).collect();
        let dynamic = place(&dynamic);
        let text: Vec<u8> = self.strings.iter().flat_map(|text| [b"\0", text.as_bytes(), b"\0"].concat()).collect();
        place(&text);
        let total = (start + body.len()) as u64;
        let mut out = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        out.extend([3_u16, self.machine].iter().flat_map(|half| half.to_le_bytes()));
        out.extend(1_u32.to_le_bytes());
        out.extend([0_u64, 64, 0].iter().flat_map(|word| word.to_le_bytes()));
        out.extend(0_u32.to_le_bytes());
        out.extend([64_u16, 56, 3, 64, 0, 0].iter().flat_map(|half| half.to_le_bytes()));
        let mut segment = |kind: u32, (at, length): (u64, u64)| {
            out.extend([kind, 4].iter().flat_map(|word| word.to_le_bytes()));
            out.extend([at, at, at, length, length, 8].iter().flat_map(|word| word.to_le_bytes()));
        };
        segment(1, (0, total));
        segment(2, dynamic);
        match interpreter {
            Some(place) => segment(3, place),
            None => segment(0, (0, 0)),
        }
        out.extend(body);
        out
    }
}
