//! The total of a pronunciation assessment, by Microsoft's published weights.

/// `PronScore` of scores that are each 0 to 100: the lowest weighs most.
///
/// There are two scores without reference text and prosody (accuracy, fluency), three with one of the two
/// (completeness, prosody), four with both. Evidence: documented, in Microsoft's page on pronunciation assessment.
pub(crate) fn total(scores: &[f64]) -> f64 {
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    let weights: &[f64] = match sorted.len() {
        4 => &[0.4, 0.2, 0.2, 0.2],
        3 => &[0.6, 0.2, 0.2],
        _ => &[0.6, 0.4],
    };
    sorted.iter().zip(weights).map(|(score, weight)| score * weight).sum()
}

#[cfg(test)]
mod tests {
    use super::total;

    fn rounded(scores: &[f64]) -> f64 {
        (total(scores) * 10.0).round() / 10.0
    }

    #[test]
    fn the_totals_of_the_documentations_samples_come_out() {
        // The REST page: accuracy 100, fluency 74, completeness 100.
        assert_eq!(rounded(&[100.0, 74.0, 100.0]), 84.4);
        // The REST page of 2024: accuracy 100, fluency 100, completeness 100, prosody 87.8.
        assert_eq!(rounded(&[100.0, 100.0, 100.0, 87.8]), 95.1);
    }

    #[test]
    fn unscripted_totals_have_no_completeness() {
        // A published result for zh-CN: accuracy 90, fluency 100 and a prosody of 0 make 38.
        assert_eq!(rounded(&[90.0, 100.0, 0.0]), 38.0);
        // 0.6 * 80 + 0.4 * 90.
        assert_eq!(rounded(&[90.0, 80.0]), 84.0);
    }
}
