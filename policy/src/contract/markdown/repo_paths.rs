//! Whether a token of prose is a path of the repository, or a URL, a command, a name with a dot in it,
//! words with a slash between them. Asked where no entry is read; an entry takes whatever stands in it.

use super::Reader;
use super::lex::Token;
use super::line::Line;
use super::lone_names::says_who_may;
use super::path_list::is_joint;
use super::shared::is_mark;
use super::told::PROGRAMS;
use crate::contract::spelling::looks_like_path;

/// How much a token of prose is like a path of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// `https://example.com`, `npm test`, `Next.js`, `CI/CD`, `v1.2`
    Words,
    /// It may be one, if something is said of it that is said of files alone: `user.name`, `login/logout`.
    Weak,
    /// It is one, unless a sentence goes on behind it: `package.json`, `src/db`.
    Name,
    /// `src/x.ts`, `docs/`, `**/*.rs`
    Path,
}

/// What names end in that are files.
const ENDINGS: &[&str] = &[
    "bash", "bat", "bazel", "bzl", "c", "cc", "cfg", "cjs", "clj", "cmake", "conf", "cpp", "cs",
    "csproj", "css", "csv", "cts", "dart", "env", "erl", "ex", "exs", "fs", "gemspec", "go", "gql",
    "gradle", "graphql", "groovy", "h", "hcl", "hpp", "hs", "html", "ini", "ipynb", "java", "jl",
    "json", "json5", "jsonc", "jsx", "kt", "kts", "less", "lock", "lockb", "lua", "m", "map", "md",
    "mdx", "mjs", "mk", "ml", "mod", "mts", "nix", "php", "pl", "plist", "po", "prisma", "proto",
    "ps1", "py", "r", "rb", "resolved", "rs", "rst", "sass", "sbt", "scala", "scss", "sh", "sln",
    "snap", "sql", "sum", "svelte", "svg", "swift", "tf", "tfvars", "toml", "ts", "tsx", "txt",
    "vue", "work", "xaml", "xml", "yaml", "yml", "zig", "zsh",
];
/// What the names of hosts end in.
const HOSTS: [&str; 10] = ["com", "org", "net", "io", "dev", "app", "ai", "de", "eu", "co"];
/// What has `.js` in its name and is no file.
const PRODUCTS: [&str; 22] = [
    "node", "next", "nuxt", "vue", "react", "three", "express", "nest", "chart", "d3", "discord",
    "p5", "ember", "backbone", "alpine", "angular", "moment", "day", "socket", "solid", "pdf",
    "deck",
];
/// Objects of programs, before a dot.
const OBJECTS: [&str; 10] = [
    "console", "process", "window", "document", "math", "object", "array", "json", "promise",
    "module",
];
/// Words that people put a slash between.
const PAIRS: &[&str] = &[
    "a/b",
    "add/remove",
    "and/or",
    "before/after",
    "client/server",
    "create/update",
    "dev/prod",
    "he/she",
    "his/her",
    "if/else",
    "import/export",
    "input/output",
    "ios/android",
    "android/ios",
    "left/right",
    "login/logout",
    "macos/linux",
    "linux/macos",
    "on/off",
    "pass/fail",
    "producer/consumer",
    "pros/cons",
    "pub/sub",
    "push/pull",
    "read/write",
    "request/response",
    "server/client",
    "staging/production",
    "start/stop",
    "true/false",
    "try/catch",
    "up/down",
    "w/o",
    "yes/no",
    "frontend/backend",
    "backend/frontend",
    "get/set",
    "n/a",
];
/// What the top directories of repositories are called.
const TOPS: &[&str] = &[
    "api",
    "app",
    "apps",
    "assets",
    "backend",
    "bin",
    "client",
    "cmd",
    "components",
    "config",
    "crates",
    "db",
    "docs",
    "examples",
    "fixtures",
    "frontend",
    "infra",
    "internal",
    "lib",
    "libs",
    "migrations",
    "modules",
    "packages",
    "pkg",
    "public",
    "schema",
    "scripts",
    "server",
    "services",
    "spec",
    "src",
    "test",
    "tests",
    "tools",
    "web",
    "www",
    ".github",
];
const VERBS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/// Further programs that commands in back-ticks begin with.
const COMMANDS: [&str; 28] = [
    "git",
    "gh",
    "cd",
    "rm",
    "cp",
    "mv",
    "ls",
    "cat",
    "curl",
    "wget",
    "ssh",
    "eslint",
    "prettier",
    "tsc",
    "ruff",
    "black",
    "mypy",
    "pip",
    "php",
    "ruby",
    "rails",
    "kubectl",
    "helm",
    "terraform",
    "psql",
    "export",
    "sudo",
    "source",
];

