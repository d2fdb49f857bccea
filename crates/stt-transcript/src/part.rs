//! How the sub-scores make the total.

use serde::Serialize;
use stt_model::Scores;

/// One sub-score and what it contributes to the total, the `PronScore`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Which one: `accuracy`, `fluency`, `completeness` or `prosody`.
    pub name: &'static str,
    /// The sub-score itself.
    pub score: f64,
    /// Its weight; those of all parts make 1.
    pub weight: f64,
    /// Their product, rounded to two decimals.
    pub points: f64,
}

impl Part {
    /// The parts of a total, the lowest score first; none where no formula is published.
    ///
    /// Microsoft's page on pronunciation assessment weighs the sub-scores in ascending order: with a reference text
    /// and prosody 0.4, 0.2, 0.2, 0.2; with one of the two 0.6, 0.2, 0.2; with neither 0.6, 0.4. Which of them were
    /// assessed is taken from the answer: prosody is missing outside of `en-US` even if it was asked for (observed),
    /// completeness without a reference text (documented).
    ///
    /// ```
    /// use stt_model::Scores;
    /// use stt_transcript::Part;
    ///
    /// let mut scores = Scores::default();
    /// (scores.accuracy, scores.fluency, scores.completeness) = (Some(100.0), Some(74.0), Some(100.0));
    /// let parts = Part::of(&scores);
    ///
    /// assert_eq!((parts[0].name, parts[0].weight), ("fluency", 0.6));
    /// assert_eq!(parts.iter().map(|part| part.points).sum::<f64>(), 84.4);
    /// ```
    #[must_use]
    pub fn of(scores: &Scores) -> Vec<Self> {
        let (Some(accuracy), Some(fluency)) = (scores.accuracy, scores.fluency) else { return Vec::new() };
        let mut parts = vec![("accuracy", accuracy), ("fluency", fluency)];
        parts.extend(scores.completeness.map(|score| ("completeness", score)));
        parts.extend(scores.prosody.map(|score| ("prosody", score)));
        parts.sort_by(|(_, left), (_, right)| left.total_cmp(right));
        let weights: &[f64] = match parts.len() {
            2 => &[0.6, 0.4],
            3 => &[0.6, 0.2, 0.2],
            _ => &[0.4, 0.2, 0.2, 0.2],
        };
        let part = |((name, score), &weight)| Self { name, score, weight, points: rounded(score * weight, 100.0) };
        parts.into_iter().zip(weights).map(part).collect()
    }
}

/// Rounds to so many parts of one.
fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(accuracy: f64, fluency: f64, completeness: Option<f64>, prosody: Option<f64>) -> Scores {
        let mut scores = Scores::default();
        (scores.accuracy, scores.fluency) = (Some(accuracy), Some(fluency));
        (scores.completeness, scores.prosody) = (completeness, prosody);
        scores
    }

    fn total(scores: &Scores) -> f64 {
        rounded(Part::of(scores).iter().map(|part| part.points).sum(), 10.0)
    }

    #[test]
    fn the_parts_make_the_totals_that_microsoft_shows() {
        // The sample answers of the REST page for short audio with and without prosody, and an answer in Chinese where
        // prosody was asked for: 0.6 x 0 + 0.2 x 90 + 0.2 x 100.
        assert_eq!(total(&scores(100.0, 100.0, Some(100.0), Some(87.8))), 95.1);
        assert_eq!(total(&scores(100.0, 74.0, Some(100.0), None)), 84.4);
        assert_eq!(total(&scores(90.0, 100.0, None, Some(0.0))), 38.0);
    }

    #[test]
    fn the_lowest_score_weighs_most_whichever_it_is() {
        // 0.4 x 50 + 0.2 x (70 + 80 + 90), and 0.6 x 70 + 0.4 x 90.
        for (scores, lowest, sum) in [
            (scores(50.0, 70.0, Some(80.0), Some(90.0)), "accuracy", 68.0),
            (scores(70.0, 50.0, Some(80.0), Some(90.0)), "fluency", 68.0),
            (scores(90.0, 70.0, Some(50.0), Some(80.0)), "completeness", 68.0),
            (scores(90.0, 70.0, Some(80.0), Some(50.0)), "prosody", 68.0),
            (scores(90.0, 70.0, None, None), "fluency", 78.0),
        ] {
            assert_eq!((Part::of(&scores)[0].name, total(&scores)), (lowest, sum));
        }
    }

    #[test]
    fn without_fluency_no_formula_is_published() {
        let mut basic = Scores::default();
        basic.accuracy = Some(90.0);

        assert_eq!(Part::of(&basic), []);
    }
}
