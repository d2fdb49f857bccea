//! The way to the service: through which proxy, and whom to trust.

use std::{fs, path::Path};

use stt_hyper::{ClientBuilder, Proxy};

use crate::{
    args::KeyServiceArgs,
    environment::{self, Environment},
    output::io_reason,
    problem::Problem,
};

/// The way to the service, the same for requests and tokens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    /// Certificate authorities to trust beside those of the system, as PEM.
    pub(crate) authorities: Option<Vec<u8>>,
    pub(crate) proxy: Option<Proxy>,
}

impl Network {
    /// Flags win over the environment.
    pub(crate) fn plan(args: &KeyServiceArgs, environment: &Environment) -> Result<Self, Problem> {
        let proxy = proxy(args, environment)?;
        Ok(Self { authorities: authorities(args, environment)?, proxy })
    }

    /// The proxy, for those who want to know.
    pub(crate) fn proxy(&self) -> Option<String> {
        self.proxy.as_ref().map(ToString::to_string)
    }

    /// A client that goes this way.
    pub(crate) fn apply(&self, builder: ClientBuilder) -> ClientBuilder {
        let builder = self.proxy.iter().cloned().fold(builder, ClientBuilder::proxy);
        self.authorities.iter().cloned().fold(builder, ClientBuilder::additional_root_certificates)
    }
}

/// The proxy that was typed, or else that of the environment.
pub(crate) fn proxy(args: &KeyServiceArgs, environment: &Environment) -> Result<Option<Proxy>, Problem> {
    match &args.proxy {
        Some(url) => Ok(Some(typed(url)?.bypass(no_proxy(environment)))),
        None => Proxy::from_vars(|name| environment.get(name).map(str::to_owned)).map_err(|error| refused(&error)),
    }
}

/// What is in the file of certificate authorities, if there is one.
pub(crate) fn authorities(args: &KeyServiceArgs, environment: &Environment) -> Result<Option<Vec<u8>>, Problem> {
    let read = |path: &Path| {
        let shown = path.display();
        let bytes = fs::read(path).map_err(|error| Problem::usage(format!("{shown}: {}", io_reason(&error))))?;
        match bytes.windows(PEM.len()).any(|window| window == PEM) {
            true => Ok(bytes),
            false => Err(Problem::usage(format!("{shown}: no certificate in PEM form"))),
        }
    };
    authority_file(args, environment).map(read).transpose()
}

/// The file of certificate authorities.
pub(crate) fn authority_file<'a>(args: &'a KeyServiceArgs, environment: &'a Environment) -> Option<&'a Path> {
    args.ca_file.as_deref().or_else(|| environment.get(environment::CA_FILE).map(Path::new))
}

/// The hosts that no proxy stands before.
fn no_proxy(environment: &Environment) -> &str {
    environment.get("no_proxy").or_else(|| environment.get(environment::NO_PROXY)).unwrap_or_default()
}

/// A proxy from the command line, which others can read.
fn typed(url: &str) -> Result<Proxy, Problem> {
    if url.contains('@') {
        let what = "--proxy takes no password, because other users of this machine can read the arguments of a program";
        return Err(Problem::usage(what).hint("put the whole URL into https_proxy".to_owned()));
    }
    Proxy::new(url).map_err(|error| refused(&error))
}

fn refused(error: &dyn std::error::Error) -> Problem {
    Problem::usage(error.to_string()).why(error.source().map(ToString::to_string))
}

/// What a certificate begins with, by RFC 7468.
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(proxy: Option<&str>, environment: &[(&str, &str)]) -> Result<Option<String>, String> {
        let args = KeyServiceArgs { proxy: proxy.map(str::to_owned), ..KeyServiceArgs::default() };
        let network = Network::plan(&args, &Environment::with(environment));
        network.map(|network| network.proxy()).map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_typed_proxy_wins_over_that_of_the_environment() {
        let environment = [("HTTPS_PROXY", "http://user:s3cret@one.example:3128")];
        assert_eq!(plan(None, &environment), Ok(Some("one.example:3128".to_owned())));
        assert_eq!(plan(Some("two.example:8080"), &environment), Ok(Some("two.example:8080".to_owned())));
        assert_eq!(plan(None, &[]), Ok(None));
    }

    #[test]
    fn a_password_on_the_command_line_is_refused_and_not_repeated() {
        let said = plan(Some("http://user:s3cret@one.example:3128"), &[]).unwrap_err();
        assert!(said.starts_with("--proxy takes no password") && !said.contains("s3cret"), "{said}");
    }

    #[test]
    fn a_broken_variable_is_named_and_not_repeated() {
        let said = plan(None, &[("all_proxy", "socks5://user:s3cret@one.example")]).unwrap_err();
        assert!(said.contains("all_proxy") && !said.contains("s3cret"), "{said}");
    }
}
