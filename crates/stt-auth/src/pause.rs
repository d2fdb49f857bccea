//! How long nobody asks for a token after a failure.

use std::time::Duration;

use http::StatusCode;

use crate::{TokenError, token_error::Cause};

/// Whether callers that have no token waited for enough attempts; `failures` includes the last one, `error`.
pub(crate) fn is_enough(failures: u32, error: &TokenError) -> bool {
    let attempts = match error {
        TokenError::Refused { .. } => 1,
        TokenError::Malformed { .. } => 2,
        TokenError::Unavailable { .. } => 3,
    };
    attempts <= failures
}

/// The time until the next attempt of callers that have no token, if there is to be one.
pub(crate) fn before_next(failures: u32, error: &TokenError, spread: f64) -> Option<Duration> {
    let hint = error.retry_after().unwrap_or_default();
    if is_enough(failures, error) || LONGEST_OBEYED < hint {
        return None;
    }
    let throttled =
        matches!(error, TokenError::Unavailable { cause: Cause::Status(StatusCode::TOO_MANY_REQUESTS), .. });
    let first = Duration::from_millis(if throttled { 1000 } else { 250 });
    // Full jitter: anything from nothing to the whole, so that clients that failed together do not come back together.
    Some(doubled(first, failures, Duration::from_secs(8)).mul_f64(spread).max(hint))
}

/// The time after which callers are no longer told of a failure but make another attempt.
pub(crate) fn cooling(error: &TokenError) -> Duration {
    if !error.is_retryable() {
        return AFTER_REFUSAL;
    }
    // Long enough for everybody who waited to come back and be told.
    error.retry_after().unwrap_or_default().clamp(Duration::from_secs(1), LONGEST_COOLING)
}

/// The time until the next attempt to renew a token that still serves.
pub(crate) fn while_served(failures: u32, error: &TokenError, spread: f64) -> Duration {
    if !error.is_retryable() {
        return AFTER_REFUSAL;
    }
    let pause = doubled(Duration::from_secs(10), failures, Duration::from_secs(60)).mul_f64(0.8 + 0.4 * spread);
    pause.max(error.retry_after().unwrap_or_default().min(LONGEST_COOLING))
}

fn doubled(first: Duration, failures: u32, limit: Duration) -> Duration {
    let factor = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(limit)
}

/// A key that was refused is not accepted a moment later; for ever would keep a server dead until its restart.
const AFTER_REFUSAL: Duration = Duration::from_secs(60);

/// The hint that callers wait for; they are told of a longer one.
pub(crate) const LONGEST_OBEYED: Duration = Duration::from_secs(30);

/// The longest that a hint keeps others from asking: it comes from outside and could be for ever.
const LONGEST_COOLING: Duration = Duration::from_secs(120);

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, hint: Option<u64>) -> TokenError {
        let status = StatusCode::from_u16(status).unwrap();
        TokenError::unavailable(Cause::Status(status), hint.map(Duration::from_secs))
    }

    fn refused() -> TokenError {
        TokenError::Refused { status: StatusCode::UNAUTHORIZED, message: None }
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn each_kind_of_failure_has_its_number_of_attempts() {
        let attempts =
            |error: &TokenError| (1..).find(|failures| before_next(*failures, error, 0.0).is_none()).unwrap();
        assert_eq!(attempts(&status(503, None)), 3);
        assert_eq!(attempts(&TokenError::Malformed { content_type: None, bytes: 0 }), 2);
        assert_eq!(attempts(&refused()), 1);
    }

    #[test]
    fn the_pause_before_the_next_attempt_doubles_within_its_jitter() {
        let pause = |failures, error: &TokenError, spread| before_next(failures, error, spread).unwrap();
        assert_eq!(pause(1, &status(503, None), 0.0), Duration::ZERO);
        assert_eq!(pause(1, &status(503, None), 0.5), Duration::from_millis(125));
        assert_eq!(pause(2, &status(503, None), 0.5), Duration::from_millis(250));
        assert_eq!(pause(2, &status(429, None), 0.5), seconds(1));
    }

    #[test]
    fn a_hint_is_obeyed_up_to_half_a_minute() {
        assert_eq!(before_next(1, &status(503, Some(30)), 0.9), Some(seconds(30)));
        assert_eq!(before_next(1, &status(503, Some(31)), 0.9), None);
        assert_eq!(cooling(&status(503, Some(31))), seconds(31));
        assert_eq!(cooling(&status(503, Some(u64::MAX))), seconds(120));
    }

    #[test]
    fn a_failure_is_told_for_a_second_and_a_refusal_for_a_minute() {
        assert_eq!(cooling(&status(503, None)), seconds(1));
        assert_eq!(cooling(&refused()), seconds(60));
    }

    #[test]
    fn a_token_that_serves_is_renewed_after_10_20_40_60_seconds() {
        for (failures, expected) in [(1, 10), (2, 20), (3, 40), (4, 60), (5, 60), (40, 60), (u32::MAX, 60)] {
            assert_eq!(while_served(failures, &status(503, None), 0.5), seconds(expected), "{failures}");
        }
        assert_eq!(while_served(1, &status(503, None), 0.0), seconds(8));
        assert!(while_served(1, &status(503, None), 0.999) < seconds(12));
        assert_eq!(while_served(1, &status(503, Some(45)), 0.5), seconds(45));
        assert_eq!(while_served(1, &refused(), 0.0), seconds(60));
    }
}
