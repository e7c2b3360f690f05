//! What is to be expected of merging, for people: a matrix, and what is behind its marks.

use std::collections::BTreeMap;

use policy::path::RepoPath;
use policy::text::{excerpt, printable};
use policy::verdict::Help;

use super::Look;
use super::human::Helps;
use super::style::{ERROR, GOOD, NOTE, QUIET, STRONG, WARNING, styled};
use crate::ritual::forecast::{
    Certainty, Conflict, Forecast, LeftOut, Looked, Outcome, Outlook, Pair, Side, Silent, What,
};

/// The widest matrix, in lanes; of more lanes only those are shown that meet others.
const WIDEST: usize = 40;
/// How many findings of one pair are shown.
const MOST_OF_PAIR: usize = 12;

/// The command that brings a lane up to date, by its branch: in its worktree where that is known.
pub type Updates = BTreeMap<String, String>;

/// The whole page.
pub fn render(forecast: &Forecast, updates: &Updates, look: Look) -> String {
    let mut out = head(forecast);
    if !forecast.lanes.is_empty() {
        out.push('\n');
        out.push_str(&matrix(forecast, look));
    }
    for pair in &forecast.pairs {
        if pair.outlook() >= Outlook::Silent {
            out.push('\n');
            out.push_str(&findings(forecast, pair, updates));
        }
    }
    if !forecast.sequence.is_empty() {
        out.push('\n');
        out.push_str(&sequence(forecast));
    }
    out.push_str(&notes(forecast));
    out.push_str(&last_line(forecast));
    out
}

fn head(forecast: &Forecast) -> String {
    let trunk = printable(&forecast.trunk);
    let lanes = counted(forecast.lanes.len(), "lane");
    let total = forecast.pairs.len();
    let merged = forecast.merged();
    let apart = forecast.pairs.iter().filter(|pair| pair.looked == Looked::Apart).count();
    let title = styled(STRONG, format!("Forecast for {trunk} ({})", forecast.tip.short()));
    if forecast.lanes.is_empty() {
        return format!("{title}: no lane has anything to land\n");
    }
    format!(
        "{title}: {lanes} to land\n{} looked at: {merged} merged in memory, {apart} skipped, whose paths cannot meet\n",
        counted(total, "pair")
    )
}

fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// Lanes against the trunk and each other; the lower half, since the upper is the same.
fn matrix(forecast: &Forecast, look: Look) -> String {
    let shown = shown_lanes(forecast);
    if shown.len() > WIDEST {
        return format!("The matrix of {} lanes is too wide; see --format json.\n", shown.len());
    }
    if shown.is_empty() {
        return format!("{}\n", styled(GOOD, "No lane meets another one, or the trunk."));
    }
    let name = |lane: usize| printable(forecast.lanes[lane].agent.as_str());
    let width = shown.iter().map(|lane| name(*lane).chars().count()).max().unwrap_or(0).min(24);
    let digits = (shown.len().max(1)).to_string().len();
    let cell = if digits == 1 { 3 } else { 2 };
    let indent = " ".repeat(2 + digits + 1 + width);
    let mut out = String::new();
    for line in 0..digits {
        // Numbers of columns stand upright, digit under digit.
        let is_last = line + 1 == digits;
        out.push_str(&format!("{indent}{:>7}", if is_last { "trunk" } else { "" }));
        for number in 1..shown.len() {
            let text = format!("{number:>digits$}");
            let digit = text.chars().nth(line).unwrap_or(' ');
            out.push_str(&" ".repeat(cell - 1));
            out.push(digit);
        }
        trim(&mut out);
    }
    for (row, lane) in shown.iter().enumerate() {
        let number = row + 1;
        let name: String = name(*lane).chars().take(width).collect();
        out.push_str(&format!("  {number:>digits$} {name:<width$}    "));
        out.push_str(&mark(forecast, Side::Trunk, *lane, look));
        out.push_str("  ");
        for column in &shown[..row] {
            out.push_str(&" ".repeat(cell - 1));
            out.push_str(&mark(forecast, Side::Lane(*column), *lane, look));
        }
        trim(&mut out);
    }
    let words = [
        (Outlook::Conflict, "conflict"),
        (Outlook::Silent, "merges, and breaks silently"),
        (Outlook::Clean, "merges"),
        (Outlook::Apart, "cannot meet"),
    ];
    let legend: Vec<String> =
        words.iter().map(|(outlook, word)| format!("{} {word}", symbol(*outlook, look))).collect();
    out.push_str(&format!("  {}\n", legend.join("   ")));
    let hidden = forecast.lanes.len() - shown.len();
    if hidden > 0 {
        out.push_str(&format!("  {} that meet nobody are not shown\n", counted(hidden, "lane")));
    }
    out
}

