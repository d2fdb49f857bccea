//! Which spoken word stands for which word of the reference.

/// One step of an alignment, as positions in the reference and in what was spoken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    Inserted { spoken: usize },
    Matched { spoken: usize },
    Omitted { reference: usize },
    Replaced { reference: usize, spoken: usize },
}

/// The alignment with the least to find fault with.
pub(super) fn align(reference: &[String], spoken: &[String]) -> Vec<Step> {
    let faults = faults(reference, spoken);
    let (mut r, mut s) = (0, 0);
    let mut steps = Vec::new();
    while r < reference.len() || s < spoken.len() {
        let left = faults[r][s];
        let both = r < reference.len() && s < spoken.len();
        if both && reference[r] == spoken[s] {
            steps.push(Step::Matched { spoken: s });
            (r, s) = (r + 1, s + 1);
        } else if both && left == faults[r + 1][s + 1] + REPLACED {
            steps.push(Step::Replaced { reference: r, spoken: s });
            (r, s) = (r + 1, s + 1);
        } else if r < reference.len() && left == faults[r + 1][s] + ALONE {
            steps.push(Step::Omitted { reference: r });
            r += 1;
        } else {
            steps.push(Step::Inserted { spoken: s });
            s += 1;
        }
    }
    steps
}

/// The faults of every pair of remainders.
fn faults(reference: &[String], spoken: &[String]) -> Vec<Vec<usize>> {
    let mut faults = vec![vec![0; spoken.len() + 1]; reference.len() + 1];
    for r in (0..=reference.len()).rev() {
        for s in (0..=spoken.len()).rev() {
            faults[r][s] = match (reference.get(r), spoken.get(s)) {
                (None, None) => 0,
                (None, Some(_)) => faults[r][s + 1] + ALONE,
                (Some(_), None) => faults[r + 1][s] + ALONE,
                (Some(a), Some(b)) if a == b => faults[r + 1][s + 1],
                (Some(_), Some(_)) => {
                    let alone = faults[r + 1][s].min(faults[r][s + 1]) + ALONE;
                    alone.min(faults[r + 1][s + 1] + REPLACED)
                }
            };
        }
    }
    faults
}

/// A word too much or too little.
const ALONE: usize = 2;

/// A word in place of another: less than one too much and one too little, more than either, so that two of them are
/// never preferred to a word that matches.
const REPLACED: usize = 3;

#[cfg(test)]
mod tests {
    use super::{Step, align};

    fn steps(reference: &str, spoken: &str) -> String {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let steps = align(&words(reference), &words(spoken)).into_iter().map(|step| match step {
            Step::Inserted { .. } => '+',
            Step::Matched { .. } => '=',
            Step::Omitted { .. } => '-',
            Step::Replaced { .. } => 'x',
        });
        steps.collect()
    }

    #[test]
    fn words_are_paired_with_as_few_errors_as_possible() {
        assert_eq!(steps("good morning", "good morning"), "==");
        assert_eq!(steps("good morning to you", "good to you"), "=-==");
        assert_eq!(steps("good morning", "good good morning"), "=+=");
        assert_eq!(steps("good morning", "good evening"), "=x");
        assert_eq!(steps("a b c d", "x b d"), "x=-=");
        assert_eq!(steps("good morning to you", "good very morning you"), "=+=-=");
        assert_eq!(steps("", "a b"), "++");
        assert_eq!(steps("a b", ""), "--");
    }
}
