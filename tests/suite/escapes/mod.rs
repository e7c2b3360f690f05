//! The escape table: every known way to get a change past the gate, and what becomes of it.
//!
//! A row is a sentence, what is there before (honest), what is tried, and what is pushed of it. It
//! is played three ways: on a client with its hooks, on the same client with the hooks switched
//! off, and in another clone that never had any; under both policies for steps of the trunk; and
//! what comes of it is pushed to a server that tells nobody apart and to one that knows who pushes.
//! What the table says of each is asserted, and `docs/escapes.md` is written from the same rows.
//!
//! Scripts are plain shell with the words of [`crate::gated`] and of [`world`], run where `repo`
//! and the lanes' worktrees stand beside each other.

mod became_the_trunk;
mod commits;
mod document;
mod environment;
mod identity;
mod integrated;
mod joined;
mod landed;
mod landing;
mod lanes;
mod merges;
mod moves;
mod paths;
mod planted;
mod pushes;
mod several_states;
mod trees;
mod world;

use std::fmt;

use crate::gated::{Part, by_turns, part, play_each};
use crate::sandbox::{Ran, git_version, has_reftable};
use world::{Model, Place, World};

/// A part of the table.
pub struct Theme {
    /// Its heading.
    pub title: &'static str,
    /// What is said before its rows.
    pub about: &'static str,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// Makes a theme of some functions that give rows, and a test of each: what stands in the
/// document has been played.
macro_rules! theme {
    ($title:literal, $about:literal, [$($group:ident),+ $(,)?]) => {
        /// This part of the table.
        pub fn theme() -> crate::escapes::Theme {
            let rows = [$($group()),+].into_iter().flatten().collect();
            crate::escapes::Theme { title: $title, about: $about, rows }
        }

        mod played {
            $(#[test]
            fn $group() {
                crate::escapes::play(super::$group());
            })+
        }
    };
}
use theme;

/// The whole table, in the order of the document.
fn themes() -> Vec<Theme> {
    vec![
        commits::theme(),
        paths::theme(),
        trees::theme(),
        moves::theme(),
        merges::theme(),
        environment::theme(),
        lanes::theme(),
        landing::theme(),
        landed::theme(),
        planted::theme(),
        became_the_trunk::theme(),
        joined::theme(),
        integrated::theme(),
        several_states::theme(),
        pushes::theme(),
        identity::theme(),
    ]
}

/// The two policies for steps of the trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// `trunk-steps = "open"`
    Open,
    /// `trunk-steps = "landings-only"`
    LandingsOnly,
}

/// The two kinds of servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// It tells nobody apart.
    Anonymous,
    /// It knows who pushes.
    Named,
}

/// What becomes of an attempt on the client that has its hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// A hook stops it: which one, and the rule or the code of what is not known.
    Stops(&'static str, &'static str),
    /// The hooks let it pass, or are never asked; it is pushed.
    Passes,
}

/// What becomes of a push on a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is refused: the rule, or the code of what is not known.
    Refused(&'static str),
    /// It is taken in.
    Taken,
    /// The gate lets it pass, and git itself refuses it.
    ByGit,
}

/// Why a human may do on an open trunk what an agent may not.
const FREE: &str = "Under `open` a human may change anything on the trunk; without identities everybody is that human.";

/// One way to get a change past the gate.
#[derive(Debug, Clone)]
pub struct Row {
    name: &'static str,
    given: String,
    tried: String,
    push: String,
    pusher: &'static str,
    client: [Client; 2],
    older: Option<((u32, u32), Client)>,
    reftable: Option<Client>,
    /// By server, then by policy.
    server: [[Verdict; 2]; 2],
    note: &'static str,
}

/// Begins a row, by the sentence that states the attempt.
pub fn row(name: &'static str) -> Row {
    Row {
        name,
        given: String::new(),
        tried: String::new(),
        push: String::new(),
        pusher: "agent-1",
        client: [Client::Passes; 2],
        older: None,
        reftable: None,
        server: [[Verdict::Taken; 2]; 2],
        note: "",
    }
}

