//! One row of the table: a kind of honest work, and what the gate says to it at each place.

/// Whether a contract takes anything on its trunk, or nothing but landings, reverts, amendments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// `trunk-steps = "open"`.
    Open,
    /// `trunk-steps = "landings-only"`.
    LandingsOnly,
}

impl Policy {
    /// Both, in the order of the table's cells.
    pub const ALL: [Self; 2] = [Self::Open, Self::LandingsOnly];

    /// As a contract spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::LandingsOnly => "landings-only",
        }
    }
}

/// Where the work is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// By the hooks of the repository that it is done in.
    Client,
    /// By a server that tells nobody apart.
    Server,
    /// By a server that knows who pushes.
    Named,
}

impl Place {
    /// All, in the order of the table's columns.
    pub const ALL: [Self; 3] = [Self::Client, Self::Server, Self::Named];
}

/// What the gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Nothing.
    Nothing,
    /// A warning of this rule.
    Warning(&'static str),
    /// No, by design: the rule.
    Refusal(&'static str),
    /// That it cannot know: the code of what is not known.
    Unknown(&'static str),
}

/// A push, and by whom.
pub struct Push {
    /// The name that a server with identities knows.
    pub by: &'static str,
    /// The commands.
    pub script: String,
}

/// One row.
pub struct Row {
    /// What is done, in words.
    pub work: &'static str,
    /// What is there before. It must succeed.
    pub given: String,
    /// What is done, before the client's hooks.
    pub tried: String,
    /// What is pushed then, in this order, past the client's hooks and the server's.
    pub pushes: Vec<Push>,
    /// What must succeed afterwards.
    pub then: String,
    /// What a reader has to know beside it.
    pub note: &'static str,
    says: Vec<(Place, Policy, Says)>,
}

/// Begins a row, by what is done.
pub fn work(work: &'static str) -> Row {
    let none = String::new;
    let (given, tried, then) = (none(), none(), none());
    Row { work, given, tried, pushes: Vec::new(), then, note: "", says: Vec::new() }
}

impl Row {
    /// What is there before. It must succeed.
    pub fn given(mut self, script: impl Into<String>) -> Self {
        self.given = script.into();
        self
    }

    /// What is done.
    pub fn tried(mut self, script: impl Into<String>) -> Self {
        self.tried = script.into();
        self
    }

    /// What somebody pushes then.
    pub fn pushed(mut self, by: &'static str, script: impl Into<String>) -> Self {
        self.pushes.push(Push { by, script: script.into() });
        self
    }

    /// The agent of `wt-uploads` pushes its lane then.
    pub fn lane_pushed(self) -> Self {
        self.pushed("agent-1", "git -C wt-uploads push -q origin agents/uploads")
    }

    /// The agent of `wt-uploads` pushes its lane then, and the dispatcher lands it: the world is one
    /// in which it has its turn.
    pub fn lane_landed(self) -> Self {
        self.lane_pushed().pushed("dana", "land uploads; push main")
    }

    /// What must succeed afterwards.
    pub fn then(mut self, script: impl Into<String>) -> Self {
        self.then = script.into();
        self
    }

    /// What a reader has to know beside it.
    pub fn note(mut self, text: &'static str) -> Self {
        self.note = text;
        self
    }

    /// Wherever everything is taken on the trunk, there is a warning of this rule.
    pub fn warns_if_open(self, rule: &'static str) -> Self {
        self.says_under(Policy::Open, Says::Warning(rule))
    }

    /// There is a warning of this rule, under whatever policy: a waiver makes it one.
    pub fn warns(self, rule: &'static str) -> Self {
        let warned = |row: Self, policy| row.says_under(policy, Says::Warning(rule));
        Policy::ALL.into_iter().fold(self, warned)
    }

    /// Wherever the trunk takes landings alone, the last push is refused, and so is the work: the
    /// exception is what the policy is for.
    pub fn not_for_landings_only(self, rule: &'static str) -> Self {
        self.says_under(Policy::LandingsOnly, Says::Refusal(rule))
    }

    /// The work itself is refused, wherever and under whatever policy.
    pub fn refused_everywhere(self, rule: &'static str) -> Self {
        let refused = |row: Self, policy| row.says_under(policy, Says::Refusal(rule));
        Policy::ALL.into_iter().fold(self, refused)
    }

    /// The servers know less than the client, and take the step for one that lands nothing.
    pub fn server_sees_a_hand_made_step(self, rule: &'static str) -> Self {
        let warned = self.servers_say(Policy::Open, Says::Warning(rule));
        warned.server_refuses_under_landings_only(rule)
    }

    /// The servers know less than the client, which matters where the trunk takes landings alone.
    pub fn server_refuses_under_landings_only(self, rule: &'static str) -> Self {
        self.servers_say(Policy::LandingsOnly, Says::Refusal(rule))
    }

    /// The server refuses the last push as a whole, whatever the policy: it is made of two.
    pub fn not_in_one_push(self, rule: &'static str) -> Self {
        let refused = |row: Self, policy| row.servers_say(policy, Says::Refusal(rule));
        Policy::ALL.into_iter().fold(self, refused)
    }

    /// No agent does that: refused wherever it is known who acts.
    pub fn refused_to_agents(mut self, rule: &'static str) -> Self {
        let known = [Place::Client, Place::Named];
        let says = known
            .iter()
            .flat_map(|place| Policy::ALL.map(|policy| (*place, policy, Says::Refusal(rule))));
        self.says.extend(says);
        self
    }

    /// The client alone refuses it: what it does not tell, pushed, is told by history.
    pub fn refused_on_the_client(mut self, rule: &'static str) -> Self {
        let says = Says::Refusal(rule);
        self.says.extend(Policy::ALL.map(|policy| (Place::Client, policy, says)));
        self
    }

    /// The client cannot know, and so says no: the code of what is not known.
    pub fn undecided_on_the_client(mut self, code: &'static str) -> Self {
        let says = Says::Unknown(code);
        self.says.extend(Policy::ALL.map(|policy| (Place::Client, policy, says)));
        self
    }

    fn servers_say(mut self, policy: Policy, says: Says) -> Self {
        self.says.extend([Place::Server, Place::Named].map(|place| (place, policy, says)));
        self
    }

    fn says_under(mut self, policy: Policy, says: Says) -> Self {
        self.says.extend(Place::ALL.map(|place| (place, policy, says)));
        self
    }

    /// What the gate says at one place under one policy.
    pub fn says(&self, place: Place, policy: Policy) -> Says {
        let said = self.says.iter().rev().find(|said| (said.0, said.1) == (place, policy));
        said.map_or(Says::Nothing, |said| said.2)
    }
}
