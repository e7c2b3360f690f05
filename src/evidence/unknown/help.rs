//! What to do about what is not known.

use policy::text::{printable, shell_word};
use policy::verdict::Help;

use super::Unknown;
use crate::evidence::located::fetch_all;
use crate::evidence::search::Search;
use crate::repository::ReadError;

/// How CI names a branch that is in no lane.
const BY_A_NAME: &str = "or, of a branch in no lane, what landing it would do: contract-gate check --landing \
                         --branch NAME --head HEAD";

impl Unknown {
    /// What to do about it: commands that work as printed.
    pub(super) fn help(&self) -> Vec<Help> {
        let command = |label: &str, command: &str| Help {
            label: label.to_owned(),
            command: Some(command.to_owned()),
        };
        let advice = |label: &str| Help { label: label.to_owned(), command: None };
        match self {
            Self::Unreadable(ReadError::Shallow { .. }) => {
                vec![command("fetch the rest", "git fetch --unshallow")]
            }
            Self::Unreadable(ReadError::WalkLimit { limit }) => vec![command(
                "raise the limit",
                &format!("git config contractgate.walkLimit {}", limit.saturating_mul(10)),
            )],
            // What git says of a partial clone whose remote does not answer (2.39 and 2.47).
            Self::Unreadable(ReadError::Object { reason, .. })
                if reason.contains("promisor remote") =>
            {
                vec![
                    advice(
                        "this is a partial clone, and the remote that has the rest did not give it: try \
                         again when it answers",
                    ),
                    command(
                        "or have all trees here from then on",
                        "git fetch --refetch --filter=blob:none",
                    ),
                ]
            }
            // Where `receive.shallowUpdate` is not set, a server learns nothing of where the history of
            // a push is cut off (git 2.39 and 2.47: `GIT_SHALLOW_FILE` is empty).
            Self::Unreadable(ReadError::Object { .. }) => vec![
                command("see what is damaged", "git fsck"),
                advice(
                    "if it is pushed from a shallow clone: git fetch --unshallow there, then push \
                     again",
                ),
            ],
            Self::Unreadable(ReadError::Open(_)) => vec![command(
                "run it inside a repository, or give one with -C; what git itself says",
                "git status",
            )],
            Self::Unreadable(_) => Vec::new(),
            Self::TrunkUnset => {
                vec![command("name it", "git config contractgate.trunk main")]
            }
            Self::TrunkMissing { unfetched: Some(at), .. } if at.is_left_out() => {
                vec![command("fetch it", &at.fetch())]
            }
            Self::TrunkMissing { unfetched: None, on_server: true, .. } => vec![
                advice("push that branch first, with the contract"),
                // A setting of the pusher's would change nothing there.
                advice(
                    "or, if the trunk has another name, on the server: contract-gate install --server --trunk BRANCH",
                ),
            ],
            Self::TrunkMissing { unfetched: None, renamed: Some(now), .. } => vec![command(
                "if it is called that now",
                &format!("git config contractgate.trunk {}", shell_word(now)),
            )],
            Self::TrunkMissing { unfetched: Some(at), .. } => vec![
                command(&format!("fetch it, if {} has it", printable(&at.remote)), &at.fetch()),
                advice(
                    "if it does not: create that branch first, or name another with git config \
                     contractgate.trunk BRANCH",
                ),
            ],
            Self::TrunkMissing { unfetched: None, .. } => vec![advice(
                "create or fetch that branch first, or name another with git config \
                 contractgate.trunk BRANCH",
            )],
            Self::LaneLeftOut { remote, .. } => {
                vec![command("fetch all branches", &fetch_all(remote))]
            }
            Self::TrunkDiffers { named, .. } => vec![
                command(
                    "if the contract is right",
                    &format!("git config contractgate.trunk {}", shell_word(named)),
                ),
                advice("if it is not, the dispatcher corrects `trunk` in the contract"),
            ],
            Self::ContractInvalid { path, .. } => vec![
                command("see all of it", &format!("contract-gate lint {path}")),
                advice(
                    "the dispatcher mends it on the trunk, in a commit that changes nothing else",
                ),
            ],
            Self::TwoContracts(_) => {
                vec![advice("the dispatcher takes one of the two off the trunk")]
            }
            Self::LaneIsTrunk { agent, .. } => vec![
                command("if another branch is the trunk", "git config contractgate.trunk main"),
                advice(&format!("if it is not, the dispatcher gives {agent} a branch of its own")),
            ],
            Self::ContractUnrecognisable(_) | Self::ContractUnreadable { .. } => vec![advice(
                "the dispatcher mends it on the trunk, in a commit that changes nothing else",
            )],
            Self::UnnamedPusher(_) => {
                vec![advice("the server's administrator corrects contractgate.identityEnv")]
            }
            Self::LandingConflicts { trunk, branch, .. }
            | Self::LeftToADriver { trunk, branch, .. } => vec![command(
                &format!("on {}, take the trunk in and resolve it there", printable(branch)),
                &format!("git merge {}", shell_word(&trunk.revision_name())),
            )],
            Self::SearchLimit(Search::MergeBases | Search::Renames) => vec![advice(
                "merge the trunk into the lane: then the two have one merge base, and nothing has to \
                 be merged to know what it holds",
            )],
            Self::SearchLimit(Search::Revert) => vec![advice(
                "if it takes earlier steps back: take them back one by one, the newest first",
            )],
            Self::SearchLimit(Search::Lines) => vec![advice(
                "push the lanes first, or land them by a squash: their merges of each other are too many",
            )],
            Self::SearchLimit(Search::Contracts) => vec![advice(
                "land the lane by a squash, which brings none of the contracts in its history",
            )],
            Self::MergeLimit => vec![advice(
                "long files of a few different lines are dear to merge: change fewer of them at once, or \
                 take the trunk in first",
            )],
            Self::NoSuchBranch { branch, remotes } if remotes.is_empty() => vec![advice(&format!(
                "fetch it first; or, of a fork's branch, judge what CI has checked out: contract-gate \
                 check --landing --branch {} --head HEAD",
                shell_word(&printable(branch))
            ))],
            // A fetch leaves what is gone there, unless it is told to prune (git 2.39 and 2.47).
            Self::NoSuchBranch { remotes, .. } => remotes
                .iter()
                .map(|remote| shell_word(remote))
                .flat_map(|remote| {
                    [
                        command(
                            "look lanes up there",
                            &format!("git config contractgate.remote {remote}"),
                        ),
                        command(
                            "or, if it has landed, and is gone there",
                            &format!("git fetch --prune {remote}"),
                        ),
                    ]
                })
                .collect(),
            Self::NoLane => vec![
                advice("name it: contract-gate check --agent NAME --head HEAD"),
                command("or judge all of them", "contract-gate check --all"),
                advice(BY_A_NAME),
            ],
            Self::NoLaneOf(name) => vec![
                advice(&format!(
                    "name it: contract-gate check --agent NAME --head {}",
                    shell_word(&printable(name))
                )),
                command("or judge all of them", "contract-gate check --all"),
                advice(BY_A_NAME),
            ],
            Self::PullRequest(_) => vec![advice(
                "name the branch that it brings (GitHub's $GITHUB_HEAD_REF, GitLab's \
                 $CI_MERGE_REQUEST_SOURCE_BRANCH_NAME), with --head HEAD where a fork has it: \
                 contract-gate check --landing --branch NAME",
            )],
            Self::CalledLikeTheTrunk(name) => vec![command(
                "if a fork calls its branch so",
                &format!(
                    "contract-gate check --landing --branch {} --head HEAD",
                    shell_word(&printable(name))
                ),
            )],
            Self::HookInput { .. } => vec![advice(
                "git calls its hooks with this input; a hook file of another manager's has to pass \
                 on its standard input and its arguments",
            )],
            Self::TwoBranches(name) => vec![advice(&format!(
                "rename the one that is refs/heads/{name}, or take it away: a pull request of it cannot be judged"
            ))],
            Self::NotACommit(name) => vec![advice(&format!(
                "give {} a commit: what a tag names is TAG^{{commit}}",
                printable(&name.short())
            ))],
            Self::IndexBehind(behind) => vec![
                command(
                    &format!(
                        "{}bring them along first, keeping what is changed here",
                        behind.conflict.first()
                    ),
                    &behind.command(None),
                ),
                advice("what is meant to be taken back: take it back after that, by git revert"),
            ],
            Self::MovedMeanwhile { .. } => {
                vec![advice("somebody else has moved it: git fetch, then push again")]
            }
            Self::MovedTwice(_) => vec![advice("push it once")],
            Self::Other(_) | Self::NoSuchRef(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use policy::oid::Oid;

    use super::*;

    /// As git says it (2.39 and 2.47).
    #[test]
    fn what_a_partial_clone_does_not_get_is_not_said_to_be_damaged() {
        let id: Oid = "1".repeat(40).parse().unwrap();
        let help = |reason: &str| {
            let unreadable = ReadError::Object { id, reason: reason.to_owned() };
            let help = Unknown::from(unreadable).into_undecided().help;
            help.into_iter().filter_map(|help| help.command).collect::<Vec<_>>()
        };
        let said = "git cat-file --batch-command: fatal: could not fetch 1 from promisor remote";
        assert_eq!(help(said), ["git fetch --refetch --filter=blob:none"]);
        assert_eq!(help("it is missing"), ["git fsck"]);
    }
}
