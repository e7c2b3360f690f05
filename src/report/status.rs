//! A status, for people: one line a lane, as much of it as the width holds, and the next steps.

use std::collections::HashSet;

use policy::name::AgentId;
use policy::text::printable;
use policy::verdict::{Help, Note, Outcome};
use unicode_width::UnicodeWidthStr;

use super::foreign::{LINE, SUMMARY, shown};
use super::style::{ERROR, GOOD, NOTE, QUIET, STRONG, UNDECIDED, WARNING, styled};
use super::table::{self, Cell, Column, End, Side, cut};
use crate::evidence::lane::landed::Landing;
use crate::ritual::status::{Found, LaneStatus, LeftBehind, Standing, Status};

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Columns.
    pub width: usize,
    /// Lines, where that is known.
    pub height: Option<usize>,
    /// Whether all lanes are shown, though there are more than lines.
    pub all: bool,
}

/// How many next steps are shown where there is room for any number.
const MOST_STEPS: usize = 5;

const COLUMNS: [Column; 12] = [
    number("#", 0),
    name("agent", 12, 0),
    name("branch", 12, 8),
    name("worktree", 10, 9),
    number("own", 3),
    number("files", 2),
    number("lines", 4),
    number("trunk", 7),
    number("edits", 6),
    number("last", 5),
    Column { head: "verdict", side: Side::Left, least: None, keeps: End::First, rank: 1 },
    Column { head: "state", side: Side::Left, least: Some(24), keeps: End::First, rank: 0 },
];

const fn number(head: &'static str, rank: u8) -> Column {
    Column { head, side: Side::Right, least: None, keeps: End::First, rank }
}

const fn name(head: &'static str, least: usize, rank: u8) -> Column {
    Column { head, side: Side::Left, least: Some(least), keeps: End::Last, rank }
}

/// The page, at this time (seconds since 1970).
pub fn page(found: &Found, room: Room, now: i64) -> String {
    let status = match found {
        Found::Run(status) => status,
        Found::NoContract { trunk, behind } => {
            let note = styled(NOTE, "note[no-contract]");
            let head = format!("{note}: there is no contract on {trunk}, so nothing is enforced");
            let notes = behind.iter().map(|left| note_line(&left.note(trunk), room));
            let next: Vec<Help> = behind.iter().map(LeftBehind::step).collect();
            let steps = steps(&next, room, 1 + behind.len());
            let lines = std::iter::once(head).chain(notes).chain(steps);
            return lines.collect::<Vec<_>>().join("\n") + "\n";
        }
    };
    let notes: Vec<String> = status.notes.iter().map(|note| note_line(note, room)).collect();
    let steps = steps(&status.next, room, 2 + notes.len() + status.lanes.len());
    // The head, the columns' heads, the notes and the steps.
    let taken = 2 + notes.len() + steps.len();
    let height = room.height.filter(|_| !room.all);
    let (lanes, left_out) = chosen(status, height.map(|height| height.saturating_sub(taken)));
    let first: HashSet<&AgentId> =
        status.lanes.iter().filter(|one| one.has_its_turn()).map(|one| &one.agent).collect();
    let rows: Vec<Vec<Cell>> = lanes.iter().map(|lane| row(lane, &first, now)).collect();
    let mut lines = vec![head(status, room.width)];
    lines.extend(table::lines(&COLUMNS, QUIET, &rows, room.width));
    if left_out > 0 {
        let more = format!("… and {left_out} more: a taller window shows them");
        lines.push(styled(QUIET, cut(&more, room.width)));
    }
    lines.extend(notes);
    lines.extend(steps);
    lines.join("\n") + "\n"
}

fn note_line(note: &Note, room: Room) -> String {
    format!("{}: {}", styled(NOTE, "note"), cut(&note.message, room.width - 6))
}

