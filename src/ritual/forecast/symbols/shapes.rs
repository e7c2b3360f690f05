//! The shape of types: which fields a value of one has, at its top.
//!
//! A field that moves into another one (`{ id, email }` becomes `{ id, identity: { email } }`) is gone
//! from the top, though its name is still there: so braces are counted.

use std::collections::BTreeMap;

use super::words::{Family, Word, indent, words};

/// The fields of one type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// By name, with the line of each, from 0.
    pub fields: BTreeMap<String, usize>,
    /// Whether it takes fields over from elsewhere, so that it may have more than are here.
    pub is_open: bool,
}

/// How many lines of one type are looked at.
const MOST_LINES: usize = 2_000;

/// The shapes of all types of a text, by the types' names.
pub fn shapes(lines: &[&str], family: Family) -> BTreeMap<String, Shape> {
    let mut found: BTreeMap<String, Shape> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((name, begins)) = head(line, family) else { continue };
        let end = lines.len().min(at + MOST_LINES);
        let mut shape = match family {
            Family::Python => of_block(&lines[at..end], family),
            _ => of_braces(&lines[at..end], begins, family),
        };
        shape.fields.values_mut().for_each(|line| *line += at);
        if !shape.fields.is_empty() {
            let known = found.entry(name.to_owned()).or_default();
            known.is_open |= shape.is_open;
            known.fields.extend(shape.fields);
        }
    }
    found
}

/// The type that a line begins, and where behind its name its body may begin.
fn head(line: &str, family: Family) -> Option<(&str, usize)> {
    let all = words(line, family);
    let is = |text: &'static str| move |word: &Word<'_>| word.text == text;
    let behind = |at: usize| all.get(at + 1).map(|name| (name.text, name.at + name.text.len()));
    let keyword = |texts: &[&str]| {
        all.iter().position(|word| texts.contains(&word.text)).filter(|at| *at < 4)
    };
    match family {
        Family::Script => match keyword(&["interface", "class", "type"]) {
            Some(at) => behind(at),
            // A value that everybody can reach: `export const limits = {`, `const User = z.object({`.
            None if indent(line) == 0 && line.trim_end().ends_with('{') => {
                let at = keyword(&["const", "let", "var"])?;
                let is_function = line.contains("=>") || all.iter().any(is("function"));
                (!is_function).then(|| behind(at)).flatten()
            }
            None => None,
        },
        Family::Python => keyword(&["class"]).filter(|at| *at == 0).and_then(behind),
        Family::Rust | Family::C => keyword(&["struct", "union"]).and_then(behind),
        Family::Go => {
            let at = keyword(&["type"]).filter(|at| *at == 0)?;
            all.get(at + 2).filter(|word| word.text == "struct")?;
            behind(at)
        }
        Family::Jvm | Family::Dotnet | Family::Swift => {
            keyword(&["class", "struct", "record", "interface"]).and_then(behind)
        }
        Family::Sql => {
            let at = all.iter().position(|word| word.text.eq_ignore_ascii_case("table"))?;
            let is_made = all.first().is_some_and(|word| word.text.eq_ignore_ascii_case("create"));
            let name = all[at + 1..].iter().find(|word| {
                !["if", "not", "exists"].iter().any(|text| word.text.eq_ignore_ascii_case(text))
            })?;
            is_made.then_some((name.text, name.at + name.text.len()))
        }
        Family::Ruby | Family::Php | Family::Shell => None,
    }
}

/// The fields of a class by indentation: what stands in its body, and what its methods give `self`.
fn of_block(lines: &[&str], family: Family) -> Shape {
    let mut shape = Shape { is_open: false, ..Shape::default() };
    let outer = indent(lines[0]);
    let mut inner = None;
    for (at, line) in lines.iter().enumerate().skip(1) {
        if line.trim().is_empty() {
            continue;
        }
        let here = indent(line);
        if here <= outer {
            break;
        }
        let inner = *inner.get_or_insert(here);
        let all = words(line, family);
        match all.as_slice() {
            [name, ..]
                if here == inner && matches!(name.after, ':' | '=') && name.before == '\0' =>
            {
                shape.fields.insert(name.text.to_owned(), at);
            }
            [this, name, ..]
                if this.text == "self" && name.before == '.' && matches!(name.after, ':' | '=') =>
            {
                shape.fields.insert(name.text.to_owned(), at);
            }
            _ => {}
        }
    }
    shape
}

/// The fields between the first braces (parentheses, for tables and records) of these lines.
fn of_braces(lines: &[&str], begins: usize, family: Family) -> Shape {
    let mut shape = Shape::default();
    let mut depth = 0_usize;
    let mut item = Item::default();
    for (at, line) in lines.iter().enumerate() {
        let from = if at == 0 { begins } else { 0 };
        let all = words(line, family);
        let mut coming = all.iter().filter(|word| word.at >= from).peekable();
        for (place, c) in code(line, family).filter(|(place, _)| *place >= from) {
            if depth == 1
                && let Some(word) = coming.next_if(|word| word.at <= place)
                && word.at == place
            {
                item.word(word.text, at);
            }
            while coming.next_if(|word| word.at <= place).is_some() {}
            match c {
                '{' | '(' | '[' => {
                    if depth == 0 && c == '[' {
                        return shape;
                    }
                    if depth == 0 && c == '(' && family != Family::Sql {
                        // Parameters of a record, or `z.object(`: its fields may stand in it.
                        if !matches!(family, Family::Script | Family::Jvm | Family::Dotnet) {
                            return shape;
                        }
                        if family == Family::Script {
                            continue;
                        }
                    }
                    if depth == 1 && c == '(' && !item.has_colon {
                        item.is_call = true;
                    }
                    depth += 1;
                }
                '}' | ')' | ']' => {
                    if depth == 0 {
                        return shape;
                    }
                    depth -= 1;
                    if depth == 0 {
                        item.end(&mut shape, family);
                        return shape;
                    }
                    // A body ends what it belongs to.
                    if depth == 1 && c == '}' && !item.has_colon {
                        item = Item::default();
                    }
                }
                ':' if depth == 1 => item.has_colon = true,
                '=' if depth == 1 => item.has_value = true,
                '.' if depth == 1 && item.words.is_empty() => shape.is_open = true,
                ';' if depth == 0 => return shape,
                ',' | ';' if depth == 1 => item.end(&mut shape, family),
                _ => {}
            }
        }
        // A line ends an item where nothing else has to: Go always, scripts and Swift mostly.
        let may_end = matches!(family, Family::Go | Family::Script | Family::Swift | Family::Jvm);
        if depth == 1 && may_end && !line.trim_end().ends_with([':', '|', '&', '=', '?']) {
            item.end(&mut shape, family);
        }
        if depth == 0 && at > 2 {
            return shape;
        }
    }
    shape
}

