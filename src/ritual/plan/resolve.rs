//! From what a file says it needs to the file that it means, among the files of the trunk.
//!
//! What is not there, comes from a package or is named in a way that only a build knows resolves to
//! nothing: an edge that is missing is better than one that is made up.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use super::imports::{Language, Needed};

/// The files of the trunk, to be looked up.
pub struct Index<'f> {
    files: BTreeSet<&'f str>,
    /// By their names; for what is found by the end of its path.
    by_name: HashMap<&'f str, Vec<&'f str>>,
    /// Modules of Go by their paths, with their directories.
    modules: BTreeMap<String, &'f str>,
}

/// Endings that JavaScript and TypeScript leave out.
const SCRIPTS: [&str; 12] = [
    ".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".json", ".vue",
    ".svelte",
];

impl<'f> Index<'f> {
    /// Takes up all files.
    pub fn new(files: impl IntoIterator<Item = &'f str>) -> Self {
        let files: BTreeSet<&str> = files.into_iter().collect();
        let mut by_name: HashMap<&str, Vec<&str>> = HashMap::new();
        for file in &files {
            by_name.entry(name(file)).or_default().push(file);
        }
        Self { files, by_name, modules: BTreeMap::new() }
    }

    /// Takes up a `go.mod` with its text.
    pub fn module(&mut self, file: &'f str, text: &str) {
        let named = text.lines().find_map(|line| line.trim().strip_prefix("module "));
        if let Some(module) = named {
            self.modules.insert(module.trim().trim_matches('"').to_owned(), directory(file));
        }
    }