fn trim(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

fn shown_lanes(forecast: &Forecast) -> Vec<usize> {
    let all = 0..forecast.lanes.len();
    if all.len() <= WIDEST {
        return all.collect();
    }
    let meets = |lane: &usize| {
        let side = Side::Lane(*lane);
        let own = forecast.pairs.iter().filter(|pair| pair.one == side || pair.other == side);
        own.map(Pair::outlook).any(|outlook| outlook > Outlook::Clean)
    };
    all.filter(meets).collect()
}

fn mark(forecast: &Forecast, one: Side, lane: usize, look: Look) -> String {
    let outlook = forecast.pair(one, Side::Lane(lane)).map_or(Outlook::Apart, Pair::outlook);
    symbol(outlook, look)
}

fn symbol(outlook: Outlook, look: Look) -> String {
    let (style, drawn, plain) = match outlook {
        Outlook::Conflict => (ERROR, '✗', 'X'),
        Outlook::Silent => (WARNING, '~', '~'),
        Outlook::Clean => (GOOD, '✓', '+'),
        Outlook::Apart => (QUIET, '·', '.'),
    };
    styled(style, if look == Look::Terminal { drawn } else { plain })
}

/// What was found of one pair, and what to do next.
fn findings(forecast: &Forecast, pair: &Pair, updates: &Updates) -> String {
    let (one, other) = (side(forecast, pair.one), side(forecast, pair.other));
    let mut out = format!("{}\n", styled(STRONG, format!("{one} and {other}")));
    let mut lines: Vec<String> = Vec::new();
    if pair.looked == Looked::Unrelated {
        let head = styled(ERROR, "conflict:");
        lines.push(format!("  {head} they have no history in common, so that git refuses\n"));
    }
    for conflict in &pair.conflicts {
        lines.push(format!("  {} {}\n", styled(ERROR, "conflict:"), told(conflict)));
    }
    for silent in &pair.silent {
        let certainty = match silent.certainty {
            Certainty::Likely => ", likely",
            Certainty::Certain => "",
        };
        let head = styled(WARNING, format!("silent{certainty}:"));
        let at = place(&silent.path, silent.line);
        let told = parts(forecast, pair, silent).join("\n    ");
        lines.push(format!("  {head} {at}\n    {told}\n"));
    }
    let more = lines.len().saturating_sub(MOST_OF_PAIR);
    out.extend(lines.into_iter().take(MOST_OF_PAIR));
    if more > 0 {
        out.push_str(&format!("  and {more} more: see --format json\n"));
    }
    out.push_str(&Helps::default().render(&next(forecast, pair, updates)));
    out
}

fn side(forecast: &Forecast, side: Side) -> String {
    match side {
        Side::Trunk => printable(&forecast.trunk),
        Side::Lane(lane) => forecast.lanes[lane].agent.to_string(),
    }
}

/// A conflict: its paths, and git's word for it.
fn told(conflict: &Conflict) -> String {
    let paths: Vec<String> = conflict.paths.iter().map(ToString::to_string).collect();
    format!("{} ({})", paths.join(", "), conflict.kind)
}

fn place(path: &RepoPath, line: Option<usize>) -> String {
    match line {
        Some(line) => format!("{path}:{line}"),
        None => path.to_string(),
    }
}

/// What is silent, in a sentence without its end; where it is, stands beside it.
pub fn sentence(forecast: &Forecast, pair: &Pair, silent: &Silent) -> String {
    parts(forecast, pair, silent).join("; ")
}

/// The same in parts: what it is, and what else there is to say.
fn parts(forecast: &Forecast, pair: &Pair, silent: &Silent) -> Vec<String> {
    let other = if silent.whose == pair.one { pair.other } else { pair.one };
    let (whose, other) = (side(forecast, silent.whose), side(forecast, other));
    let there = place(&silent.other_path, silent.other_line);
    let mut instead_of = None;
    let text = match &silent.what {
        What::Moved { to: Some(to) } => format!("{whose} changes it, and {other} moves it to {to}"),
        What::Moved { to: None } => format!("{whose} changes it, and {other} moves it away"),
        What::SamePath => format!("{whose} and {other} both make it, with the same content"),
        What::SameNumber { number } => {
            format!("{whose} takes the number {}, and so does {other}: {there}", excerpt(number))
        }
        What::Symbol { name, instead } => {
            instead_of = instead.as_deref();
            format!("{whose} uses `{}`, which {other} removes ({there})", excerpt(name))
        }
        What::Field { of, name, instead } => {
            instead_of = instead.as_deref();
            let (name, of) = (excerpt(name), excerpt(of));
            format!("{whose} uses `{of}.{name}`, which {other} removes ({there})")
        }
        What::Import { to: Some(to) } => {
            format!("{whose} imports {there}, which {other} moves to {to}")
        }
        What::Import { to: None } => format!("{whose} imports {there}, which {other} deletes"),
    };
    let instead = instead_of.map(|instead| format!("`{}` is there now", excerpt(instead)));
    let more = (silent.more > 0).then(|| format!("{} elsewhere", counted(silent.more, "use")));
    let rest: Vec<String> = instead.into_iter().chain(more).collect();
    let rest = (!rest.is_empty()).then(|| rest.join("; "));
    std::iter::once(text).chain(rest).collect()
}

/// What to do about a pair: the lane that lands later takes in what is there by then; where it
/// takes away what is used, it had better not.
fn next(forecast: &Forecast, pair: &Pair, updates: &Updates) -> Vec<Help> {
    // Lanes stand in the order in which they land, and the other one is the later.
    let Side::Lane(later) = pair.other else { return Vec::new() };
    let lane = &forecast.lanes[later];
    let agent = &lane.agent;
    if pair.looked == Looked::Unrelated {
        let label = format!("{agent} begins anew, on a branch of the trunk");
        return vec![Help { label, command: None }];
    }
    let mut helps = Vec::new();
    let taken_away = pair.silent.iter().find(|silent| {
        silent.whose == pair.one && matches!(silent.what, What::Symbol { .. } | What::Field { .. })
    });
    if let Some(Silent { what: What::Symbol { name, .. } | What::Field { name, .. }, .. }) =
        taken_away
    {
        let one = side(forecast, pair.one);
        let label = format!("{agent} keeps `{}` for as long as {one} uses it", excerpt(name));
        helps.push(Help { label, command: None });
    }
    let number = pair.silent.iter().any(|silent| matches!(silent.what, What::SameNumber { .. }));
    if number {
        helps.push(Help { label: format!("{agent} takes the next number"), command: None });
    }
    let when = match pair.one {
        Side::Trunk => String::new(),
        Side::Lane(first) => format!("once {} has landed, ", forecast.lanes[first].agent),
    };
    let label = format!("{when}bring {agent} up to date");
    helps.push(Help { label, command: updates.get(&lane.branch).cloned() });
    helps
}

/// The contracted sequence: the first step that conflicts, and what is behind it.
fn sequence(forecast: &Forecast) -> String {
    let agent = |lane: usize| forecast.lanes[lane].agent.to_string();
    // The matrix names the lanes in this order.
    let mut out = format!("{}\n", styled(STRONG, "One after another, in the contracted order"));
    let stops = |outcome: &Outcome| !matches!(outcome, Outcome::Clean);
    let Some(first) = forecast.sequence.iter().position(|step| stops(&step.outcome)) else {
        out.push_str(&format!("  {}\n", styled(GOOD, "every step merges")));
        return out;
    };
    out.push_str(&match first {
        0 => String::new(),
        1 => format!("  step 1 {}\n", styled(GOOD, "merges")),
        _ => format!("  steps 1 to {first} {}\n", styled(GOOD, "merge")),
    });
    for (at, step) in forecast.sequence.iter().enumerate().skip(first) {
        let head = format!("  step {}, {},", at + 1, agent(step.lane));
        out.push_str(&match &step.outcome {
            Outcome::Clean => continue,
            Outcome::Conflicts(conflicts) => {
                let shown: Vec<String> = conflicts.iter().take(3).map(told).collect();
                let more = match conflicts.len().saturating_sub(3) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!("{head} {} in {}{more}\n", styled(ERROR, "conflicts"), shown.join(", "))
            }
            Outcome::Unrelated => {
                format!("{head} {}: no history in common\n", styled(ERROR, "conflicts"))
            }
            // Told of the lane that they are behind.
            Outcome::Behind { .. } => continue,
        });
        out.push_str(&behind(forecast, step.lane));
    }
    out
}

/// The steps that are behind a lane's conflict.
fn behind(forecast: &Forecast, lane: usize) -> String {
    let places: Vec<usize> = forecast
        .sequence
        .iter()
        .enumerate()
        .filter(|(_, step)| step.outcome == Outcome::Behind { lane })
        .map(|(at, _)| at + 1)
        .collect();
    let steps = match places.as_slice() {
        [] => return String::new(),
        [one] => format!("step {one} is"),
        [first, .., last] if last - first + 1 == places.len() => {
            format!("steps {first} to {last} are")
        }
        several => {
            let shown: Vec<String> = several.iter().take(8).map(ToString::to_string).collect();
            let more = several.len().saturating_sub(8);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("steps {}{more} are", shown.join(", "))
        }
    };
    format!("    {steps} not known before that is resolved\n")
}

fn notes(forecast: &Forecast) -> String {
    let head = styled(NOTE, "note");
    let mut out = String::new();
    if !forecast.left_out.is_empty() {
        let each: Vec<String> = forecast
            .left_out
            .iter()
            .map(|(agent, reason)| format!("{agent} {}", left_out(*reason)))
            .collect();
        out.push_str(&format!("{head}: not looked at: {}\n", each.join(", ")));
    }
    for one in &forecast.elsewhere {
        out.push_str(&format!("{head}: {}\n", one.note()));
    }
    for driver in forecast.drivers.iter().take(MOST_OF_PAIR) {
        let how = match driver.merge.as_str() {
            "unset" => "as one piece, and never line by line".to_owned(),
            "set" => continue,
            name => format!("by the driver {}", excerpt(name)),
        };
        out.push_str(&format!("{head}: {} is merged {how} (an attribute)\n", driver.path));
    }
    out.extend(made_again(forecast).map(|told| format!("{head}: {told}\n")));
    if forecast.unread > 0 {
        let files = counted(forecast.unread, "file");
        out.push_str(&format!(
            "{head}: no symbols were looked for in {files}, which are too large\n"
        ));
    }
    if out.is_empty() { out } else { format!("\n{out}") }
}

/// The generated files that conflict somewhere, a sentence each.
fn made_again(forecast: &Forecast) -> impl Iterator<Item = String> {
    let mut files: BTreeMap<&RepoPath, (usize, &str)> = BTreeMap::new();
    for remade in forecast.pairs.iter().flat_map(|pair| &pair.remade) {
        files.entry(&remade.path).or_insert((0, &remade.command)).0 += 1;
    }
    let shown = files.into_iter().take(MOST_OF_PAIR);
    shown.map(|(path, (pairs, command))| {
        let pairs = counted(pairs, "pair");
        format!("{path} conflicts in {pairs}, and is made again by {}", excerpt(command))
    })
}

/// Why a lane is not forecast, behind its agent's name.
pub fn left_out(reason: LeftOut) -> &'static str {
    match reason {
        LeftOut::Landed => "has landed",
        LeftOut::Withdrawn => "is withdrawn",
        LeftOut::NoBranch => "has no branch yet",
        LeftOut::AtRemote => "has its branch at a remote alone",
        LeftOut::TakenBack => "was taken back (reverting that lands it again)",
        LeftOut::NothingYet => "has done nothing yet",
    }
}

fn last_line(forecast: &Forecast) -> String {
    let of = |outlook| forecast.pairs.iter().filter(|pair| pair.outlook() == outlook).count();
    let (conflicts, silent) = (of(Outlook::Conflict), of(Outlook::Silent));
    if forecast.lanes.is_empty() {
        return String::new();
    }
    let line = match (conflicts, silent) {
        (0, 0) if forecast.conflicts() => {
            styled(ERROR, "no two lanes conflict, and the sequence does")
        }
        (0, 0) => styled(GOOD, "nothing stands in the way of merging them"),
        (0, silent) => styled(WARNING, format!("{} silently", does(silent, "break"))),
        (conflicts, 0) => styled(ERROR, does(conflicts, "conflict")),
        (conflicts, silent) => {
            let (first, second) = (does(conflicts, "conflict"), does(silent, "break"));
            styled(ERROR, format!("{first}, {second} silently"))
        }
    };
    format!("\n{line}\n")
}

/// What so many pairs do.
fn does(pairs: usize, verb: &str) -> String {
    format!("{} {verb}{}", counted(pairs, "pair"), if pairs == 1 { "s" } else { "" })
}
