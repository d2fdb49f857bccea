//! TLS: whom to trust, and why a handshake failed.

use std::{error::Error as StdError, io, sync::Arc};

use rustls::{
    AlertDescription, CertificateError, ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

use crate::{
    build_error::BuildError,
    causes::{cause, io_kind},
};

/// Whose certificates are trusted.
#[derive(Clone, Debug, Default)]
pub(crate) enum Roots {
    /// The authorities in this PEM text, and no others.
    Pem(Vec<u8>),
    /// Those that the operating system trusts.
    #[default]
    Platform,
    /// Mozilla's, as they were when the program was built.
    #[cfg(feature = "webpki-roots")]
    Webpki,
}

/// The configuration of TLS for one client, which trusts these authorities and those in the other PEM texts.
pub(crate) fn config(roots: &Roots, additional: &[Vec<u8>]) -> Result<Arc<ClientConfig>, BuildError> {
    with(verifier(roots, additional)?)
}

/// The configuration of TLS for a client that believes this verifier.
pub(crate) fn with(verifier: Arc<dyn ServerCertVerifier>) -> Result<Arc<ClientConfig>, BuildError> {
    let builder = ClientConfig::builder_with_provider(provider()?)
        .with_safe_default_protocol_versions()
        .map_err(|error| BuildError::Tls(Box::new(error)))?;
    let mut config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// What decides about the certificates of hosts.
pub(crate) fn verifier(roots: &Roots, additional: &[Vec<u8>]) -> Result<Arc<dyn ServerCertVerifier>, BuildError> {
    let mut others = Vec::new();
    for pem in additional {
        others.extend(authorities(pem)?);
    }
    let provider = provider()?;
    let mut store = RootCertStore::empty();
    match roots {
        Roots::Pem(pem) => {
            store.add_parsable_certificates(authorities(pem)?.into_iter().chain(others));
        }
        Roots::Platform => {
            let verifier = Verifier::new_with_extra_roots(others, provider);
            return Ok(Arc::new(verifier.map_err(|error| BuildError::Tls(Box::new(error)))?));
        }
        #[cfg(feature = "webpki-roots")]
        Roots::Webpki => {
            store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            store.add_parsable_certificates(others);
        }
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider).build();
    Ok(verifier.map_err(|error| BuildError::Tls(Box::new(error)))?)
}

/// The certificates in a PEM text, each of which can be an authority's.
fn authorities(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, BuildError> {
    let mut found = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let number = found.len() + 1;
        let bad = |source: Box<dyn StdError + Send + Sync>| {
            BuildError::RootCertificates(Box::new(BadCertificate { number, source }))
        };
        let certificate = certificate.map_err(|error| bad(Box::new(error)))?;
        RootCertStore::empty().add(certificate.clone()).map_err(|error| bad(Box::new(error)))?;
        found.push(certificate);
    }
    if found.is_empty() {
        return Err(BuildError::RootCertificates("there is no certificate in PEM form in the text".into()));
    }
    Ok(found)
}

/// One of several certificates cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("certificate {number} in the text is not in order")]
struct BadCertificate {
    number: usize,
    source: Box<dyn StdError + Send + Sync>,
}

#[cfg(feature = "aws-lc-rs")]
#[expect(clippy::unnecessary_wraps, reason = "without a feature there may be none")]
fn provider() -> Result<Arc<CryptoProvider>, BuildError> {
    Ok(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
}

#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
#[expect(clippy::unnecessary_wraps, reason = "without a feature there may be none")]
fn provider() -> Result<Arc<CryptoProvider>, BuildError> {
    Ok(Arc::new(rustls::crypto::ring::default_provider()))
}

/// Without a feature that names one: what the program has installed for its process.
#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
fn provider() -> Result<Arc<CryptoProvider>, BuildError> {
    CryptoProvider::get_default()
        .cloned()
        .ok_or_else(|| BuildError::Tls("no cryptography provider is installed".into()))
}

/// What is wrong with the certificate of a host.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Distrust {
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// Something else, such as a signature that is wrong.
    Other,
    /// It is for another host.
    OtherHost,
    /// Its issuer has taken it back.
    Revoked,
    /// Nobody who is trusted has issued it.
    UnknownIssuer,
}

/// Why a TLS handshake failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsFault {
    #[error("its certificate is not trusted: {why}")]
    Certificate { why: String, source: rustls::Error },
    #[error("the TLS handshake failed")]
    Handshake(#[source] rustls::Error),
    #[error("the connection was lost during the TLS handshake")]
    Lost(#[source] io::Error),
    #[error("it does not speak TLS")]
    NotTls(#[source] rustls::Error),
    #[error("it does not speak TLS 1.2 or later")]
    TooOld(#[source] rustls::Error),
}

impl From<&(dyn StdError + 'static)> for TlsFault {
    fn from(error: &(dyn StdError + 'static)) -> Self {
        match cause::<rustls::Error>(error) {
            Some(error) => Self::of(error.clone()),
            None => Self::Lost(io_kind(error).unwrap_or(io::ErrorKind::Other).into()),
        }
    }
}

impl TlsFault {
    /// What is wrong with the certificate, if it is that which failed.
    pub(crate) fn distrust(&self) -> Option<Distrust> {
        let Self::Certificate { source: rustls::Error::InvalidCertificate(fault), .. } = self else { return None };
        Some(match fault {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Distrust::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Distrust::NotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Distrust::OtherHost,
            CertificateError::Revoked => Distrust::Revoked,
            CertificateError::UnknownIssuer => Distrust::UnknownIssuer,
            _ => Distrust::Other,
        })
    }

    fn of(error: rustls::Error) -> Self {
        match &error {
            rustls::Error::InvalidCertificate(fault) => Self::Certificate { why: why(fault), source: error },
            rustls::Error::InvalidMessage(_) => Self::NotTls(error),
            rustls::Error::AlertReceived(AlertDescription::ProtocolVersion) | rustls::Error::PeerIncompatible(_) => {
                Self::TooOld(error)
            }
            _ => Self::Handshake(error),
        }
    }
}

/// What is wrong with a certificate.
fn why(fault: &CertificateError) -> String {
    match fault {
        CertificateError::ExpiredContext { time, not_after } => {
            match time.as_secs().saturating_sub(not_after.as_secs()) / SECONDS_OF_A_DAY {
                0 => "expired today".to_owned(),
                1 => "expired yesterday".to_owned(),
                days => format!("expired {days} days ago"),
            }
        }
        CertificateError::Expired => "expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "not valid yet; is the clock of this machine right?".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host".to_owned()
        }
        CertificateError::Revoked => "revoked".to_owned(),
        CertificateError::UnknownIssuer => "issued by an authority that this machine does not know".to_owned(),
        _ => "it is not in order".to_owned(),
    }
}

const SECONDS_OF_A_DAY: u64 = 24 * 60 * 60;
