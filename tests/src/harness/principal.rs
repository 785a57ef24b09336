//! Another principal than the engine's administrator: a proxy that signs calls again, with that
//! principal's key.
//!
//! Programs are the administrator on the local engine. What they ask for through here is asked for
//! by somebody else, and, as far as the engine can tell, over TLS: the artifact bucket refuses plain
//! HTTP to everybody but the engine's administrator.

use std::time::SystemTime;

use anyhow::{Context, Result};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::call::Call;
use super::meddler::Meddle;
use super::proxy::Sent;

/// A principal's access key.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

/// Whose calls go on.
pub struct Principal {
    /// The principal's key.
    pub key: AccessKey,
    /// The calls that stay the administrator's.
    pub stays: fn(&Call) -> bool,
}

impl Meddle for Principal {
    fn headers(&self, call: &Call, sent: &Sent) -> Result<HeaderMap> {
        let mut headers = sent.headers.clone();
        headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        match scope(&sent.headers) {
            Some((region, service)) if !(self.stays)(call) => {
                signed(&self.key, sent, headers, (region, service))
            }
            _ => Ok(headers),
        }
    }
}

/// Region and service that a request is signed for; `None` where it is not signed.
fn scope(headers: &HeaderMap) -> Option<(&str, &str)> {
    let credential = text(headers, "authorization").split_once("Credential=")?.1;
    let mut parts = credential.split(',').next()?.split('/').skip(2);
    Some((parts.next()?, parts.next()?))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// What a signature holds besides the call: no way changes it.
fn is_signed(name: &str) -> bool {
    matches!(name, "host" | "content-type" | "x-amz-target")
}

fn signed(
    key: &AccessKey,
    sent: &Sent,
    mut headers: HeaderMap,
    (region, service): (&str, &str),
) -> Result<HeaderMap> {
    let identity = Credentials::new(&key.id, &key.secret, None, None, "suite").into();
    let mut settings = SigningSettings::default();
    let hash = text(&sent.headers, "x-amz-content-sha256").to_owned();
    let body = if service == "s3" {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        SignableBody::Precomputed(hash)
    } else {
        SignableBody::Bytes(&sent.body)
    };
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(SystemTime::now())
        .settings(settings)
        .build()?
        .into();
    let uri = format!("http://{}{}", text(&sent.headers, "host"), sent.uri);
    let held = headers.iter().filter(|(name, _)| is_signed(name.as_str()));
    let held = held.map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
    let request = SignableRequest::new(sent.method.as_str(), uri, held, body)?;
    let (instructions, _) = sign(request, &params)?.into_parts();
    for (name, value) in instructions.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).context("no header's name")?;
        headers.insert(name, HeaderValue::from_str(value)?);
    }
    Ok(headers)
}
