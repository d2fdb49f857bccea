//! What can be chosen for a client.

use std::{
    error::Error as StdError,
    future::Future,
    io,
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use stt_auth::{Authorization, Endpoint, Key, Region, Resource};
use stt_core::Retry;

use crate::{
    build_error::BuildError,
    limiter::Limiter,
    limits::{CHUNK, Limits},
    proxy::Proxy,
    resolver::Resolver,
    tls::Roots,
    token_source::TokenSource,
};

/// What can be chosen for a [`Client`](crate::Client).
///
/// | Choice | Default |
/// | --- | --- |
/// | [`retry`](Self::retry) | three attempts in 120 seconds |
/// | [`chunked`](Self::chunked) | chunks, in which audio of any length goes out |
/// | [`chunk_size`](Self::chunk_size) | at most 32 KiB |
/// | [`expect_continue`](Self::expect_continue) | on |
/// | [`continue_timeout`](Self::continue_timeout) | one second |
/// | [`limiter`](Self::limiter) | none: as many requests at once as there are calls |
/// | trusted certificates | those that the operating system trusts |
/// | [`proxy`](Self::proxy) | none, whatever the environment says |
/// | [`resolver`](Self::resolver) | that of the operating system |
///
/// The environment is not read for any of it: [`Proxy::from_vars`] takes what a program finds there.
#[must_use]
#[derive(Debug)]
pub struct ClientBuilder {
    pub(crate) resource: Resource,
    pub(crate) retry: Retry,
    pub(crate) chunked: bool,
    pub(crate) chunk: usize,
    pub(crate) expect: bool,
    pub(crate) limits: Limits,
    pub(crate) roots: Roots,
    pub(crate) additional_roots: Vec<Vec<u8>>,
    pub(crate) source: Option<TokenSource>,
    pub(crate) limiter: Option<Limiter>,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) resolver: Resolver,
}

impl ClientBuilder {
    pub(crate) fn new(resource: Resource) -> Self {
        Self {
            resource,
            retry: Retry::default(),
            chunked: true,
            chunk: CHUNK,
            expect: true,
            limits: Limits::default(),
            roots: Roots::default(),
            additional_roots: Vec::new(),
            source: None,
            limiter: None,
            proxy: None,
            resolver: Resolver::default(),
        }
    }

    /// Takes the resource from variables that are looked up by name, such as those of the environment.
    ///
    /// `AZURE_SPEECH_KEY` holds the key, and `AZURE_SPEECH_ENDPOINT` or else `AZURE_SPEECH_REGION` says where the
    /// resource is. A variable that is empty counts as missing.
    ///
    /// ```
    /// use stt_hyper::ClientBuilder;
    ///
    /// let settings = [("AZURE_SPEECH_KEY", "0123456789abcdef"), ("AZURE_SPEECH_REGION", "westeurope")];
    /// let find = |name: &str| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    /// let client = ClientBuilder::from_vars(find)?.build()?;
    /// assert_eq!(client.resource().endpoint().host(), "westeurope.stt.speech.microsoft.com");
    /// # Ok::<(), stt_hyper::BuildError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BuildError::NoKey`], [`BuildError::NoPlace`], and [`BuildError::Variable`] for what cannot be used.
    pub fn from_vars(find: impl Fn(&str) -> Option<String>) -> Result<Self, BuildError> {
        let given = |name| find(name).filter(|value| !value.trim().is_empty());
        let (name, endpoint) = if let Some(endpoint) = given(ENDPOINT) {
            (ENDPOINT, endpoint.parse::<Endpoint>().map_err(|error| unusable(ENDPOINT, error))?)
        } else if let Some(region) = given(REGION) {
            let region: Region = region.parse().map_err(|error| unusable(REGION, error))?;
            (REGION, Endpoint::of_region(&region))
        } else {
            return Err(BuildError::NoPlace);
        };
        let key: Key = given(KEY).ok_or(BuildError::NoKey)?.parse().map_err(|error| unusable(KEY, error))?;
        let resource = Resource::of(endpoint, Authorization::Key(key)).map_err(|error| unusable(name, error))?;
        Ok(Self::new(resource))
    }

    /// Repeats failed attempts by these rules. [`Retry::none`] repeats nothing that may be billed twice.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Lets only so many requests be under way at once as this says.
    ///
    /// It is shared by the client's clones, and by every other client that is given a clone of it.
    pub fn limiter(mut self, limiter: Limiter) -> Self {
        self.limiter = Some(limiter);
        self
    }

    /// Whether audio of known length goes out in chunks, or with its `Content-Length` and without `Expect`.
    ///
    /// Live audio, whose length nobody knows, goes out in chunks in any case.
    pub const fn chunked(mut self, chunked: bool) -> Self {
        self.chunked = chunked;
        self
    }

    /// The most that one chunk holds, in bytes: between 1 and 32,768.
    pub fn chunk_size(mut self, bytes: usize) -> Self {
        self.chunk = bytes.clamp(1, CHUNK);
        self
    }

    /// Whether chunks wait until the service says that it wants them.
    ///
    /// Microsoft's REST page for short audio requires `Expect: 100-continue` of chunked uploads. Turn it off for a peer
    /// in between that cannot bear the header; a refusal then comes when part of the audio is sent.
    pub const fn expect_continue(mut self, expect: bool) -> Self {
        self.expect = expect;
        self
    }

    /// How long chunks wait for `100 Continue` before they go out without it.
    ///
    /// After two uploads in a row to which the service has sent none, the wait is 50 milliseconds until it does.
    pub const fn continue_timeout(mut self, timeout: Duration) -> Self {
        self.limits.proceed = timeout;
        self
    }

