//! The worlds in which escapes are tried: a client with hooks, another clone without, two servers.

use std::fs;

use super::{Policy, Server};
use crate::gated::{CONTRACT, arm_server, script, under};
use crate::sandbox::{Ran, Sandbox};

/// Where somebody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the client that has its hooks.
    WithHooks,
    /// There, with the hooks switched off.
    HooksOff,
    /// In another clone of the server, which never had any.
    OtherClone,
}

/// Somebody's repository with the worked example, and two servers that hold the trunk and the lanes
/// as they were handed out.
pub struct World {
    sandbox: Sandbox,
    /// The policy for steps of the trunk in its contract.
    pub policy: Policy,
    /// Where scripts run.
    pub place: Place,
}

/// The worlds of one policy, from which each attempt has copies.
pub struct Model {
    /// The policy for steps of the trunk.
    pub policy: Policy,
    client: Sandbox,
    other_clone: Sandbox,
}

/// What scripts may use beside the words of `gated`.
const WORDS: &str = r#"
TOP=$PWD; export TOP
# publish REF...: puts something on both servers, as the dispatcher
publish() {
  for server in anonymous named; do
    PUSHER=dana unseen -C repo push -q --force "$TOP/$server.git" "$@"
  done
  unseen -C repo fetch -q --prune "$TOP/anonymous.git" '+refs/heads/*:refs/remotes/origin/*'
}
# land LANE: merges it into the trunk
land() { ( cd repo; git merge -q --no-ff --no-edit "agents/$1" ); }
# beside: a worktree of no branch, at agent-1's lane
beside() { git -C repo worktree add -q --detach ../beside agents/uploads; }
# bad: a branch `bad` upon agent-1's lane, whose one commit changes what nobody may edit
bad() { beside; ( cd beside; edit tsconfig.json; smuggle; git branch -q bad ); }
# grow DIRECTORY LINE: makes the tree of HEAD with one more entry in a directory
grow() {
  grown=$( { git ls-tree "HEAD:$1"; printf '%s\n' "$2"; } | git mktree ); below=$1
  while [ -n "$below" ]; do
    name=${below##*/}; above=${below%"$name"}; above=${above%/}
    grown=$( { git ls-tree "HEAD:$above" | grep -v "	$name\$"
               printf '040000 tree %s\t%s\n' "$grown" "$name"; } | git mktree ); below=$above
  done
  echo "$grown"
}
# put MODE HASH PATH: an entry in the index, whatever the worktree has
put() { git update-index --add --cacheinfo "$1,$2,$3"; }
"#;

/// What the contract says beyond the worked example, so that every kind of shared path is there.
const SHARED: &str = "[shared]\n\
    \"CHANGELOG.md\" = { additions-by = [\"agent-1\", \"agent-2\"] }\n\
    \"pnpm-lock.yaml\" = { generated-by = \"pnpm install --lockfile-only\" }\n";

impl Model {
    /// Builds them.
    pub fn new(policy: Policy) -> Self {
        let steps = match policy {
            Policy::Open => "open",
            Policy::LandingsOnly => "landings-only",
        };
        let contract = CONTRACT.replace("[shared]\n", SHARED);
        let client = under(&format!("{contract}\n[policy]\ntrunk-steps = \"{steps}\"\n"));
        client.write("home/words", WORDS);
        trim(&client, "repo/.git");
        client.server("anonymous.git");
        trim(&client, "anonymous.git");
        client.git(".", &["clone", "-q", "--bare", "anonymous.git", "named.git"]);
        trim(&client, "named.git");
        client.git("named.git", &["config", "contractgate.identityEnv", "PUSHER"]);
        client.git("named.git", &["config", "contractgate.dispatcher", "dana"]);
        arm_server(&client, "anonymous.git");
        arm_server(&client, "named.git");
        let other_clone = client.copy();
        for directory in ["repo", "wt-uploads", "wt-migrations", "wt-tests"] {
            fs::remove_dir_all(other_clone.path(directory)).unwrap();
        }
        other_clone.git(".", &["clone", "-q", "anonymous.git", "repo"]);
        trim(&other_clone, "repo/.git");
        for lane in ["uploads", "migrations", "tests"] {
            let (branch, place) = (format!("agents/{lane}"), format!("../wt-{lane}"));
            other_clone.git("repo", &["worktree", "add", "-q", "-b", &branch, &place, "main"]);
        }
        Self { policy, client, other_clone }
    }

    /// A world of its own, for somebody who works at a place.
    pub fn world(&self, place: Place) -> World {
        let sandbox = match place {
            Place::WithHooks | Place::HooksOff => self.client.copy(),
            Place::OtherClone => self.other_clone.copy(),
        };
        if place == Place::HooksOff {
            sandbox.append("repo/.git/config", "[core]\n\thooksPath = /nowhere\n");
        }
        World { sandbox, policy: self.policy, place }
    }
}

impl World {
    /// Runs a script where somebody works.
    pub fn run(&self, text: &str) -> Ran {
        script(&self.sandbox, &format!(". home/words; {text}"))
    }

    /// Runs a script that pushes, as somebody.
    pub fn push(&self, server: Server, pusher: &str, text: &str) -> Ran {
        let name = directory_of(server);
        self.run(&format!("SERVER=$TOP/{name} PUSHER='{pusher}'; export SERVER PUSHER\n{text}"))
    }

    /// The branches where somebody works.
    pub fn branches(&self) -> Vec<String> {
        self.sandbox.git("repo", &["for-each-ref", "refs/heads/main", "refs/heads/agents"]).lines()
    }

    /// The refs of a server.
    pub fn refs_of(&self, server: Server) -> Vec<String> {
        self.sandbox.git(directory_of(server), &["for-each-ref"]).lines()
    }
}

fn directory_of(server: Server) -> &'static str {
    match server {
        Server::Anonymous => "anonymous.git",
        Server::Named => "named.git",
    }
}

/// Copying a world is copying its files: objects become one pack, and what does nothing goes.
fn trim(sandbox: &Sandbox, directory: &str) {
    sandbox.git(directory, &["repack", "-q", "-a", "-d"]);
    sandbox.git(directory, &["pack-refs", "--all"]);
    for useless in ["hooks", "objects"] {
        let entries = fs::read_dir(sandbox.path(format!("{directory}/{useless}"))).unwrap();
        for entry in entries.map(|entry| entry.unwrap().path()) {
            if entry.extension().is_some_and(|extension| extension == "sample") {
                fs::remove_file(entry).unwrap();
            } else if entry.is_dir() && fs::read_dir(&entry).unwrap().next().is_none() {
                fs::remove_dir(entry).unwrap();
            }
        }
    }
}
