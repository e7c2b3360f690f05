//! Entries that a less strict one beside them overrules, though somebody may have meant them to be the
//! exception: of two that match a path the one with the longer literal beginning decides. Warns alone.

use super::lint::warning;
use super::model::{Contract, Mode};
use super::narrowing::Narrowing;
use super::pattern::Pattern;
use super::problem::Problem;
use super::source::Shown;

/// How many pairs of entries are looked at.
const MOST_PAIRS: usize = 1_000_000;

/// One entry, among those that decide about the same.
struct Entry<'c> {
    pattern: &'c Pattern,
    except: &'c [Pattern],
    line: u32,
    /// How much it leaves to whoever works there.
    leeway: u8,
}

/// The warnings: one for each entry, of the first that overrules it.
pub(super) fn overruled(contract: &Contract) -> Vec<Problem> {
    let mut search = Search { narrowing: Narrowing::new(), pairs_left: MOST_PAIRS };
    let shared = contract.shared().iter().map(|entry| Entry {
        pattern: &entry.pattern,
        except: &[],
        line: entry.line,
        leeway: entry.policy.leeway(),
    });
    let mut found = search.among(contract, &shared.collect::<Vec<_>>());
    for lane in contract.agents() {
        let scope = lane.scope.iter().map(|entry| Entry {
            pattern: &entry.pattern,
            except: &entry.except,
            line: entry.line,
            leeway: Mode::CreateOnly as u8 - entry.mode as u8,
        });
        found.extend(search.among(contract, &scope.collect::<Vec<_>>()));
    }
    found
}

struct Search {
    narrowing: Narrowing,
    pairs_left: usize,
}

impl Search {
    fn among(&mut self, contract: &Contract, entries: &[Entry<'_>]) -> Vec<Problem> {
        let mut found = Vec::new();
        for strict in entries {
            for wide in entries {
                let Some(left) = self.pairs_left.checked_sub(1) else { return found };
                self.pairs_left = left;
                if wide.leeway > strict.leeway && self.overrules(wide, strict) {
                    found.push(told(contract, strict, wide));
                    break;
                }
            }
        }
        found
    }

    /// Whether an entry decides about what both match, and was not written as an exception from the
    /// other one.
    fn overrules(&mut self, wide: &Entry<'_>, strict: &Entry<'_>) -> bool {
        // A path that is named is decided there, and what lies below one is an exception from it.
        if strict.pattern.is_tree() || weight(wide.pattern) <= weight(strict.pattern) {
            return false;
        }
        let is_itself_held = || {
            strict.pattern.alternatives().iter().any(|one| one.matches(wide.pattern.beginning()))
        };
        if wide.pattern.is_tree() && is_itself_held() {
            return false;
        }
        self.narrowing.meet(wide.pattern, strict.pattern).unwrap_or(false)
            && !self.narrowing.holds(strict.pattern, wide.pattern)
            && !wide.except.iter().any(|except| self.narrowing.holds(except, strict.pattern))
    }
}

/// How closely a pattern names what it matches, but for the path that it names exactly.
fn weight(pattern: &Pattern) -> usize {
    pattern.beginning().len() + usize::from(pattern.is_tree())
}

fn told(contract: &Contract, strict: &Entry<'_>, wide: &Entry<'_>) -> Problem {
    let (path, other) = (strict.pattern.as_str(), Shown(wide.pattern.as_str()));
    let message = format!(
        "{} decides nothing where {other} in line {} matches too: that one begins with a longer path, and \
         counts though it is less strict",
        Shown(path),
        wide.line
    );
    let help =
        "begin the stricter entry with the same path: of two that begin alike the stricter counts";
    warning(contract, "overruled", strict.line, path, message, help.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{ContractFile, read};
    use super::*;

    fn told(scope: &str, shared: &str) -> Vec<String> {
        let text = format!(
            "[agents.a]\nbranch = \"a\"\nscope = [{scope}]\n[agents.b]\nbranch = \"b\"\nscope = [\"b/c/\"]\n\
             [shared]\n{shared}\n"
        );
        let contract = read(ContractFile::Toml, text.as_bytes());
        let contract = contract.unwrap_or_else(|found| panic!("{found:#?}"));
        let found = overruled(&contract);
        found
            .iter()
            .map(|one| {
                assert_eq!(one.code, "overruled");
                one.message.split(" decides nothing").next().unwrap().to_owned()
            })
            .collect()
    }

    #[test]
    fn a_stricter_entry_that_never_decides_beside_a_closer_one_is_told() {
        let added = r#"{ path = "s*/x.ts", mode = "additions-only" }"#;
        assert_eq!(told(&format!("\"src/**\", {added}"), ""), ["`s*/x.ts`"]);
        let owned = "\"src/**\" = { owner = \"a\" }";
        assert_eq!(told("\"a/\"", &format!("\"**/y.ts\" = \"nobody\"\n{owned}")), ["`**/y.ts`"]);
        let braces = format!("\"{{src/x.ts,src/y.ts}}\" = \"nobody\"\n{owned}");
        assert_eq!(told("\"a/\"", &braces), ["`{src/x.ts,src/y.ts}`"]);
        let directory = "\"**/y.ts\" = \"nobody\"\nsrc = { owner = \"a\" }";
        assert_eq!(told("\"a/\"", directory), ["`**/y.ts`"]);
    }

    #[test]
    fn what_counts_or_is_meant_as_an_exception_is_not() {
        let none: [&str; 0] = [];
        for shared in [
            "\"src/{x,y}.ts\" = \"nobody\"\n\"src/**\" = { owner = \"a\" }",
            "\"src/**/y.ts\" = \"nobody\"\n\"src/**\" = { owner = \"a\" }",
            "\"src/**\" = \"nobody\"\n\"src/made/**\" = { generated-by = \"make\" }",
            "\"**/package.json\" = \"nobody\"\n\"package.json\" = { owner = \"a\" }",
            "\"**/package.json\" = \"nobody\"\n\"a/b/package.json\" = { owner = \"a\" }",
            "\"**/y.ts\" = { owner = \"a\" }\n\"src/**\" = \"nobody\"",
            "\"**/*.rs\" = \"nobody\"\n\"src/*.ts\" = { owner = \"a\" }",
            "src = \"nobody\"\n\"src/made/**\" = { generated-by = \"make\" }",
        ] {
            assert_eq!(told("\"a/\"", shared), none, "{shared}");
        }
        let added = r#"{ path = "*/x.ts", mode = "additions-only" }"#;
        let except = r#"{ path = "src/**", except = ["*/x.ts"] }"#;
        assert_eq!(told(&format!("{except}, {added}"), ""), none);
    }
}
