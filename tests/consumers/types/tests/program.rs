//! The program as it is run.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

#[test]
fn it_prints_the_status_and_the_text_of_each_answer() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_consumer-types"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let answers = concat!(
        r#"{"RecognitionStatus":"Success","DisplayText":"Conversation.","Offset":4500000,"Duration":10600000}"#,
        "\n",
        r#"{"RecognitionStatus":"InitialSilenceTimeout","Offset":50000000,"Duration":0}"#,
        "\n",
    );
    program.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let output = program.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "Success\tConversation.\nInitialSilenceTimeout\t\n");
}
