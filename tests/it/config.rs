//! Configuration files as users write them, and as those write them whom users should not trust.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use stt_emulator::{Emulator, Running};
use tempfile::TempDir;

use crate::{
    cli::{Run, run, stt},
    support::root,
};

/// A home with the user's file and key, a project in it, and an emulator that both could name.
struct Desk {
    emulator: Running,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self { emulator: Emulator::builder().start_blocking().unwrap(), folder };
        fs::create_dir_all(desk.project("below")).unwrap();
        desk.write("user-key", CANARY);
        desk
    }

    fn home(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn project(&self, name: &str) -> PathBuf {
        self.home("project").join(name)
    }

    /// Writes a file below the home; in it `EMULATOR` is the emulator's URL.
    fn write(&self, name: &str, text: &str) {
        let path = self.home(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("EMULATOR", &self.emulator.endpoint())).unwrap();
    }

    fn user_file(&self, text: &str) {
        self.write(".config/stt/config.toml", text);
    }

    fn project_file(&self, text: &str) {
        self.write("project/stt.toml", text);
    }

    fn stt(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Run {
        self.stt_in(&self.home("project"), environment, arguments)
    }

    /// Runs the program, and sees that nothing it prints has the key in it.
    fn stt_in(&self, folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Run {
        let mut command = stt(arguments);
        command.current_dir(folder).env("HOME", self.folder.path()).envs(environment.iter().copied());
        let run = run(&mut command);
        for text in [&run.out, &run.err] {
            assert!(!text.contains(CANARY), "{arguments:?} prints the key: {text}");
        }
        run
    }

    fn transcribe(&self, environment: &[(&str, &str)], more: &[&str]) -> Run {
        let clip = root().join("tests/audio/pencils.wav");
        self.stt(environment, &[&["transcribe", clip.to_str().unwrap()], more].concat())
    }

    /// What counts, by name: the value, and what kind of source it has.
    fn shown(&self, environment: &[(&str, &str)], arguments: &[&str]) -> impl Fn(&str) -> (String, String) + use<> {
        let run = self.stt(environment, &[&["config", "show", "--format", "json"], arguments].concat());
        let shown: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:?}"));
        assert_eq!(shown["schema"], "stt.config/1");
        let rows = shown["values"].as_array().unwrap().clone();
        move |name| {
            let row = rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}"));
            let value =
                row["value"].as_array().map(|values| values.iter().map(|value| value.as_str().unwrap()).collect());
            (value.unwrap_or_default(), row["source"].as_str().unwrap().to_owned())
        }
    }

    /// Nobody has asked the emulator for anything.
    fn is_untouched(&self) -> bool {
        self.emulator.journal().is_empty()
    }
}

/// A key that is found wherever it is printed; keys that the emulator takes are found in the environment only.
const CANARY: &str = "canary0canary0canary0canary0cana";

const PENCILS: &str = "Remind me to buy five pencils.\n";

fn said((value, source): (&str, &str)) -> (String, String) {
    (value.to_owned(), source.to_owned())
}

