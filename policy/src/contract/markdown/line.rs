//! One logical line of the source: an item, a paragraph's line, a heading or a cell, with its
//! wrapped lines joined, and the way back from any part of it to the bytes of the source.

use std::ops::Range;

use super::super::source::Placed;

/// How a line break is spelled inside a cell.
const BREAKS: [&str; 3] = ["<br>", "<br/>", "<br />"];

/// Tags that only say how words look, and are no part of them.
const LOOKS: [&str; 15] = [
    "b", "strong", "i", "em", "u", "mark", "span", "small", "big", "font", "center", "ins", "p",
    "div", "kbd",
];

/// How many words a heading has at most that lacks its space.
const LONGEST_HEADING: usize = 3;

/// How far the end of emphasis is looked for, in bytes.
const LONGEST_EMPHASIS: usize = 200;

/// A logical line. Whatever is read from it is a slice of its text, and knows its place.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    /// For each byte of the text, the offset in the source.
    offsets: Vec<usize>,
    at: Range<usize>,
    /// Where a comment begins that does not end in this line.
    pub(super) open_comment: Option<Range<usize>>,
}

impl Line {
    /// Joins the lines of a part of the source with single spaces. Comments go, outside of
    /// back-ticks; so do the marks of a quotation.
    pub(super) fn new(source: &str, at: Range<usize>, quoted: bool) -> Self {
        let mut line =
            Self { text: String::new(), offsets: Vec::new(), at: at.clone(), open_comment: None };
        let mut start = at.start;
        for (number, part) in source[at.clone()].split('\n').enumerate() {
            let mut words = part.trim();
            while quoted && number > 0 && words.starts_with('>') {
                words = words[1..].trim_start();
            }
            let within = words.as_ptr() as usize - part.as_ptr() as usize;
            if !line.text.is_empty() && !words.is_empty() {
                line.push(" ", start + within);
            }
            line.push(words, start + within);
            start += part.len() + 1;
        }
        line.clean();
        line
    }

    fn push(&mut self, text: &str, from: usize) {
        self.text.push_str(text);
        self.offsets.extend(from..from + text.len());
    }

    /// Joins another line to this one.
    pub(super) fn append(&mut self, other: &Self) {
        if let (false, Some(first)) = (self.text.is_empty(), other.offsets.first()) {
            self.push(" ", *first);
        }
        self.text.push_str(&other.text);
        self.offsets.extend(&other.offsets);
    }

    /// Takes bytes out.
    pub(super) fn cut(&mut self, range: Range<usize>) {
        self.text.replace_range(range.clone(), "");
        self.offsets.drain(range);
    }

