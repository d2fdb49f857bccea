//! The client.

use std::{fmt, sync::Arc};

use stt_auth::{Authorization, Resource, Token, TokenError};
use stt_core::{Error, Recognize, Reply, Retry};

use crate::{
    audio::Audio,
    build_error::BuildError,
    builder::ClientBuilder,
    clock::now,
    connect::Connector,
    drive::{Driver, token},
    event::{Event, Observer},
    limiter::Limiter,
    tls,
    token_source::TokenSource,
    transport::Transport,
};

/// A client of the Speech to text REST API for short audio.
///
/// Clones are cheap and share connections and access token. It needs a tokio runtime with I/O and time.
///
/// ```no_run
/// use stt_hyper::{Audio, Client, Language};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::from_env()?;
/// let reply = client.recognize(Audio::open("pencils.wav").await?, Language::EN_US).await?;
/// match reply.recognition.text() {
///     Some(text) => println!("{text}"),
///     None => println!("nothing recognized: {}", reply.recognition.status),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    observer: Option<Observer>,
}

struct Inner {
    resource: Resource,
    retry: Retry,
    chunked: bool,
    expect: bool,
    source: Option<TokenSource>,
    limiter: Option<Limiter>,
    transport: Arc<Transport<Connector>>,
}

impl Client {
    /// A client of this resource, with the defaults that [`ClientBuilder`] lists.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn new(resource: Resource) -> Result<Self, BuildError> {
        Self::builder(resource).build()
    }

    /// A client of this resource, with choices.
    pub fn builder(resource: Resource) -> ClientBuilder {
        ClientBuilder::new(resource)
    }

    /// A client of the resource that the environment names.
    ///
    /// `AZURE_SPEECH_KEY` holds the key, and `AZURE_SPEECH_ENDPOINT` or else `AZURE_SPEECH_REGION` says where the
    /// resource is. This and [`builder_from_env`](Self::builder_from_env) are all of the crate that read the environment.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::from_vars`] and [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, BuildError> {
        Self::builder_from_env()?.build()
    }

    /// A client of the resource that the environment names, with choices.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::from_vars`].
    pub fn builder_from_env() -> Result<ClientBuilder, BuildError> {
        ClientBuilder::from_vars(|name| std::env::var(name).ok())
    }

    /// The resource.
    #[must_use]
    pub fn resource(&self) -> &Resource {
        &self.inner.resource
    }

    /// An access token of the resource, for other programs and other Speech APIs that take the same one.
    ///
    /// It comes from the cache that all calls on the resource share, and is fetched where that has none. `None` where
    /// the resource sends no token: with a key, or without a credential.
    ///
    /// # Errors
    ///
    /// [`TokenError`], when the cache has given up for now.
    pub async fn access_token(&self) -> Result<Option<Token>, TokenError> {
        let Inner { resource, source, transport, .. } = &*self.inner;
        token(resource, transport, source.as_ref()).await
    }

    /// Recognizes what is said in this audio.
    ///
    /// Dropping the future stops the upload and closes its connection. Whether the service bills what it got until then
    /// is not documented.
    ///
    /// No words is a recognition too: silence and noise come as a [`Reply`] whose
    /// [`status`](stt_model::Recognition::status) says so.
    ///
    /// # Errors
    ///
    /// [`Error`] after all the repeats that [`ClientBuilder::retry`] allows.
    pub async fn recognize(&self, audio: Audio, request: impl Into<Recognize>) -> Result<Reply, Error> {
        let Inner { resource, retry, chunked, expect, source, limiter, transport } = &*self.inner;
        let upload = audio.upload(*chunked, *expect);
        let call = request.into().call(resource, upload, seed()).retry(retry);
        let (source, limiter, observer) = (source.as_ref(), limiter.as_ref(), self.observer.as_ref());
        Driver { transport, source, limiter, observer, audio: &audio }.drive(call).await
    }

    /// The same client, which tells what happens in its calls: in those of one file, for a line about that file.
    ///
    /// It is told between the parts of a call, so it must not take long. Of a call whose future is dropped nothing more
    /// is told.
    ///
    /// ```
    /// use stt_hyper::{Client, Event};
    ///
    /// fn with_line(client: &Client, name: &'static str) -> Client {
    ///     client.clone().observed(move |event| {
    ///         if let Event::Pausing { pause, after, .. } = event {
    ///             println!("{name}: {after}, waiting {:.1} s", pause.as_secs_f64());
    ///         }
    ///     })
    /// }
    /// ```
    #[must_use]
    pub fn observed(mut self, observe: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Observer::new(observe));
        self
    }
}

impl ClientBuilder {
    /// The client. Nothing is sent, and no tokio runtime is needed yet.
    ///
    /// # Errors
    ///
    /// [`BuildError::RootCertificates`] and [`BuildError::Tls`] where the resource is reached by TLS, and
    /// [`BuildError::NoTokenSource`] and [`BuildError::UnusedTokenSource`] where the resource does not fit.
    pub fn build(self) -> Result<Client, BuildError> {
        let Self {
            resource,
            retry,
            chunked,
            chunk,
            expect,
            limits,
            roots,
            additional_roots,
            source,
            limiter,
            proxy,
            resolver,
        } = self;
        match (resource.authorization(), &source) {
            (Authorization::Source { .. }, None) => return Err(BuildError::NoTokenSource),
            (Authorization::Source { .. }, Some(_)) | (_, None) => {}
            (_, Some(_)) => return Err(BuildError::UnusedTokenSource),
        }
        let tls = if resource.endpoint().is_secure() { Some(tls::config(&roots, &additional_roots)?) } else { None };
        let connector = Connector { limits, tls, proxy: proxy.map(Arc::new), resolver };
        let transport = Arc::new(Transport::new(connector, limits, chunk));
        let inner = Inner { resource, retry, chunked, expect, source, limiter, transport };
        Ok(Client { inner: Arc::new(inner), observer: None })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("resource", &self.inner.resource).finish_non_exhaustive()
    }
}

/// The entropy of one call.
fn seed() -> u128 {
    let mut bytes = [0; 16];
    // A connection id only has to differ from others, so the clock serves where there is no randomness.
    if getrandom::fill(&mut bytes).is_err() {
        return now().wall.as_nanos();
    }
    u128::from_ne_bytes(bytes)
}
