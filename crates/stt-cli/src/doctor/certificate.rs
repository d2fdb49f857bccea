//! What a certificate says of itself, for whoever has to find out who made it.

use std::time::Duration;

use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, prelude::FromDer, time::ASN1Time, x509::X509Name,
};

/// What a certificate says of itself. Whether it is true is for the verifier to say.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Certificate {
    /// Who says that it is right.
    pub(super) issuer: String,
    /// The hosts that it is for, as many as fit on a line.
    pub(super) names: Vec<String>,
    /// Its last day, such as `2027-03-01`.
    pub(super) until: String,
}

impl Certificate {
    /// Reads a certificate in DER.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        Some(Self {
            issuer: name(certificate.issuer()),
            names: names(&certificate),
            until: date(certificate.validity().not_after),
        })
    }
}

/// Who stands above all certificates of a chain, if they are more than one.
pub(super) fn root(chain: &[Vec<u8>]) -> Option<String> {
    let [_, .., last] = chain else { return None };
    Certificate::read(last).map(|last| last.issuer)
}

/// The day of a time since 1970.
pub(super) fn day(since_1970: Duration) -> Option<String> {
    ASN1Time::from_timestamp(since_1970.as_secs().try_into().ok()?).ok().map(date)
}

/// The common name and the organization, which people know an authority by.
fn name(name: &X509Name<'_>) -> String {
    let first = |mut parts: Box<dyn Iterator<Item = &x509_parser::x509::AttributeTypeAndValue<'_>> + '_>| {
        parts.find_map(|part| part.as_str().ok()).map(str::to_owned)
    };
    let common = first(Box::new(name.iter_common_name()));
    let organization = first(Box::new(name.iter_organization()));
    match (common, organization) {
        (Some(common), Some(organization)) => format!("{common} ({organization})"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => format!("{name}"),
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let names = extension.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    });
    names.take(SHOWN).collect()
}

fn date(time: ASN1Time) -> String {
    let date = time.to_datetime().date();
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// Certificates of large services are for a hundred names.
const SHOWN: usize = 3;

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};

    use super::*;

    /// A certificate for these hosts, by an authority with such a name.
    fn certificate(names: &[&str], parts: &[(DnType, &str)]) -> Vec<u8> {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.distinguished_name = rcgen::DistinguishedName::new();
        for (part, value) in parts {
            authority.distinguished_name.push(part.clone(), *value);
        }
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_after = date_time_ymd(2031, 2, 3);
        params.signed_by(&KeyPair::generate().unwrap(), &authority).unwrap().der().to_vec()
    }

    fn shown(names: &[&str], parts: &[(DnType, &str)]) -> Certificate {
        Certificate::read(&certificate(names, parts)).unwrap()
    }

    #[test]
    fn the_issuer_is_named_as_people_know_it() {
        let names = ["a.example", "b.example", "c.example", "d.example"];
        let company = (DnType::OrganizationName, "Example Inc.");
        let found = shown(&names, &[(DnType::CommonName, "Proxy CA"), company.clone()]);
        assert_eq!(found.issuer, "Proxy CA (Example Inc.)");
        assert_eq!((found.until.as_str(), found.names.len()), ("2031-02-03", 3));
        assert_eq!(shown(&names[..1], &[company]).issuer, "Example Inc.");
        assert_eq!(shown(&names[..1], &[(DnType::CountryName, "XX")]).issuer, "C=XX");
    }

    #[test]
    fn a_certificate_that_is_damaged_anywhere_breaks_nothing() {
        let whole = certificate(&["a.example"], &[(DnType::CommonName, "Proxy CA")]);
        for place in 0..whole.len() {
            for damage in [0, 0x7f, 0xff] {
                let mut damaged = whole.clone();
                damaged[place] = damage;
                let _ = Certificate::read(&damaged);
            }
            let _ = Certificate::read(&whole[..place]);
        }
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        assert_eq!(Certificate::read(b"no certificate"), None);
        assert_eq!(root(&[Vec::new()]), None);
        assert_eq!(root(&[Vec::new(), Vec::new()]), None);
    }

    #[test]
    fn a_day_is_that_of_utc() {
        assert_eq!(day(Duration::ZERO).as_deref(), Some("1970-01-01"));
        assert_eq!(day(Duration::from_secs(951_782_400)).as_deref(), Some("2000-02-29"));
    }
}
