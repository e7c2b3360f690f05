//! What both sides have made of a text, in one.
//!
//! A change that one side made is taken, and one that both made alike. Changes of both sides that
//! overlap or touch each other conflict; of such a conflict only the lines remain that the sides do not
//! have in common (`XDL_MERGE_ZEALOUS`, which `git merge` asks for; 2.39 and 2.47).

use std::ops::Range;

use super::histogram::Comparison;
use super::{Hunk, Numbering, Read, Steps, Text, is_text};

/// Conflicts with fewer lines between them are shown as one.
const CLOSE: usize = 3;

/// What comes of merging three contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextMerge {
    /// The merged content.
    Clean(Vec<u8>),
    /// A content with the conflicts marked in it.
    Conflict(Vec<u8>),
    /// One of them is no text.
    NoText,
    /// It would take more steps than it may.
    TooDear,
}

/// Merges three contents as git does, without attributes, drivers or favours.
pub fn merge(contents: [&[u8]; 3], steps: &mut Steps) -> Read<TextMerge> {
    let [base, ours, theirs] = contents;
    if ours == theirs || base == theirs {
        return Ok(TextMerge::Clean(ours.to_vec()));
    }
    if base == ours {
        return Ok(TextMerge::Clean(theirs.to_vec()));
    }
    if !contents.into_iter().all(is_text) {
        return Ok(TextMerge::NoText);
    }
    let mut numbering = Numbering::default();
    let [base, ours, theirs] = contents.map(|content| numbering.text(content));
    let mut comparison = Comparison::new(numbering.kinds(), steps);
    let our_hunks = comparison.hunks(base.whole(), ours.whole())?;
    let their_hunks = comparison.hunks(base.whole(), theirs.whole())?;
    let (Some(our_hunks), Some(their_hunks)) = (our_hunks, their_hunks) else {
        return Ok(TextMerge::TooDear);
    };
    let sides = Sides { ours: &ours, theirs: &theirs };
    let regions = joined(overlaid(&our_hunks, &their_hunks, sides));
    let Some(regions) = refined(regions, sides, &mut comparison)? else {
        return Ok(TextMerge::TooDear);
    };
    let is_clean = regions.iter().all(|region| region.by != By::Both);
    let content = written(&gathered(regions), sides);
    Ok(if is_clean { TextMerge::Clean(content) } else { TextMerge::Conflict(content) })
}

/// Both sides of a merge.
#[derive(Clone, Copy)]
struct Sides<'t> {
    ours: &'t Text<'t>,
    theirs: &'t Text<'t>,
}

/// Who changed a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Ours,
    Theirs,
    /// Each in another way.
    Both,
}

/// Lines that are changed, and where they are on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Region {
    by: By,
    ours: Range<usize>,
    theirs: Range<usize>,
}

/// How far a side's lines are from those of the base, behind some hunks.
#[derive(Clone, Copy, Default)]
struct Shift {
    removed: usize,
    added: usize,
}

impl Shift {
    fn behind(hunk: &Hunk) -> Self {
        Self { removed: hunk.old.end, added: hunk.new.end }
    }

    /// Where a line of the base is on this side. Of lines before those hunks, it is enough that they are.
    fn apply(self, line: usize) -> usize {
        (line + self.added).saturating_sub(self.removed)
    }
}

/// The regions of both sides' hunks, in order; those of both sides may still overlap the next.
fn overlaid(ours: &[Hunk], theirs: &[Hunk], sides: Sides<'_>) -> Vec<Region> {
    let mut regions = Vec::new();
    let (mut our_rest, mut their_rest) = (ours, theirs);
    let (mut our_shift, mut their_shift) = (Shift::default(), Shift::default());
    loop {
        let (our, their) = (our_rest.first(), their_rest.first());
        let is_before = |one: &Hunk, other: Option<&Hunk>| {
            other.is_none_or(|other| one.old.end < other.old.start)
        };
        let (takes_ours, takes_theirs) = match (our, their) {
            (None, None) => return regions,
            (Some(our), _) if is_before(our, their) => {
                let theirs = their_shift.apply(our.old.start)..their_shift.apply(our.old.end);
                regions.push(Region { by: By::Ours, ours: our.new.clone(), theirs });
                (true, false)
            }
            (_, Some(their)) if is_before(their, our) => {
                let ours = our_shift.apply(their.old.start)..our_shift.apply(their.old.end);
                regions.push(Region { by: By::Theirs, ours, theirs: their.new.clone() });
                (false, true)
            }
            (Some(our), Some(their)) => {
                if !is_same_change(our, their, sides) {
                    regions.push(of_both(our, their));
                }
                (our.old.end <= their.old.end, their.old.end <= our.old.end)
            }
            // One that is alone is before no other.
            (Some(_), None) | (None, Some(_)) => return regions,
        };
        if takes_ours && let Some((first, rest)) = our_rest.split_first() {
            (our_shift, our_rest) = (Shift::behind(first), rest);
        }
        if takes_theirs && let Some((first, rest)) = their_rest.split_first() {
            (their_shift, their_rest) = (Shift::behind(first), rest);
        }
    }
}

