//! Which lines of two texts are the same ones, by histogram.
//!
//! Of all runs of lines that both have, the one with the rarest line is held fast, or the longest of these; then the
//! same is asked of what lies before it and behind it. Where every common line comes too often,
//! Myers' algorithm is asked.

use std::ops::Range;

use super::{Hunk, Part, Read, Steps, hunks, libgit2, sliding};

/// Lines that come more often are too common to hold on to (`max_chain_length` in xdiff, 2.39 and 2.47).
const TOO_COMMON: u32 = 64;

/// Compares texts whose lines are numbered together.
pub struct Comparison<'s> {
    places: Places,
    steps: &'s mut Steps,
}

/// Where each line is in a part of the old text.
struct Places {
    /// By a line's number: how often it is there.
    count: Vec<u32>,
    /// By a line's number: the first place.
    first: Vec<usize>,
    /// By a place: the next one of the same line, or itself if it is the last.
    next: Vec<usize>,
}

/// Equal lines of both texts.
struct Run {
    old: Range<usize>,
    new: Range<usize>,
}

/// What is found of two parts.
enum Held {
    Run(Run),
    NothingInCommon,
    TooCommon,
}

impl<'s> Comparison<'s> {
    /// Of lines of so many kinds.
    pub fn new(kinds: usize, steps: &'s mut Steps) -> Self {
        let places = Places { count: vec![0; kinds], first: vec![0; kinds], next: Vec::new() };
        Self { places, steps }
    }

    /// How two parts differ; `None`: that takes too long.
    pub fn hunks(&mut self, old: Part<'_>, new: Part<'_>) -> Read<Option<Vec<Hunk>>> {
        let mut old_marks = vec![false; old.numbers.len()];
        let mut new_marks = vec![false; new.numbers.len()];
        let mut pending = vec![(0..old_marks.len(), 0..new_marks.len())];
        while let Some((olds, news)) = pending.pop() {
            if !self.steps.take(olds.len() + news.len()) {
                return Ok(None);
            }
            let held = match olds.is_empty() || news.is_empty() {
                true => Some(Held::NothingInCommon),
                false => self.hold(old.numbers, olds.clone(), new.numbers, news.clone()),
            };
            match held {
                None => return Ok(None),
                Some(Held::NothingInCommon) => {
                    old_marks[olds].fill(true);
                    new_marks[news].fill(true);
                }
                Some(Held::Run(run)) => {
                    pending.push((run.old.end..olds.end, run.new.end..news.end));
                    pending.push((olds.start..run.old.start, news.start..run.new.start));
                }
                Some(Held::TooCommon) => {
                    let numbers = (&old.numbers[olds.clone()], &new.numbers[news.clone()]);
                    if !self.steps.take_comparison(numbers.0, numbers.1) {
                        return Ok(None);
                    }
                    let found = libgit2::compare(old.bytes(olds.clone()), new.bytes(news.clone()))?;
                    if olds.len() == old.numbers.len() && news.len() == new.numbers.len() {
                        // They are slid already, and beside each other's new places would slide further.
                        return Ok(Some(found));
                    }
                    for hunk in found {
                        old_marks[olds.start..][hunk.old].fill(true);
                        new_marks[news.start..][hunk.new].fill(true);
                    }
                }
            }
        }
        sliding::slide(old.numbers, &mut old_marks, &new_marks);
        sliding::slide(new.numbers, &mut new_marks, &old_marks);
        Ok(Some(hunks(&old_marks, &new_marks)))
    }

    /// The run that is held fast; `None`: to look for it takes too long.
    fn hold(
        &mut self,
        old: &[u32],
        olds: Range<usize>,
        new: &[u32],
        news: Range<usize>,
    ) -> Option<Held> {
        self.places.note(old, olds.clone());
        let held = self.look(old, &olds, new, &news);
        self.places.forget(&old[olds]);
        held
    }

    fn look(
        &mut self,
        old: &[u32],
        olds: &Range<usize>,
        new: &[u32],
        news: &Range<usize>,
    ) -> Option<Held> {
        let mut best: Option<Run> = None;
        let mut rarest = TOO_COMMON + 1;
        let mut have_any_in_common = false;
        let mut at = news.start;
        while at < news.end {
            let here = at;
            at += 1;
            let count = self.places.count[new[here] as usize];
            have_any_in_common |= count > 0;
            if count == 0 || count > rarest {
                continue;
            }
            let mut place = self.places.first[new[here] as usize];
            loop {
                let run = run_around(old, olds, place, new, news, here);
                if !self.steps.take(run.old.len() + 1) {
                    return None;
                }
                at = at.max(run.new.end);
                let counts =
                    old[run.old.clone()].iter().map(|line| self.places.count[*line as usize]);
                let rarity = counts.min().unwrap_or(count);
                let ends = run.old.end;
                if rarity < rarest
                    || best.as_ref().is_none_or(|best| best.old.len() < run.old.len())
                {
                    (best, rarest) = (Some(run), rarity);
                }
                match self.places.behind(place, ends) {
                    Some(next) => place = next,
                    None => break,
                }
            }
        }
        Some(match best {
            _ if have_any_in_common && rarest > TOO_COMMON => Held::TooCommon,
            Some(run) => Held::Run(run),
            None => Held::NothingInCommon,
        })
    }
}

impl Places {
    fn note(&mut self, old: &[u32], olds: Range<usize>) {
        if self.next.len() < olds.end {
            self.next.resize(olds.end, 0);
        }
        for place in olds.rev() {
            let line = old[place] as usize;
            self.next[place] = if self.count[line] == 0 { place } else { self.first[line] };
            self.first[line] = place;
            self.count[line] += 1;
        }
    }

    fn forget(&mut self, lines: &[u32]) {
        for line in lines {
            self.count[*line as usize] = 0;
        }
    }

    /// The next place of the same line that is not before another one.
    fn behind(&self, mut place: usize, from: usize) -> Option<usize> {
        while place < from {
            let next = self.next[place];
            if next == place {
                return None;
            }
            place = next;
        }
        Some(place)
    }
}

/// All equal lines around two that are.
fn run_around(
    old: &[u32],
    olds: &Range<usize>,
    old_place: usize,
    new: &[u32],
    news: &Range<usize>,
    new_place: usize,
) -> Run {
    let same = |pair: &(&u32, &u32)| pair.0 == pair.1;
    let before =
        old[olds.start..old_place].iter().rev().zip(new[news.start..new_place].iter().rev());
    let before = before.take_while(same).count();
    let behind = old[old_place..olds.end].iter().zip(&new[new_place..news.end]);
    let behind = behind.take_while(same).count();
    Run { old: old_place - before..old_place + behind, new: new_place - before..new_place + behind }
}
