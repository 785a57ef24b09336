//! The upload against a stand-in for hosting and for the bucket: an HTTP server that keeps jobs as
//! the hosting service does, and refuses what it refuses.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use contract::failure::report;
use contract::page::live_key;
use deploy_target::{Place, Target};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::bundle::tests::bundle;
use super::hosting::{Hosting, Published};

#[derive(Default)]
struct Service {
    address: String,
    /// Status of each job; its id is its index and one.
    jobs: Vec<&'static str>,
    active: usize,
    uploads: Vec<Vec<u8>>,
    written: Option<Vec<u8>>,
    /// What was asked of hosting, as IAM calls it.
    asked: BTreeSet<&'static str>,
    /// Looks at a job before it is done.
    looks: usize,
    fails: bool,
}

type Shared = Arc<Mutex<Service>>;

fn locked(shared: &Shared) -> MutexGuard<'_, Service> {
    shared.lock().unwrap()
}

fn summary(id: usize, status: &str) -> Value {
    json!({ "jobArn": "arn", "jobId": id.to_string(), "commitId": "", "commitMessage": "",
        "commitTime": 0, "startTime": 0, "status": status, "jobType": "MANUAL" })
}

fn refusal(message: &str) -> Response {
    let kind = [("x-amzn-errortype", "BadRequestException")];
    (
        StatusCode::BAD_REQUEST,
        kind,
        Json(json!({ "message": message })),
    )
        .into_response()
}

/// The action of a call to hosting.
fn asked(method: &Method, path: &str) -> Option<&'static str> {
    let below = path.strip_prefix("/apps/app1/branches/live")?;
    Some(match (method.as_str(), below) {
        ("GET", "") => "amplify:GetBranch",
        ("GET", "/jobs") => "amplify:ListJobs",
        ("GET", _) => "amplify:GetJob",
        ("POST", "/deployments") => "amplify:CreateDeployment",
        ("POST", "/deployments/start") => "amplify:StartDeployment",
        ("DELETE", _) => "amplify:StopJob",
        other => panic!("{other:?}"),
    })
}

async fn answer(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut service = locked(&shared);
    let branch = "/apps/app1/branches/live";
    let path = uri.path().to_owned();
    let job = path.strip_prefix(&format!("{branch}/jobs/"));
    service.asked.extend(asked(&method, &path));
    match (method.as_str(), path.as_str()) {
        ("PUT", "/signed") => {
            assert_eq!(headers["content-type"], "application/zip");
            assert!(
                !headers.contains_key("authorization"),
                "the address is signed"
            );
            service.uploads.push(body.to_vec());
            StatusCode::OK.into_response()
        }
        ("GET", path) if path == branch => Json(json!({ "branch": {
            "branchArn": "arn", "branchName": "live", "description": "", "stage": "PRODUCTION",
            "displayName": "live", "enableNotification": false, "createTime": 0, "updateTime": 0,
            "environmentVariables": {}, "enableAutoBuild": false, "customDomains": [],
            "framework": "", "activeJobId": service.active.to_string(), "totalNumberOfJobs": "0",
            "enableBasicAuth": false, "ttl": "5", "enablePullRequestPreview": false } }))
        .into_response(),
        ("GET", path) if path == format!("{branch}/jobs") => {
            let jobs = service.jobs.iter().enumerate().rev();
            let jobs: Vec<Value> = jobs
                .map(|(index, status)| summary(index + 1, status))
                .collect();
            Json(json!({ "jobSummaries": jobs })).into_response()
        }
        ("POST", path) if path == format!("{branch}/deployments") => {
            if service
                .jobs
                .last()
                .is_some_and(|status| *status == "PENDING")
            {
                return refusal("The last job was not finished");
            }
            service.jobs.push("PENDING");
            Json(
                json!({ "jobId": service.jobs.len().to_string(), "fileUploadUrls": {},
                "zipUploadUrl": format!("http://{}/signed?X-Amz-Signature=1", service.address) }),
            )
            .into_response()
        }
        ("POST", path) if path == format!("{branch}/deployments/start") => {
            let id = service.jobs.len();
            assert_eq!(
                serde_json::from_slice::<Value>(&body).unwrap()["jobId"],
                id.to_string()
            );
            service.looks = 2;
            Json(json!({ "jobSummary": summary(id, "PENDING") })).into_response()
        }
        ("DELETE", _) => {
            let id: usize = job.unwrap().trim_end_matches("/stop").parse().unwrap();
            service.jobs[id - 1] = "CANCELLED";
            Json(json!({ "jobSummary": summary(id, "CANCELLED") })).into_response()
        }
        ("GET", _) if job.is_some() => {
            let id: usize = job.unwrap().parse().unwrap();
            if service.looks > 0 {
                service.looks -= 1;
            } else if service.fails {
                service.jobs[id - 1] = "FAILED";
            } else {
                service.jobs[id - 1] = "SUCCEED";
                service.active = id;
            }
            let status = service.jobs[id - 1];
            let steps = json!([{ "stepName": "DEPLOY", "startTime": 0, "status": status,
                "endTime": 0, "statusReason": "the artifact is not readable" }]);
            Json(json!({ "job": { "summary": summary(id, status), "steps": steps } }))
                .into_response()
        }
        ("GET", path) if path == format!("/artifacts/{}", live_key("app1")) => {
            service.written.clone().map_or_else(
                || {
                    let error = "<Error><Code>NoSuchKey</Code><Message>no</Message></Error>";
                    (StatusCode::NOT_FOUND, error).into_response()
                },
                IntoResponse::into_response,
            )
        }
        ("PUT", path) if path == format!("/artifacts/{}", live_key("app1")) => {
            service.written = Some(body.to_vec());
            StatusCode::OK.into_response()
        }
        other => panic!("{other:?}"),
    }
}

