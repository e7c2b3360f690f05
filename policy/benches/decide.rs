//! What a decision costs by itself: by the number of agents in the contract, and of changes that are
//! judged. `benches/run.sh decide` runs this beside everything else.

mod shape;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use policy::decide;
use policy::verdict::Outcome;
use shape::Where;

const AGENTS: [usize; 3] = [3, 20, 200];
const CHANGES: [usize; 6] = [1, 10, 100, 1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

#[divan::bench(consts = AGENTS, args = CHANGES, max_time = 0.5, sample_count = 50)]
fn in_scope<const AGENTS: usize>(bencher: Bencher, changes: usize) {
    judge(bencher, AGENTS, changes, Where::InScope, Outcome::Allowed);
}

#[divan::bench(consts = AGENTS, args = CHANGES, max_time = 0.5, sample_count = 50)]
fn out_of_scope<const AGENTS: usize>(bencher: Bencher, changes: usize) {
    judge(bencher, AGENTS, changes, Where::OutOfScope, Outcome::Denied);
}

fn judge(bencher: Bencher, agents: usize, changes: usize, place: Where, expected: Outcome) {
    let contract = shape::contract(agents);
    let attempt = shape::attempt(changes, place);
    assert_eq!(decide(&contract, &attempt).outcome(), expected);
    bencher
        .counter(ItemsCount::new(changes))
        .bench_local(|| decide(black_box(&contract), black_box(&attempt)));
}
