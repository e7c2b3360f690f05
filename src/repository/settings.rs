//! Git's configuration as it was read once: the settings of all files, in git's order (system, global,
//! repository, worktree). Knows no way of reading it.

use std::collections::BTreeSet;

use super::{Read, ReadError};

/// All settings of a repository: keys as git writes them, section and name in small letters, what is
/// between them as it is; a key that stands there without a value has none.
#[derive(Debug, Default)]
pub struct Settings(Vec<(Vec<u8>, Option<Vec<u8>>)>);

impl Settings {
    /// Settings in git's order.
    pub fn new(settings: Vec<(Vec<u8>, Option<Vec<u8>>)>) -> Self {
        Self(settings)
    }

    /// All values of a key. A key that stands there without a value is `true`, as git reads it.
    ///
    /// # Errors
    /// A value that is no text.
    pub fn values_of(&self, key: &str) -> Read<Vec<String>> {
        let wanted = canonical(key);
        let found = self.0.iter().filter(|(key, _)| *key == wanted);
        found
            .map(|(_, value)| match value {
                None => Ok("true".to_owned()),
                Some(value) => String::from_utf8(value.clone())
                    .map_err(|_| ReadError::Config(format!("the value of {key} is not UTF-8"))),
            })
            .collect()
    }

    /// The remotes that have an address (`remote.<name>.url`).
    pub fn remotes(&self) -> BTreeSet<String> {
        self.of_remotes(b".url").filter_map(|name| String::from_utf8(name.to_vec()).ok()).collect()
    }

    /// Whether some remote promises objects that are not here (`remote.<name>.promisor`).
    pub fn has_promisor(&self) -> bool {
        self.of_remotes(b".promisor").next().is_some()
    }

    /// Whether they include files in ways that libgit2 may read otherwise than git: on a condition, or
    /// by a path that is not spelled out. It knows no `hasconfig:`, and compares `gitdir:` with
    /// another name of the directory (libgit2 1.9).
    pub fn include_as_git_alone_knows(&self) -> bool {
        let is_odd = |path: &[u8]| match path {
            [b'~', rest @ ..] => !rest.starts_with(b"/"),
            path => path.starts_with(b"%("),
        };
        self.0.iter().any(|(key, value)| {
            let path = value.as_deref().unwrap_or_default();
            key.starts_with(b"includeif.") || *key == b"include.path" && is_odd(path)
        })
    }

    fn of_remotes(&self, name: &'static [u8]) -> impl Iterator<Item = &[u8]> {
        let keys = self.0.iter().map(|(key, _)| key.as_slice());
        keys.filter_map(move |key| key.strip_prefix(b"remote.")?.strip_suffix(name))
    }
}

/// A key as `git config --list` writes it.
fn canonical(key: &str) -> Vec<u8> {
    let (section, rest) = key.split_once('.').unwrap_or((key, ""));
    let (middle, name) = match rest.rsplit_once('.') {
        Some((middle, name)) => (format!(".{middle}"), name),
        None => (String::new(), rest),
    };
    format!("{}{middle}.{}", section.to_ascii_lowercase(), name.to_ascii_lowercase()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_compared_as_git_compares_them() {
        assert_eq!(canonical("contractGate.walkLimit"), b"contractgate.walklimit");
        assert_eq!(canonical("Branch.Fix.Me.Remote"), b"branch.Fix.Me.remote");
    }

    #[test]
    fn includes_that_git_alone_knows() {
        let settings = |key: &str, value: &str| {
            Settings::new(vec![(key.as_bytes().to_vec(), Some(value.as_bytes().to_vec()))])
        };
        for (key, value, odd) in [
            ("include.path", "more", false),
            ("include.path", "~/more", false),
            ("include.path", "~git/more", true),
            ("include.path", "%(prefix)/more", true),
            ("includeif.gitdir:/x/.path", "more", true),
            ("user.name", "~git", false),
        ] {
            assert_eq!(settings(key, value).include_as_git_alone_knows(), odd, "{key} {value}");
        }
    }

    #[test]
    fn remotes_are_those_with_an_address() {
        let key = |text: &str| (text.as_bytes().to_vec(), Some(b"x".to_vec()));
        let settings = Settings::new(vec![key("remote.a.b.url"), key("remote.c.fetch")]);
        assert_eq!(settings.remotes().into_iter().collect::<Vec<_>>(), ["a.b"]);
        assert!(!settings.has_promisor());
        assert!(Settings::new(vec![key("remote.a.promisor")]).has_promisor());
    }
}
