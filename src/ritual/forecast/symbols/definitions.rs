//! What a source defines: a name, on a line that looks like a definition in the file's language.
//!
//! Only what another file, or another part of this one, can use: what is defined within a function
//! is nobody else's, and private members neither.

use super::words::{Family, Word, indent, words};

/// One definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The name.
    pub name: String,
    /// What it is.
    pub what: What,
    /// Who can use it.
    pub reach: Reach,
    /// The line, from 0.
    pub line: usize,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Something that is called.
    Function,
    /// A type, or a table.
    Type,
    /// A value.
    Value,
}

/// Who can use a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// The same file.
    File,
    /// Files of the same directory.
    Directory,
    /// Every file.
    Everywhere,
    /// Whoever has a value of this type.
    Member(String),
}

/// The shortest name that is looked for.
pub const SHORTEST: usize = 3;

const MODIFIERS: [&str; 36] = [
    "export",
    "default",
    "declare",
    "pub",
    "crate",
    "public",
    "protected",
    "internal",
    "private",
    "static",
    "abstract",
    "final",
    "async",
    "unsafe",
    "extern",
    "open",
    "override",
    "sealed",
    "data",
    "inline",
    "virtual",
    "readonly",
    "partial",
    "suspend",
    "case",
    "implicit",
    "lateinit",
    "operator",
    "infix",
    "annotation",
    "fileprivate",
    "mutating",
    "indirect",
    "required",
    "convenience",
    "typedef",
];
const FUNCTIONS: [&str; 8] =
    ["function", "def", "fn", "func", "fun", "sub", "macro", "macro_rules"];
const TYPES: [&str; 12] = [
    "class",
    "interface",
    "struct",
    "enum",
    "type",
    "trait",
    "union",
    "protocol",
    "record",
    "object",
    "namespace",
    "module",
];
const VALUES: [&str; 5] = ["const", "let", "var", "val", "static"];
/// With which a line may begin that calls and does not define.
const STATEMENTS: [&str; 22] = [
    "return", "new", "throw", "else", "if", "while", "for", "switch", "catch", "case", "assert",
    "do", "try", "await", "yield", "delete", "sizeof", "using", "import", "use", "package", "goto",
];

/// What the lines of a text define, those of `asked` alone.
pub fn definitions(
    lines: &[&str],
    family: Family,
    asked: impl Iterator<Item = usize>,
) -> Vec<Definition> {
    let shares_by_list = family == Family::Script
        && lines.iter().any(|line| {
            line.contains("module.exports") || line.trim_start().starts_with("export {")
        });
    asked
        .filter_map(|at| {
            let found = on_line(lines[at], family)?;
            let enclosing = || enclosing_type(lines, family, at);
            let reach = reach(&found, family, shares_by_list, enclosing)?;
            let Found { name, what, .. } = found;
            let is_name = name.len() >= SHORTEST && name.contains(char::is_alphabetic);
            is_name.then(|| Definition { name: name.to_owned(), what, reach, line: at })
        })
        .collect()
}

/// A definition as its line shows it.
struct Found<'a> {
    name: &'a str,
    what: What,
    indent: usize,
    /// The words before it that say who may use it.
    modifiers: Vec<&'a str>,
    /// The type that it belongs to, where the line itself says so.
    receiver: Option<&'a str>,
    /// Whether a keyword says that it is a definition; else its look alone.
    by_keyword: bool,
}

impl Found<'_> {
    fn has(&self, modifiers: &[&str]) -> bool {
        self.modifiers.iter().any(|word| modifiers.contains(word))
    }
}