/// How much a text, which has no marks of quotation, is like a path of the repository.
pub(super) fn likeness(text: &str, ticked: bool) -> Likeness {
    // `**A/B**`, and `**CI/CD` where the emphasis goes on: `a**b` is no pattern.
    if let Some(inner) =
        text.strip_prefix("**").filter(|rest| rest.starts_with(char::is_alphanumeric))
    {
        return likeness(inner.trim_end_matches('*'), ticked);
    }
    if let Some(inner) = text.strip_prefix('*').and_then(|rest| rest.strip_suffix('*'))
        && !inner.contains(['*', '/', '.'])
    {
        return if inner.starts_with(char::is_uppercase) {
            Likeness::Words
        } else {
            Likeness::Weak
        };
    }
    // A link is what it shows.
    if let Some((shown, _)) = text.strip_prefix('[').and_then(|rest| rest.split_once("](")) {
        return likeness(shown.trim_matches('`'), ticked);
    }
    if !looks_like_path(text) {
        return Likeness::Words;
    }
    let bare = text.trim_start_matches('<');
    if bare.contains("://") || bare.starts_with("mailto:") || ["./...", "..."].contains(&bare) {
        return Likeness::Words;
    }
    if text.contains(char::is_whitespace) {
        return of_words(text);
    }
    if bare.starts_with(['$', '~', '%']) || bare.starts_with("--") || bare.starts_with("localhost")
    {
        return Likeness::Words;
    }
    let special = text.contains(['*', '{']) && !text.starts_with('/') || text.contains("**");
    if special {
        return Likeness::Path;
    }
    match text.contains('/') {
        true => with_slashes(bare, ticked),
        false => with_a_dot(bare),
    }
}

/// Of several words in back-ticks or quotes: a command, or a path with spaces in it.
fn of_words(text: &str) -> Likeness {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let program = first.rsplit('/').next().unwrap_or(first);
    let is_command = PROGRAMS.contains(&program)
        || COMMANDS.contains(&program)
        || VERBS.contains(&first)
        || first.starts_with(['.', '/', '$'])
        || first.contains('=')
        || text.contains(" -")
        || text.contains(['&', '|', '<', '>', '"', '\'']);
    if is_command {
        return Likeness::Words;
    }
    // `docs/User Guide/**`, but not `pytest tests/unit`.
    match first.contains('/') && text.split_whitespace().last().is_some_and(looks_like_path) {
        true => Likeness::Path,
        false => Likeness::Weak,
    }
}

fn ends_like_a_file(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    let product = name.to_lowercase();
    let product = product.strip_suffix(".js").filter(|stem| PRODUCTS.contains(stem)).is_some();
    ending.is_some_and(|ending| {
        ENDINGS.contains(&ending.as_str()) || ending == "properties" || ending == "js" && !product
    })
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || ".:-+x%".contains(c))
}

