//! Which part of the API a path belongs to.

/// What a path asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Route<'a> {
    /// The rest of the path behind `/__emulator`.
    Admin(&'a str),
    Recognize,
    Token,
    Unknown,
}

impl<'a> Route<'a> {
    pub(crate) fn of(path: &'a str) -> Self {
        if let Some(rest) = path.strip_prefix("/__emulator")
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return Self::Admin(rest);
        }
        if path.eq_ignore_ascii_case("/sts/v1.0/issueToken") {
            return Self::Token;
        }
        // Custom subdomains and private endpoints put the label of the regional host first.
        let path = path.strip_prefix("/stt").unwrap_or(path);
        let mode =
            path.strip_prefix("/speech/recognition/").and_then(|rest| rest.strip_suffix("/cognitiveservices/v1"));
        match mode {
            Some("conversation" | "interactive" | "dictation") => Self::Recognize,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn every_documented_path_is_known() {
        for mode in ["conversation", "interactive", "dictation"] {
            for prefix in ["", "/stt"] {
                let path = format!("{prefix}/speech/recognition/{mode}/cognitiveservices/v1");
                assert_eq!(Route::of(&path), Route::Recognize, "{path}");
            }
        }
        for path in ["/sts/v1.0/issueToken", "/sts/v1.0/issuetoken"] {
            assert_eq!(Route::of(path), Route::Token, "{path}");
        }
        assert_eq!(Route::of("/__emulator/health"), Route::Admin("/health"));
        assert_eq!(Route::of("/__emulator"), Route::Admin(""));
    }

    #[test]
    fn other_paths_are_unknown() {
        let paths = [
            "/",
            "/speech/recognition/universal/cognitiveservices/v1",
            "/speech/recognition/conversation/cognitiveservices/v1/",
            "//speech/recognition/conversation/cognitiveservices/v1",
            "/speechtotext/v3.1/transcriptions",
            "/__emulators",
        ];
        for path in paths {
            assert_eq!(Route::of(path), Route::Unknown, "{path}");
        }
    }
}