/// `main 1f3c9ab  contract.toml version 2  20 lanes: 3 landed, 1 may land`
fn head(status: &Status, width: usize) -> String {
    let trunk = format!("{} {}", shown(&status.trunk, SUMMARY), status.commit.short());
    let count = |standing| status.lanes.iter().filter(|lane| lane.standing() == standing).count();
    let held_up = status.lanes.iter().filter(|lane| lane.is_held_up()).count();
    let words = [
        (count(Standing::Landed) + count(Standing::Withdrawn), "landed"),
        (count(Standing::MayLand) - held_up, "may land"),
        (held_up, "being rebased"),
        (count(Standing::Denied), "denied"),
        (count(Standing::Undecided), "undecided"),
        (count(Standing::Stale), "stale"),
        (count(Standing::Waits), "waiting"),
        (count(Standing::Empty) + count(Standing::NoBranch), "empty"),
    ];
    let words: Vec<String> = words
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let lanes = match status.lanes.len() {
        1 => format!("1 lane: {}", words.join(", ")),
        many => format!("{many} lanes: {}", words.join(", ")),
    };
    let room = width.saturating_sub(trunk.width() + 2);
    let file = format!("{} version {}", status.file, status.version);
    let name = status.name.as_ref().map(|name| format!("{file} of {}  ", shown(name, SUMMARY)));
    let contracts = [name, Some(format!("{file}  ")), Some(String::new())];
    let mut heads = contracts.into_iter().flatten().map(|contract| format!("{contract}{lanes}"));
    let head = heads.find(|head| head.width() <= room).unwrap_or_else(|| cut(&lanes, room));
    format!("{}  {head}", styled(STRONG, &trunk))
}

/// As many lanes as there is room for, those that are still to come before others, and how many are
/// left out.
fn chosen(status: &Status, room: Option<usize>) -> (Vec<&LaneStatus>, usize) {
    let all = status.lanes.len();
    let Some(room) = room.filter(|room| *room < all) else {
        return (status.lanes.iter().collect(), 0);
    };
    let room = room.saturating_sub(1);
    let open = status.lanes.iter().filter(|lane| lane.is_open()).count();
    let mut landed = room.saturating_sub(open);
    let is_chosen = |lane: &&LaneStatus| {
        lane.is_open() || {
            let fits = landed > 0;
            landed = landed.saturating_sub(1);
            fits
        }
    };
    let lanes: Vec<&LaneStatus> = status.lanes.iter().filter(is_chosen).take(room).collect();
    (lanes, all - room)
}

fn row(lane: &LaneStatus, first: &HashSet<&AgentId>, now: i64) -> Vec<Cell> {
    let quiet = if lane.is_open() { anstyle::Style::new() } else { QUIET };
    let of = |text: String| Cell::of(quiet, text);
    let number = |count: Option<usize>| match count {
        Some(0) | None => Cell::default(),
        Some(count) => of(count.to_string()),
    };
    let lines = lane.size.filter(|size| size.files > 0).map(|size| match size.uncounted {
        all if all == size.files => "binary".to_owned(),
        _ => format!("+{} -{}", size.added, size.deleted),
    });
    let trunk = lane.distance.filter(|apart| apart.ahead + apart.behind > 0);
    let trunk = trunk.map(|apart| format!("+{} -{}", apart.ahead, apart.behind));
    let files = match lane.size {
        // Why it is not known is said as the lane's state, or by `check`.
        None if lane.tip.is_some() => Cell::of(UNDECIDED, "?"),
        size => number(size.map(|size| size.files)),
    };
    let last = lane.last.map(|last| age(now.saturating_sub(last)));
    vec![
        of(lane.step.map(|step| step.to_string()).unwrap_or_default()),
        of(lane.agent.to_string()),
        of(printable(&lane.branch)),
        of(desk(lane)),
        number(lane.own),
        files,
        of(lines.unwrap_or_default()),
        of(trunk.unwrap_or_default()),
        edits(lane),
        of(last.unwrap_or_default()),
        verdict(lane),
        state(lane, first),
    ]
}

fn desk(lane: &LaneStatus) -> String {
    let Some(desk) = &lane.desk else { return String::new() };
    let name = desk.path.file_name().unwrap_or(desk.path.as_os_str());
    let name = printable(&name.to_string_lossy());
    if desk.gone { format!("{name} (gone)") } else { name }
}

/// What is not committed: `3` changed files, `3+1` with a new one.
fn edits(lane: &LaneStatus) -> Cell {
    let Some(desk) = &lane.desk else { return Cell::default() };
    match &desk.uncommitted {
        Err(_) => Cell::of(UNDECIDED, "?"),
        Ok(found) if found.changed + found.untracked == 0 => Cell::default(),
        Ok(found) if found.untracked == 0 => Cell::of(WARNING, found.changed.to_string()),
        Ok(found) => Cell::of(WARNING, format!("{}+{}", found.changed, found.untracked)),
    }
}

fn verdict(lane: &LaneStatus) -> Cell {
    let verdict = &lane.verdict;
    match verdict.outcome {
        Outcome::Denied => Cell::of(ERROR, format!("denied {}", verdict.errors)),
        Outcome::Undecided => Cell::of(UNDECIDED, "undecided"),
        // Nothing was judged of what is not there.
        Outcome::Allowed if lane.tip.is_none() => Cell::default(),
        Outcome::Allowed if verdict.warnings > 0 && lane.is_open() => {
            Cell::of(WARNING, format!("allowed {}", verdict.warnings))
        }
        Outcome::Allowed if lane.is_open() => Cell::plain("allowed"),
        Outcome::Allowed => Cell::of(QUIET, "allowed"),
    }
}

