//! Hooks that only write down how git called them.

use std::collections::HashMap;
use std::fs;

use crate::sandbox::{Call, Ran, Sandbox, git_program};

/// What a hook was told, one field after another. `STATES` also records the transactions' other
/// states; `REFUSE`, a pattern of `grep`, refuses a transaction with such a line.
const SCRIPT: &str = r#"
[ -n "$RECORD" ] || exit 0
name=${0##*/}
input=
case $name in reference-transaction|pre-push|pre-receive) input=$(cat) ;; esac
if [ "$name" = reference-transaction ] && [ "$1" != prepared ] && [ -z "$STATES" ]; then exit 0; fi
top=$(git rev-parse --git-dir)
common=$(git rev-parse --git-common-dir)
heads=$(env | sed -n 's/^GITHEAD_//p' | sort)
merging=; [ -f "$top/MERGE_HEAD" ] && merging=yes
locked=; [ -e "$common/packed-refs.lock" ] && locked=yes
staged=
case $name in pre-commit|pre-merge-commit) staged=$(git diff --cached --name-only HEAD) ;; esac
head=$(git symbolic-ref -q HEAD || echo detached)
printf '%s\037' "$name" "$*" "$input" "$0" "$PWD" "${GIT_DIR-unset}" "${GIT_INDEX_FILE-unset}" \
    "$heads" "${GIT_REFLOG_ACTION-unset}" "${GIT_QUARANTINE_PATH+set}" "$merging" "$locked" \
    "$staged" "$head" >>"$RECORD"
printf '\036' >>"$RECORD"
if [ -n "$REFUSE" ] && printf '%s\n' "$input" | grep -q "$REFUSE"; then exit 1; fi
exit 0
"#;

const HOOKS: [&str; 9] = [
    "pre-commit",
    "pre-merge-commit",
    "pre-applypatch",
    "pre-rebase",
    "reference-transaction",
    "pre-push",
    "pre-receive",
    "update",
    "post-index-change",
];

/// One call of a hook.
#[derive(Debug, Clone)]
pub struct Event {
    pub hook: String,
    pub arguments: String,
    pub input: String,
    /// As whom it was called.
    pub program: String,
    /// Where.
    pub directory: String,
    pub git_dir: String,
    pub index: String,
    /// `ID=NAME`, a line each.
    pub heads: String,
    pub action: String,
    pub quarantined: bool,
    /// Whether there is a `MERGE_HEAD`.
    pub merging: bool,
    /// Whether there is a `packed-refs.lock`.
    pub locked: bool,
    /// The staged paths, seen with the index that git named.
    pub staged: String,
    /// The branch that HEAD names, or `detached`.
    pub head: String,
}

/// A sandbox whose hooks record.
pub struct Recorder {
    pub world: Sandbox,
    names: HashMap<String, String>,
}

impl Recorder {
    /// A repository `repo` with the files `a`, `b` and `sub/c` in one commit, named `one`.
    pub fn new() -> Self {
        Self::within(Sandbox::new())
    }

    /// The same in a world whose `repo` is empty.
    pub fn within(world: Sandbox) -> Self {
        let files = [("a", "1\n2\n3\n"), ("b", "1\n"), ("sub/c", "1\n")];
        let one = world.commit_files("repo", &files, "one");
        let mut recorder = Self { world, names: HashMap::new() };
        recorder.names.insert("0".repeat(40), "0".to_owned());
        recorder.name("one", &one);
        recorder.watch("repo");
        recorder
    }

    /// Puts the hooks into a repository.
    pub fn watch(&self, directory: &str) {
        for hook in HOOKS {
            self.world.hook(directory, hook, SCRIPT);
        }
    }

    /// From now on this id is shown by this name, and is the tag `at/NAME`.
    pub fn name(&mut self, name: &str, id: &str) {
        self.world.git("repo", &["tag", "-f", &format!("at/{name}"), id]);
        self.names.insert(id.to_owned(), name.to_owned());
    }

