//! The artifact bucket. Keys hold their content's hash, so what is there is never sent again.

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use contract::Failure;
use deploy_target::{OrExplain, explain};

use super::Client;

impl Client<'_> {
    /// Whether the bucket has an object with this key.
    ///
    /// # Errors
    /// Where the bucket cannot be asked.
    pub async fn has_object(&self, bucket: &str, key: &str) -> Result<bool, Failure> {
        let call = self.clients.s3.head_object().bucket(bucket).key(key);
        let what = format!("cannot look into {bucket}");
        let answer = call.send().await;
        let refused = |error: &SdkError<_, HttpResponse>| {
            let status = error.raw_response().map(|raw| raw.status().as_u16());
            status == Some(403)
        };
        if answer.as_ref().is_err_and(refused) {
            return Err(self.shut(what, key));
        }
        let found = answer.found_or_explain(self.target(), what)?;
        Ok(found.is_some())
    }

    /// An answer to HEAD has no body: S3 refuses, and cannot say why.
    fn shut(self, what: String, key: &str) -> Failure {
        Failure::new(what)
            .because(format!(
                "S3 answers 403: s3:GetObject on {key}, or s3:ListBucket on the bucket, is not \
                 granted, or the bucket's policy refuses (as it does plain HTTP)"
            ))
            .hint(format!(
                "all that a deployment needs: cargo provision policy {}",
                self.target().flags()
            ))
    }

    /// Writes an object.
    ///
    /// # Errors
    /// Where the bucket refuses.
    pub async fn put_object(&self, bucket: &str, key: &str, bytes: Vec<u8>) -> Result<(), Failure> {
        let call = self.clients.s3.put_object().bucket(bucket).key(key);
        let call = call.body(ByteStream::from(bytes)).send().await;
        call.or_explain(self.target(), format!("cannot write {key} to {bucket}"))?;
        Ok(())
    }

    /// An object's bytes, where there is one.
    ///
    /// # Errors
    /// Where the bucket cannot be asked, or the object is cut short.
    pub async fn object(&self, bucket: &str, key: &str) -> Result<Option<Vec<u8>>, Failure> {
        let what = format!("cannot read {key} in {bucket}");
        let call = self.clients.s3.get_object().bucket(bucket).key(key);
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(explain(self.target(), what, &error)),
        };
        let body = answer.body.collect().await;
        let bytes = body.map_err(|error| Failure::new(what).because(error))?;
        Ok(Some(bytes.to_vec()))
    }

    /// The URL by which CloudFormation reads an object.
    pub fn object_url(&self, bucket: &str, key: &str) -> String {
        let target = self.target();
        let base = target
            .endpoint()
            .unwrap_or_else(|| format!("https://s3.{}.amazonaws.com", target.region()));
        format!("{base}/{bucket}/{key}")
    }
}