    /// Takes out comments, makes a comma of each `<br>` (in a cell it stands between two
    /// entries), and trims.
    fn clean(&mut self) {
        let bytes = self.text.as_bytes();
        let mut keep = vec![true; bytes.len()];
        let mut commas = Vec::new();
        let mut ticked = false;
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            ticked ^= rest[0] == b'`';
            let tag = BREAKS.iter().find(|tag| rest.starts_with(tag.as_bytes()));
            let length = if ticked || rest[0] != b'<' {
                1
            } else if rest.starts_with(b"<!--") {
                let end = self.text[at..].find("-->");
                if end.is_none() {
                    let begin = self.offsets[at];
                    self.open_comment = Some(begin..begin + "<!--".len());
                }
                let length = end.map_or(rest.len(), |end| end + 3);
                keep[at..at + length].fill(false);
                length
            } else if let Some(tag) = tag {
                keep[at + 1..at + tag.len()].fill(false);
                commas.push(at);
                tag.len()
            } else {
                1
            };
            at += length;
        }
        for at in commas {
            self.text.replace_range(at..=at, ",");
        }
        self.retain(&keep);
        let end = self.text.trim_end().len();
        self.cut(end..self.text.len());
        let begin = self.text.len() - self.text.trim_start().len();
        self.cut(0..begin);
    }

    /// Keeps the bytes that are marked. Whole characters are marked alike.
    fn retain(&mut self, keep: &[bool]) {
        if keep.iter().all(|keep| *keep) {
            return;
        }
        let marks = keep.iter().copied();
        let kept = self.text.char_indices().filter(|(at, _)| keep[*at]).map(|(_, c)| c);
        self.text = kept.collect();
        self.offsets =
            self.offsets.iter().copied().zip(marks).filter(|(_, k)| *k).map(|(o, _)| o).collect();
    }

    /// Where a part of this line's text stands in the source.
    pub(super) fn at(&self, part: &str) -> Range<usize> {
        let start = (part.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        let end = start.saturating_add(part.len());
        match (self.offsets.get(start), self.offsets.get(end.wrapping_sub(1))) {
            (Some(first), Some(last)) if end > start => *first..last + 1,
            (Some(first), _) => *first..*first,
            _ => self.whole(),
        }
    }

    /// A part of this line's text, with its place.
    pub(super) fn place(&self, part: &str) -> Placed<String> {
        Placed::new(part.to_owned(), self.at(part))
    }

    /// Where the whole line stands in the source.
    pub(super) fn whole(&self) -> Range<usize> {
        match (self.offsets.first(), self.offsets.last()) {
            (Some(first), Some(last)) => *first..last + 1,
            _ => self.at.clone(),
        }
    }

    /// As a label is shown: without the signs of a heading that lacks its space, without tags that only say how
    /// words look, and with characters for their numbers in HTML. Many words behind a sign are no heading.
    pub(super) fn shown(mut self) -> Self {
        let words = self.text.trim_start_matches('#');
        let signs = self.text.len() - words.len();
        if (1..=6).contains(&signs)
            && words.starts_with(char::is_alphabetic)
            && words.split_whitespace().count() <= LONGEST_HEADING
        {
            let end = self.text.trim_end_matches('#').len();
            self.cut(end..self.text.len());
            self.cut(0..signs);
        }
        let mut keep = vec![true; self.text.len()];
        let mut characters = Vec::new();
        let last = self.text.rfind('>');
        let mut ticked = false;
        let mut at = 0;
        while let Some(byte) = self.text.as_bytes().get(at) {
            ticked ^= *byte == b'`';
            let mut length = 1;
            if *byte == b'<'
                && !ticked
                && last.is_some_and(|last| at < last)
                && is_look(&self.text[at..])
            {
                length = self.text[at..].find('>').map_or(1, |end| end + 1);
                keep[at..at + length].fill(false);
            } else if *byte == b'&'
                && !ticked
                && let Some((written, shown)) = character(&self.text[at..])
            {
                length = written;
                keep[at + 1..at + length].fill(false);
                characters.push((at, shown));
            }
            at += length;
        }
        for (at, shown) in characters {
            self.text.replace_range(at..=at, shown.encode_utf8(&mut [0; 4]));
        }
        self.retain(&keep);
        self
    }

    /// Takes emphasis off what is not a path: marks around words that name no path, such as
    /// `**agent-1:**`. Single stars and underscores are taken for emphasis only around words that
    /// `is_word` knows, since they are ordinary in names of files.
    pub(super) fn plain(mut self, is_word: impl Fn(&str) -> bool) -> Self {
        let mut keep = vec![true; self.text.len()];
        let mut ticked = false;
        let mut at = 0;
        while at < self.text.len() {
            ticked ^= self.text.as_bytes()[at] == b'`';
            let found = if ticked { None } else { emphasis(&self.text, at) };
            let Some((inner, end)) = found else {
                at += 1;
                continue;
            };
            let words: String = self.text[inner.clone()].split('`').step_by(2).collect();
            let first = words.split([' ', ':', ',']).next().unwrap_or_default();
            let strong = self.text[at..].starts_with("**");
            if !words.contains(['/', '*']) && (strong || is_word(first)) {
                keep[at..inner.start].fill(false);
                keep[inner.end..end].fill(false);
            }
            at = inner.start;
        }
        self.retain(&keep);
        self
    }
}

