//! Every rule that the emulator follows, with its evidence.
//!
//! One entry: name, id, HTTP status, fixed body, evidence with its source, the profile if it is of one
//! alone, what happens.

use crate::rule::rules;

const ACCESS_DENIED: &str = r#"{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}}"#;
const MISSING_401: &str = r#"{"error":{"code":"401","message":"Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."}}"#;
const MISSING_403: &str = r#"{"error":{"code":"403","message":"Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."}}"#;
const NOT_FOUND: &str = r#"{"error":{"code":"404","message":"Resource not found"}}"#;
const CID_OR_LANGUAGE: &str = r#"{"Message":"Invalid CID or language"}"#;
const TOO_MANY: &str = r#"{"code":"TooManyRequests","message":"Resource Exhausted"}"#;
const UNSUPPORTED: &str = r#"{"Message":"Unsupported audio format"}"#;

rules! {
    PATH_UNKNOWN "path-unknown" 404 NOT_FOUND,
        Observed "azure-docs issues 73060 and 19232: requests to a wrong path or host",
        "a path that is not part of the API is not found";
    PATH_PREFIX "path-prefix" 200 "",
        Documented "Microsoft's pages on private endpoints and on troubleshooting: custom subdomains have `/stt` in front",
        "every path to recognize answers below `/stt` too";
    PATH_MODE "path-mode" 200 "",
        Documented "Microsoft's troubleshooting page and an engineer's answer in cognitive-services-speech-sdk issue 1844",
        "`interactive` and `dictation` in the path answer as `conversation` does";
    METHOD_NOT_POST "method-not-post" 404 NOT_FOUND,
        Guess "Cognitive-Speech-TTS issue 86: GET on the sibling text to speech host gives 404",
        "any method but POST is not found";
    PREFLIGHT "preflight" 204 "",
        Documented "Microsoft's browser sample language-learning posts to the service from a page",
        "a browser's preflight is answered, so that a page may post to the service";

    CREDENTIAL_MISSING "credential-missing" 401 MISSING_401,
        Guess "Microsoft's troubleshooting page gives 401 or 403; the body is the usual one of Azure gateways",
        Observed: "a request without key and token is 401";
    CREDENTIAL_MISSING_DOCUMENTED "credential-missing-documented" 403 MISSING_403,
        Documented "Microsoft's REST page for short audio, table of status codes; the body is a guess",
        Documented: "a request without key and token is 403";
    KEY_BEFORE_TOKEN "key-before-token" 200 "",
        Guess "other Azure gateways; nothing is published for this API",
        "where a key and an Authorization header are both sent the key counts";
    KEY_UNKNOWN "key-unknown" 401 ACCESS_DENIED,
        Observed "AzureSpeechReactSample issue 10 (2024)",
        "a key that the resource does not have is 401";
    KEY_REAL "key-real" 401 ACCESS_DENIED,
        Guess "the emulator's own: the real service would accept it",
        "with `--reject-real-keys` a key that looks real is 401: 84 letters and digits, or 32 hex digits";
    AUTHORIZATION_NOT_BEARER "authorization-not-bearer" 401 ACCESS_DENIED,
        Guess "Microsoft's REST page knows no scheme but Bearer",
        "an Authorization header that is not `Bearer` with a token is 401";
    TOKEN_TAKEN "token-taken" 200 "",
        Documented "Microsoft's REST page for short audio, section on authentication",
        "a token that lasts is as good as the key that it was issued for";
    TOKEN_UNKNOWN "token-unknown" 401 ACCESS_DENIED,
        Documented "Microsoft's REST page for short audio, table of status codes; the body is a guess",
        "a token that this emulator did not issue, or issued for another region, is 401";
    TOKEN_EXPIRED "token-expired" 401 ACCESS_DENIED,
        Documented "Microsoft's REST page: a token is valid for ten minutes; the body is a guess",
        "a token past its time is 401";
    TOKEN_REVOKED "token-revoked" 401 ACCESS_DENIED,
        Guess "the emulator's own: nothing is published about tokens that end early",
        "a token that was revoked at `/__emulator/tokens/revoke` is 401";
    ENTRA_TOKEN_TAKEN "entra-token-taken" 200 "",
        Documented "Microsoft's authentication page: aad#resource#token; that its signature goes unread is the emulator's own",
        "a Microsoft Entra token with a resource id is taken for what it says";
    ENTRA_TOKEN_MALFORMED "entra-token-malformed" 401 ACCESS_DENIED,
        Guess "Microsoft's authentication page gives the form aad#resource#token",
        "a Microsoft Entra token without a resource id, or past its own `exp`, is 401";
    TOKEN_ISSUED "token-issued" 200 "",
        Documented "Microsoft's REST page: issueToken answers with the bare token; its claims are a guess",
        "issueToken, in any case of its letters, answers a key with a token that says when it ends, whatever the Content-Type";

    THROTTLED_CONCURRENCY "throttled-concurrency" 429 TOO_MANY,
        Documented "Microsoft's page on quotas: F0 has 1 and S0 100 at once; the body is that of fast transcription",
        "a recognition beside too many others of the same resource is 429, without Retry-After";
    THROTTLED_RATE "throttled-rate" 429 TOO_MANY,
        Guess "the project Inkling (2026) notes Retry-After with 429; no such limit is published for this API",
        "a recognition beyond the emulator's own `--rate` is 429, with Retry-After in seconds";

    REQUEST_ID "request-id" 200 "",
        Observed "noted by the project Inkling (2026), for text to speech as well",
        "every answer has an X-RequestId; the journal does not name this rule each time";
    CONNECTION_ID_IGNORED "connection-id-ignored" 200 "",
        Documented "Microsoft's page on session ids: 32 hex digits without dashes",
        "an X-ConnectionId of another shape is ignored, and the journal has no session";
    PARAMETER_IGNORED "parameter-ignored" 200 "",
        Guess "Microsoft's samples and engineers add RequestId, storeAudio and others; their effect is not published",
        "a query parameter of another name than the documented ones changes nothing";
    PARAMETER_REPEATED "parameter-repeated" 200 "",
        Guess "Microsoft's page on the API of 2017 said 400; nothing is published for this one",
        "of a query parameter that is repeated the first value counts";
    FORMAT_UNKNOWN "format-unknown" 200 "",
        Guess "nothing is published about it",
        "a `format` that is neither simple nor detailed is taken for simple";
    PROFANITY_UNKNOWN "profanity-unknown" 200 "",
        Guess "nothing is published about it",
        "a `profanity` that is none of masked, removed and raw is taken for masked";
    CID_ALONE "cid-alone" 200 "",
        Documented "Microsoft's JavaScript SDK sends `cid` in place of `language`; the wording of the error fits",
        "a `cid` takes the place of `language`";
    LANGUAGE_MISSING "language-missing" 400 CID_OR_LANGUAGE,
        Observed "azure-docs issue 23489 (2019)",
        "without `language` and without `cid` the request is 400";
    LANGUAGE_UNSUPPORTED "language-unsupported" 400 CID_OR_LANGUAGE,
        Documented "Microsoft's REST page for short audio, table of status codes",
        "a `language` that is not in Microsoft's table is 400, whatever its case";
    CID_INVALID "cid-invalid" 400 CID_OR_LANGUAGE,
        Guess "the wording of the error for a missing language",
        "a `cid` that is no GUID is 400";
    ACCEPT_NOT_JSON "accept-not-json" 406 "",
        Guess "Microsoft's REST page: Accept must be application/json if it is sent; the status is a guess",
        "an Accept header that leaves no room for application/json is 406";
    CONTENT_TYPE_MISSING "content-type-missing" 400 UNSUPPORTED,
        Documented "Microsoft's REST page: Content-type is required; the body is a guess",
        "a request without Content-Type is 400";
    WAV_PARAMETERS_IGNORED "wav-parameters-ignored" 200 "",
        Observed "measured by the project Inkling (2026) with a wrong samplerate; Microsoft's pages spell the codec in three ways",
        "whatever parameters `audio/wav` has, the file's own header tells its format";
    CONTENT_TYPE_UNSUPPORTED "content-type-unsupported" 400 UNSUPPORTED,
        Documented "Microsoft's troubleshooting page: 400 for a wrong Content-Type; the body is a guess",
        "a Content-Type that is neither WAV nor Ogg is 400";
    OGG_CODECS_QUOTED "ogg-codecs-quoted" 400 UNSUPPORTED,
        Observed "azure-docs issue 47827 (2020); the body is a guess",
        "`audio/ogg; codecs=\"opus\"` with quotes is 400";
    ASSESSMENT_MALFORMED "assessment-malformed" 400 r#"{"Message":"Invalid pronunciation assessment parameters"}"#,
        Guess "nothing is published about it",
        "a Pronunciation-Assessment header that is not base64 of the documented JSON is 400";
    ASSESSMENT_TOO_LONG "assessment-too-long" 0 "",
        Observed "measured by the project Inkling (2026) with 13,000 characters of reference text",
        Observed: "a Pronunciation-Assessment header over 16 KiB is never answered";

    EXPECT_CONTINUE "expect-continue" 200 "",
        Documented "Microsoft's REST page for short audio: 100 Continue in its table of status codes",
        "with `Expect: 100-continue` the audio is asked for once the head was found good";
    REFUSED_EARLY "refused-early" 400 CID_OR_LANGUAGE,
        Guess "nothing is published about the order",
        "with `Expect: 100-continue` what the head shows is refused before the audio is asked for";
    EXPECT_OPTIONAL "expect-optional" 200 "",
        Documented "Microsoft's samples in several languages send chunks without it, though the REST page wants it",
        "chunks are taken without `Expect: 100-continue` too";
    BODY_TOO_LARGE "body-too-large" 413 "",
        Guess "no limit of the body is published; this one is the emulator's own",
        "a body over the emulator's limit is 413";
    BODY_STALLED "body-stalled" 408 r#"{"Message":"Request timeout"}"#,
        Documented "Microsoft's troubleshooting page: 408 when no audio arrives; the body is a guess",
        "an upload that stops arriving is 408";
    BODY_EMPTY "body-empty" 400 r#"{"Message":"No audio data received"}"#,
        Observed "cognitive-services-speech-sdk issue 895 (2020); the JSON around the text is a guess",
        "an empty body is 400";
    BODY_NOT_AUDIO "body-not-audio" 400 UNSUPPORTED,
        Observed "cognitive-services-speech-sdk issues 387 and 680",
        "a body that is no audio, or audio of another kind, is 400";
    CONTENT_TYPE_MISMATCH "content-type-mismatch" 400 UNSUPPORTED,
        Guess "nothing is published about it",
        "WAV that is declared as Ogg, and Ogg that is declared as WAV, is 400";
    WAV_WITHOUT_SAMPLES "wav-without-samples" 200 "{}",
        Observed "measured by the project Inkling (2026)",
        "a WAV file without samples is answered 200 with an empty object";

    WAV_SIZES_IGNORED "wav-sizes-ignored" 200 "",
        Documented "Microsoft's samples send sizes of 0 and 40 before a whole recording",
        "a WAV header whose sizes are not true is followed by audio to the end of the body";
    WAV_RATE "wav-rate" 200 "",
        Documented "a Microsoft engineer in Cognitive-Speech-TTS issue 218: a rate of 44.1 kHz needs a header that says so",
        "mono PCM of another rate than 16 kHz is heard where its header says the rate";
    CONTENT_TYPE_RAW "content-type-raw" 200 "",
        Observed "Cognitive-Speech-TTS issue 218",
        "`audio/raw` is heard as silence";
    OGG_CODEC_SINGULAR "ogg-codec-singular" 200 "",
        Observed "azure-docs issue 17507 (2018)",
        "`audio/ogg; codec=…`, singular, is heard as silence";
    INITIAL_SILENCE "initial-silence" 200 "",
        Observed "azure-docs issue 17507, Xamarin.Cognitive.Speech issue 3, cognitive-services-speech-sdk issue 695",
        "silence, two channels, samples that do not fit their header, and bytes without one give InitialSilenceTimeout";
    LEADING_SILENCE "leading-silence" 200 "",
        Documented "Microsoft's troubleshooting page: a few seconds; that it is five was observed",
        "words that begin after five seconds give InitialSilenceTimeout";
    BABBLE "babble" 200 "",
        Documented "Microsoft's REST page, table of RecognitionStatus; the other fields are a guess",
        "noise gives BabbleTimeout";
    NO_MATCH "no-match" 200 "",
        Documented "Microsoft's REST page, table of RecognitionStatus; the other fields are a guess",
        "speech in which the emulator finds no words gives NoMatch";
    RECOGNITION_ERROR "recognition-error" 200 "",
        Documented "Microsoft's REST page, table of RecognitionStatus; that both times are 0 is in its JavaScript SDK's tests",
        "where the recognizer fails the RecognitionStatus is Error";
    LANGUAGE_MISMATCH "language-mismatch" 200 "",
        Documented "Microsoft's REST page: NoMatch usually means that another language is spoken",
        "words in a language other than the one asked for give NoMatch";
    AUDIO_CUT "audio-cut" 200 "",
        Guess "Microsoft's REST page limits a request to 60 seconds; what happens beyond is not published",
        "what is said after 60 seconds is not heard";
    AUDIO_CUT_ASSESSED "audio-cut-assessed" 200 "",
        Observed "measured by the project Inkling (2026)",
        "with pronunciation assessment, what is said after 30 seconds is not heard";

    PROFANITY_ONLY "profanity-only" 200 "",
        Guess "Microsoft's REST page says that no speech result is returned; the JSON is not published",
        "`profanity=removed` with nothing else said gives Success with an empty text";
    DETAILED_DISPLAY_TEXT "detailed-display-text" 200 "",
        Documented "the pronunciation sample of Microsoft's REST page of 2024; older samples lack it",
        Observed: "a detailed result has DisplayText beside NBest";
    WORD_TIMES "word-times" 200 "",
        Guess "a query parameter of Microsoft's JavaScript SDK; its effect on this API is not published",
        "`wordLevelTimestamps=true` adds Words to a detailed result";
    ASSESSMENT_DETAILED "assessment-detailed" 200 "",
        Observed "measured by the project Inkling (2026)",
        "with pronunciation assessment the result has NBest whatever `format` says";
    ASSESSMENT_UNSCRIPTED "assessment-unscripted" 200 "",
        Observed "measured by the project Inkling (2026)",
        "without a reference text the assessment is unscripted and has no completeness";
    ASSESSMENT_SCORE "assessment-score" 200 "",
        Documented "Microsoft's pronunciation assessment page; matches 27 published results",
        "PronScore follows the published weights";
    PROSODY_ELSEWHERE "prosody-elsewhere" 200 "",
        Observed "measured by the project Inkling (2026)",
        "prosody asked for in a language other than en-US is left out";
}