fn on_line(line: &str, family: Family) -> Option<Found<'_>> {
    let all = words(line, family);
    let first = all.first()?;
    let indent = indent(line);
    if family == Family::Sql {
        return table(&all, indent);
    }
    if matches!((family, first.text), (Family::Script, "exports") | (Family::Script, "module")) {
        let name = all.iter().find(|word| !matches!(word.text, "module" | "exports"))?;
        let is_export = name.before == '.' && name.after == '=';
        let modifiers = vec!["export"];
        return is_export.then_some(Found {
            name: name.text,
            what: What::Value,
            indent,
            modifiers,
            receiver: None,
            by_keyword: true,
        });
    }
    let mut modifiers = Vec::new();
    let mut rest = all.as_slice();
    while let [word, tail @ ..] = rest {
        let is_keyword_too = matches!(word.text, "const" | "static" | "macro" | "record");
        let before_keyword = tail.first().is_some_and(|next| {
            FUNCTIONS.contains(&next.text) || next.text == "enum" || MODIFIERS.contains(&next.text)
        });
        let is_modifier =
            MODIFIERS.contains(&word.text) && !(word.text == "static" && family == Family::Rust);
        if word.before != '.' && (is_modifier || (is_keyword_too && before_keyword)) {
            modifiers.push(word.text);
            rest = tail;
        } else {
            break;
        }
    }
    let (keyword, tail) = rest.split_first()?;
    let what = match keyword.text {
        text if FUNCTIONS.contains(&text) => Some(What::Function),
        text if TYPES.contains(&text) => Some(What::Type),
        text if VALUES.contains(&text) => Some(What::Value),
        _ => None,
    };
    // `struct user *load(` gives a function its type, and defines none.
    let is_type_only = family == Family::C
        && what == Some(What::Type)
        && tail.first().is_some_and(|name| !matches!(name.after, '{' | ':' | '\0'));
    if let Some(what) = what
        && !is_type_only
        && let Some((name, receiver)) = named(line, family, keyword, tail)
    {
        let what = match (what, family, name.after) {
            // A function as a value: `export const requireAuth = (req) => …`.
            (What::Value, Family::Script, '=')
                if line.contains("=>") || line.contains("function") =>
            {
                What::Function
            }
            (what, ..) => what,
        };
        return Some(Found {
            name: name.text,
            what,
            indent,
            modifiers,
            receiver,
            by_keyword: true,
        });
    }
    if STATEMENTS.contains(&keyword.text) {
        return None;
    }
    by_look(line, family, rest, indent, modifiers)
}

/// The name behind a keyword; in Go, the one behind the receiver.
fn named<'a>(
    line: &str,
    family: Family,
    keyword: &Word<'a>,
    tail: &[Word<'a>],
) -> Option<(Word<'a>, Option<&'a str>)> {
    let (mut name, mut receiver) = (tail.first()?, None);
    if family == Family::Go && keyword.text == "func" && name.before == '(' {
        let end = line[keyword.at..].find(')')? + keyword.at;
        receiver = tail.iter().take_while(|word| word.at < end).map(|word| word.text).nth(1);
        name = tail.iter().find(|word| word.at > end)?;
    }
    // What is taken apart (`const { a } = …`) is defined elsewhere; a keyword as a name is none.
    let is_plain = matches!(name.before, 'a' | '*' | ')' | '!' | '&');
    is_plain.then_some((*name, receiver))
}

/// Definitions without a keyword: functions of C and its children, constants of Python and Ruby,
/// functions of a shell.
fn by_look<'a>(
    line: &str,
    family: Family,
    rest: &[Word<'a>],
    indent: usize,
    modifiers: Vec<&'a str>,
) -> Option<Found<'a>> {
    let first = rest.first()?;
    let found = |name: &Word<'a>, what, modifiers| {
        Some(Found { name: name.text, what, indent, modifiers, receiver: None, by_keyword: false })
    };
    match family {
        Family::Shell
            if indent == 0
                && line[first.at + first.text.len()..].trim_start().starts_with("()") =>
        {
            found(first, What::Function, modifiers)
        }
        Family::Python | Family::Ruby
            if indent == 0
                && first.after == '='
                && !line.contains("==")
                && !first.text.contains(char::is_lowercase) =>
        {
            found(first, What::Value, modifiers)
        }
        Family::C | Family::Jvm | Family::Dotnet | Family::Php => {
            let call = rest.iter().position(|word| word.after == '(')?;
            let (name, before) = (rest.get(call)?, &rest[..call]);
            let is_declared = !before.is_empty() || first.before != '\0';
            let is_plain = !before.iter().any(|word| matches!(word.after, '=' | '.' | '('))
                && !matches!(name.before, '.' | '=' | '(');
            let is_open = line.trim_end().ends_with(['{', ')', ',', ';', '(']);
            let is_shown = indent == 0 || !modifiers.is_empty();
            let is_statement = STATEMENTS.contains(&name.text);
            if is_declared && is_plain && is_open && is_shown && !is_statement {
                return found(name, What::Function, modifiers);
            }
            None
        }
        _ => None,
    }
}

