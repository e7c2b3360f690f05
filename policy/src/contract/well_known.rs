//! Files that projects share by their nature, known by name: manifests, lock files, compiler
//! configuration, API specifications, migrations, build, CI and deployment.

use crate::path::RepoPath;

/// Why a file is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WellKnown {
    Manifest,
    Lock,
    Compiler,
    Environment,
    Specification,
    Migrations,
    Readme,
    Build,
    Ci,
    Deployment,
}

impl WellKnown {
    /// In words.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Manifest => "a package manifest",
            Self::Lock => "a lock file",
            Self::Compiler => "compiler configuration",
            Self::Environment => "the example of the environment",
            Self::Specification => "an API specification",
            Self::Migrations => "a directory of migrations",
            Self::Readme => "the root README",
            Self::Build => "build configuration",
            Self::Ci => "CI configuration",
            Self::Deployment => "deployment configuration",
        }
    }

    /// Whether it steers the build, CI or deployment, which are too shared to partition.
    pub(super) fn steers(self) -> bool {
        matches!(self, Self::Build | Self::Ci | Self::Deployment)
    }

    /// What a path is known for; for migrations and CI also the directory that counts.
    pub(super) fn of(path: &RepoPath) -> Option<(Self, RepoPath)> {
        let parts: Vec<&str> =
            path.components().filter_map(|part| std::str::from_utf8(part).ok()).collect();
        let whole = |kind| Some((kind, path.clone()));
        for (depth, part) in parts.iter().enumerate().take(parts.len().saturating_sub(1)) {
            let kind = match *part {
                "migrations" | "migrate" => Self::Migrations,
                ".circleci" | ".buildkite" => Self::Ci,
                "workflows" if depth == 1 && parts[0] == ".github" => Self::Ci,
                _ => continue,
            };
            let directory = parts[..=depth].join("/");
            return Some((kind, RepoPath::new(directory).ok()?));
        }
        let name = parts.last()?.to_lowercase();
        let at_root = parts.len() == 1;
        if at_root && (name == "readme" || name.starts_with("readme.")) {
            return whole(Self::Readme);
        }
        whole(by_name(&name)?)
    }
}

