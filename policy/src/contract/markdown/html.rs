//! HTML in a Markdown text: what says nothing, such as a comment, and what is begun and never
//! ended, so that it swallows what stands below it. Reads no part of a contract.

/// What begins a block that goes on to its own end, over empty lines and headings, and that end
/// (CommonMark 0.31, section 4.6, kinds 1 to 5): without it the block goes to the end of the text.
const ENDS: [(&str, &[&str]); 7] = [
    ("<!--", &["-->"]),
    ("<?", &["?>"]),
    ("<![cdata[", &["]]>"]),
    ("<script", RAW),
    ("<pre", RAW),
    ("<style", RAW),
    ("<textarea", RAW),
];
const RAW: &[&str] = &["</script>", "</pre>", "</style>", "</textarea>"];

/// What is wrong with the end of an HTML block; `None` when it ends where people see it end.
pub(super) fn unclosed(block: &str) -> Option<&'static str> {
    let lower = block.trim_start_matches(|c: char| c.is_whitespace() || c == '>');
    let lower = lower.to_ascii_lowercase();
    let (begin, ends) = ENDS.iter().find(|(begin, _)| {
        let after = lower.strip_prefix(begin).map(|rest| rest.chars().next());
        // `<pre>`, but not `<prefix>`.
        after.is_some_and(|next| !begin.ends_with(char::is_alphabetic) || is_end_of_name(next))
    })?;
    let rest = &lower[begin.len()..];
    let Some(end) = ends.iter().filter_map(|end| rest.find(end)).min() else {
        return Some(match *begin {
            "<!--" => "a comment that is never closed",
            _ => "HTML that is never closed",
        });
    };
    // The first one is closed by the end of the second: by mistake, as it seems.
    (*begin == "<!--" && rest[..end].contains("<!--"))
        .then_some("a comment within a comment, both closed by one `-->`")
}

fn is_end_of_name(next: Option<char>) -> bool {
    next.is_none_or(|c| c.is_whitespace() || c == '>')
}

/// Whether nothing but comments and tags is there.
pub(super) fn says_nothing(block: &str, quoted: bool) -> bool {
    let mut rest = block;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || quoted && c == '>');
        let end = if rest.is_empty() {
            return true;
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with('<') {
            ">"
        } else {
            return false;
        };
        match rest.find(end) {
            Some(found) => rest = &rest[found + end.len()..],
            None => return false,
        }
    }
}

/// Whether a tag in a text, outside of comments, strikes out what stands behind it.
pub(super) fn strikes_out(text: &str) -> bool {
    let mut parts = text.split("<!--");
    let first = parts.next().unwrap_or_default();
    let behind = parts.map(|part| part.split_once("-->").map_or("", |(_, rest)| rest));
    std::iter::once(first).chain(behind).any(|part| {
        let lower = part.to_ascii_lowercase();
        ["<del", "<s", "<strike"].iter().any(|tag| {
            let mut found = lower.match_indices(tag);
            found.any(|(at, _)| is_end_of_name(lower[at + tag.len()..].chars().next()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_begun_is_ended() {
        for block in [
            "<!-- a -->",
            "> <!-- a -->",
            "<!-- a\n\nb --> c",
            "<!-- a --> <!-- b -->",
            "<PRE>\na\n</pre>",
            "<pre>a</script>",
            "<prefix>",
            "<div>",
            "<?x?>",
        ] {
            assert_eq!(unclosed(block), None, "{block}");
        }
        for block in ["<!-- a", "  <!-- a ->\n\nb", "<!-- a --", "<pre>\na", "<Style", "<?x>"] {
            assert!(unclosed(block).is_some_and(|what| what.contains("never closed")), "{block}");
        }
        for block in ["<!-- a ->\n\nb\n\n<!-- c -->", "<!-- <!-- -->"] {
            assert!(unclosed(block).is_some_and(|what| what.contains("within")), "{block}");
        }
    }

    #[test]
    fn what_is_struck_out_is_known_by_its_tag() {
        for text in ["<del>", "a <S>b</S>", "<strike\n>"] {
            assert!(strikes_out(text), "{text}");
        }
        for text in
            ["<details>", "<span>", "<strong>a</strong>", "del", "<!-- <del> --> a <!-- <s> -->"]
        {
            assert!(!strikes_out(text), "{text}");
        }
    }

    #[test]
    fn comments_and_tags_say_nothing() {
        for block in ["", " <br> <!-- a\n> b -->\n</div>", "<div title=\"x\">"] {
            assert!(says_nothing(block, false), "{block}");
        }
        assert!(says_nothing("> <div>\n> </div>", true));
        for block in ["<div>x</div>", "> <div>", "<div\nagent-1: src/**", "<!-- a"] {
            assert!(!says_nothing(block, false), "{block}");
        }
    }
}