/// A hook of the client stops it.
pub fn stops(hook: &'static str, code: &'static str) -> Client {
    Client::Stops(hook, code)
}

/// A server refuses it.
pub fn refused(code: &'static str) -> Verdict {
    Verdict::Refused(code)
}

impl Row {
    /// What is there before: honest, and it must succeed.
    pub fn given(mut self, script: impl Into<String>) -> Self {
        self.given = script.into();
        self
    }

    /// What is tried. It succeeds wherever no hook stops it.
    pub fn tried(mut self, script: impl Into<String>) -> Self {
        self.tried = script.into();
        self
    }

    /// What is pushed of it, by force, as arguments of `git push`.
    pub fn pushes(self, refs: &str) -> Self {
        self.sends(format!("cd repo; git push -q --force $SERVER {refs}"))
    }

    /// What sends it to `$SERVER`, where a plain push does not do.
    pub fn sends(mut self, script: impl Into<String>) -> Self {
        self.push = script.into();
        self
    }

    /// Who pushes, for the servers that know (otherwise agent-1).
    pub fn by(mut self, pusher: &'static str) -> Self {
        self.pusher = pusher;
        self
    }

    /// What the client does that has its hooks.
    pub fn client(mut self, client: Client) -> Self {
        self.client = [client; 2];
        self
    }

    /// What it does under `landings-only`, where that differs.
    pub fn client_landings_only(mut self, client: Client) -> Self {
        self.client[Policy::LandingsOnly as usize] = client;
        self
    }

    /// What it does with a git older than this version, where that differs.
    pub fn client_before(mut self, version: (u32, u32), client: Client) -> Self {
        self.older = Some((version, client));
        self
    }

    /// What it does where refs are kept as reftable, if that differs.
    pub fn client_with_reftable(mut self, client: Client) -> Self {
        self.reftable = Some(client);
        self
    }

    /// What every server does.
    pub fn server(mut self, verdict: Verdict) -> Self {
        self.server = [[verdict; 2]; 2];
        self
    }

    /// What a server does that tells nobody apart: under `open`, under `landings-only`.
    pub fn anonymous(mut self, open: Verdict, landings_only: Verdict) -> Self {
        self.server[Server::Anonymous as usize] = [open, landings_only];
        self
    }

    /// What a server does that knows who pushes: under `open`, under `landings-only`.
    pub fn named(mut self, open: Verdict, landings_only: Verdict) -> Self {
        self.server[Server::Named as usize] = [open, landings_only];
        self
    }

    /// A human may do it, where the trunk is open; at all others it is a step that lands nothing, on the
    /// client at this hook.
    pub fn for_humans_alone(self, hook: &'static str) -> Self {
        self.client_landings_only(stops(hook, "trunk-direct"))
            .anonymous(Verdict::Taken, refused("trunk-direct"))
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note(FREE)
    }