#[test]
fn a_file_says_what_flags_would() {
    let desk = Desk::new();
    desk.write(".secrets/speech", desk.emulator.key());
    desk.user_file(
        "[profile.default]\nendpoint = \"EMULATOR\"\nkey_file = \"~/.secrets/speech\"\nlanguage = \"en-US\"\n\
         output_format = \"json\"\nretries = 1\ntimeout = 9.5\nprofanity = \"raw\"\n",
    );
    let run = desk.transcribe(&[], &[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let transcript: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(transcript["text"], PENCILS.trim_end());
    let journal = desk.emulator.journal();
    assert!(journal[0].query.contains(&("profanity".to_owned(), "raw".to_owned())), "{:?}", journal[0].query);
    let run = desk.stt(&[], &["token"]);
    assert_eq!((run.code, run.out.is_empty()), (Some(0), false), "{}", run.err);
    let run = desk.transcribe(&[], &["--no-config"]);
    assert_eq!(run.first_line(), "no language: set --language or STT_LANGUAGE");
}

#[test]
fn flags_win_over_the_environment_over_the_project_over_the_user() {
    let desk = Desk::new();
    desk.user_file("[profile.default]\nlanguage = \"de-DE\"\njobs = 2\nretries = 1\n");
    assert_eq!(desk.shown(&[], &[])("language"), said(("de-DE", "file")));
    desk.project_file("[profile.default]\nlanguage = \"fr-FR\"\njobs = 3\n");
    let shown = desk.shown(&[], &[]);
    assert_eq!(shown("language"), said(("fr-FR", "file")));
    assert_eq!(shown("jobs"), said(("3", "file")));
    // One by one: the project says nothing about it.
    assert_eq!(shown("retries"), said(("1", "file")));
    assert_eq!(shown("chunk"), said(("32768", "default")));
    let environment = [("STT_LANGUAGE", "it-IT")];
    assert_eq!(desk.shown(&environment, &[])("language"), said(("it-IT", "environment")));
    let shown = desk.shown(&environment, &["-l", "es-ES", "--jobs", "4"]);
    assert_eq!(shown("language"), said(("es-ES", "flag")));
    assert_eq!(shown("jobs"), said(("4", "flag")));
    let shown = desk.shown(&[], &["--no-config"]);
    assert_eq!(shown("language"), said(("", "default")));
    assert_eq!(shown("jobs"), said(("auto", "default")));
}

#[test]
fn where_the_service_is_and_who_asks_win_together() {
    let desk = Desk::new();
    desk.user_file("[profile.default]\nregion = \"westeurope\"\nkey_file = \"~/user-key\"\nauth = \"token\"\n");
    let shown = desk.shown(&[], &[]);
    assert_eq!(shown("region"), said(("westeurope", "file")));
    assert_eq!(shown("key_file"), said((desk.home("user-key").to_str().unwrap(), "file")));
    assert_eq!(shown("auth"), said(("token", "file")));
    // Of the user's file nothing is left where another level has the place.
    for (file, environment, flags) in [
        ("[profile.default]\nregion = \"eastus\"\n", &[][..], &[][..]),
        ("", &[("AZURE_SPEECH_REGION", "eastus")], &[]),
        ("", &[], &["--region", "eastus"]),
    ] {
        desk.project_file(file);
        let shown = desk.shown(environment, flags);
        assert_eq!(shown("region").0, "eastus");
        assert_eq!(shown("key_file"), said(("", "default")));
        assert_eq!(shown("auth"), said(("", "default")));
    }
    // Its key neither, and the program says why one is missing.
    let run = desk.stt(&[], &["token", "--region", "eastus"]);
    assert_eq!(run.code, Some(2));
    assert!(run.first_line().starts_with("--region wins over "), "{}", run.err);
    assert!(run.err.contains("\nno key: set --key-file, STT_KEY_FILE or AZURE_SPEECH_KEY\n"), "{}", run.err);
}

#[test]
fn within_a_level_the_endpoint_wins_over_the_region() {
    let desk = Desk::new();
    desk.user_file("[profile.default]\nregion = \"westeurope\"\nendpoint = \"EMULATOR\"\nauth = \"none\"\n");
    let shown = desk.shown(&[], &[]);
    assert_eq!(shown("endpoint"), said((&desk.emulator.endpoint(), "file")));
    assert_eq!(shown("region"), said(("", "default")));
}

#[test]
fn the_environment_adds_a_key_to_the_place_of_the_user_or_of_azure() {
    let desk = Desk::new();
    let key = [("AZURE_SPEECH_KEY", desk.emulator.key())];
    desk.user_file("[profile.default]\nendpoint = \"EMULATOR\"\nlanguage = \"en-US\"\n");
    assert_eq!(desk.transcribe(&key, &[]).out, PENCILS);
    desk.project_file("[profile.default]\nregion = \"westeurope\"\n");
    let shown = desk.shown(&[("AZURE_SPEECH_KEY", CANARY)], &[]);
    assert_eq!(shown("region"), said(("westeurope", "file")));
    assert_eq!(shown("key_file"), said(("AZURE_SPEECH_KEY", "environment")));
}

#[test]
fn a_project_gets_no_key_of_the_user_to_a_place_of_its_own() {
    let desk = Desk::new();
    desk.user_file("[profile.default]\nregion = \"westeurope\"\nkey_file = \"~/user-key\"\nlanguage = \"en-US\"\n");
    let key_file = desk.home("user-key").to_str().unwrap().to_owned();
    std::os::unix::fs::symlink(&key_file, desk.project("link")).unwrap();
    let attacks = [
        // The key of the user's file.
        ("endpoint = \"EMULATOR\"", &[][..], &[][..]),
        // That of the environment, by each of its ways.
        ("endpoint = \"EMULATOR\"", &[("AZURE_SPEECH_KEY", CANARY)], &[]),
        ("endpoint = \"EMULATOR\"", &[("STT_KEY_FILE", key_file.as_str())], &[]),
        ("endpoint = \"EMULATOR\"", &[("AZURE_SPEECH_KEY", CANARY), ("STT_AUTH", "token")], &[]),
        // One that was typed.
        ("endpoint = \"EMULATOR\"", &[], &["--key-file", key_file.as_str()]),
        // One that the project names, outside of its folder: directly, by a step up, and by a link.
        ("endpoint = \"EMULATOR\"\nkey_file = \"~/user-key\"", &[], &[]),
        ("endpoint = \"EMULATOR\"\nkey_file = \"../user-key\"", &[], &[]),
        ("endpoint = \"EMULATOR\"\nkey_file = \"link\"", &[], &[]),
        // What some other program pipes into this one.
        ("endpoint = \"EMULATOR\"\nkey_file = \"/dev/stdin\"", &[], &[]),
    ];
    for (file, environment, flags) in attacks {
        desk.project_file(&format!("[profile.default]\n{file}\n"));
        for run in [desk.transcribe(environment, flags), desk.stt(environment, &[&["token"], flags].concat())] {
            assert_eq!(run.code, Some(2), "{file}: {}", run.err);
            assert!(run.err.contains("refusing to send") || run.err.contains("no key: "), "{file}: {}", run.err);
        }
        assert!(desk.is_untouched(), "{file}");
    }
    // An endpoint that looks like Azure's, and Azure's own over http.
    for endpoint in [
        "https://cognitiveservices.azure.com.invalid",
        "https://westeurope.stt.speech.microsoft.com:444",
        "http://westeurope.stt.speech.microsoft.com",
    ] {
        desk.project_file(&format!("[profile.default]\nendpoint = \"{endpoint}\"\n"));
        let run = desk.stt(&[("AZURE_SPEECH_KEY", CANARY)], &["token"]);
        assert!(run.first_line().starts_with("refusing to send what AZURE_SPEECH_KEY has to "), "{}", run.err);
    }
    // A command without --auth asks with the key, whatever the file says.
    desk.project_file("[profile.default]\nendpoint = \"EMULATOR\"\nauth = \"none\"\n");
    let run = desk.stt(&[("AZURE_SPEECH_KEY", CANARY)], &["token"]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert!(desk.is_untouched());
}

#[test]
fn a_project_may_have_an_emulator_with_a_key_of_its_own_and_says_so() {
    let desk = Desk::new();
    desk.project_file("[profile.default]\nendpoint = \"EMULATOR\"\nkey_file = \"test-key\"\nlanguage = \"en-US\"\n");
    desk.write("project/test-key", desk.emulator.key());
    let run = desk.transcribe(&[("AZURE_SPEECH_KEY", CANARY)], &[]);
    assert_eq!(run.out, PENCILS, "{}", run.err);
    let told = format!("{}:2: audio goes to {}", desk.project("stt.toml").display(), desk.emulator.endpoint());
    assert_eq!(run.first_line(), told);
}

#[test]
fn the_way_to_the_service_is_for_the_user_to_say() {
    let desk = Desk::new();
    desk.user_file("[profile.default]\nproxy = \"one.example:3128\"\nca_file = \"company.pem\"\n");
    let shown = desk.shown(&[], &[]);
    assert_eq!(shown("proxy"), said(("one.example:3128", "file")));
    assert_eq!(shown("ca_file").0, desk.home(".config/stt/company.pem").to_str().unwrap());
    let environment = [("ALL_PROXY", format!("http://user:{CANARY}@two.example:8080"))];
    let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(desk.shown(&environment, &[])("proxy"), said(("two.example:8080", "environment")));
    desk.user_file(&format!("[profile.default]\nproxy = \"http://user:{CANARY}@one.example\"\n"));
    let run = desk.stt(&[], &["token"]);
    assert!(
        run.first_line().ends_with(":2:9: proxy takes no password: put the whole URL into https_proxy"),
        "{}",
        run.err
    );
}

#[test]
fn profiles_are_chosen_by_name_and_rest_on_the_default() {
    let desk = Desk::new();
    desk.user_file(
        "[profile.default]\nregion = \"westeurope\"\nlanguage = \"de-DE\"\njobs = 2\n\
         [profile.work]\nregion = \"eastus\"\nlanguage = \"en-GB\"\n",
    );
    for (environment, flags) in [(&[("STT_PROFILE", "work")][..], &[][..]), (&[], &["--profile", "work"])] {
        let shown = desk.shown(environment, flags);
        assert_eq!(shown("region").0, "eastus");
        assert_eq!(shown("language").0, "en-GB");
        assert_eq!(shown("jobs").0, "2");
    }
    let shown = desk.shown(&[("STT_PROFILE", "work")], &["--profile", "default"]);
    assert_eq!(shown("region").0, "westeurope");
    let run = desk.stt(&[], &["token", "--profile", "wrok"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(
        run.err,
        "no configuration file has the profile of --profile, \"wrok\"\nhint: there are: default, work\n"
    );
    // What was typed in vain is said.
    let run = desk.stt(&[("AZURE_SPEECH_REGION", "westus")], &["token", "--profile", "work"]);
    assert!(run.first_line().starts_with("AZURE_SPEECH_REGION wins over "), "{}", run.err);
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_could_stand_there() {
    let desk = Desk::new();
    let cases = [
        ("langauge = \"en-US\"", "2:1: \"langauge\" is not a name that a profile has", "there are region, "),
        ("output-format = \"srt\"", "2:1: \"output-format\" is not a name", "did you mean output_format?"),
        ("retries = \"4\"", "2:11: retries is a whole number, and not text", ""),
        ("jobs = 0", "2:8: jobs: it is 1 to 256, or auto", ""),
        ("jobs = \"many\"", "2:8: jobs: it is 1 to 256, or auto", ""),
        ("jobs = 2.5", "2:8: jobs is a whole number, or text in quotes, and not a fraction", ""),
        (
            "proxy = \"p:1\"",
            "2:1: proxy does not stand in a project's file, which may be somebody",
            "config path --user",
        ),
        ("ca_file = \"p\"", "2:1: ca_file does not stand in a project's file, which may be somebody", ""),
        ("timeout = -1", "2:11: timeout: it is more than 0 and at most 86400 seconds", ""),
        ("language = \"en_US\"", "2:12: language \"en_US\" is not a tag; did you mean en-US?", ""),
        ("language = \"de\"", "2:12: language \"de\" has no region; did you mean de-DE?", ""),
        ("language = \"english\"", "2:12: language \"english\" is not a tag; did you mean en-US?", ""),
        ("\n  profanity = \"loud\"", "3:15: profanity is none of: masked, removed, raw", ""),
        ("region = \"eastus@evil.com\"", "2:10: \"eastus@evil.com\" is not a region name", ""),
        ("region = \"\"", "2:10: region is empty", "leave it out instead"),
        ("endpoint = \"https://a:b@c\"", "2:12: the endpoint may not contain a user, query or fragment", ""),
        ("output_format = [\"text\", \"word\"]", "2:17: output_format is none of: csv, json, ndjson, srt, text", ""),
        ("output_format = []", "2:17: output_format is empty", "leave it out instead"),
        ("query = [\"x\"]", "2:9: query: it has the form NAME=VALUE", ""),
        ("output_format = [1]", "2:18: output_format is text in quotes, or a list of such, and not a number", ""),
        ("jobs = 1\njobs = 2", "3:1: no TOML: duplicate key", ""),
        ("jobs = ", "2:8: no TOML: ", ""),
        ("auth = \"none\"", "2:1: auth without a region or an endpoint beside it", "so that a key goes nowhere else"),
        ("region = \"a\"\ntoken_file = \"t\"", "3:1: token_file goes with auth = \"entra\"", ""),
        ("region = \"a\"\nkey_file = \"-\"", "3:12: key_file is a file, and not standard input", ""),
    ];
    for (text, told, hint) in cases {
        desk.project_file(&format!("[profile.default]\n{text}\n"));
        let run = desk.stt(&[], &["token"]);
        assert_eq!(run.code, Some(2), "{text}");
        let told = format!("{}:{told}", desk.project("stt.toml").display());
        assert!(run.first_line().starts_with(&told), "{text}: {}", run.err);
        assert!(run.err.contains(hint), "{text}: {}", run.err);
    }
    desk.project_file("jobs = 1\n");
    assert!(desk.stt(&[], &["token"]).first_line().ends_with("stt.toml:1:1: jobs does not stand in a profile"));
    desk.project_file("[profiles.default]\n");
    assert!(desk.stt(&[], &["token"]).first_line().contains("stt.toml:1:2: \"profiles\" is not known"));
}

#[test]
fn a_key_in_a_file_is_refused_and_not_repeated() {
    let desk = Desk::new();
    for line in [
        "key = \"@\"",
        "subscription_key = \"@\"",
        "AZURE_SPEECH_KEY = \"@\"",
        "token = \"@\"",
        "key_file = \"@\"",
        "region = \"@\"",
        "endpoint = \"@\"",
        "language = \"@\"",
        "jobs = \"@\"",
        "auth = \"@\"",
        "query = \"subscription-key=@\"",
        "@",
        "@ = 1",
        "AZURE_SPEECH_@ = 1",
        "key = @",
        "region = \"@",
    ] {
        desk.project_file(&format!("[profile.default]\n{}\n", line.replace("@", CANARY)));
        let run = desk.stt(&[], &["config", "show"]);
        assert_eq!(run.code, Some(2), "{line}: {}", run.out);
        assert!(run.first_line().contains("stt.toml:2:"), "{line}: {}", run.err);
    }
    desk.project_file(&format!("key = \"{CANARY}\"\n"));
    let run = desk.stt(&[], &["token"]);
    assert!(run.err.contains("a configuration file, which others may read"), "{}", run.err);
    assert!(run.err.contains("hint: put the key into a file of its own"), "{}", run.err);
}

#[test]
fn what_is_shown_is_never_a_secret() {
    let desk = Desk::new();
    desk.user_file("[profile.default]\nregion = \"westeurope\"\nkey_file = \"~/user-key\"\n");
    let run = desk.stt(&[], &["config", "show"]);
    let (from, file) = (desk.home("user-key"), desk.home(".config/stt/config.toml"));
    let line = run.out.lines().find(|line| line.starts_with("key_file")).unwrap();
    assert!(line.contains(&format!("  set, from {}  {}:3", from.display(), file.display())), "{line}");
    for name in ["AZURE_SPEECH_REGION", "AZURE_SPEECH_ENDPOINT", "STT_AUTH", "STT_KEY_FILE", "STT_LANGUAGE"] {
        let run = desk.stt(&[(name, CANARY), ("AZURE_SPEECH_KEY", CANARY)], &["config", "show"]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert!(run.out.contains("not usable: "), "{name}: {}", run.out);
        let run = desk.stt(&[(name, CANARY)], &["config", "show", "--format", "json"]);
        assert!(run.out.contains("\"value\":null,\"problem\":\""), "{name}: {}", run.out);
    }
    let run = desk.stt(&[("AZURE_SPEECH_ENDPOINT", &format!("https://u:{CANARY}@h"))], &["config", "show"]);
    assert!(run.out.contains("not usable: the endpoint may not contain a user"), "{}", run.out);
}

#[test]
fn the_nearest_project_counts_up_to_the_root_of_the_repository() {
    let desk = Desk::new();
    let path_in = |folder: &str| desk.stt_in(&desk.home(folder), &[], &["config", "path"]).out;
    let none = "project  no stt.toml here or above\n";
    assert!(path_in("project/below").starts_with(none));
    desk.write("stt.toml", "");
    assert!(path_in("project/below").contains(&format!("project  {}\n", desk.home("stt.toml").display())));
    desk.project_file("");
    assert!(path_in("project/below").contains(&format!("project  {}\n", desk.project("stt.toml").display())));
    fs::create_dir(desk.project("below/.git")).unwrap();
    assert!(path_in("project/below").starts_with(none));
    // Above the home nobody looks.
    let outside = desk.stt_in(
        &desk.project("below"),
        &[("HOME", desk.home("project/below").to_str().unwrap())],
        &["config", "path"],
    );
    assert!(outside.out.starts_with(none));
}

#[test]
fn a_project_file_of_another_user_is_not_read() {
    let desk = Desk::new();
    desk.project_file("[profile.default]\nlanguage = \"de-DE\"\n");
    // Only the superuser can give files away.
    if let Err(error) = std::os::unix::fs::chown(desk.project("stt.toml"), Some(65_534), None) {
        assert!(std::env::var_os("CI").is_none(), "the gate runs as root: {error}");
        eprintln!("left out: {error}");
        return;
    }
    let run = desk.stt(&[], &["config", "show"]);
    let told =
        format!("{} belongs to another user than this folder, and is not read", desk.project("stt.toml").display());
    assert_eq!(run.first_line(), told);
    assert!(!run.out.contains("de-DE"), "{}", run.out);
    // Nor is one of a folder above that is somebody else's, as /tmp is.
    fs::remove_file(desk.project("stt.toml")).unwrap();
    desk.write("stt.toml", "[profile.default]\nlanguage = \"de-DE\"\n");
    std::os::unix::fs::chown(desk.folder.path(), Some(65_534), None).unwrap();
    std::os::unix::fs::chown(desk.home("stt.toml"), Some(65_534), None).unwrap();
    let run = desk.stt(&[], &["config", "show"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert!(!run.out.contains("de-DE"), "{}", run.out);
}

#[test]
fn a_file_that_is_none_is_refused_and_never_waited_for() {
    let desk = Desk::new();
    let told = |why: &str| format!("{}: cannot be read\nwhy: {why}\n", desk.project("stt.toml").display());
    fs::create_dir(desk.project("stt.toml")).unwrap();
    assert_eq!(desk.stt(&[], &["token"]).err, told("it is not an ordinary file"));
    fs::remove_dir(desk.project("stt.toml")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", desk.project("stt.toml")).unwrap();
    assert_eq!(desk.stt(&[], &["token"]).code, Some(2));
    fs::remove_file(desk.project("stt.toml")).unwrap();
    desk.project_file(&"#".repeat(65_537));
    assert_eq!(desk.stt(&[], &["token"]).err, told("it is longer than 64 KiB"));
    fs::write(desk.project("stt.toml"), [0xff]).unwrap();
    assert_eq!(desk.stt(&[], &["token"]).err, told("it is not UTF-8"));
    // Commands that have no use for it go on.
    assert_eq!(desk.stt(&[], &["config", "path"]).code, Some(0));
}

#[test]
fn a_file_is_begun_once_and_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let path = desk.home(".config/stt/config.toml");
    let begun = desk.stt(&[], &["config", "init"]);
    assert_eq!((begun.code, begun.out), (Some(0), format!("{}\n", path.display())));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(desk.stt(&[], &["config", "path", "--user"]).out, format!("{}\n", path.display()));
    assert_eq!(desk.shown(&[], &[])("language"), said(("", "default")));
    fs::write(&path, "# mine\n").unwrap();
    let again = desk.stt(&[], &["config", "init"]);
    assert_eq!(
        (again.code, again.first_line()),
        (Some(2), format!("{}: is there already, and stays as it is", path.display()).as_str())
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "# mine\n");
    let elsewhere = desk.home("elsewhere");
    let begun = desk.stt(&[("XDG_CONFIG_HOME", elsewhere.to_str().unwrap())], &["config", "init"]);
    assert_eq!(begun.out, format!("{}\n", elsewhere.join("stt/config.toml").display()));
    assert_eq!(desk.stt(&[], &["config", "init", "--project"]).out, "stt.toml\n");
    assert!(desk.project("stt.toml").is_file());
}
