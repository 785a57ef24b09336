//! The page on AWS: CloudFormation makes the app and its branch, and starts no job; this does.
//!
//! What is live is written down in the artifact bucket: the bundle's hash and the job that made it
//! live. It holds as long as that job is the branch's active one.

use std::time::Duration;

use aws_sdk_amplify::types::JobStatus;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use contract::{Failure, page};
use deploy_target::{OrExplain, Target};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::Bundle;
use crate::clients::Clients;

/// How long a job may take; a page of this size takes seconds.
const PATIENCE: Duration = Duration::from_mins(5);

/// Between two looks at a job.
const PAUSE: Duration = Duration::from_secs(2);

/// A hosting app, and where is written down what is live on it.
pub struct Hosting<'a> {
    /// Where it is.
    pub target: &'a Target,
    /// The hosting service.
    pub amplify: &'a aws_sdk_amplify::Client,
    /// The artifact bucket's service.
    pub s3: &'a aws_sdk_s3::Client,
    /// The artifact bucket.
    pub bucket: &'a str,
    /// The app's id.
    pub app: &'a str,
    /// Between two looks at a job.
    pub pause: Duration,
}

/// What an upload did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// The bundle was live already.
    Already,
    /// It is now.
    Now,
}

/// What is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Live {
    sha256: String,
    job: String,
}

impl<'a> Hosting<'a> {
    /// The app at a target, with what is live on it written down in `bucket`.
    pub const fn new(clients: &'a Clients, bucket: &'a str, app: &'a str) -> Self {
        Self {
            target: &clients.target,
            amplify: &clients.amplify,
            s3: &clients.s3,
            bucket,
            app,
            pause: PAUSE,
        }
    }
}