/// Whether both sides changed the same lines to the same.
fn is_same_change(our: &Hunk, their: &Hunk, sides: Sides<'_>) -> bool {
    our.old == their.old
        && sides.ours.numbers[our.new.clone()] == sides.theirs.numbers[their.new.clone()]
}

/// What both sides made of all lines that either changed: beside its own hunk, a side has the base's.
fn of_both(our: &Hunk, their: &Hunk) -> Region {
    let start = our.old.start.min(their.old.start);
    let end = our.old.end.max(their.old.end);
    let around = |hunk: &Hunk| {
        // Where another of its hunks is among these lines, the region goes on from one before.
        hunk.new.start.saturating_sub(hunk.old.start - start)..hunk.new.end + (end - hunk.old.end)
    };
    Region { by: By::Both, ours: around(our), theirs: around(their) }
}

/// The regions, with those that overlap or touch on one side as one.
fn joined(regions: Vec<Region>) -> Vec<Region> {
    let mut joined: Vec<Region> = Vec::new();
    for region in regions {
        match joined.last_mut() {
            Some(last)
                if region.ours.start <= last.ours.end || region.theirs.start <= last.theirs.end =>
            {
                if last.by != region.by {
                    last.by = By::Both;
                }
                (last.ours.end, last.theirs.end) = (region.ours.end, region.theirs.end);
            }
            _ => joined.push(region),
        }
    }
    joined
}

/// The regions, with those of both sides cut down to what the sides do not have in common; `None`: that
/// takes too long.
fn refined(
    regions: Vec<Region>,
    sides: Sides<'_>,
    comparison: &mut Comparison<'_>,
) -> Read<Option<Vec<Region>>> {
    let mut refined = Vec::new();
    for region in regions {
        if region.by != By::Both || region.ours.is_empty() || region.theirs.is_empty() {
            refined.push(region);
            continue;
        }
        let (ours, theirs) =
            (sides.ours.part(region.ours.clone()), sides.theirs.part(region.theirs.clone()));
        let Some(hunks) = comparison.hunks(ours, theirs)? else { return Ok(None) };
        refined.extend(hunks.into_iter().map(|hunk| Region {
            by: By::Both,
            ours: moved(&hunk.old, region.ours.start),
            theirs: moved(&hunk.new, region.theirs.start),
        }));
    }
    Ok(Some(refined))
}

fn moved(lines: &Range<usize>, by: usize) -> Range<usize> {
    lines.start + by..lines.end + by
}

/// The regions, with conflicts that are close to each other as one.
fn gathered(regions: Vec<Region>) -> Vec<Region> {
    let mut gathered: Vec<Region> = Vec::new();
    for region in regions {
        match gathered.last_mut() {
            Some(last)
                if last.by == By::Both
                    && region.by == By::Both
                    && region.ours.start <= last.ours.end + CLOSE =>
            {
                (last.ours.end, last.theirs.end) = (region.ours.end, region.theirs.end);
            }
            _ => gathered.push(region),
        }
    }
    gathered
}

/// Our text with their changes in it, and the conflicts marked.
fn written(regions: &[Region], sides: Sides<'_>) -> Vec<u8> {
    let (ours, theirs) = (sides.ours.whole(), sides.theirs.whole());
    let mut content = Vec::new();
    let mut written = 0;
    for region in regions {
        content.extend_from_slice(ours.bytes(written..region.ours.start));
        written = region.ours.end;
        let (our, their) = (ours.bytes(region.ours.clone()), theirs.bytes(region.theirs.clone()));
        match region.by {
            By::Ours => content.extend_from_slice(our),
            By::Theirs => content.extend_from_slice(their),
            By::Both => {
                for (mark, side) in [("<<<<<<<\n", our), ("=======\n", their)] {
                    content.extend_from_slice(mark.as_bytes());
                    content.extend_from_slice(side);
                    if side.last().is_some_and(|byte| *byte != b'\n') {
                        content.push(b'\n');
                    }
                }
                content.extend_from_slice(b">>>>>>>\n");
            }
        }
    }
    content.extend_from_slice(ours.bytes(written..ours.numbers.len()));
    content
}
