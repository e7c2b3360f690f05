//! A table that fits a width: columns give way in turn, and what says least goes first.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::style::styled;

/// Between columns.
const GAP: usize = 2;

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// What stands above it.
    pub head: &'static str,
    /// On which side its texts stand.
    pub side: Side,
    /// How narrow it may get; `None`: it is shown whole or not at all.
    pub least: Option<usize>,
    /// Which end of a text that is too long is shown.
    pub keeps: End,
    /// Which goes first where there is too little room: the greatest. Those with 0 stay.
    pub rank: u8,
}

/// On which side texts stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Names and words.
    Left,
    /// Numbers.
    Right,
}

/// An end of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Of sentences.
    First,
    /// Of names that begin alike.
    Last,
}

/// One text of a table, safe to print.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// How it looks.
    pub style: Style,
}

impl Cell {
    /// A text as it is.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::new() }
    }

    /// A text in a style.
    pub fn of(style: Style, text: impl Into<String>) -> Self {
        Self { text: text.into(), style }
    }
}

/// The lines of a table, the heads first, none wider than `width` unless what stays is. A column that
/// says nothing in any row is left out.
pub fn lines(columns: &[Column], heads: Style, rows: &[Vec<Cell>], width: usize) -> Vec<String> {
    let fitted = fit(columns, rows, width);
    let line = |cell: &dyn Fn(usize) -> Cell| {
        let mut line = String::new();
        let mut blanks = 0;
        for (place, (at, room)) in fitted.iter().enumerate() {
            let Cell { text, style } = cell(*at);
            let text = match columns[*at].keeps {
                End::First => cut(&text, *room),
                End::Last => cut_front(&text, *room),
            };
            let left = room - text.width();
            let before = if columns[*at].side == Side::Right { left } else { 0 };
            let gap = if place == 0 { 0 } else { GAP };
            // Blanks are written once something follows them: no line ends with any.
            blanks += gap + before;
            if text.is_empty() {
                blanks += left - before;
                continue;
            }
            line.push_str(&" ".repeat(blanks));
            match style.is_plain() {
                true => line.push_str(&text),
                false => line.push_str(&styled(style, &text)),
            }
            blanks = left - before;
        }
        line
    };
    let head = line(&|at| Cell::of(heads, columns[at].head));
    let rows = rows.iter().map(|row| line(&|at| row[at].clone()));
    std::iter::once(head).chain(rows).collect()
}

/// The columns that are shown, each with its width.
fn fit(columns: &[Column], rows: &[Vec<Cell>], width: usize) -> Vec<(usize, usize)> {
    let natural = |at: usize| {
        let texts = rows.iter().map(|row| row[at].text.width());
        texts.chain([columns[at].head.width()]).max().unwrap_or(0)
    };
    let says = |at: &usize| rows.iter().any(|row| !row[*at].text.is_empty());
    let mut shown: Vec<usize> = (0..columns.len()).filter(says).collect();
    let least = |at: usize| match columns[at].least {
        Some(least) => natural(at).min(least),
        None => natural(at),
    };
    let gaps = |shown: &[usize]| GAP * shown.len().saturating_sub(1);
    let needed = |shown: &[usize]| gaps(shown) + shown.iter().map(|at| least(*at)).sum::<usize>();
    while needed(&shown) > width {
        let droppable = shown.iter().copied().filter(|at| columns[*at].rank > 0);
        let Some(first) = droppable.max_by_key(|at| columns[*at].rank) else { break };
        shown.retain(|at| *at != first);
    }
    let mut room = width.saturating_sub(needed(&shown));
    let mut widths: Vec<(usize, usize)> = shown.iter().map(|at| (*at, least(*at))).collect();
    // What is left goes to each in turn, as much as it can use.
    for (at, own) in &mut widths {
        let more = natural(*at).saturating_sub(*own).min(room);
        *own += more;
        room -= more;
    }
    widths
}

/// The text, cut where it is wider than its room.
pub fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut left = room.saturating_sub(1);
    for c in text.chars() {
        let width = c.width().unwrap_or(0);
        if width > left {
            break;
        }
        left -= width;
        kept.push(c);
    }
    if room > 0 { kept + "…" } else { kept }
}

/// The same, keeping the end.
fn cut_front(text: &str, room: usize) -> String {
    let backwards = |text: &str| text.chars().rev().collect::<String>();
    if text.width() <= room { text.to_owned() } else { backwards(&cut(&backwards(text), room)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 4] = [
        Column { head: "name", side: Side::Left, least: Some(4), keeps: End::Last, rank: 0 },
        Column { head: "n", side: Side::Right, least: None, keeps: End::First, rank: 1 },
        Column { head: "empty", side: Side::Left, least: None, keeps: End::First, rank: 3 },
        Column { head: "long", side: Side::Left, least: Some(5), keeps: End::First, rank: 2 },
    ];

    fn shown(width: usize) -> Vec<String> {
        let row = |texts: [&str; 4]| texts.map(Cell::plain).to_vec();
        let rows = [row(["漢字漢", "1", "", "something"]), row(["b", "100", "", ""])];
        lines(&COLUMNS, Style::new(), &rows, width)
    }

    #[test]
    fn columns_give_way_in_turn() {
        assert_eq!(shown(40), ["name      n  long", "漢字漢    1  something", "b       100"]);
        assert_eq!(shown(16), ["name    n  long", "…漢     1  some…", "b     100"]);
        assert_eq!(shown(15), ["name      n", "漢字漢    1", "b       100"]);
        assert_eq!(shown(4), ["name", "…漢", "b"]);
        assert_eq!(shown(1), ["name", "…漢", "b"], "what stays is not cut further");
    }

    #[test]
    fn texts_are_cut_by_what_they_take_on_a_screen() {
        assert_eq!(cut("漢字漢", 6), "漢字漢");
        assert_eq!(cut("漢字漢", 5), "漢字…");
        assert_eq!(cut("漢字漢", 4), "漢…");
        assert_eq!(cut("abc", 1), "…");
        assert_eq!(cut("abc", 0), "");
    }
}
