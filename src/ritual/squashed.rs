//! What a squash is called, and whose it is: the lane's commits are one commit then, and their authors
//! stay named.

use policy::contract::Agent;

/// How the commits that a squash is made of are read, by `git log -z`: the subject, the author's name and
/// address, and who the commit says has written it too, a line each. (`unfold` and `valueonly`: git 2.22.)
pub const FORMAT: &str = "--format=%s%n%an%n%ae%n%(trailers:key=Co-authored-by,valueonly,unfold)";
/// How many of them are read, the newest.
pub const MOST: &str = "--max-count=10000";
/// How many subjects are in the message.
const MOST_SUBJECTS: usize = 200;

/// A squash that is to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squashed {
    /// Its message.
    pub message: String,
    /// Its author, where the lane's commits have one.
    pub author: Option<Person>,
}

/// Somebody who writes commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name. Foreign text.
    pub name: String,
    /// The address. Foreign text.
    pub address: String,
}

impl Person {
    /// Addresses are the same in whatever case; without one the name tells.
    fn is(&self, other: &Self) -> bool {
        match (&*self.address, &*other.address) {
            ("", "") => self.name == other.name,
            (one, other) => one.eq_ignore_ascii_case(other),
        }
    }

    /// `Name <address>`.
    fn read(text: &str) -> Option<Self> {
        let (name, address) = text.trim().strip_suffix('>')?.rsplit_once('<')?;
        Some(Self { name: name.trim().to_owned(), address: address.trim().to_owned() })
    }
}

impl Squashed {
    /// The squash of a lane's commits, oldest first, as [`FORMAT`] has them. The author is that of the
    /// first; whoever else wrote some is named in a trailer `Co-authored-by`.
    pub fn of(agent: &Agent, commits: &[u8]) -> Self {
        let text = String::from_utf8_lossy(commits);
        let mut subjects = Vec::new();
        let (mut authors, mut others) = (Vec::new(), Vec::new());
        for commit in text.split('\0').filter(|commit| !commit.is_empty()) {
            let mut lines = commit.lines();
            let mut next = || lines.next().unwrap_or_default().to_owned();
            subjects.push(next());
            let (name, address) = (next(), next());
            let name = if is_name(&name) { name } else { address.clone() };
            authors.push(Person { name, address });
            others.extend(lines.filter_map(Person::read));
        }
        let mut people: Vec<Person> = Vec::new();
        for person in authors.into_iter().chain(others) {
            if is_name(&person.name) && !people.iter().any(|known| known.is(&person)) {
                people.push(person);
            }
        }
        let mut message = message(agent, &subjects);
        for (at, other) in people.iter().skip(1).enumerate() {
            let before = if at == 0 { "\n\n" } else { "\n" };
            let Person { name, address } = other;
            message.push_str(&format!("{before}Co-authored-by: {name} <{address}>"));
        }
        Self { message, author: people.into_iter().next() }
    }
}

/// Whether git takes it for a name: not of the marks alone that it strips off (ident.c, `crud`).
fn is_name(text: &str) -> bool {
    text.chars().any(|c| !c.is_control() && !" .,:;<>\"\\'".contains(c))
}

/// The subject of a squash of several commits.
pub fn subject(agent: &Agent) -> String {
    format!("Land {} ({})", agent.branch, agent.id)
}

fn message(agent: &Agent, subjects: &[String]) -> String {
    match subjects {
        [one] if !one.is_empty() => one.clone(),
        many => {
            let from = many.len().saturating_sub(MOST_SUBJECTS);
            let lines: String = many[from..].iter().map(|one| format!("\n* {one}")).collect();
            format!("{}\n{lines}", subject(agent))
        }
    }
}