/// The characters of a line that are code, by their place: no strings, no comment.
fn code(line: &str, family: Family) -> impl Iterator<Item = (usize, char)> + '_ {
    let comment = match family {
        Family::Sql => "--",
        _ => "//",
    };
    let end = line.find(comment).filter(|at| !line[..*at].ends_with(':')).unwrap_or(line.len());
    let mut quote = None;
    line[..end].char_indices().filter(move |(_, c)| match quote {
        Some(open) => {
            if *c == open {
                quote = None;
            }
            false
        }
        None if matches!(c, '"' | '\'' | '`') && family != Family::Rust => {
            quote = Some(*c);
            false
        }
        None => true,
    })
}

/// What has been read of one field.
#[derive(Default)]
struct Item<'a> {
    words: Vec<(&'a str, usize)>,
    has_colon: bool,
    has_value: bool,
    is_call: bool,
}

impl<'a> Item<'a> {
    fn word(&mut self, text: &'a str, line: usize) {
        if !self.has_colon && !self.has_value {
            self.words.push((text, line));
        }
    }

    fn end(&mut self, shape: &mut Shape, family: Family) {
        let item = std::mem::take(self);
        if item.is_call {
            return;
        }
        let many = item.words.len() > 1;
        let named = match family {
            Family::Go => item.words.first().filter(|_| many),
            Family::Sql => item.words.first().filter(|(word, _)| {
                let none = ["primary", "foreign", "unique", "constraint", "check", "key", "index"];
                many && !none.iter().any(|other| word.eq_ignore_ascii_case(other))
            }),
            Family::C | Family::Dotnet => item.words.last().filter(|_| many),
            Family::Jvm => item.words.last().filter(|_| many || item.has_colon),
            Family::Script => item.words.last(),
            _ => item.words.last().filter(|_| item.has_colon),
        };
        if let Some((name, line)) = named {
            shape.fields.insert((*name).to_owned(), *line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn has(family: Family, text: &str, expected: &[(&str, &str)]) {
        let lines: Vec<&str> = text.lines().collect();
        let found = shapes(&lines, family);
        let found: Vec<(String, String)> = found
            .into_iter()
            .map(|(name, shape)| (name, shape.fields.into_keys().collect::<Vec<_>>().join(" ")))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, fields)| ((*name).to_owned(), (*fields).to_owned()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_field_within_a_field_is_none_of_the_top() {
        let script = Family::Script;
        has(script, "export type User = { id: string; email: string };", &[("User", "email id")]);
        has(script, "type User = { id, email }", &[("User", "email id")]);
        has(
            script,
            "export interface User {\n  id: string;\n  readonly identity: {\n    email?: string;\n  };\n  age?: number\n}\n",
            &[("User", "age id identity")],
        );
        has(
            script,
            "export const limits = {\n  most: 3, // few: 2\n  nested: { least: 1 },\n};\n",
            &[("limits", "most nested")],
        );
        has(
            script,
            "const User = z.object({\n  email: z.string().min(1),\n  id: z.number(),\n});\n",
            &[("User", "email id")],
        );
        has(
            script,
            "class Store {\n  private count = 0;\n  open(path: string) {\n    const x = { y: 1 };\n  }\n  last: string;\n}\n",
            &[("Store", "count last")],
        );
        has(script, "export function f(user: { email: string }) {\n  return 1;\n}\n", &[]);
    }

    #[test]
    fn other_languages_have_their_own_fields() {
        has(
            Family::Rust,
            "pub struct User {\n    pub id: u64,\n    email: Option<String>,\n}\nstruct Unit;\n",
            &[("User", "email id")],
        );
        has(
            Family::Go,
            "type User struct {\n\tID string\n\tEmail string `json:\"email\"`\n}\n",
            &[("User", "Email ID")],
        );
        has(
            Family::Python,
            "class User:\n    id: int\n    def __init__(self, x):\n        self.email = x\n        y = 1\nz = 1\n",
            &[("User", "email id")],
        );
        has(
            Family::Jvm,
            "public class User {\n    private String email;\n    public String getEmail() {\n        return email;\n    }\n    int age = 3;\n}\n",
            &[("User", "age email")],
        );
        has(
            Family::Sql,
            "CREATE TABLE uploads (\n  id uuid primary key,\n  filename text,\n  primary key (id)\n);\n",
            &[("uploads", "filename id")],
        );
        has(Family::C, "struct user {\n  int id;\n  char *email;\n};\n", &[("user", "email id")]);
    }
}
