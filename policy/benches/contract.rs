//! What reading a contract costs, in both spellings: parsing, validation, which compares all patterns of
//! different agents exactly, and compiling; and what lint adds. `benches/run.sh contract` runs this.

mod shape;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use policy::contract::{ContractFile, lint, read};
use policy::path::RepoPath;

const AGENTS: [usize; 3] = [3, 20, 200];
/// Ten a lane.
const PATTERNS: usize = 10;

fn main() {
    divan::main();
}

#[divan::bench(consts = AGENTS, max_time = 1, sample_count = 50)]
fn read_markdown<const AGENTS: usize>(bencher: Bencher) {
    reading(bencher, AGENTS, ContractFile::Markdown, shape::text(AGENTS));
}

#[divan::bench(consts = AGENTS, max_time = 1, sample_count = 50)]
fn read_toml<const AGENTS: usize>(bencher: Bencher) {
    reading(bencher, AGENTS, ContractFile::Toml, shape::contract(AGENTS).to_toml());
}

fn reading(bencher: Bencher, agents: usize, file: ContractFile, text: String) {
    assert!(read(file, text.as_bytes()).is_ok(), "the contract is valid");
    bencher
        .counter(ItemsCount::new(agents * PATTERNS))
        .bench_local(|| read(black_box(file), black_box(text.as_bytes())));
}

/// What lint asks of a tree of ten thousand files.
#[divan::bench(consts = AGENTS, max_time = 1, sample_count = 50)]
fn lint_against_tree<const AGENTS: usize>(bencher: Bencher) {
    let contract = shape::contract(AGENTS);
    let file = |n: usize| RepoPath::new(format!("src/a{:03}/f{n:05}.ts", n % 200));
    let files: Vec<_> = (0..10_000).map(|n| file(n).expect("the path is relative")).collect();
    bencher
        .counter(ItemsCount::new(AGENTS * PATTERNS))
        .bench_local(|| lint::against_tree(black_box(&contract), black_box(&files)));
}
