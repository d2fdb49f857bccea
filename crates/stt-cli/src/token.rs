//! `stt token`: the key, exchanged for an access token.

use tokio::time::timeout;

use crate::{
    args::{Auth, ServiceArgs, TokenArgs},
    connect::connect,
    environment::Environment,
    exit::Exit,
    failure::Asker,
    output::Output,
    problem::Problem,
};

/// Prints the token where that was asked for, and else says that there is one.
pub(crate) async fn run(args: &TokenArgs, environment: &Environment, output: &mut Output) -> Result<(), Problem> {
    let service = ServiceArgs { key: args.service.clone(), auth: Some(Auth::Token), ..ServiceArgs::default() };
    let connection = connect(&service, environment, true, output).await?;
    let client = connection.builder().build().map_err(|error| Problem::usage(error.to_string()))?;
    let late = || Problem::new(Exit::Service, "no access token within the time limit");
    let token = timeout(args.timeout, client.access_token()).await.map_err(|_| late())?;
    let token = token.map_err(|error| Asker::no_token(&error))?;
    match token {
        Some(token) if args.print || !output.is_terminal() => {
            // What cannot be written is known to the output, and there is nothing more to write.
            let _ = output.lines(token.expose());
        }
        _ => output.note("the key was accepted; --print shows the token, and so does a pipe"),
    }
    Ok(())
}
