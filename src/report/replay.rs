//! What a replay found, for people: refusals first, then what to do about the contract.

use std::collections::BTreeMap;
use std::rc::Rc;

use anstyle::Style;
use policy::contract::{Contract, SharedPolicy};
use policy::oid::Oid;
use policy::text::printable;
use policy::verdict::Severity;

use super::foreign::{SUMMARY, shown};
use super::style::{ERROR, GOOD, NOTE, QUIET, STRONG, UNDECIDED, WARNING, styled};
use super::wrapped::{WIDTH, section, wrapped};
use crate::ritual::names;
use crate::ritual::replay::period::Period;
use crate::ritual::replay::{Contested, Fate, Finding, Place, Proposal, Recognised, Replay, Work};

/// How many findings of one piece of work it has.
const MOST_FINDINGS: usize = 6;

/// What was replayed, and over what, for a page.
pub struct Replayed {
    /// The contract's file. Safe to print.
    pub file: String,
    /// The trunk's commit that holds it; `None` for a file that was named.
    pub commit: Option<Oid>,
    /// The trunk's short name.
    pub trunk: String,
    /// The trunk's newest commit.
    pub tip: Oid,
    /// How far back was looked.
    pub period: Period,
    /// When that begins, in seconds since 1970.
    pub since: i64,
    /// The contract.
    pub contract: Rc<Contract>,
    /// What was found.
    pub found: Replay,
}

/// The page.
pub fn page(replayed: &Replayed) -> String {
    let Replayed { file, trunk, period, found, .. } = replayed;
    let on = if replayed.commit.is_some() { "the trunk's contract" } else { "not in force" };
    let head = format!("{file}, {on}, over {} {period}", printable(trunk));
    let mut out = format!("{}\n", styled(STRONG, head));
    out.push_str(&format!("{}\n", counted(found)));
    let refused: Vec<&Work> = found.works.iter().filter(|work| work.is_refused()).collect();
    section(&mut out, "would have been refused", &refused, |work| of_work(work, file));
    let warned = |work: &&Work| !work.is_refused() && !work.findings.is_empty();
    let warned: Vec<&Work> = found.works.iter().filter(warned).collect();
    section(&mut out, "would have been warned of", &warned, |work| of_work(work, file));
    let unknown: Vec<&Work> = found.works.iter().filter(|work| work.undecided.is_some()).collect();
    section(&mut out, "could not be judged", &unknown, |work| of_work(work, file));
    let lanes = |work: &&Work| {
        let is_step = matches!(work.place, Place::Step(_));
        work.lane.is_none() && work.own_of.len() > 1 && !is_step
    };
    let split: Vec<&Work> = found.works.iter().filter(lanes).collect();
    section(&mut out, "fits no lane", &split, of_split);
    let contested: Vec<&Contested> = found.contested.iter().collect();
    section(&mut out, "no lane's own, and changed by several", &contested, |one| {
        of_contested(one, file)
    });
    if !found.unused.is_empty() && !found.works.is_empty() {
        out.push_str(&format!("\n{}\n", styled(STRONG, "lanes that nobody used")));
        for agent in &found.unused {
            let branch = replayed.contract.agent(agent).map(|lane| printable(&lane.branch));
            out.push_str(&format!("  {agent}  {}\n", branch.unwrap_or_default()));
        }
    }
    let proposals: Vec<&Proposal> = found.proposals.iter().collect();
    section(
        &mut out,
        "refused, landed and stayed: the contract may be too narrow",
        &proposals,
        |one| of_proposal(one, file),
    );
    if let Some(text) = order_unknown(found) {
        out.push_str(&format!("\n{}\n", wrapped(&text, 0)));
    }
    out.push_str(&format!("\n{}\n", verdict(found)));
    out
}

