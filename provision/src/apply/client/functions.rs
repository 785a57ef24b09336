//! Functions' code, beside what CloudFormation knows of it.

use contract::Failure;
use deploy_target::OrExplain;

use super::Client;

impl Client<'_> {
    /// The SHA-256 (base64) of the code that a function runs; `None` where there is none.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn code_of(&self, name: &str) -> Result<Option<String>, Failure> {
        let call = self.clients.lambda.get_function_configuration();
        let what = format!("cannot read the function {name}");
        let answer = call.function_name(name).send().await;
        let live = answer.found_or_explain(self.target(), what)?;
        Ok(live.and_then(|live| live.code_sha256))
    }

    /// Makes a function run the package with this key.
    ///
    /// # Errors
    /// Where Lambda refuses.
    pub async fn set_code(&self, name: &str, bucket: &str, key: &str) -> Result<(), Failure> {
        let call = self.clients.lambda.update_function_code();
        let call = call.function_name(name).s3_bucket(bucket).s3_key(key);
        let what = format!("cannot bring the code of {name} up to date");
        call.send().await.or_explain(self.target(), what)?;
        Ok(())
    }
}
