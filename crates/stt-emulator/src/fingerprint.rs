//! A short name for a secret that does not give the secret away.

/// The same secret has the same fingerprint in every run: 32 bits of it, which is too little to find the secret.
pub(crate) fn fingerprint(secret: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(secret))
}