fn counted(found: &Replay) -> String {
    let count = |is: fn(&Place) -> bool, one: &str, many: &str| match found
        .works
        .iter()
        .filter(|work| is(&work.place))
        .count()
    {
        0 => None,
        1 => Some(format!("1 {one}")),
        several => Some(format!("{several} {many}")),
    };
    let parts = [
        count(|place| matches!(place, Place::Merge(_)), "merge", "merges"),
        count(|place| matches!(place, Place::Step(_)), "commit of its own", "commits of its own"),
        count(|place| matches!(place, Place::Branch(_)), "open branch", "open branches"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let older = match found.older_branches {
        0 => String::new(),
        1 => "; 1 branch is older".to_owned(),
        several => format!("; {several} branches are older"),
    };
    if parts.is_empty() {
        return format!("nothing happened there{older}");
    }
    format!("{}{older}", parts.join(", "))
}

fn verdict(found: &Replay) -> String {
    let all = found.works.len();
    let refused = found.works.iter().filter(|work| work.is_refused()).count();
    let wrong = found.works.iter().filter(|work| work.looks_wrong()).count();
    let unknown = found.works.iter().filter(|work| work.undecided.is_some()).count();
    let mut text = match (all, refused) {
        (0, _) => styled(NOTE, "there is no work to replay"),
        (_, 0) => styled(GOOD, "nothing would have been refused"),
        (_, refused) => {
            let head = styled(ERROR, format!("{refused} of {all} would have been refused"));
            let stayed = styled(WARNING, format!("{wrong} of them landed and stayed"));
            if wrong == 0 { head } else { format!("{head}; {stayed}") }
        }
    };
    if found.order_unknown > 0 {
        let count = format!("the order of {} not known", found.order_unknown);
        text.push_str(&format!("; {}", styled(UNDECIDED, count)));
    }
    if unknown > 0 {
        text.push_str(&format!("; {}", styled(UNDECIDED, format!("{unknown} not known"))));
    }
    text
}

/// Of which landings it is not known whether they were in order, and why.
fn order_unknown(found: &Replay) -> Option<String> {
    let landings = match found.order_unknown {
        0 => return None,
        1 => "1 landing".to_owned(),
        several => format!("{several} landings"),
    };
    Some(format!(
        "Whether {landings} kept to the merge order is not known: lanes that land first were squashed \
         later, and their branches, which would tell when that work began, are gone."
    ))
}

/// The branch or commit, the lane, and where it landed.
fn name_of(work: &Work) -> String {
    let lane = match &work.lane {
        Some(lane) => {
            let by = if lane.by == Recognised::Paths { " (by its paths)" } else { "" };
            format!("{}{by}", lane.agent)
        }
        None => "no lane".to_owned(),
    };
    let short = |id: &policy::oid::Oid| id.to_string()[..9].to_owned();
    let branch = work.branch.as_deref().map(|branch| shown(branch, SUMMARY));
    let at = match &work.place {
        Place::Merge(commit) if branch.is_some() => format!("merged in {}", short(&commit.id)),
        Place::Merge(commit) | Place::Step(commit) => {
            format!("{} \"{}\"", short(&commit.id), shown(&commit.summary, 48))
        }
        Place::Branch(_) => "open".to_owned(),
    };
    match branch {
        Some(branch) => format!("{}  {lane}  {}", styled(STRONG, branch), styled(QUIET, at)),
        None => format!("{}  {lane}", styled(QUIET, at)),
    }
}

fn of_work(work: &Work, file: &str) -> String {
    let mut out = format!("  {}\n", name_of(work));
    let (refuse, warn): (Vec<&Finding>, Vec<&Finding>) =
        work.findings.iter().partition(|found| found.refuses());
    for found in refuse.iter().take(MOST_FINDINGS) {
        out.push_str(&of_finding(found, file));
    }
    if refuse.len() > MOST_FINDINGS {
        let more = refuse.len() - MOST_FINDINGS;
        out.push_str(&format!("    and {more} more (--format json has all)\n"));
    }
    // Of what only warns one line is enough for all paths of one lane.
    let mut kinds: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for found in warn {
        kinds.entry((found.violation.rule, &found.violation.owner)).or_default().push(found);
    }
    for of_kind in kinds.values() {
        out.push_str(&of_finding(of_kind[0], file));
        if of_kind.len() > 1 {
            out.push_str(&format!("{:19}and {} more\n", "", of_kind.len() - 1));
        }
    }
    if let Some(unknown) = &work.undecided {
        out.push_str(&format!("    {} {}\n", styled(UNDECIDED, unknown.code), unknown.message));
    }
    out
}

fn of_finding(found: &Finding, file: &str) -> String {
    let violation = &found.violation;
    let style = if violation.severity == Severity::Error { ERROR } else { WARNING };
    let rule = styled(style, format!("{:<14}", violation.rule));
    let line = violation.contract_line.map(|line| (QUIET, format!("{file}:{line}")));
    let fate = found.fate.as_ref().filter(|_| found.refuses()).map(|fate| match fate {
        Fate::Stayed => (WARNING, "stayed".to_owned()),
        Fate::TakenBack(by) => (GOOD, format!("taken back in {}", by_id(by))),
        Fate::Mended(by) => (GOOD, format!("mended in {}", by_id(by))),
    });
    let beside: Vec<(Style, String)> = line.into_iter().chain(fate).collect();
    let room: usize = beside.iter().map(|(_, text)| text.chars().count() + 2).sum();
    // The head names the lane already: what is left is the path, and whose it is.
    let what = match (&violation.path, &violation.owner) {
        (Some(path), Some(owner)) => format!("{path} of {owner}"),
        (Some(path), None) => path.to_string(),
        (None, _) => violation.message.clone(),
    };
    let mut out = format!("    {rule} {what}");
    if 19 + what.chars().count() + room > WIDTH && room > 0 {
        // In a line of its own, below the sentence.
        out.push_str(&format!("\n{:17}", ""));
    }
    for (style, text) in beside {
        out.push_str(&format!("  {}", styled(style, text)));
    }
    out + "\n"
}

fn by_id(commit: &policy::change::CommitRef) -> String {
    commit.id.to_string()[..9].to_owned()
}

fn of_split(work: &Work) -> String {
    let parts: Vec<String> =
        work.own_of.iter().map(|(agent, count)| format!("{count} of {agent}")).collect();
    format!("  {}\n    changes {} paths: {}\n", name_of(work), work.paths, parts.join(", "))
}

fn of_contested(one: &Contested, file: &str) -> String {
    let by: Vec<String> = one.by.iter().take(6).map(|by| shown(by, 40)).collect();
    let more =
        if one.by.len() > 6 { format!(" and {} more", one.by.len() - 6) } else { String::new() };
    let policy = match &one.policy {
        Some((policy, line)) => {
            let policy = match policy {
                SharedPolicy::Owner(owner) => format!("{owner} owns"),
                SharedPolicy::Nobody => "nobody edits".to_owned(),
                SharedPolicy::AdditionsBy(_) => "additions only".to_owned(),
                SharedPolicy::GeneratedBy(_) => "generated".to_owned(),
            };
            format!("{policy}, {file}:{line}")
        }
        None => "not in the contract".to_owned(),
    };
    format!("  {}  {}{more}  {}\n", one.path, by.join(", "), styled(QUIET, policy))
}

fn of_proposal(one: &Proposal, file: &str) -> String {
    let agents = names(&one.agents);
    let paths = match one.paths.as_slice() {
        [path] => path.to_string(),
        paths => format!("{} paths", paths.len()),
    };
    let times = if one.works == 1 { "once".to_owned() } else { format!("{} times", one.works) };
    let text = format!("{agents} changed {paths} {times}; {}", printable(&one.because));
    let mut out = format!("  {}\n", wrapped(&text, 2));
    if let Some(line) = &one.line {
        let place = match one.instead_of {
            Some(number) => format!("instead of {file}:{number}"),
            None => one.place.clone(),
        };
        out.push_str(&format!(
            "    {} {}\n",
            styled(QUIET, format!("{place}:")),
            styled(GOOD, printable(line))
        ));
    }
    out
}