fn by_name(name: &str) -> Option<WellKnown> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let stem = name.split('.').next().unwrap_or_default();
    Some(match name {
        "package.json"
        | "cargo.toml"
        | "pyproject.toml"
        | "setup.py"
        | "setup.cfg"
        | "requirements.txt"
        | "pipfile"
        | "go.mod"
        | "go.work"
        | "gemfile"
        | "composer.json"
        | "pubspec.yaml"
        | "mix.exs"
        | "deno.json"
        | "package.swift"
        | "pom.xml"
        | "pnpm-workspace.yaml" => WellKnown::Manifest,
        "package-lock.json" | "pnpm-lock.yaml" | "yarn.lock" | "bun.lock" | "bun.lockb"
        | "cargo.lock" | "poetry.lock" | "uv.lock" | "pipfile.lock" | "go.sum" | "gemfile.lock"
        | "composer.lock" | "pubspec.lock" | "mix.lock" | "deno.lock" | "flake.lock" => {
            WellKnown::Lock
        }
        "tsconfig.json"
        | "jsconfig.json"
        | "rust-toolchain.toml"
        | "rust-toolchain"
        | ".babelrc"
        | "babel.config.js"
        | ".swcrc" => WellKnown::Compiler,
        ".env.example" | ".env.sample" | ".env.template" => WellKnown::Environment,
        "makefile" | "justfile" | "build.gradle" | "build.gradle.kts" | "settings.gradle"
        | "cmakelists.txt" | "build.bazel" | "turbo.json" | "nx.json" | "build.rs"
        | "meson.build" | "rakefile" | "taskfile.yml" => WellKnown::Build,
        ".gitlab-ci.yml"
        | "jenkinsfile"
        | "azure-pipelines.yml"
        | ".travis.yml"
        | "bitbucket-pipelines.yml"
        | ".drone.yml" => WellKnown::Ci,
        "procfile" | "vercel.json" | "netlify.toml" | "fly.toml" | "render.yaml" | "app.yaml"
        | "serverless.yml" | "chart.yaml" | "skaffold.yaml" => WellKnown::Deployment,
        _ if stem == "dockerfile" || name.ends_with(".dockerfile") => WellKnown::Deployment,
        _ if stem.starts_with("docker-compose")
            || stem == "compose" && ends(&[".yml", ".yaml"]) =>
        {
            WellKnown::Deployment
        }
        _ if name.ends_with(".tf") => WellKnown::Deployment,
        _ if ["openapi", "swagger", "asyncapi"].contains(&stem)
            && ends(&[".yaml", ".yml", ".json"]) =>
        {
            WellKnown::Specification
        }
        _ if name == "schema.graphql" => WellKnown::Specification,
        _ if stem == "tsconfig" && ends(&[".json"]) => WellKnown::Compiler,
        _ if ["webpack", "vite", "rollup", "esbuild"].contains(&stem)
            && name.contains(".config.") =>
        {
            WellKnown::Build
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_well_known_by_its_name() {
        for (kind, names) in [
            (WellKnown::Manifest, &["package.json", "Cargo.toml", "go.mod"][..]),
            (WellKnown::Lock, &["Cargo.lock", "pnpm-lock.yaml"]),
            (WellKnown::Compiler, &["tsconfig.json", "tsconfig.build.json", "babel.config.js"]),
            (WellKnown::Environment, &[".env.example"]),
            (
                WellKnown::Specification,
                &["api/openapi.v1.yaml", "asyncapi.yml", "swagger.json", "schema.graphql"],
            ),
            (WellKnown::Readme, &["README", "README.md"]),
            (WellKnown::Build, &["Makefile", "build.rs", "vite.config.ts"]),
            (WellKnown::Ci, &[".gitlab-ci.yml", "Jenkinsfile"]),
            (WellKnown::Deployment, &["Procfile", "deploy/Dockerfile.web", "web.dockerfile"]),
            (WellKnown::Deployment, &["docker-compose.dev.yml", "compose.yaml", "infra/main.tf"]),
        ] {
            for name in names {
                let path = RepoPath::new(*name).unwrap();
                assert_eq!(WellKnown::of(&path), Some((kind, path.clone())), "{name}");
            }
        }
        for name in [
            "docs/README.md",
            "readmes.md",
            "src/index.ts",
            "src/compose.ts",
            "src/docker.yml",
            "src/openapi.ts",
            "src/tsconfig.ts",
            "src/vite.ts",
            "src/data.json",
            "src/app.config.ts",
            ".env",
        ] {
            assert_eq!(WellKnown::of(&RepoPath::new(name).unwrap()), None, "{name}");
        }
    }

    #[test]
    fn what_is_well_known_by_its_directory() {
        for (path, kind, at) in [
            ("src/db/migrations/1/up.sql", WellKnown::Migrations, "src/db/migrations"),
            ("migrate/1.sql", WellKnown::Migrations, "migrate"),
            (".github/workflows/ci.yml", WellKnown::Ci, ".github/workflows"),
            (".circleci/config.yml", WellKnown::Ci, ".circleci"),
            ("a/.buildkite/x", WellKnown::Ci, "a/.buildkite"),
        ] {
            let at = RepoPath::new(at).unwrap();
            assert_eq!(WellKnown::of(&RepoPath::new(path).unwrap()), Some((kind, at)), "{path}");
        }
        for path in [
            "migrations.md",
            "src/migrations",
            "workflows/a",
            "src/workflows/a",
            ".github/actions/workflows/a",
        ] {
            assert_eq!(WellKnown::of(&RepoPath::new(path).unwrap()), None, "{path}");
        }
    }
}