impl Hosting<'_> {
    /// The hash of the bundle that is live; `None` where nothing is, or something else than what
    /// was uploaded last by this program.
    ///
    /// # Errors
    /// Where the branch or the bucket cannot be read.
    pub async fn live(&self) -> Result<Option<String>, Failure> {
        let Some(live) = self.written().await? else {
            return Ok(None);
        };
        let call = self.amplify.get_branch().app_id(self.app);
        let call = call.branch_name(page::BRANCH).send().await;
        let answer = call.found_or_explain(self.target, "cannot read the page's branch")?;
        let active = answer.and_then(|answer| answer.branch);
        let same = active.is_some_and(|branch| branch.active_job_id == live.job);
        Ok(same.then_some(live.sha256))
    }

    /// Makes the bundle live, and waits until it is.
    ///
    /// # Errors
    /// Where hosting refuses it, its job fails, or takes too long.
    pub async fn publish(&self, bundle: &Bundle) -> anyhow::Result<Published> {
        let sha256 = bundle.sha256();
        if self.live().await?.as_ref() == Some(&sha256) {
            return Ok(Published::Already);
        }
        let zip = bundle.zip()?;
        self.clear().await?;
        let call = self.amplify.create_deployment().app_id(self.app);
        let call = call.branch_name(page::BRANCH).send().await;
        let made = call.or_explain(self.target, "hosting refuses a deployment of the page")?;
        put(&made.zip_upload_url, zip).await?;
        let job = made.job_id.unwrap_or_default();
        let call = self.amplify.start_deployment().app_id(self.app);
        let call = call.branch_name(page::BRANCH).job_id(&job).send().await;
        call.or_explain(self.target, "hosting does not start the page's deployment")?;
        self.wait(&job).await?;
        self.write(&Live { sha256, job }).await?;
        Ok(Published::Now)
    }

    /// Ends what an upload that was cut short left behind: hosting takes one job at a time.
    async fn clear(&self) -> Result<(), Failure> {
        let call = self.amplify.list_jobs().app_id(self.app);
        let call = call.branch_name(page::BRANCH).max_results(10).send().await;
        let jobs = call.or_explain(self.target, "cannot list the page's deployments")?;
        for job in jobs.job_summaries.iter().filter(|job| !ended(&job.status)) {
            let call = self.amplify.stop_job().app_id(self.app);
            let call = call.branch_name(page::BRANCH).job_id(&job.job_id).send();
            let what = format!("cannot end the unfinished deployment {}", job.job_id);
            call.await.or_explain(self.target, what)?;
        }
        Ok(())
    }

    async fn wait(&self, job: &str) -> Result<(), Failure> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let call = self.amplify.get_job().app_id(self.app);
            let call = call.branch_name(page::BRANCH).job_id(job).send().await;
            let answer = call.or_explain(self.target, "cannot follow the page's deployment")?;
            let job_is = answer.job.map(|job| (job.summary, job.steps));
            let status = job_is
                .as_ref()
                .and_then(|(summary, _)| Some(summary.as_ref()?.status.clone()));
            match status {
                Some(JobStatus::Succeed) => return Ok(()),
                Some(status) if ended(&status) => {
                    let reason = job_is
                        .into_iter()
                        .flat_map(|(_, steps)| steps)
                        .find_map(|step| step.status_reason);
                    return Err(lost(&format!("ended with {status}"), reason));
                }
                _ if Instant::now() > deadline => {
                    return Err(lost(&format!("is not done after {PATIENCE:?}"), None));
                }
                _ => sleep(self.pause).await,
            }
        }
    }

    async fn written(&self) -> Result<Option<Live>, Failure> {
        let call = self.s3.get_object().bucket(self.bucket);
        let call = call.key(page::live_key(self.app)).send().await;
        let absent = call
            .as_ref()
            .err()
            .and_then(|error| error.as_service_error())
            .is_some_and(GetObjectError::is_no_such_key);
        if absent {
            return Ok(None);
        }
        let what = "cannot read what was uploaded last";
        let answer = call.or_explain(self.target, what)?;
        let bytes = answer.body.collect().await;
        let bytes = bytes.map_err(|error| Failure::new(what).because(error))?;
        // What cannot be read counts as nothing: then it is uploaded again.
        let read: Value = serde_json::from_slice(&bytes.into_bytes()).unwrap_or_default();
        let text = |key: &str| read[key].as_str().map(str::to_owned);
        Ok(text("sha256")
            .zip(text("job"))
            .map(|(sha256, job)| Live { sha256, job }))
    }

    async fn write(&self, live: &Live) -> Result<(), Failure> {
        let json = json!({ "sha256": live.sha256, "job": live.job }).to_string();
        let call = self.s3.put_object().bucket(self.bucket);
        let call = call.key(page::live_key(self.app));
        let call = call.body(ByteStream::from(json.into_bytes())).send().await;
        call.or_explain(self.target, "cannot write down what is live")?;
        Ok(())
    }
}

const fn ended(status: &JobStatus) -> bool {
    matches!(
        status,
        JobStatus::Succeed | JobStatus::Failed | JobStatus::Cancelled
    )
}

fn lost(how: &str, reason: Option<String>) -> Failure {
    let failure = Failure::new(format!("the page's deployment {how}"))
        .hint("what was live before stays live; again: cargo provision page upload");
    match reason {
        Some(reason) => failure.because(reason),
        None => failure,
    }
}

/// Sends the zip to the address that hosting gave, which is signed: no credentials go with it.
async fn put(url: &str, zip: Vec<u8>) -> Result<(), Failure> {
    let failed = || {
        Failure::new("the page's files could not be uploaded")
            .hint("nothing has changed; again: cargo provision page upload")
    };
    let connector = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build();
    let mut request = HttpRequest::new(SdkBody::from(zip));
    request
        .set_method("PUT")
        .map_err(|error| failed().because(error))?;
    request
        .set_uri(url)
        .map_err(|error| failed().because(error))?;
    request
        .headers_mut()
        .insert("content-type", "application/zip");
    let answer = connector.call(request).await;
    let answer = answer.map_err(|error| failed().because(error))?;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(failed().because(format!("status {}", answer.status().as_u16())))
}