/// `create table NAME`, and other things that a database has.
fn table<'a>(all: &[Word<'a>], indent: usize) -> Option<Found<'a>> {
    let is = |word: &Word<'_>, texts: &[&str]| {
        texts.iter().any(|text| word.text.eq_ignore_ascii_case(text))
    };
    let (first, rest) = all.split_first()?;
    if !is(first, &["create"]) {
        return None;
    }
    let passed =
        ["or", "replace", "unique", "temporary", "temp", "materialized", "if", "not", "exists"];
    let mut rest = rest.iter().filter(|word| !is(word, &passed));
    let kind = rest.next()?;
    let what = if is(kind, &["table", "view", "type"]) { What::Type } else { What::Function };
    let is_known = what == What::Type || is(kind, &["function", "procedure"]);
    let name = rest.next()?;
    is_known.then_some(Found {
        name: name.text,
        what,
        indent,
        modifiers: Vec::new(),
        receiver: None,
        by_keyword: true,
    })
}

/// Who can use a definition; `None` when nobody else can.
fn reach(
    found: &Found<'_>,
    family: Family,
    shares_by_list: bool,
    enclosing: impl Fn() -> Option<String>,
) -> Option<Reach> {
    if found.has(&["private", "fileprivate"]) {
        return None;
    }
    if let Some(receiver) = found.receiver {
        return Some(Reach::Member(receiver.to_owned()));
    }
    let at_top = found.indent == 0;
    let member = || enclosing().map(Reach::Member);
    match family {
        Family::Script if found.has(&["export"]) => Some(Reach::Everywhere),
        Family::Script if at_top && shares_by_list => Some(Reach::Everywhere),
        Family::Script => at_top.then_some(Reach::File),
        Family::Rust if found.has(&["pub"]) && at_top => Some(Reach::Everywhere),
        Family::Rust if found.has(&["pub"]) && found.what == What::Function => member(),
        Family::Rust => at_top.then_some(Reach::File),
        Family::Python if found.name.starts_with('_') => None,
        Family::Python | Family::Ruby if at_top => Some(Reach::Everywhere),
        Family::Python | Family::Ruby if found.what == What::Function => member(),
        Family::Ruby if found.what == What::Type => Some(Reach::Everywhere),
        Family::Python | Family::Ruby => None,
        Family::Go if !at_top => None,
        Family::Go if found.name.starts_with(char::is_uppercase) => Some(Reach::Everywhere),
        Family::Go => Some(Reach::Directory),
        Family::C if !at_top => None,
        Family::C if found.has(&["static"]) => Some(Reach::File),
        Family::C | Family::Shell | Family::Sql => at_top.then_some(Reach::Everywhere),
        Family::Jvm | Family::Dotnet | Family::Php | Family::Swift => match found.what {
            What::Type => Some(Reach::Everywhere),
            What::Function if at_top => Some(Reach::Everywhere),
            What::Function => member(),
            What::Value => (at_top && found.by_keyword).then_some(Reach::Everywhere),
        },
    }
}