fn with_slashes(text: &str, ticked: bool) -> Likeness {
    let segments: Vec<&str> = text.split('/').filter(|segment| !segment.is_empty()).collect();
    let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
        return Likeness::Words;
    };
    let is_file = text.ends_with('/') || ends_like_a_file(last) || last.starts_with('.');
    let is_top = TOPS.contains(first);
    if text.starts_with('/') {
        // The path of an API, or the root of the repository is meant.
        return if is_top && *first != "api" || ends_like_a_file(last) {
            Likeness::Name
        } else {
            Likeness::Words
        };
    }
    let host = first.split(':').next().unwrap_or(first);
    let is_host = host.rsplit_once('.').is_some_and(|(name, ending)| {
        !name.is_empty() && !name.starts_with('.') && HOSTS.contains(&ending)
    });
    if is_host || segments.iter().all(|segment| is_number(segment)) || is_number(first) && !is_file
    {
        return Likeness::Words;
    }
    if is_file {
        return Likeness::Path;
    }
    // `TCP/IP`, `HTTP/2`, `A/B`
    let is_short = last.chars().all(|c| c.is_uppercase() || c.is_ascii_digit()) && last.len() <= 6;
    if is_short || PAIRS.contains(&text.to_lowercase().as_str()) {
        return Likeness::Words;
    }
    // `@acme/ui`, `@/lib`
    if text.contains('@') {
        return Likeness::Weak;
    }
    let is_lower = !text.chars().any(char::is_uppercase);
    match is_lower && (is_top || ticked || segments.len() > 2) {
        true => Likeness::Name,
        false => Likeness::Weak,
    }
}

fn with_a_dot(text: &str) -> Likeness {
    let lower = text.to_lowercase();
    let (stem, ending) = lower.rsplit_once('.').unwrap_or_default();
    if text.contains('@')
        || is_number(text)
        || ["e.g", "i.e", "z.b", "u.s", "a.k.a"].contains(&&*lower)
    {
        return Likeness::Words;
    }
    let first = lower.split('.').next().unwrap_or_default();
    let is_code = OBJECTS.contains(&first) && !ENDINGS.contains(&ending);
    // `Chart.js` is one, `index.js` is none.
    let is_product =
        ending == "js" && PRODUCTS.contains(&stem) || lower == ".net" || lower == "asp.net";
    if is_code || is_product {
        return Likeness::Words;
    }
    if ends_like_a_file(text) || text.starts_with('.') {
        return Likeness::Name;
    }
    let is_version = text.strip_prefix(['v', 'V']).is_some_and(is_number);
    match is_version || HOSTS.contains(&ending) {
        true => Likeness::Words,
        false => Likeness::Weak,
    }
}

impl Reader<'_, '_> {
    /// How much a token is like a path of the repository; an agent's name is none.
    pub(super) fn likeness(&self, token: &Token<'_>) -> Likeness {
        match token {
            Token::Word(word) if self.names.agents_in(word).is_none() => likeness(word, false),
            Token::Quoted(_, value) if !self.names.is_known(value) => likeness(value, true),
            _ => Likeness::Words,
        }
    }

    /// Whether a line says nothing but who may edit what stands beside it.
    pub(super) fn is_policy_of_files(&self, line: &Line) -> bool {
        let plain = line.clone().plain(|word| self.names.is_emphasised(word));
        says_who_may(&plain, &self.tokens(&plain.text), self)
    }

    /// Whether a line of prose begins with a path of which something is said that is said of files, or
    /// nothing. `forbidden`: what it says is in the heading; `reading`: the heading says that it is only
    /// something to read.
    pub(super) fn begins_with_a_path(&self, line: &Line, under: Under) -> bool {
        let plain = line.clone().plain(|word| self.names.is_emphasised(word));
        let tokens = self.tokens(&plain.text);
        let Some(first) = tokens.first() else { return false };
        let found = self.likeness(first);
        let single =
            |t: &Token<'_>| t.value().is_some_and(|word| !word.contains(char::is_whitespace));
        if found == Likeness::Words {
            // `client/server` in back-ticks may be a directory where nothing is to be edited.
            let marked = first.text().starts_with('`') && first.text().contains('/');
            if under == Under::Forbidden && tokens.len() == 1 && marked && single(first) {
                return !first.text().contains("://");
            }
            // `Node.js, package.json: nobody edits`
            let lists = |t: &&Token<'_>| {
                matches!(t, Token::Comma(_)) || is_joint(t) || t.text().contains('.') && single(t)
            };
            let rest = &tokens[tokens.iter().take_while(lists).count()..];
            let listed = &tokens[..tokens.len() - rest.len()];
            return listed.iter().any(|t| self.likeness(t) > Likeness::Words)
                && says_who_may(&plain, rest, self);
        }
        let is_part = |t: &&Token<'_>| {
            self.likeness(t) != Likeness::Words || matches!(t, Token::Comma(_)) || is_joint(t)
        };
        let rest = &tokens[tokens.iter().take_while(is_part).count()..];
        if says_who_may(&plain, rest, self) {
            return true;
        }
        let goes_on = rest
            .first()
            .is_some_and(|t| !is_mark(t) && !matches!(t, Token::Paren(_) | Token::Stop(_)));
        match under {
            Under::Section => true,
            Under::Reading => rest.iter().any(|t| KEPT.iter().any(|word| t.is(word))),
            Under::Forbidden => {
                let is_lower = !first.text().contains(char::is_uppercase);
                found >= Likeness::Name || !goes_on || is_lower && first.text().contains('/')
            }
            Under::Other => found == Likeness::Path || found == Likeness::Name && !goes_on,
        }
    }
}