fn state(lane: &LaneStatus, first: &HashSet<&AgentId>) -> Cell {
    let stale = lane
        .stale
        .as_ref()
        .map(|stale| format!("has version {} of {} of the contract", stale.has, stale.current));
    let waits = waits(lane, first);
    let blocks = match lane.blocks.len() {
        0 => None,
        1 => Some("1 waits".to_owned()),
        many => Some(format!("{many} wait")),
    };
    let unknown = lane.unknown.first().map(|one| shown(&one.message, LINE));
    let (style, word, more) = match lane.standing() {
        Standing::MayLand if lane.is_held_up() => (WARNING, "is being rebased", vec![blocks]),
        Standing::MayLand => (GOOD, "may land now", vec![blocks]),
        Standing::Denied => (ERROR, "denied", vec![waits, blocks]),
        Standing::Undecided => {
            return Cell::of(UNDECIDED, unknown.unwrap_or_else(|| "undecided".to_owned()));
        }
        Standing::Stale => (WARNING, "stale", vec![stale, waits, blocks]),
        Standing::Waits => return Cell::plain(waits.unwrap_or_default()),
        Standing::Empty if lane.taken_back => (WARNING, "taken back", vec![waits, blocks]),
        Standing::Empty => (QUIET, "nothing yet", vec![waits, blocks]),
        Standing::NoBranch => (QUIET, "no branch yet", vec![waits, blocks]),
        Standing::Landed if lane.has_more => {
            (WARNING, "landed", vec![Some("more since".to_owned())])
        }
        Standing::Landed => (QUIET, evidence(lane.landing), vec![]),
        Standing::Withdrawn => (QUIET, "withdrawn", vec![]),
    };
    let words = std::iter::once(word.to_owned()).chain(more.into_iter().flatten());
    Cell::of(style, words.collect::<Vec<_>>().join(", "))
}

/// How it is known that a lane has landed.
fn evidence(landing: Option<Landing>) -> &'static str {
    match landing {
        Some(Landing::Reachable) => "landed: merged",
        Some(Landing::Arrived) => "landed: changes arrived",
        Some(Landing::BranchGone) => "landed: branch gone",
        _ => "landed",
    }
}

/// What it waits for, those first whose turn it is: `waits for agent-2, agent-4`, or, of many, the
/// first and how many more.
fn waits(lane: &LaneStatus, first: &HashSet<&AgentId>) -> Option<String> {
    let mut waits_for: Vec<&AgentId> = lane.waits_for.iter().flatten().collect();
    waits_for.sort_by_key(|id| !first.contains(id));
    match waits_for.as_slice() {
        [] => None,
        [one] => Some(format!("waits for {one}")),
        [one, other] => Some(format!("waits for {one}, {other}")),
        [one, rest @ ..] => Some(format!("waits for {one} +{}", rest.len())),
    }
}

/// The next steps, as many as there is room for beside the lanes, and one at least.
fn steps(next: &[Help], room: Room, beside: usize) -> Vec<String> {
    let most = room.height.map_or(MOST_STEPS, |height| height.saturating_sub(beside));
    let shown = &next[..next.len().min(most.clamp(1, MOST_STEPS))];
    let labels = shown.iter().map(|Help { label, .. }| label.chars().count());
    let widest = labels.max().unwrap_or(0);
    let line = |(at, Help { label, command }): (usize, &Help)| {
        let head = if at == 0 { "next" } else { "    " };
        let head = styled(STRONG, head);
        match command {
            Some(command) => format!("{head}  {label:widest$}  {}", styled(STRONG, command)),
            None => format!("{head}  {label}"),
        }
    };
    shown.iter().enumerate().map(line).collect()
}

/// How long ago, in the largest unit that says enough.
fn age(seconds: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    match seconds {
        // A clock elsewhere may be ahead of this one.
        ..MINUTE => "now".to_owned(),
        MINUTE..HOUR => format!("{}m", seconds / MINUTE),
        HOUR.. if seconds < 2 * DAY => format!("{}h", seconds / HOUR),
        _ if seconds < 100 * DAY => format!("{}d", seconds / DAY),
        _ if seconds < 730 * DAY => format!("{}w", seconds / (7 * DAY)),
        _ => format!("{}y", seconds / (365 * DAY)),
    }
}

#[cfg(test)]
mod tests;
