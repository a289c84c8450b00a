//! Archives made in memory: the layer of an image, or an image.

/// The archive of a layer, or of a whole image.
pub struct Layer(tar::Builder<Vec<u8>>);

impl Default for Layer {
    fn default() -> Self {
        Self(tar::Builder::new(Vec::new()))
    }
}

impl Layer {
    /// The archive's bytes.
    ///
    /// # Panics
    /// When it cannot be ended.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }

    fn header(kind: tar::EntryType, mode: u32, owner: (u32, u32), size: usize) -> tar::Header {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(owner.0.into());
        header.set_gid(owner.1.into());
        header.set_size(size as u64);
        header
    }

    /// A regular file.
    ///
    /// # Panics
    /// When the path is too long.
    pub fn file(&mut self, path: &str, mode: u32, owner: (u32, u32), bytes: &[u8]) {
        let mut header = Self::header(tar::EntryType::Regular, mode, owner, bytes.len());
        self.0.append_data(&mut header, path.trim_start_matches('/'), bytes).unwrap();
    }

    /// A folder.
    ///
    /// # Panics
    /// When the path is too long.
    pub fn folder(&mut self, path: &str, mode: u32, owner: (u32, u32)) {
        let mut header = Self::header(tar::EntryType::Directory, mode, owner, 0);
        self.0.append_data(&mut header, path.trim_start_matches('/'), &[][..]).unwrap();
    }

    /// A symbolic link.
    ///
    /// # Panics
    /// When the path is too long.
    pub fn symlink(&mut self, path: &str, target: &str) {
        let mut header = Self::header(tar::EntryType::Symlink, 0o777, (0, 0), 0);
        self.0.append_link(&mut header, path.trim_start_matches('/'), target).unwrap();
    }

    /// An attribute of the member that follows.
    ///
    /// # Panics
    /// When it is too long.
    pub fn attribute(&mut self, name: &str, value: &[u8]) {
        let key = format!("SCHILY.xattr.{name}");
        self.0.append_pax_extensions([(key.as_str(), value)]).unwrap();
    }

    /// The attributes of an entry, for the member that follows.
    ///
    /// # Panics
    /// When a value is not in hex.
    pub fn attributes(&mut self, entry: &dfopt_verify::image::Entry) {
        for (name, value) in &entry.xattrs {
            let digit = |at: usize| u8::from_str_radix(&value[at..at + 2], 16).unwrap();
            let bytes: Vec<u8> = (0..value.len()).step_by(2).map(digit).collect();
            self.attribute(name, &bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_holds_what_was_put_in() {
        let mut layer = Layer::default();
        layer.attribute("user.a", b"b");
        layer.file("/bin/app", 0o4755, (1, 2), b"x");
        layer.symlink("/bin/link", "app");
        let bytes = layer.finish();
        let mut archive = tar::Archive::new(&bytes[..]);
        let members: Vec<String> =
            archive.entries().unwrap().map(|member| member.unwrap().path().unwrap().display().to_string()).collect();
        assert_eq!(members, ["bin/app", "bin/link"]);
    }
}