    /// Commits everything in `repo`, and names the commit.
    pub fn commit(&mut self, file: &str, content: &str, name: &str) -> String {
        let id = self.world.commit_files("repo", &[(file, content)], name);
        self.name(name, &id);
        id
    }

    /// A call of git whose hooks are recorded.
    pub fn call(&self, directory: &str, arguments: &[&str]) -> Call {
        drop(fs::remove_file(self.world.path("record")));
        let call = self.world.call(directory, git_program()).args(arguments);
        call.env("RECORD", self.world.path("record"))
    }

    /// The hooks that git called, in order.
    pub fn events(&self) -> Vec<Event> {
        let record = fs::read_to_string(self.world.path("record")).unwrap_or_default();
        record.split_terminator('\u{1e}').map(|one| self.event(one)).collect()
    }

    /// Runs git, which must succeed, and gives the hooks that it called.
    pub fn git(&self, directory: &str, arguments: &[&str]) -> Vec<Event> {
        self.call(directory, arguments).run().expect(0);
        self.events()
    }

    /// The names of the hooks that it called, those for moves of pseudo-refs left out.
    pub fn hooks(&self, directory: &str, arguments: &[&str]) -> Vec<String> {
        names_of(&self.git(directory, arguments))
    }

    /// The moves of refs that the hooks were asked about, a transaction each.
    pub fn moves(&self, directory: &str, arguments: &[&str]) -> Vec<String> {
        moves_of(&self.git(directory, arguments))
    }

    /// Runs git with the transactions refused that have a line of this pattern.
    pub fn refuse(&self, pattern: &str, directory: &str, arguments: &[&str]) -> Ran {
        self.call(directory, arguments).env("REFUSE", pattern).run()
    }

    fn event(&self, text: &str) -> Event {
        let mut fields = text.split('\u{1f}').map(str::to_owned);
        let mut next = || fields.next().unwrap();
        let (hook, arguments, input) = (next(), next(), next());
        let shown = |word: &str| {
            let unknown = word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
            self.names
                .get(word)
                .cloned()
                .unwrap_or_else(|| if unknown { "new".to_owned() } else { word.to_owned() })
        };
        let line = |line: &str| line.split(' ').map(shown).collect::<Vec<_>>().join(" ");
        Event {
            hook,
            arguments: line(&arguments),
            input: input.lines().map(line).collect::<Vec<_>>().join("; "),
            program: next(),
            directory: next(),
            git_dir: next(),
            index: next(),
            heads: next(),
            action: next(),
            quarantined: next() == "set",
            merging: next() == "yes",
            locked: next() == "yes",
            staged: next().lines().collect::<Vec<_>>().join(" "),
            head: next(),
        }
    }
}

/// Whether an event is about refs proper, and not about `AUTO_MERGE`, `ORIG_HEAD` and the like.
fn is_about_refs(event: &Event) -> bool {
    event.hook != "reference-transaction"
        || event.input.contains(" refs/")
        || event.input.ends_with(" HEAD")
}

pub fn names_of(events: &[Event]) -> Vec<String> {
    let about = events.iter().filter(|event| is_about_refs(event));
    about.filter(|event| event.hook != "post-index-change").map(|one| one.hook.clone()).collect()
}

pub fn moves_of(events: &[Event]) -> Vec<String> {
    let moves = events.iter().filter(|event| event.hook == "reference-transaction");
    moves.filter(|event| is_about_refs(event)).map(|event| event.input.clone()).collect()
}

/// The one event of this hook.
#[track_caller]
pub fn only<'e>(events: &'e [Event], hook: &str) -> &'e Event {
    let found: Vec<_> = events.iter().filter(|event| event.hook == hook).collect();
    assert_eq!(found.len(), 1, "{hook} in {events:#?}");
    found[0]
}
