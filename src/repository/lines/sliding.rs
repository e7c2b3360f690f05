//! Where a change stands that could as well stand a few lines higher or lower.
//!
//! `a b b c` becomes `a b c` by the loss of either `b`. Changes stand as low as they may, unless on
//! the way they come beside a change of the other text: then they stay with the lowest of these (`xdl_change_compact`
//! without the heuristic of indentation, which merges do not use; 2.39 and 2.47).

/// Moves the marked lines of one text.
pub fn slide(lines: &[u32], marks: &mut [bool], others: &[bool]) {
    let mut group = Group { start: 0, end: end_of_run(marks, 0) };
    let mut other = Group { start: 0, end: end_of_run(others, 0) };
    loop {
        if !group.is_empty() {
            settle(lines, marks, others, &mut group, &mut other);
        }
        if !group.go_down(marks) {
            return;
        }
        other.go_down(others);
    }
}

/// Moves one group of marked lines; the other group stays the one in its place.
fn settle(
    lines: &[u32],
    marks: &mut [bool],
    others: &[bool],
    group: &mut Group,
    other: &mut Group,
) {
    let (highest, lowest_beside_other) = loop {
        let size = group.len();
        while group.slide_up(lines, marks) {
            other.go_up(others);
        }
        let highest = group.end;
        let mut beside_other = (!other.is_empty()).then_some(group.end);
        while group.slide_down(lines, marks) {
            other.go_down(others);
            if !other.is_empty() {
                beside_other = Some(group.end);
            }
        }
        // It may have met others, and move further together with them.
        if size == group.len() {
            break (highest, beside_other);
        }
    };
    if group.end != highest && lowest_beside_other.is_some() {
        while other.is_empty() && group.slide_up(lines, marks) {
            other.go_up(others);
        }
    }
}

/// Marked lines one after another, or the place between two unmarked lines.
struct Group {
    start: usize,
    end: usize,
}

impl Group {
    fn len(&self) -> usize {
        self.end - self.start
    }

    fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// To the next group, behind an unmarked line; whether there is one.
    fn go_down(&mut self, marks: &[bool]) -> bool {
        if self.end >= marks.len() {
            return false;
        }
        self.start = self.end + 1;
        self.end = end_of_run(marks, self.start);
        true
    }

    /// To the group above.
    fn go_up(&mut self, marks: &[bool]) {
        if self.start > 0 {
            self.end = self.start - 1;
            self.start = start_of_run(marks, self.end);
        }
    }

    /// One line down, if that makes the same text; what it meets there becomes a part of it.
    fn slide_down(&mut self, lines: &[u32], marks: &mut [bool]) -> bool {
        if self.end >= lines.len() || lines[self.start] != lines[self.end] {
            return false;
        }
        (marks[self.start], marks[self.end]) = (false, true);
        self.start += 1;
        self.end = end_of_run(marks, self.end);
        true
    }

    /// One line up likewise.
    fn slide_up(&mut self, lines: &[u32], marks: &mut [bool]) -> bool {
        if self.start == 0 || lines[self.start - 1] != lines[self.end - 1] {
            return false;
        }
        (marks[self.start - 1], marks[self.end - 1]) = (true, false);
        self.end -= 1;
        self.start = start_of_run(marks, self.start - 1);
        true
    }
}

/// Where the marked lines that begin at one end.
pub fn end_of_run(marks: &[bool], start: usize) -> usize {
    start + marks[start..].iter().take_while(|is_marked| **is_marked).count()
}

/// Where the marked lines that end before one begin.
fn start_of_run(marks: &[bool], end: usize) -> usize {
    end - marks[..end].iter().rev().take_while(|is_marked| **is_marked).count()
}