/// Words that say of a path that it is kept as it is.
const KEPT: [&str; 6] = ["stay", "stays", "remain", "remains", "untouched", "alone"];

/// What a heading says of the paths below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Under {
    /// They are not to be edited.
    Forbidden,
    /// They are to be read, or run.
    Reading,
    /// They stand in a section of the contract, or at an agent.
    Section,
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_like_a_path() {
        for (text, ticked, wanted) in [
            ("https://figma.com/file/abc", false, Likeness::Words),
            ("<https://figma.com/x.ts>", false, Likeness::Words),
            ("github.com/acme/shop", false, Likeness::Words),
            ("localhost:3000/health", false, Likeness::Words),
            ("ann@example.org", false, Likeness::Words),
            ("pytest tests/unit", true, Likeness::Words),
            ("./gradlew check/all", true, Likeness::Words),
            ("eslint src/**", true, Likeness::Words),
            ("GET /users/:id", true, Likeness::Words),
            ("/users", true, Likeness::Words),
            ("/api/uploads", false, Likeness::Words),
            ("./...", true, Likeness::Words),
            ("Next.js", false, Likeness::Words),
            ("console.log", true, Likeness::Words),
            (".NET", false, Likeness::Words),
            ("2025/11/10", false, Likeness::Words),
            ("10.11.2025", false, Likeness::Words),
            ("2.5x", false, Likeness::Words),
            ("2024/notes", false, Likeness::Words),
            ("example.com", false, Likeness::Words),
            ("$HOME/src/x.ts", true, Likeness::Words),
            ("--out=dist/x.ts", true, Likeness::Words),
            ("v1.2", false, Likeness::Words),
            ("e.g", false, Likeness::Words),
            ("TCP/IP", false, Likeness::Words),
            ("**A/B**", false, Likeness::Words),
            ("*Everything*", false, Likeness::Words),
            ("[Design](docs/design.md)", false, Likeness::Words),
            ("@acme/ui", true, Likeness::Weak),
            ("packages/ui@2", true, Likeness::Weak),
            ("my docs/guide", true, Likeness::Weak),
            ("3rd.party", false, Likeness::Weak),
            ("v.next/screens", false, Likeness::Weak),
            ("iOS/Rust", false, Likeness::Weak),
            ("mobile/screens", false, Likeness::Weak),
            ("user.name", true, Likeness::Weak),
            ("*secret*", false, Likeness::Weak),
            ("mobile/screens", true, Likeness::Name),
            ("mobile/screens/home", false, Likeness::Name),
            ("src/db", false, Likeness::Name),
            ("/src/db", false, Likeness::Name),
            ("package.json", false, Likeness::Name),
            (".env", false, Likeness::Name),
            ("index.js", false, Likeness::Name),
            ("[package.json](package.json)", false, Likeness::Name),
            ("src/x.ts", false, Likeness::Path),
            ("2024/notes.md", false, Likeness::Path),
            (".github/workflows/", false, Likeness::Path),
            ("**/*.rs", false, Likeness::Path),
            ("*.snap", false, Likeness::Path),
            ("docs/User Guide/**", true, Likeness::Path),
        ] {
            assert_eq!(likeness(text, ticked), wanted, "{text}");
        }
    }
}