/// Whether a text begins with a tag that only says how words look.
fn is_look(text: &str) -> bool {
    let Some(name) = text.strip_prefix('<') else { return false };
    let name = name.trim_start_matches('/');
    LOOKS.iter().any(|look| {
        let begins = name.get(..look.len()).is_some_and(|name| name.eq_ignore_ascii_case(look));
        begins && name[look.len()..].starts_with([' ', '/', '>'])
    })
}

/// The character of ASCII that a text begins with by its number in HTML, or a space that does not break, and how
/// long that is written (no more than seven digits, CommonMark 0.31, section 2.5).
fn character(text: &str) -> Option<(usize, char)> {
    let end = text.bytes().take("&#0000000;".len()).position(|byte| byte == b';')?;
    let name = text[..end].strip_prefix('&')?;
    let code = match name.strip_prefix('#') {
        None if name == "nbsp" => 0xa0,
        None => return None,
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        },
    };
    let shown = match code {
        0xa0 => ' ',
        _ => char::from_u32(code).filter(|shown| (' '..='~').contains(shown))?,
    };
    Some((end + 1, shown))
}

/// The emphasis that begins at a place: what is between its marks, and where it ends.
fn emphasis(text: &str, at: usize) -> Option<(Range<usize>, usize)> {
    let bytes = text.as_bytes();
    let opens = at == 0 || b" (,|".contains(&bytes[at - 1]);
    if !opens || !b"*_".contains(&bytes[at]) {
        return None;
    }
    let mark = bytes[at];
    let length = bytes[at..].iter().take(4).take_while(|byte| **byte == mark).count();
    let inner = at + length;
    let begins = text[inner..].chars().next()?;
    if length > 3 || !(begins.is_alphanumeric() || begins == '`' || begins == '"') {
        return None;
    }
    let closes = |end: &usize| {
        let after = bytes[*end..].strip_prefix(&bytes[at..inner]);
        let ends = matches!(
            after,
            Some([] | [b' ' | b':' | b',' | b';' | b')' | b'|', ..] | [b'.'] | [b'.', b' ', ..])
        );
        ends && !b" *_/".contains(&bytes[end - 1])
    };
    // Emphasis in contracts is short; the bound keeps hostile text from being searched again and
    // again.
    let end = (inner..bytes.len().min(inner + LONGEST_EMPHASIS)).find(closes)?;
    Some((inner..end, end + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_part_stands_before_the_byte_that_follows_it() {
        let source = "a <!-- x -->b";
        let line = Line::new(source, 0..source.len(), false);
        assert_eq!(line.text, "a b");
        let begin = source.len() - 1;
        assert_eq!(line.at(&line.text[2..]), begin..begin + 1);
        assert_eq!(line.at(&line.text[2..2]), begin..begin);
        assert_eq!(line.at(&line.text[0..0]), 0..0);
        assert_eq!(line.at(&line.text[3..]), line.whole());
    }

    #[test]
    fn a_label_is_read_as_it_is_shown() {
        for (source, shown) in [
            ("<b>Off limits:</b>", "Off limits:"),
            ("##Off limits###", "Off limits"),
            ("<SPAN class=\"x\">Off&nbsp;limits</SPAN>", "Off limits"),
            ("&#82;everse&#x20;order", "Reverse order"),
            ("#4711 is why", "#4711 is why"),
            ("#off-limits is where to ask", "#off-limits is where to ask"),
            (
                "see <https://example.org>, `<b>` and a & b; &#1;",
                "see <https://example.org>, `<b>` and a & b; &#1;",
            ),
        ] {
            let line = Line::new(source, 0..source.len(), false).shown();
            assert_eq!(line.text, shown);
            assert_eq!(line.text.len(), line.offsets.len());
        }
    }

    #[test]
    fn emphasis_is_looked_for_as_far_as_it_is_bounded() {
        let plain = |length: usize| {
            let source = format!("**{}**", "x".repeat(length));
            Line::new(&source, 0..source.len(), false).plain(|_| false).text.len()
        };
        assert_eq!(plain(LONGEST_EMPHASIS - 1), LONGEST_EMPHASIS - 1);
        assert_eq!(plain(LONGEST_EMPHASIS), LONGEST_EMPHASIS + 4);
    }
}
