//! The worked example as it is played: what is done, and how each step must end.
//!
//! Data alone. What is written here is what is shown and what is run.

/// The contract of the worked example, as it stands in the fixtures.
pub const CONTRACT: &str = include_str!("../../../fixtures/contracts/valid/worked-example.md");

/// A directory of the play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The directory that holds all others.
    Top,
    /// The main worktree: the dispatcher's.
    Project,
    /// The bare repository that everybody pushes to.
    Server,
    /// The worktree of agent-1.
    Uploads,
    /// The worktree of agent-2.
    Migrations,
    /// The worktree of agent-3.
    Tests,
}

impl Place {
    /// Its name below the top.
    pub fn directory(self) -> &'static str {
        match self {
            Self::Top => ".",
            Self::Project => "project",
            Self::Server => "server.git",
            Self::Uploads => "wt-uploads",
            Self::Migrations => "wt-migrations",
            Self::Tests => "wt-tests",
        }
    }
}

/// One thing that somebody does in a step.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    /// Writes a file.
    Write(Place, &'static str, &'static str),
    /// Replaces a text in a file.
    Change(Place, &'static str, &'static str, &'static str),
    /// Runs a command: `git`, or this program as `contract-gate`.
    Run(Place, &'static [&'static str]),
}

/// How a step must end.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// Every command ends well.
    Well,
    /// The last command fails, its output names this rule, and no ref has moved anywhere.
    Refused {
        /// Who refuses: a hook's name.
        by: &'static str,
        /// The rule's code.
        rule: &'static str,
    },
}

/// One step of the play.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// What happens, in a sentence without its end.
    pub title: &'static str,
    /// What is done, in order.
    pub deeds: &'static [Deed],
    /// How it must end.
    pub ending: Ending,
}

use Deed::{Change, Run, Write};
use Place::{Migrations, Project, Server, Tests, Top, Uploads};

