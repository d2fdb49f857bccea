//! TLS for an emulator that listens, with an authority of its own.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::IpAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, StreamOwned};
use tokio_rustls::server::TlsStream;

/// What is shown to clients that begin with a handshake.
pub(crate) struct Tls(TlsAcceptor);

impl Tls {
    /// A new authority, as PEM, and a certificate of it for this machine and for `names`.
    ///
    /// The key of the authority is gone when this returns, so that nobody can certify anything else with it.
    pub(crate) fn new(names: &[String]) -> io::Result<(String, Self)> {
        let mut authority = CertificateParams::new(Vec::new()).map_err(io::Error::other)?;
        authority.distinguished_name.push(DnType::CommonName, "stt-emulator, for tests alone");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().map_err(io::Error::other)?);
        let authority = authority.map_err(io::Error::other)?;
        let own = THIS_MACHINE.into_iter().map(str::to_owned);
        let refused = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        let mut shown =
            CertificateParams::new(own.chain(names.iter().cloned()).collect::<Vec<_>>()).map_err(refused)?;
        shown.distinguished_name.push(DnType::CommonName, "stt-emulator");
        shown.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let shown = shown.signed_by(&key, &authority).map_err(io::Error::other)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![shown.der().clone()], key))
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok((authority.pem(), Self(TlsAcceptor::from(Arc::new(config)))))
    }

    /// Waits for the first byte of a client, and for its part of the handshake if it begins one.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<Accepted> {
        let mut first = [0];
        stream.peek(&mut first).await?;
        // A handshake begins with the byte 22, and the name of a method with a letter.
        if first[0].is_ascii_alphabetic() {
            return Ok(Accepted::Plain(stream));
        }
        Ok(Accepted::Secure(Box::new(self.0.accept(stream).await?)))
    }
}

/// What a client has begun with.
pub(crate) enum Accepted {
    /// HTTP without TLS.
    Plain(TcpStream),
    /// A handshake, which has come to its end.
    Secure(Box<TlsStream<TcpStream>>),
}

/// Says no more than that it can be shared.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

/// A client's side of TLS that trusts this authority alone.
pub(crate) fn client<S: Read + Write>(
    host: IpAddr,
    authority: &[u8],
    stream: S,
) -> io::Result<StreamOwned<ClientConnection, S>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authority) {
        roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), host.into()).map_err(io::Error::other)?;
    Ok(StreamOwned::new(connection, stream))
}

/// Whether a certificate can be for this: the name of a host, or an address.
pub(crate) fn host(text: &str) -> Result<String, &'static str> {
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_name = text.strip_prefix("*.").unwrap_or(text).split('.').all(label);
    match is_name || text.parse::<IpAddr>().is_ok() {
        true => Ok(text.to_owned()),
        false => Err("a host is a name such as speech.test, or an address"),
    }
}

const THIS_MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The answer to plain HTTP.
pub(crate) const PLAIN: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 63\r\nConnection: close\r\n\r\n\
    stt-emulator was started with --tls: ask with https, not http.\n";
