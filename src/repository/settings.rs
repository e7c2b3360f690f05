//! Git's configuration as it was read once: the settings of all files, in git's order (system, global,
//! repository, worktree). Knows no way of reading it.

use std::collections::BTreeSet;

use super::{Place, Read, ReadError};

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// As git writes it: section and name in small letters, what is between them as it is.
    pub key: Vec<u8>,
    /// A key that stands there without a value has none.
    pub value: Option<Vec<u8>>,
    /// Whether it stands in the repository's own configuration, or in its worktree's.
    pub is_own: bool,
}

/// All settings of a repository.
#[derive(Debug, Default)]
pub struct Settings(Vec<Setting>);

/// What a server takes from its own configuration alone: the gate's own settings, and those of git's that say
/// what a ref is: whether names are told apart by case, and what is a remote's.
const OF_THE_REPOSITORY: [&[u8]; 4] =
    [b"contractgate.", b"core.ignorecase", b"remote.", b"branch."];

/// Who pushes, and who of them amends.
const IDENTITIES: [&[u8]; 2] = [b"contractgate.identityenv", b"contractgate.dispatcher"];

impl Settings {
    /// Settings in git's order.
    pub fn new(settings: Vec<Setting>) -> Self {
        Self(settings)
    }

    /// What counts of them there: all of them in a worktree.
    pub fn counting_in(self, place: &Place) -> Self {
        match place.worktree {
            None => self.of_server(),
            Some(_) => self,
        }
    }

    /// What counts of them in a repository without a worktree, which is pushed to: of the gate's own, and of
    /// those that say what a ref is, those of the repository. `git receive-pack` runs with the pusher's other configuration where the push goes
    /// to a path, or comes by ssh from an account of one's own (git 2.39 and 2.47). Identities may be set
    /// elsewhere, for all repositories of a server; where this one names the variable, its own alone count.
    fn of_server(mut self) -> Self {
        let names_variable = self.0.iter().any(|one| one.is_own && one.key == IDENTITIES[0]);
        self.0.retain(|one| {
            let may_be_elsewhere = !names_variable && IDENTITIES.contains(&one.key.as_slice());
            let is_its_own = OF_THE_REPOSITORY.iter().any(|kind| one.key.starts_with(kind));
            one.is_own || may_be_elsewhere || !is_its_own
        });
        self
    }

    /// All values of a key. A key that stands there without a value is `true`, as git reads it.
    ///
    /// # Errors
    /// A value that is no text.
    pub fn values_of(&self, key: &str) -> Read<Vec<String>> {
        let wanted = canonical(key);
        let found = self.0.iter().filter(|one| one.key == wanted);
        found
            .map(|one| match &one.value {
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
    /// another name of the directory (libgit2 1.9). Not those that are known to make no difference.
    pub fn include_as_git_alone_knows(&self, is_known: impl Fn(&Setting) -> bool) -> bool {
        let is_odd = |path: &[u8]| match path {
            [b'~', rest @ ..] => !rest.starts_with(b"/"),
            path => path.starts_with(b"%("),
        };
        self.0.iter().any(|include| {
            let path = include.value.as_deref().unwrap_or_default();
            let is_conditional = include.key.starts_with(b"includeif.");
            (is_conditional || include.key == b"include.path" && is_odd(path)) && !is_known(include)
        })
    }

    fn of_remotes(&self, name: &'static [u8]) -> impl Iterator<Item = &[u8]> {
        let keys = self.0.iter().map(|one| one.key.as_slice());
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

    fn own(key: &str, value: &str) -> Setting {
        let (key, value) = (key.as_bytes().to_vec(), Some(value.as_bytes().to_vec()));
        Setting { key, value, is_own: true }
    }

    fn elsewhere(key: &str, value: &str) -> Setting {
        Setting { is_own: false, ..own(key, value) }
    }

    #[test]
    fn on_a_server_the_gates_own_settings_are_the_repositorys() {
        let (variable, dispatcher) = ("contractgate.identityenv", "contractgate.dispatcher");
        let counted = |settings: &[Setting], key: &str| {
            Settings::new(settings.to_vec()).of_server().values_of(key).unwrap()
        };
        let of_refs = [elsewhere("core.ignorecase", "true"), elsewhere("remote.o.url", "x")];
        let counting = Settings::new(of_refs.to_vec()).of_server();
        assert!(counting.values_of("core.ignoreCase").unwrap().is_empty());
        assert!(counting.remotes().is_empty());
        let mode = [elsewhere("contractgate.mode", "observe"), elsewhere("user.name", "a")];
        assert!(counted(&mode, "contractgate.mode").is_empty());
        assert_eq!(counted(&mode, "user.name"), ["a"]);
        // Set for all repositories of a server.
        let all = [elsewhere(variable, "PUSHER"), elsewhere(dispatcher, "dana")];
        assert_eq!(counted(&all, variable), ["PUSHER"]);
        assert_eq!(counted(&all, dispatcher), ["dana"]);
        // A pusher's own word for who amends.
        let mixed = [elsewhere(dispatcher, "agent-1"), own(variable, "P"), own(dispatcher, "dana")];
        assert_eq!(counted(&mixed, dispatcher), ["dana"]);
        assert_eq!(counted(&mixed, variable), ["P"]);
        assert!(counted(&mixed[..2], dispatcher).is_empty());
    }

    #[test]
    fn keys_are_compared_as_git_compares_them() {
        assert_eq!(canonical("contractGate.walkLimit"), b"contractgate.walklimit");
        assert_eq!(canonical("Branch.Fix.Me.Remote"), b"branch.Fix.Me.remote");
    }

    #[test]
    fn includes_that_git_alone_knows() {
        let settings = |key: &str, value: &str| Settings::new(vec![own(key, value)]);
        for (key, value, odd) in [
            ("include.path", "more", false),
            ("include.path", "~/more", false),
            ("include.path", "~git/more", true),
            ("include.path", "%(prefix)/more", true),
            ("includeif.gitdir:/x/.path", "more", true),
            ("user.name", "~git", false),
        ] {
            let told = settings(key, value).include_as_git_alone_knows(|_| false);
            assert_eq!(told, odd, "{key} {value}");
            assert!(!settings(key, value).include_as_git_alone_knows(|_| true), "{key} {value}");
        }
    }

    #[test]
    fn remotes_are_those_with_an_address() {
        let key = |text: &str| own(text, "x");
        let settings = Settings::new(vec![key("remote.a.b.url"), key("remote.c.fetch")]);
        assert_eq!(settings.remotes().into_iter().collect::<Vec<_>>(), ["a.b"]);
        assert!(!settings.has_promisor());
        assert!(Settings::new(vec![key("remote.a.promisor")]).has_promisor());
    }
}