/// The whole play.
pub const STEPS: &[Step] = &[
    Step {
        title: "A repository, and a bare server beside it",
        deeds: &[
            Run(Top, &["git", "init", "--quiet", "--bare", "server.git"]),
            Run(Top, &["git", "init", "--quiet", "project"]),
            Write(Project, "README.md", "# The product\n"),
            Write(Project, "package.json", "{ \"name\": \"product\" }\n"),
            Write(Project, "tsconfig.json", "{ \"compilerOptions\": { \"strict\": false } }\n"),
            Write(Project, "src/api/router.ts", "export const routes = [\n  health,\n];\n"),
            Write(Project, "src/db/schema.ts", "export const tables = [];\n"),
            Run(Project, &["git", "add", "."]),
            Run(Project, &["git", "commit", "--quiet", "-m", "The product so far"]),
            Run(Project, &["git", "remote", "add", "origin", "../server.git"]),
        ],
        ending: Ending::Well,
    },
    Step {
        title: "The contract: one file, on the trunk",
        deeds: &[
            Write(Project, "CONTRACT.md", CONTRACT),
            Run(Project, &["git", "add", "CONTRACT.md"]),
            Run(Project, &["git", "commit", "--quiet", "-m", "The contract of the uploads run"]),
            Run(Project, &["git", "push", "--quiet", "origin", "main"]),
        ],
        ending: Ending::Well,
    },
    Step {
        title: "The gate: once for all worktrees, and once on the server",
        deeds: &[
            Run(Project, &["contract-gate", "install"]),
            Run(Server, &["contract-gate", "install", "--server"]),
        ],
        ending: Ending::Well,
    },
    Step {
        title: "Three agents, each in a worktree and on a branch of its own",
        deeds: &[
            Run(
                Project,
                &["git", "worktree", "add", "--quiet", "-b", "agents/uploads", "../wt-uploads"],
            ),
            Run(
                Project,
                &[
                    "git",
                    "worktree",
                    "add",
                    "--quiet",
                    "-b",
                    "agents/migrations",
                    "../wt-migrations",
                ],
            ),
            Run(
                Project,
                &["git", "worktree", "add", "--quiet", "-b", "agents/tests", "../wt-tests"],
            ),
        ],
        ending: Ending::Well,
    },
    Step {
        title: "agent-1 works in its scope, and adds a line to the router",
        deeds: &[
            Write(
                Uploads,
                "src/api/uploads/create.ts",
                "export const createUpload = () => ({ status: 201 });\n",
            ),
            Change(Uploads, "src/api/router.ts", "  health,\n", "  health,\n  createUpload,\n"),
            Run(Uploads, &["git", "add", "."]),
            Run(Uploads, &["git", "commit", "-m", "POST /api/uploads"]),
        ],
        ending: Ending::Well,
    },
    Step {
        title: "agent-1 reaches into the schema, which is agent-2's",
        deeds: &[
            Change(Uploads, "src/db/schema.ts", "[]", "[\"uploads\"]"),
            Run(Uploads, &["git", "commit", "-a", "-m", "Add the table that uploads need"]),
        ],
        ending: Ending::Refused { by: "pre-commit", rule: "shared-owned" },
    },
    Step {
        title: "agent-1 takes that back, and tidies tsconfig.json, which nobody edits",
        deeds: &[
            Run(Uploads, &["git", "restore", "--staged", "--worktree", "--", "src/db/schema.ts"]),
            Change(Uploads, "tsconfig.json", "false", "true"),
            Run(Uploads, &["git", "commit", "-a", "-m", "Stricter types, as a courtesy"]),
        ],
        ending: Ending::Refused { by: "pre-commit", rule: "shared-frozen" },
    },
    Step {
        title: "agent-1 tries the same without the hook",
        deeds: &[Run(
            Uploads,
            &["git", "commit", "--no-verify", "-a", "-m", "Stricter types, as a courtesy"],
        )],
        ending: Ending::Refused { by: "reference-transaction", rule: "shared-frozen" },
    },
    Step {
        title: "agent-1 takes that back, and rewrites a line of the router (additions only)",
        deeds: &[
            Run(Uploads, &["git", "restore", "--staged", "--worktree", "--", "tsconfig.json"]),
            Change(Uploads, "src/api/router.ts", "  health,\n", "  healthCheck,\n"),
            Run(Uploads, &["git", "commit", "-a", "-m", "A better name for the route"]),
        ],
        ending: Ending::Refused { by: "pre-commit", rule: "additions-only" },
    },
    Step {
        title: "agent-1 takes that back too: its lane is clean",
        deeds: &[
            Run(Uploads, &["git", "restore", "--staged", "--worktree", "--", "src/api/router.ts"]),
            Run(Uploads, &["contract-gate", "check"]),
            Run(Uploads, &["git", "push", "--quiet", "origin", "agents/uploads"]),
        ],
        ending: Ending::Well,
    },
    Step {
        title: "agent-2 and agent-3 do their parts",
        deeds: &[
            Write(
                Migrations,
                "src/db/migrations/0001_uploads.sql",
                "create table uploads (id uuid primary key);\n",
            ),
            Change(Migrations, "src/db/schema.ts", "[]", "[\"uploads\"]"),
            Run(Migrations, &["git", "add", "."]),
            Run(Migrations, &["git", "commit", "--quiet", "-m", "The uploads table"]),
            Run(Migrations, &["git", "push", "--quiet", "origin", "agents/migrations"]),
            Write(
                Tests,
                "tests/uploads/create.test.ts",
                "test(\"an upload is created\", () => {});\n",
            ),
            Run(Tests, &["git", "add", "."]),
            Run(Tests, &["git", "commit", "--quiet", "-m", "Tests of the endpoint"]),
            Run(Tests, &["git", "push", "--quiet", "origin", "agents/tests"]),
        ],
        ending: Ending::Well,
    },
    Step {
        title: "agent-3 is done first, and would land first",
        deeds: &[Run(Project, &["git", "merge", "--no-ff", "--no-edit", "agents/tests"])],
        ending: Ending::Refused { by: "pre-merge-commit", rule: "merge-order" },
    },
    Step {
        title: "agent-3 goes around the local hooks: the server holds",
        deeds: &[
            Run(Project, &["git", "merge", "--abort"]),
            Run(Tests, &["git", "push", "--no-verify", "origin", "agents/tests:main"]),
        ],
        ending: Ending::Refused { by: "pre-receive", rule: "merge-order" },
    },
    Step {
        title: "In the contracted order the three land, one after another",
        deeds: &[
            Run(Project, &["git", "merge", "--no-ff", "--no-edit", "agents/migrations"]),
            Run(Project, &["git", "merge", "--no-ff", "--no-edit", "agents/uploads"]),
            Run(Project, &["git", "merge", "--no-ff", "--no-edit", "agents/tests"]),
        ],
        ending: Ending::Well,
    },
    Step {
        title: "And the server accepts",
        deeds: &[Run(Project, &["git", "push", "origin", "main"])],
        ending: Ending::Well,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_the_last_deed_of_its_step() {
        for step in STEPS {
            assert!(matches!(step.deeds.last(), Some(Run(..))), "{}", step.title);
        }
    }
}