    /// Reaches the service through this proxy, but for the hosts that it leaves out.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Looks up names with this instead of the operating system's resolver, for split networks and for tests.
    ///
    /// It is given a name and a port, and gives the addresses to try, in their order, with the ports to connect to.
    /// An address in the place of a name is not looked up.
    ///
    /// ```
    /// use stt_hyper::{Client, Resource};
    ///
    /// let resource = Resource::new("westeurope", "0123456789abcdef")?;
    /// let client = Client::builder(resource)
    ///     .resolver(|host, port| async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    ///     .build()?;
    /// # let _ = client;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolver<F, T>(mut self, resolve: F) -> Self
    where
        F: Fn(String, u16) -> T + Send + Sync + 'static,
        T: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
    {
        self.resolver = Resolver::new(resolve);
        self
    }

    /// Trusts the certificate authorities in this PEM text too: that of a company, whose proxy looks into TLS.
    ///
    /// May be given several times, and with any choice of the others.
    pub fn additional_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.additional_roots.push(pem.into());
        self
    }

    /// Trusts the certificate authorities in this PEM text, and no others but the additional ones.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots = Roots::Pem(pem.into());
        self
    }

    /// Trusts Mozilla's certificate authorities as they were when the program was built, and no others but the additional
    /// ones.
    #[cfg(feature = "webpki-roots")]
    pub fn webpki_roots(mut self) -> Self {
        self.roots = Roots::Webpki;
        self
    }

    /// Gets access tokens from the application: from Microsoft Entra ID, a managed identity, or a service of its own.
    ///
    /// The source is asked when no token is there, and again some time before the last one expires, once for all calls
    /// on the resource. It gives the token and when it expires. The resource has to be made with
    /// [`Authorization::Source`]. What the source says of a failure appears in errors, so it must hold no secret.
    ///
    /// ```
    /// use std::{
    ///     io,
    ///     time::{Duration, SystemTime},
    /// };
    ///
    /// use stt_hyper::{Authorization, Client, Resource};
    ///
    /// async fn token() -> Result<(String, SystemTime), io::Error> {
    ///     Ok(("eyJ0eXAi.e30.c2ln".to_owned(), SystemTime::now() + Duration::from_secs(3600)))
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let resource_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/group\
    ///     /providers/Microsoft.CognitiveServices/accounts/my-resource"
    ///     .parse()?;
    /// let authorization = Authorization::Source { resource_id: Some(resource_id) };
    /// let resource = Resource::of("https://my-resource.cognitiveservices.azure.com".parse()?, authorization)?;
    /// let client = Client::builder(resource).token_source(token).build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// With the crates `azure_core` and `azure_identity` the source is:
    ///
    /// ```text
    /// let credential = azure_identity::ManagedIdentityCredential::new(None)?;
    /// let client = Client::builder(resource).token_source(move || {
    ///     let credential = credential.clone();
    ///     async move {
    ///         let token = credential.get_token(&["https://cognitiveservices.azure.com/.default"], None).await?;
    ///         Ok::<_, azure_core::Error>((token.token.secret().to_owned(), token.expires_on.into()))
    ///     }
    /// });
    /// ```
    pub fn token_source<F, T, E>(mut self, source: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<(String, SystemTime), E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.source = Some(TokenSource::new(source));
        self
    }
}

fn unusable(name: &'static str, error: impl Into<Box<dyn StdError + Send + Sync>>) -> BuildError {
    BuildError::Variable { name, source: error.into() }
}

const ENDPOINT: &str = "AZURE_SPEECH_ENDPOINT";
const KEY: &str = "AZURE_SPEECH_KEY";
const REGION: &str = "AZURE_SPEECH_REGION";

#[cfg(test)]
mod tests {
    use super::*;

    const SPEECH_KEY: &str = "0123456789abcdef0123456789abcdef";

    fn from(variables: &[(&str, &str)]) -> Result<String, String> {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let builder = ClientBuilder::from_vars(find).map_err(|error| error.to_string())?;
        Ok(builder.resource.endpoint().speech().to_owned())
    }

    #[test]
    fn the_endpoint_wins_over_the_region() {
        let key = (KEY, SPEECH_KEY);
        let region = (REGION, "westeurope");
        let endpoint = (ENDPOINT, "http://localhost:5000");
        assert_eq!(from(&[key, region]).unwrap(), "https://westeurope.stt.speech.microsoft.com");
        assert_eq!(from(&[key, region, endpoint]).unwrap(), "http://localhost:5000");
        let unheard_of = (REGION, "atlantisnorth");
        assert_eq!(from(&[key, unheard_of]).unwrap(), "https://atlantisnorth.stt.speech.microsoft.com");
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let (key, region) = ((KEY, SPEECH_KEY), (REGION, "westeurope"));
        assert_eq!(from(&[region]).unwrap_err(), "no key: set AZURE_SPEECH_KEY");
        assert_eq!(from(&[region, (KEY, " \n")]).unwrap_err(), "no key: set AZURE_SPEECH_KEY");
        let nowhere = "no region or endpoint: set AZURE_SPEECH_REGION or AZURE_SPEECH_ENDPOINT";
        assert_eq!(from(&[key]).unwrap_err(), nowhere);
        assert_eq!(from(&[key, (REGION, "east us@evil")]).unwrap_err(), "AZURE_SPEECH_REGION cannot be used");
        let insecure = [key, (ENDPOINT, "http://speech.example")];
        assert_eq!(from(&insecure).unwrap_err(), "AZURE_SPEECH_ENDPOINT cannot be used");
        assert_eq!(from(&[region, (KEY, "a key with spaces")]).unwrap_err(), "AZURE_SPEECH_KEY cannot be used");
    }
}