struct World {
    service: Shared,
    config: SdkConfig,
    target: Target,
}

impl World {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let service = Shared::default();
        locked(&service).address.clone_from(&address);
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&service));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .region(Region::new("us-west-2"))
            .endpoint_url(format!("http://{address}"))
            .credentials_provider(Credentials::new("a", "b", None, None, "test"))
            .load()
            .await;
        let place = Place::Aws {
            region: "us-west-2".into(),
            profile: None,
        };
        Self {
            service,
            config,
            target: Target {
                place,
                stack: "Blue".into(),
            },
        }
    }

    async fn publish(&self, key: &str) -> anyhow::Result<Published> {
        let s3 = aws_sdk_s3::config::Builder::from(&self.config)
            .force_path_style(true)
            .build();
        let hosting = Hosting {
            target: &self.target,
            amplify: &aws_sdk_amplify::Client::new(&self.config),
            s3: &aws_sdk_s3::Client::from_conf(s3),
            bucket: "artifacts",
            app: "app1",
            pause: Duration::from_millis(1),
        };
        let published = hosting.publish(&bundle(key)).await;
        let live = hosting.live().await?;
        assert_eq!(
            live.is_some_and(|live| live == bundle(key).sha256()),
            published.is_ok()
        );
        published
    }
}

#[tokio::test]
async fn a_bundle_is_sent_once_and_again_when_it_changes() {
    let world = World::start().await;
    assert_eq!(world.publish("a").await.unwrap(), Published::Now);
    assert_eq!(world.publish("a").await.unwrap(), Published::Already);
    assert_eq!(world.publish("b").await.unwrap(), Published::Now);
    let service = locked(&world.service);
    assert_eq!(service.jobs, ["SUCCEED", "SUCCEED"]);
    assert_eq!(service.uploads[1], bundle("b").zip().unwrap());
    assert!(!String::from_utf8_lossy(service.written.as_ref().unwrap()).contains("apiKey"));
}

#[tokio::test]
async fn what_somebody_else_made_live_is_replaced() {
    let world = World::start().await;
    world.publish("a").await.unwrap();
    {
        let mut service = locked(&world.service);
        service.jobs.push("SUCCEED");
        service.active = 2;
    }
    assert_eq!(world.publish("a").await.unwrap(), Published::Now);
}

#[tokio::test]
async fn an_upload_that_was_cut_short_is_in_nobodys_way() {
    let world = World::start().await;
    locked(&world.service).jobs.push("PENDING");
    assert_eq!(world.publish("a").await.unwrap(), Published::Now);
    assert_eq!(locked(&world.service).jobs, ["CANCELLED", "SUCCEED"]);
}

#[tokio::test]
async fn a_job_that_fails_says_why_and_is_tried_again() {
    let world = World::start().await;
    locked(&world.service).fails = true;
    let error = world.publish("a").await.unwrap_err();
    let text = report(error.as_ref());
    assert!(text.contains("ended with FAILED"), "{text}");
    assert!(text.contains("the artifact is not readable"), "{text}");
    assert!(
        text.contains("hint: what was live before stays live"),
        "{text}"
    );
    locked(&world.service).fails = false;
    assert_eq!(world.publish("a").await.unwrap(), Published::Now);
}

/// The local engine has no hosting to enforce rights on; what an upload asks for is held here
/// against what is printed.
#[tokio::test]
async fn an_upload_asks_for_nothing_that_the_deploying_principal_is_not_given() {
    let world = World::start().await;
    locked(&world.service).jobs.push("PENDING");
    world.publish("a").await.unwrap();
    let place = crate::policy::Place {
        partition: "aws".into(),
        region: "us-west-2".into(),
        account: "111122223333".into(),
        stack: "Blue".into(),
        prefix: "Blue".into(),
        role: None,
    };
    let granted: BTreeSet<&str> = crate::policy::policies(&place)
        .stack
        .statements
        .iter()
        .filter(|statement| statement.resources == ["arn:aws:amplify:us-west-2:111122223333:apps*"])
        .flat_map(|statement| statement.actions.clone())
        .collect();
    let asked = locked(&world.service).asked.clone();
    assert_eq!(asked.len(), 6, "{asked:?}");
    // And verify looks at the app.
    let all: BTreeSet<&str> = asked.into_iter().chain(["amplify:GetApp"]).collect();
    assert_eq!(granted, all);
}
