//! Pages of sections, and sentences in lines of a bearable width.

use super::style::{STRONG, styled};

/// How wide a line may get before a sentence goes on in the next, in columns.
pub const WIDTH: usize = 78;

/// How many lines of one kind a page has; the JSON document has all.
const MOST: usize = 12;

/// A head, and a piece for each of the things below it, up to a bound; nothing where there are none.
pub fn section<T>(out: &mut String, head: &str, all: &[&T], one: impl Fn(&T) -> String) {
    if all.is_empty() {
        return;
    }
    out.push_str(&format!("\n{}\n", styled(STRONG, head)));
    for this in all.iter().take(MOST) {
        out.push_str(&one(this));
    }
    if all.len() > MOST {
        out.push_str(&format!("  and {} more (--format json has all)\n", all.len() - MOST));
    }
}

/// A sentence that begins in this column, and goes on in it in each further line.
pub fn wrapped(text: &str, indent: usize) -> String {
    let mut out = String::new();
    let mut column = indent;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > indent && column + 1 + length > WIDTH {
            out.push_str(&format!("\n{:indent$}", ""));
            column = indent;
        } else if column > indent {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_goes_on_where_it_began_and_no_word_is_cut() {
        assert_eq!(wrapped("a b", 4), "a b");
        assert_eq!(wrapped("", 4), "");
        let long = "x".repeat(WIDTH);
        assert_eq!(wrapped(&long, 4), long);
        assert_eq!(wrapped(&format!("a {long} b"), 2), format!("a\n  {long}\n  b"));
    }
}
