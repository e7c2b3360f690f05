//! The words of a line of source, and what kind of source it is.
//!
//! No parser: a line is cut into identifiers, without what stands in strings and behind the mark of
//! a comment. That is the same in most languages, and cheap.

use policy::path::RepoPath;

/// Languages that share a way of writing, and whose files can use each other's symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// JavaScript and TypeScript, and what holds them.
    Script,
    /// Python.
    Python,
    /// Rust.
    Rust,
    /// Go.
    Go,
    /// Java, Kotlin, Scala, Groovy.
    Jvm,
    /// C#.
    Dotnet,
    /// C, C++, Objective-C.
    C,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
    /// Swift.
    Swift,
    /// Shell.
    Shell,
    /// SQL.
    Sql,
}

impl Family {
    /// By a file's name; `None` for prose, data and what is not known: no symbols are looked for.
    pub fn of(path: &RepoPath) -> Option<Self> {
        let name = path.file_name();
        let ending = &name[name.iter().rposition(|byte| *byte == b'.')? + 1..];
        Some(match ending {
            b"js" | b"jsx" | b"mjs" | b"cjs" | b"ts" | b"tsx" | b"mts" | b"cts" | b"vue"
            | b"svelte" => Self::Script,
            b"py" | b"pyi" => Self::Python,
            b"rs" => Self::Rust,
            b"go" => Self::Go,
            b"java" | b"kt" | b"kts" | b"scala" | b"groovy" => Self::Jvm,
            b"cs" => Self::Dotnet,
            b"c" | b"h" | b"cc" | b"hh" | b"cpp" | b"hpp" | b"cxx" | b"hxx" | b"m" | b"mm" => {
                Self::C
            }
            b"rb" => Self::Ruby,
            b"php" => Self::Php,
            b"swift" => Self::Swift,
            b"sh" | b"bash" | b"zsh" => Self::Shell,
            b"sql" => Self::Sql,
            _ => return None,
        })
    }

    /// What a comment that goes to the end of its line begins with.
    fn comment(self) -> &'static str {
        match self {
            Self::Python | Self::Ruby | Self::Shell => "#",
            Self::Sql => "--",
            _ => "//",
        }
    }

    /// Whether a symbol of another file is named by an import before it is used.
    pub fn imports_names(self) -> bool {
        matches!(self, Self::Script | Self::Python | Self::Rust)
    }
}

/// An identifier in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// It.
    pub text: &'a str,
    /// The last character before it that is no blank; `\0` at the beginning.
    pub before: char,
    /// The first character behind it that is no blank; `\0` at the end.
    pub after: char,
    /// Where it begins, in bytes.
    pub at: usize,
}

impl Word<'_> {
    /// Whether it is taken out of something: `x.word`, `x->word`, `X::word`.
    pub fn is_member(&self) -> bool {
        matches!(self.before, '.' | '>' | ':')
    }
}

/// The identifiers of a line. A line that goes on with a comment has none.
pub fn words(line: &str, family: Family) -> Vec<Word<'_>> {
    let trimmed = line.trim_start();
    if trimmed.starts_with("/*") || (trimmed.starts_with("* ") && family != Family::Shell) {
        return Vec::new();
    }
    let comment = family.comment();
    let mut found: Vec<Word<'_>> = Vec::new();
    let (mut at, mut before) = (0, '\0');
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        if rest.starts_with(comment) && before != ':' {
            break;
        }
        let length = if is_letter(c) {
            let length = rest.find(|c: char| !is_letter(c) && !c.is_ascii_digit());
            let length = length.unwrap_or(rest.len());
            found.push(Word { text: &rest[..length], before, after: '\0', at });
            before = 'a';
            at += length;
            continue;
        } else if c.is_ascii_digit() {
            // A number with what belongs to it: `0x1f`, `10n`.
            let more = |c: char| !is_letter(c) && !c.is_ascii_digit();
            rest.find(more).unwrap_or(rest.len())
        } else if c == '"' || (c == '\'' && !line[..at].ends_with(is_letter)) {
            string(rest, c)
        } else {
            c.len_utf8()
        };
        if !c.is_whitespace() {
            if let Some(last) = found.last_mut()
                && last.after == '\0'
                && last.at + last.text.len() <= at
            {
                last.after = c;
            }
            before = c;
        }
        at += length;
    }
    // A word that another one follows has a letter behind it.
    for index in 1..found.len() {
        if found[index - 1].after == '\0' {
            found[index - 1].after = 'a';
        }
    }
    found
}

/// How many bytes a string takes that begins here; one, where it does not end in this line.
fn string(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    1
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

/// How deep a line stands, in characters.
pub fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).count()
}

/// What remains of a type's name to know its values by: `UserRecord`, `IUser`, `UserDto` are `user`.
pub fn stem(name: &str) -> String {
    const ENDINGS: [&str; 13] = [
        "type",
        "props",
        "record",
        "model",
        "dto",
        "schema",
        "interface",
        "shape",
        "entity",
        "data",
        "row",
        "struct",
        "class",
    ];
    let plain = match name.as_bytes() {
        [b'I', second, third, ..] if second.is_ascii_uppercase() && third.is_ascii_lowercase() => {
            &name[1..]
        }
        _ => name,
    };
    let lower = plain.to_lowercase().replace('_', "");
    let short = ENDINGS.iter().find_map(|ending| lower.strip_suffix(ending));
    short.filter(|short| short.len() >= 3).map_or(lower.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str, family: Family) -> Vec<&str> {
        words(line, family).iter().map(|word| word.text).collect()
    }

    #[test]
    fn strings_and_comments_hold_no_words() {
        let line = r#"  return "requireAuth" + it's(user.email, 0x1f); // user.name"#;
        assert_eq!(texts(line, Family::Script), ["return", "it", "s", "user", "email"]);
        assert_eq!(texts("get('http://x/y', auth) -- z", Family::Sql), ["get", "auth"]);
        assert_eq!(texts("x = 1 # y", Family::Python), ["x"]);
        assert_eq!(texts(" * user.email is gone", Family::Script), [""; 0]);
        assert_eq!(
            texts("see https://example.com", Family::Script),
            ["see", "https", "example", "com"]
        );
    }

    #[test]
    fn a_word_knows_its_neighbours() {
        let line = words("const a = user?.email(x)", Family::Script);
        let told: Vec<_> = line.iter().map(|word| (word.text, word.before, word.after)).collect();
        assert_eq!(
            told,
            [
                ("const", '\0', 'a'),
                ("a", 'a', '='),
                ("user", '=', '?'),
                ("email", '.', '('),
                ("x", '(', ')'),
            ]
        );
    }

    #[test]
    fn values_are_known_by_the_stem_of_their_type() {
        for (name, expected) in [
            ("User", "user"),
            ("IUser", "user"),
            ("UserRecord", "user"),
            ("user_row", "user"),
            ("Item", "item"),
            ("Data", "data"),
        ] {
            assert_eq!(stem(name), expected);
        }
    }
}