    /// Why it is as it is, above all where something passes.
    pub fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }

    fn expected_client(&self, policy: Policy) -> Client {
        if let Some(client) = self.reftable.filter(|_| has_reftable()) {
            return client;
        }
        match self.older {
            Some((version, client)) if git_version() < version => client,
            _ => self.client[policy as usize],
        }
    }

    fn play(&self, models: &[Model]) -> Result<(), String> {
        let mut faults = Vec::new();
        let places = [Place::WithHooks, Place::OtherClone, Place::HooksOff];
        for model in models {
            // To a server, hooks that are switched off are hooks that never were.
            for place in if part() == Part::Other { &places[..2] } else { &places[..] } {
                let place = *place;
                let found = self.play_at(&model.world(place));
                let at = |fault| format!("\n{:?}, {place:?}: {fault}", model.policy);
                faults.extend(found.into_iter().map(at));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults.concat()) }
    }

    /// Plays it in one world; gives what is not as the row says.
    fn play_at(&self, world: &World) -> Vec<String> {
        let given = world.run(&self.given);
        if given.code != 0 {
            return vec![format!("what is given fails: {given:?}")];
        }
        let client = match world.place {
            Place::WithHooks => self.expected_client(world.policy),
            Place::HooksOff | Place::OtherClone => Client::Passes,
        };
        let before = world.branches();
        let tried = world.run(&self.tried);
        match client {
            Client::Stops(hook, code) if hook != PRE_PUSH => {
                let moved = before != world.branches();
                let moved = moved.then(|| format!("it was stopped, and a branch moved: {tried:?}"));
                return is_refused(&tried, hook, code).err().into_iter().chain(moved).collect();
            }
            _ if tried.code != 0 => return vec![format!("it does not pass: {tried:?}")],
            _ => {}
        }
        let servers = [Server::Anonymous, Server::Named];
        servers.into_iter().filter_map(|server| self.push_to(server, world, client).err()).collect()
    }

    /// Pushes what came of it to one server.
    fn push_to(&self, server: Server, world: &World, client: Client) -> Result<(), String> {
        let before = world.refs_of(server);
        let pushed = world.push(server, self.pusher, &self.push);
        let judged = match (client, self.server[server as usize][world.policy as usize]) {
            (Client::Stops(hook, code), _) => is_refused(&pushed, hook, code),
            (Client::Passes, Verdict::Refused(code)) => is_refused(&pushed, PRE_RECEIVE, code),
            (Client::Passes, Verdict::Taken) if pushed.code != 0 => {
                Err(format!("it does not pass: {pushed:?}"))
            }
            (Client::Passes, Verdict::Taken) => Ok(()),
            (Client::Passes, Verdict::ByGit) if pushed.code == 0 => {
                Err(format!("it passes: {pushed:?}"))
            }
            (Client::Passes, Verdict::ByGit) if pushed.stderr.contains(" at pre-receive") => {
                Err(format!("the gate refuses it: {pushed:?}"))
            }
            (Client::Passes, Verdict::ByGit) => Ok(()),
        };
        judged.map_err(|fault| format!("{server:?}: {fault}"))?;
        match (before != world.refs_of(server), pushed.code) {
            (true, 0) | (false, 1..) => Ok(()),
            (true, _) => Err(format!("{server:?}: refused, and a ref has moved: {pushed:?}")),
            (false, _) => Err(format!("{server:?}: nothing has moved: {pushed:?}")),
        }
    }
}

const PRE_PUSH: &str = "pre-push";
const PRE_RECEIVE: &str = "pre-receive";

/// Whether a hook has refused something for this reason.
fn is_refused(ran: &Ran, hook: &str, code: &str) -> Result<(), String> {
    let names = |word: &str| ran.stderr.contains(&format!("{word}[{code}]"));
    let fault = if ran.code == 0 {
        "it passes"
    } else if ran.stderr.contains("panicked") {
        "it panics"
    } else if !ran.stderr.contains(&format!(" at {hook}")) {
        "another hook refuses"
    } else if !names("error") && !names("undecided") {
        "the reason is another"
    } else {
        return Ok(());
    };
    Err(format!("{fault}, not {code} at {hook}: {ran:?}"))
}

/// Plays some rows.
#[track_caller]
pub fn play(rows: Vec<Row>) {
    let models = [Model::new(Policy::Open), Model::new(Policy::LandingsOnly)];
    play_each(rows.iter().enumerate(), |(number, row)| {
        (row.name, row.play(by_turns(&models, number)))
    });
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stops(hook, code) => write!(f, "`{code}` at {hook}"),
            Self::Passes => write!(f, "passes"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(code) => write!(f, "`{code}`"),
            Self::Taken => write!(f, "**passes**"),
            Self::ByGit => write!(f, "git refuses"),
        }
    }
}