    /// The file that is meant.
    pub fn resolve(&self, language: Language, from: &str, needed: &Needed) -> Option<&'f str> {
        match (language, needed) {
            (Language::Script, Needed::Path(path)) => self.script(from, path),
            (Language::Go, Needed::Path(path)) => self.go(path),
            (Language::C, Needed::Path(path)) => self.c(from, path),
            (Language::Python, Needed::Module { above, parts }) => self.python(from, *above, parts),
            (Language::Rust, Needed::Module { above, parts }) => self.rust(from, *above, parts),
            (Language::Rust, Needed::Child(name)) => {
                self.rust_in(&rust_directory(from), std::slice::from_ref(name))
            }
            (Language::Java, Needed::Module { parts, .. }) => self.java(parts),
            _ => None,
        }
    }

    fn there(&self, path: &str) -> Option<&'f str> {
        self.files.get(path).copied()
    }

    fn script(&self, from: &str, path: &str) -> Option<&'f str> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let is_relative =
            path.starts_with("./") || path.starts_with("../") || path == "." || path == "..";
        if is_relative {
            return self.script_at(&joined(directory(from), path)?);
        }
        // What bundlers and `tsconfig.json` commonly make of a root.
        let under = |prefix: &str, root: &str| {
            path.strip_prefix(prefix).and_then(|rest| self.script_at(&joined(root, rest)?))
        };
        under("/", "")
            .or_else(|| under("@/", "src"))
            .or_else(|| under("~/", "src"))
            .or_else(|| under("@/", ""))
            .or_else(|| under("~/", ""))
            .or_else(|| if path.contains('/') { self.script_at(&joined("", path)?) } else { None })
    }

    fn script_at(&self, path: &str) -> Option<&'f str> {
        let ended = SCRIPTS.iter().find_map(|ending| self.there(&format!("{path}{ending}")));
        // TypeScript names what its files become.
        let become_of = || {
            let (stem, ending) = path.rsplit_once('.')?;
            let from = match ending {
                "js" => [".ts", ".tsx"],
                "jsx" => [".tsx", ".ts"],
                "mjs" => [".mts", ".ts"],
                "cjs" => [".cts", ".ts"],
                _ => return None,
            };
            from.iter().find_map(|ending| self.there(&format!("{stem}{ending}")))
        };
        let inside = || {
            let index = if path.is_empty() { "index".to_owned() } else { format!("{path}/index") };
            SCRIPTS.iter().find_map(|ending| self.there(&format!("{index}{ending}")))
        };
        self.there(path).or(ended).or_else(become_of).or_else(inside)
    }

    fn python(&self, from: &str, above: usize, parts: &[String]) -> Option<&'f str> {
        if above > 0 {
            let mut root = directory(from);
            for _ in 1..above {
                if root.is_empty() {
                    return None;
                }
                root = directory(root);
            }
            return self.python_in(root, parts);
        }
        // A script finds what is beside it, a package what is beside the package.
        let mut root = directory(from);
        loop {
            if let Some(found) = self.python_in(root, parts) {
                return Some(found);
            }
            if root.is_empty() {
                return self.python_in("src", parts).or_else(|| self.python_in("lib", parts));
            }
            root = directory(root);
        }
    }

    fn python_in(&self, root: &str, parts: &[String]) -> Option<&'f str> {
        let path = joined(root, &parts.join("/"))?;
        self.there(&format!("{path}.py"))
            .or_else(|| self.there(&format!("{path}.pyi")))
            .or_else(|| self.there(&format!("{path}/__init__.py")).filter(|_| !path.is_empty()))
    }

    fn rust(&self, from: &str, above: usize, parts: &[String]) -> Option<&'f str> {
        let mut root = match above {
            0 => self.crate_root(from)?,
            _ => rust_directory(from),
        };
        for _ in 1..above {
            root = directory(&root).to_owned();
        }
        // The last parts are items of the module.
        (1..=parts.len()).rev().find_map(|count| self.rust_in(&root, &parts[..count]))
    }

    fn rust_in(&self, root: &str, parts: &[String]) -> Option<&'f str> {
        let path = joined(root, &parts.join("/"))?;
        self.there(&format!("{path}.rs")).or_else(|| self.there(&format!("{path}/mod.rs")))
    }

    fn crate_root(&self, from: &str) -> Option<String> {
        let mut root = directory(from);
        loop {
            for file in ["lib.rs", "main.rs"] {
                if self.there(&joined(root, file)?).is_some() {
                    return Some(root.to_owned());
                }
            }
            if root.is_empty() {
                return None;
            }
            root = directory(root);
        }
    }

    fn go(&self, path: &str) -> Option<&'f str> {
        let modules = self.modules.iter().rev();
        let inside = |(module, root): (&String, &&'f str)| {
            let rest = path.strip_prefix(module.as_str())?;
            let rest = if rest.is_empty() { "" } else { rest.strip_prefix('/')? };
            joined(root, rest)
        };
        let package = modules.into_iter().find_map(inside)?;
        let below = if package.is_empty() { String::new() } else { format!("{package}/") };
        let files = self
            .files
            .range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded))
            .take_while(|file| file.starts_with(&below));
        let mut files = files.filter(|file| directory(file) == package);
        files.find(|file| file.ends_with(".go") && !file.ends_with("_test.go")).copied()
    }

    fn java(&self, parts: &[String]) -> Option<&'f str> {
        // `a.b.C`, and `a.b.C.member` for what is static.
        for count in [parts.len(), parts.len().saturating_sub(1)] {
            let Some(last) = count.checked_sub(1).and_then(|at| parts.get(at)) else { continue };
            let path = parts[..count].join("/");
            for ending in ["java", "kt"] {
                let ended = format!("{path}.{ending}");
                let named = self.by_name.get(format!("{last}.{ending}").as_str());
                if let Some(found) = named.into_iter().flatten().find(|file| ends(file, &ended)) {
                    return Some(found);
                }
            }
        }
        None
    }

    fn c(&self, from: &str, path: &str) -> Option<&'f str> {
        let beside = joined(directory(from), path).and_then(|path| self.there(&path));
        let rooted = || {
            let roots = ["", "include", "src"].into_iter();
            roots.filter_map(|root| joined(root, path)).find_map(|path| self.there(&path))
        };
        // An include directory that only the build knows: if there is just one such file, it is it.
        let sole = || {
            let named = self.by_name.get(name(path))?;
            let mut ending = named.iter().filter(|file| ends(file, path));
            ending.next().filter(|_| ending.next().is_none()).copied()
        };
        beside.or_else(rooted).or_else(sole)
    }
}

