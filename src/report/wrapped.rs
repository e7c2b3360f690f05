//! Sentences in lines of a bearable width.

/// How wide a line may get before a sentence goes on in the next, in columns.
pub const WIDTH: usize = 78;

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
