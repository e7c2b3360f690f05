//! How a file names what it takes from others: what ties a word in one file to a file elsewhere.

use policy::path::RepoPath;

use super::words::{Family, Word, words};
use super::{Certainty, Gone};

/// A statement that takes something from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The names that it mentions, those of modules among them where they are words.
    names: Vec<String>,
    /// The parts of what it takes them from, in strings and paths alike.
    parts: Vec<String>,
}

/// How many lines a statement may go on.
const MOST_LINES: usize = 60;

/// Directories that say nothing of what is in them.
const PLAIN: [&str; 8] = ["src", "lib", "app", "pkg", "packages", "source", "include", "crates"];
/// Files that stand for their directory.
const OF_DIRECTORY: [&str; 4] = ["index", "mod", "__init__", "lib"];

/// The imports of a text.
pub fn imports(lines: &[&str], family: Family) -> Vec<Import> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let end = statement(lines, at, family);
        if let Some(end) = end {
            let mut import = Import { names: Vec::new(), parts: Vec::new() };
            for line in &lines[at..=end] {
                import.names.extend(words(line, family).iter().map(|word| word.text.to_owned()));
                import.parts.extend(parts(line));
            }
            found.push(import);
        }
        at = end.unwrap_or(at) + 1;
    }
    found
}

/// The last line of a statement that begins here, when it is an import.
fn statement(lines: &[&str], at: usize, family: Family) -> Option<usize> {
    let line = lines[at].trim_start();
    let until = |is_last: fn(&str) -> bool| {
        let end = lines.len().min(at + MOST_LINES);
        (at..end).find(|at| is_last(lines[*at])).or(Some(at))
    };
    match family {
        Family::Script if line.starts_with("import") => until(|line| line.contains(['"', '\''])),
        Family::Script if line.starts_with("export") && line.contains(" from ") => Some(at),
        Family::Script => line.contains("require(").then_some(at),
        Family::Python if line.starts_with("from ") && line.contains('(') => {
            until(|line| line.contains(')'))
        }
        Family::Python => (line.starts_with("from ") || line.starts_with("import ")).then_some(at),
        Family::Rust if line.starts_with("use ") || line.starts_with("pub use ") => {
            until(|line| line.contains(';'))
        }
        _ => {
            let begins =
                ["import", "use ", "using ", "require", "#include", "source ", ". ", "include"];
            begins.iter().any(|begin| line.starts_with(begin)).then_some(at)
        }
    }
}

/// Everything in a line that may be a part of a path or of a module's name.
fn parts(line: &str) -> impl Iterator<Item = String> + '_ {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    line.split(move |c| !is_part(c)).filter(|part| !part.is_empty()).map(str::to_owned)
}

/// How surely a word in a file is the name that is gone from another file.
pub fn tie(
    gone: &Gone,
    family: Family,
    imports: &[Import],
    all: &[Word<'_>],
    at: usize,
    word: &Word<'_>,
) -> Option<Certainty> {
    // `{ parse: 1 }` is a name of its own.
    if word.after == ':' && family == Family::Script && !word.is_member() {
        return None;
    }
    let module = Module::of(&gone.path);
    let from_module =
        |import: &&Import| import.names.contains(&gone.name) || !family.imports_names();
    if word.is_member() {
        // `auth.requireAuth`: what it is taken from has the module's name, or is imported from it.
        let of = at.checked_sub(1).map(|at| all[at].text)?;
        let is_module = module.is_called(of);
        let is_imported = imports.iter().any(|import| {
            import.names.iter().any(|name| name == of) && module.is_in(&import.parts)
        });
        return match (is_imported, is_module) {
            (true, _) => Some(Certainty::Certain),
            (false, true) => Some(Certainty::Likely),
            (false, false) => None,
        };
    }
    let naming: Vec<&Import> = imports.iter().filter(from_module).collect();
    if naming.iter().any(|import| module.is_in(&import.parts)) {
        return Some(Certainty::Certain);
    }
    if naming.iter().any(|import| module.is_above(&import.parts)) {
        return Some(Certainty::Likely);
    }
    // Where names need no import to be used, the name is all that there is.
    (!family.imports_names() && family != Family::Go).then_some(Certainty::Likely)
}

/// How surely a file that uses a value of a type's name means the type of the file that something is
/// gone from: it takes the type from there, or something else.
pub fn tie_to_type(
    gone: &Gone,
    of: &str,
    family: Family,
    imports: &[Import],
    is_named: impl Fn() -> bool,
) -> Option<Certainty> {
    if !family.imports_names() {
        return Some(if is_named() { Certainty::Certain } else { Certainty::Likely });
    }
    let module = Module::of(&gone.path);
    let comes_from =
        |import: &Import| module.is_in(&import.parts) || module.is_above(&import.parts);
    let mut naming = imports.iter().filter(|import| import.names.iter().any(|name| name == of));
    let Some(first) = naming.next() else {
        return imports.iter().any(comes_from).then_some(Certainty::Likely);
    };
    (comes_from(first) || naming.any(comes_from)).then_some(Certainty::Certain)
}

/// A file, as others name it.
struct Module {
    names: Vec<String>,
    above: Vec<String>,
}

impl Module {
    fn of(path: &RepoPath) -> Self {
        let text = String::from_utf8_lossy(path.as_bytes()).into_owned();
        let mut parts: Vec<&str> = text.split('/').collect();
        let file = parts.pop().unwrap_or_default();
        let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
        let above: Vec<String> = parts
            .iter()
            .filter(|part| !PLAIN.contains(part))
            .map(|part| (*part).to_owned())
            .collect();
        let mut names = vec![stem.to_owned()];
        if OF_DIRECTORY.contains(&stem) {
            names = above.last().cloned().into_iter().collect();
        }
        Self { names, above }
    }

    fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name) || self.above.last().is_some_and(|own| own == name)
    }

    fn is_in(&self, parts: &[String]) -> bool {
        self.names.iter().any(|name| parts.contains(name))
    }

    fn is_above(&self, parts: &[String]) -> bool {
        self.above.iter().any(|name| parts.contains(name))
    }
}