fn ends(file: &str, path: &str) -> bool {
    file.strip_suffix(path).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// Where the modules of a file lie: beside it, or in the directory of its name.
fn rust_directory(from: &str) -> String {
    match name(from) {
        "mod.rs" | "lib.rs" | "main.rs" => directory(from).to_owned(),
        _ => from.strip_suffix(".rs").unwrap_or(from).to_owned(),
    }
}

/// A path below a directory, with `.` and `..` taken; `None` when it leaves the repository.
fn joined(directory: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[&str] = &[
        "src/api/router.ts",
        "src/api/http/index.ts",
        "src/db/schema.ts",
        "src/ui/App.tsx",
        "src/x.css",
        "py/app/__init__.py",
        "py/app/models.py",
        "py/app/views/user.py",
        "py/run.py",
        "crate/src/lib.rs",
        "crate/src/a.rs",
        "crate/src/a/b.rs",
        "crate/src/c/mod.rs",
        "go.mod",
        "pkg/store/store.go",
        "pkg/store/store_test.go",
        "main.go",
        "app/src/main/java/org/x/User.java",
        "core/list.h",
        "include/list.h",
        "core/list.c",
        "deep/inc/only.h",
    ];

    fn resolved(from: &str, text: &str) -> Vec<&'static str> {
        let mut index = Index::new(FILES.iter().copied());
        index.module("go.mod", "module example.com/m\n\ngo 1.22\n");
        let language = Language::of(from).unwrap();
        let needs = language.needs(text);
        needs.iter().filter_map(|needed| index.resolve(language, from, needed)).collect()
    }

    #[test]
    fn what_is_needed_is_found_where_the_language_looks() {
        for (from, text, found) in [
            ("src/api/router.ts", "import './http'", "src/api/http/index.ts"),
            ("src/api/router.ts", "from '../db/schema'", "src/db/schema.ts"),
            ("src/api/router.ts", "from '../db/schema.js'", "src/db/schema.ts"),
            ("src/api/router.ts", "from '@/ui/App'", "src/ui/App.tsx"),
            ("src/api/router.ts", "from 'src/ui/App'", "src/ui/App.tsx"),
            ("src/api/router.ts", "import '/src/x.css?raw'", "src/x.css"),
            ("py/app/views/user.py", "from ..models import User", "py/app/models.py"),
            ("py/app/views/user.py", "from app.models import User", "py/app/models.py"),
            ("py/app/views/user.py", "import app", "py/app/__init__.py"),
            ("py/run.py", "from app.views import user", "py/app/views/user.py"),
            ("crate/src/lib.rs", "mod a;", "crate/src/a.rs"),
            ("crate/src/a.rs", "mod b;", "crate/src/a/b.rs"),
            ("crate/src/c/mod.rs", "use crate::a::b::Item;", "crate/src/a/b.rs"),
            ("crate/src/a/b.rs", "use super::super::c::{x, y};", "crate/src/c/mod.rs"),
            ("main.go", "import \"example.com/m/pkg/store\"", "pkg/store/store.go"),
            ("b/B.java", "import org.x.User;", "app/src/main/java/org/x/User.java"),
            ("b/B.java", "import static org.x.User.of;", "app/src/main/java/org/x/User.java"),
            ("core/list.c", "#include \"list.h\"", "core/list.h"),
            ("main.c", "#include <list.h>", "include/list.h"),
            ("main.c", "#include <only.h>", "deep/inc/only.h"),
        ] {
            let all = resolved(from, text);
            assert!(
                all.contains(&found)
                    && all.iter().all(|one| *one == found
                        || text.contains("::{")
                        || one.ends_with("__init__.py")),
                "{from}: {text}: {all:?}"
            );
        }
    }

    #[test]
    fn what_is_not_there_is_not_made_up() {
        for (from, text) in [
            ("src/api/router.ts", "from 'react'; from '../../../x'; from './nothing'"),
            ("py/run.py", "import os, json\nfrom ....x import y"),
            ("crate/src/a.rs", "use std::a::b;\nuse serde::a;\nmod nothing;"),
            ("main.go", "import \"fmt\"\nimport \"example.com/mm/pkg/store\""),
            ("b/B.java", "import org.y.User;"),
            ("main.c", "#include <stdio.h>"),
        ] {
            assert_eq!(resolved(from, text), [""; 0], "{from}: {text}");
        }
    }
}