/// The type within which a line stands: the nearest definition above it that is indented less.
fn enclosing_type(lines: &[&str], family: Family, at: usize) -> Option<String> {
    let mut limit = indent(lines[at]);
    for line in lines[..at].iter().rev() {
        let here = indent(line);
        if line.trim().is_empty() || here >= limit {
            continue;
        }
        if family == Family::Rust && line.trim_start().starts_with("impl") {
            let all = words(line, family);
            let last = all.iter().rposition(|word| word.text == "for").map_or(1, |at| at + 1);
            return all.get(last).map(|word| word.text.to_owned());
        }
        match on_line(line, family) {
            Some(found) if found.what == What::Type => return Some(found.name.to_owned()),
            // Within a function it is nobody else's.
            Some(found) if found.what == What::Function => return None,
            _ => limit = here,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn defines(family: Family, text: &str, expected: &[(&str, Reach)]) {
        let lines: Vec<&str> = text.lines().collect();
        let found = definitions(&lines, family, 0..lines.len());
        let found: Vec<_> =
            found.iter().map(|one| (one.name.as_str(), one.reach.clone())).collect();
        assert_eq!(found, expected, "{text}");
    }

    fn member(of: &str) -> Reach {
        Reach::Member(of.to_owned())
    }

    #[test]
    fn scripts_define_what_they_export() {
        use Reach::{Everywhere, File};
        let text = "export async function requireAuth(req) {\n  const local = 1;\n  function inner() {}\n}\n\
                    export const limits = { a: 1 };\nfunction hidden() {}\nexport default class Store {}\n\
                    export interface User {\n  id: string;\n}\nconst { apart } = require('x');\n\
                    requireAuth(req);\nreturn hidden();\n";
        let expected = [
            ("requireAuth", Everywhere),
            ("limits", Everywhere),
            ("hidden", File),
            ("Store", Everywhere),
            ("User", Everywhere),
        ];
        defines(Family::Script, text, &expected);
        defines(
            Family::Script,
            "function one() {}\nmodule.exports = { one };\n",
            &[("one", Everywhere)],
        );
        defines(Family::Script, "exports.createUser = () => 1;\n", &[("createUser", Everywhere)]);
    }

    #[test]
    fn other_languages_have_their_own_ways() {
        use Reach::{Directory, Everywhere, File};
        let python = "LIMIT = 3\nlower = 1\nclass User:\n    def email(self):\n        def inner(): pass\n    def _own(self): pass\ndef load(): pass\n";
        let expected = [
            ("LIMIT", Everywhere),
            ("User", Everywhere),
            ("email", member("User")),
            ("load", Everywhere),
        ];
        defines(Family::Python, python, &expected);
        let rust = "pub(crate) fn open() {}\nfn own() {}\nimpl Display for User {\n    pub fn email(&self) {}\n    fn own(&self) {}\n}\npub struct Pair;\npub const MOST: u8 = 1;\n";
        let expected = [
            ("open", Everywhere),
            ("own", File),
            ("email", member("User")),
            ("Pair", Everywhere),
            ("MOST", Everywhere),
        ];
        defines(Family::Rust, rust, &expected);
        let go =
            "func (u *User) Email() string {\nfunc Load() {}\nfunc load() {}\ntype User struct {\n";
        let expected = [
            ("Email", member("User")),
            ("Load", Everywhere),
            ("load", Directory),
            ("User", Everywhere),
        ];
        defines(Family::Go, go, &expected);
        let java = "public class User {\n    private int id;\n    public String getEmail() {\n        int x = load(id);\n        return load(id);\n    }\n    private void own() {\n}\n";
        defines(Family::Jvm, java, &[("User", Everywhere), ("getEmail", member("User"))]);
        let c = "static int own(int a) {\nstruct user *load(const char *name);\n  call(x);\nreturn load(x);\nx = load(y);\nload(y);\n";
        defines(Family::C, c, &[("own", File), ("load", Everywhere)]);
        defines(Family::Shell, "require_auth() {\ncall it\n", &[("require_auth", Everywhere)]);
        defines(Family::Sql, "CREATE TABLE IF NOT EXISTS uploads (\n", &[("uploads", Everywhere)]);
    }
}
