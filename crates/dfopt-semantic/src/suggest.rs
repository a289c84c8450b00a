//! The nearest known word to a misspelt one.

/// The candidate that most resembles `word` without regard to case, `None` if none is close enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let limit = word.chars().count().div_ceil(3).min(3);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether two words differ in one character, or in two neighbours that are swapped, or in case, or not at all.
#[must_use]
pub fn is_close(word: &str, other: &str) -> bool {
    distance(&word.to_lowercase(), &other.to_lowercase()) <= 1
}

/// Edits of one character, or swaps of two neighbours, that turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 3 {
        return usize::MAX;
    }
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let substituted = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = substituted.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_recognised_and_strangers_are_not() {
        let keys = ["type", "target", "source", "sharing", "from"];
        assert_eq!(nearest("tpye", keys), Some("type"));
        assert_eq!(nearest("Traget", keys), Some("target"));
        assert_eq!(nearest("form", keys), Some("from"));
        assert_eq!(nearest("volume", keys), None);
        assert_eq!(nearest("", keys), None);
        assert!(is_close("ingore", "ignore") && is_close("Ignore", "ignore") && !is_close("inore", "ignores"));
    }
}
