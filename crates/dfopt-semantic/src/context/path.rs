//! Lexical path arithmetic on slash paths, as Go's `path.Clean` does it.

/// The shortest equivalent of a path: no doubled or trailing slashes, no `.`, `..` only where nothing precedes it; `.`
/// for an empty one.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(part),
            },
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// `path` under `base`, or itself if absolute, cleaned; always absolute.
pub fn join_clean(base: &str, path: &str) -> String {
    if path.starts_with('/') { clean(path) } else { clean(&format!("/{base}/{path}")) }
}

/// A path inside a context: joined to its root, cleaned, without the slash in front. Nothing escapes.
pub(super) fn inside(path: &str) -> String {
    join_clean("/", path)[1..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned() {
        for (path, cleaned) in [
            ("", "."),
            (".", "."),
            ("./a//b/", "a/b"),
            ("a/../..", ".."),
            ("../x", "../x"),
            ("/..//x/.", "/x"),
            ("/", "/"),
            ("a/b/../c", "a/c"),
        ] {
            assert_eq!(clean(path), cleaned, "{path}");
        }
        assert_eq!(join_clean("/srv", "../x"), "/x");
        assert_eq!(join_clean("srv", "x/"), "/srv/x");
        assert_eq!(join_clean("/srv", "/x"), "/x");
        assert_eq!(inside("../x"), "x");
        assert_eq!(inside("./"), "");
    }
}