/// Whether a line names another file: by its path, or relative to its own file as imports do.
pub fn names(line: &str, family: Family, own: &RepoPath, other: &RepoPath) -> bool {
    let Some(other) = other.to_str() else { return false };
    if family == Family::Python && is_python_import(line, other) {
        return true;
    }
    quoted(line).any(|text| {
        if let Some(own) = own.to_str()
            && (text.starts_with("./") || text.starts_with("../"))
        {
            return resolve(own, text).is_some_and(|path| is_file(&path, other));
        }
        // A path of several parts that is written out; a name alone may be anything.
        text.contains('/') && text.trim_start_matches('/') == other
    })
}

fn is_python_import(line: &str, other: &str) -> bool {
    let line = line.trim_start();
    let module = line.strip_prefix("from ").or_else(|| line.strip_prefix("import "));
    let Some(module) = module.and_then(|rest| rest.split_whitespace().next()) else { return false };
    let path = format!("{}.py", module.replace('.', "/"));
    module.contains('.')
        && !module.starts_with('.')
        && (other == path || other.ends_with(&format!("/{path}")))
}

/// What stands between quotes.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    ['"', '\'', '`'].into_iter().flat_map(move |quote| line.split(quote).skip(1).step_by(2))
}

fn resolve(own: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = own.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether a specifier without an ending, or with another one, means a file.
fn is_file(specifier: &str, file: &str) -> bool {
    let without_ending = |path: &str| {
        let name = path.rfind('/').map_or(0, |at| at + 1);
        let end = path[name..].find('.').map_or(path.len(), |at| name + at);
        path[..end].to_owned()
    };
    let (stem, asked) = (without_ending(file), without_ending(specifier));
    file == specifier || stem == asked || stem == format!("{asked}/index")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_relative_to_another() {
        let path = |text: &str| RepoPath::new(text.as_bytes()).unwrap();
        let named = |line: &str, family, own: &str, other: &str| {
            names(line, family, &path(own), &path(other))
        };
        let script = Family::Script;
        assert!(named(
            "import { a } from '../auth/user';",
            script,
            "src/api/x.ts",
            "src/auth/user.ts"
        ));
        assert!(named(
            "const a = require(\"./user.js\")",
            script,
            "src/auth/x.ts",
            "src/auth/user.ts"
        ));
        assert!(named("import a from './auth'", script, "src/x.ts", "src/auth/index.ts"));
        assert!(!named("import a from './user'", script, "src/x.ts", "src/auth/user.ts"));
        assert!(!named("import a from 'user'", script, "src/auth/x.ts", "src/auth/user.ts"));
        assert!(named(
            "from auth.user import load",
            Family::Python,
            "app/x.py",
            "app/auth/user.py"
        ));
        assert!(named(". \"lib/paths.sh\"", Family::Shell, "run.sh", "lib/paths.sh"));
    }

    #[test]
    fn an_import_may_take_several_lines() {
        let lines =
            ["import {", "  requireAuth,", "} from '../auth/middleware';", "import x from 'y';"];
        let found = imports(&lines, Family::Script);
        assert_eq!(found.len(), 2);
        assert!(found[0].names.contains(&"requireAuth".to_owned()));
        assert!(found[0].parts.contains(&"middleware".to_owned()));
    }
}
