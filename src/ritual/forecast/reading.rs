//! What is silent, of every pair: what both sides change is read once, and compared with each other.

use std::collections::{BTreeMap, HashSet};

use policy::oid::Oid;

use super::comparisons::Comparisons;
use super::effect::Effect;
use super::pairs::{Compared, Pair, Side};
use super::silent::{Looked, Silent, between};
use super::symbols::{Gone, Places, Texts};
use crate::ritual::Done;
use crate::ritual::run::Run;

/// How much of what all lanes change is read to look for symbols, in bytes, before and after.
const MOST_TEXT: u64 = 256 << 20;
/// The same of the trunk, since lanes parted from it at one place.
const MOST_TRUNK_TEXT: u64 = 64 << 20;

/// What the lanes change, read to look for what is silent.
pub struct Reading {
    texts: Vec<Texts>,
    gone: Vec<Vec<Gone>>,
    /// How many files were too large to be read, or came when enough had been read.
    pub unread: usize,
}

impl Reading {
    /// Reads what each lane changes.
    pub fn of(run: &Run<'_>, compared: &Comparisons) -> Done<Self> {
        let mut left = MOST_TEXT;
        let mut texts = Vec::new();
        for (at, _) in compared.sides.iter().enumerate().filter(|(_, sides)| sides.0 == Side::Trunk)
        {
            texts.push(Texts::of(&run.history, &compared.compared[at].effects.1, &mut left)?);
        }
        let gone = texts.iter().map(Texts::gone).collect();
        let unread = texts.iter().map(|texts| texts.unread).sum();
        Ok(Self { texts, gone, unread })
    }

    /// Fills in what is silent, of every pair.
    pub fn silent(&self, run: &Run<'_>, compared: &Comparisons, pairs: &mut [Pair]) -> Done<()> {
        let wanted: HashSet<String> = names(self.gone.iter().flatten());
        let lanes = self.texts.len();
        let mut by_bases: BTreeMap<&[Oid], Vec<usize>> = BTreeMap::new();
        for at in 0..lanes {
            by_bases.entry(&compared.compared[at].bases).or_default().push(at);
        }
        for places in by_bases.values() {
            self.silent_with_trunk(run, compared, places, &wanted, pairs)?;
        }
        let places: Vec<Places<'_>> =
            self.texts.iter().map(|texts| texts.places(&wanted)).collect();
        for (pair, compared) in pairs.iter_mut().zip(&compared.compared).skip(lanes) {
            let (Side::Lane(one), Side::Lane(other)) = (pair.one, pair.other) else { continue };
            let ours = self.looked(one, &compared.effects.0, &places[one]);
            let theirs = self.looked(other, &compared.effects.1, &places[other]);
            silent_of(run, compared, pair, ours, theirs)?;
        }
        Ok(())
    }

    /// Those of lanes that have parted from the trunk at one place.
    fn silent_with_trunk(
        &self,
        run: &Run<'_>,
        compared: &Comparisons,
        lanes: &[usize],
        wanted: &HashSet<String>,
        pairs: &mut [Pair],
    ) -> Done<()> {
        let Some(first) = lanes.first() else { return Ok(()) };
        let effect = &compared.compared[*first].effects.0;
        let texts = Texts::of(&run.history, effect, &mut { MOST_TRUNK_TEXT })?;
        let gone = texts.gone();
        let (taken, places) = (names(gone.iter()), texts.places(wanted));
        for lane in lanes {
            let compared = &compared.compared[*lane];
            let trunk =
                Looked { side: Side::Trunk, effect, texts: &texts, gone: &gone, places: &places };
            let own = self.texts[*lane].places(&taken);
            let looked = self.looked(*lane, &compared.effects.1, &own);
            silent_of(run, compared, &mut pairs[*lane], trunk, looked)?;
        }
        Ok(())
    }

    fn looked<'a>(&'a self, lane: usize, effect: &'a Effect, places: &'a Places<'a>) -> Looked<'a> {
        let (texts, gone) = (&self.texts[lane], &self.gone[lane]);
        Looked { side: Side::Lane(lane), effect, texts, gone, places }
    }
}

/// Fills in what is silent of one pair; of two sides of which one holds the other, nothing is.
fn silent_of(
    run: &Run<'_>,
    compared: &Compared,
    pair: &mut Pair,
    one: Looked<'_>,
    other: Looked<'_>,
) -> Done<()> {
    if compared.is_nested || compared.is_unrelated {
        return Ok(());
    }
    let mut found = between(&run.history, one, other, &|path| pair.conflicts_at(path))?;
    found.retain(|silent| is_of_pair(silent, pair.one, one.effect, other.effect));
    pair.silent = found;
    Ok(())
}

/// Whether both places of a finding are what the two sides have changed since they parted.
fn is_of_pair(silent: &Silent, first: Side, one: &Effect, other: &Effect) -> bool {
    let (mine, others) = if silent.whose == first { (one, other) } else { (other, one) };
    mine.paths.contains_key(&silent.path) && others.paths.contains_key(&silent.other_path)
}

fn names<'g>(gone: impl Iterator<Item = &'g Gone>) -> HashSet<String> {
    gone.map(|gone| gone.name.clone()).collect()
}
