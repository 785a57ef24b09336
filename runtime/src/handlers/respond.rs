//! Answers as API Gateway takes them.

use contract::rest::{ALLOW_ORIGIN, EXPOSE_HEADERS};
use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::Problem;
use crate::observe;

/// An HTTP answer: `body`, or the problem in the contract's shape; with CORS headers (REST-6).
pub(super) fn over_rest<T: Serialize>(answer: &Result<T, Problem>, request_id: &str) -> Value {
    let (status, body, retry_after) = match answer {
        Ok(body) => (200, json!(body), None),
        Err(problem) => {
            observe::told(problem.code);
            (
                problem.code.status(),
                problem.to_body(request_id),
                problem.retry_after_seconds,
            )
        }
    };
    let mut headers = json!({
        "Access-Control-Allow-Origin": ALLOW_ORIGIN,
        "Access-Control-Expose-Headers": EXPOSE_HEADERS,
        "Cache-Control": "no-store",
        "Content-Type": "application/json; charset=utf-8",
    });
    if let Some(seconds) = retry_after {
        headers["Retry-After"] = json!(seconds.to_string());
    }
    json!({
        "statusCode": status,
        "headers": headers,
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
}

/// What a WebSocket function returns: a status and never a body, which would reach the client.
pub(super) fn status(status: u16) -> Value {
    json!({"statusCode": status})
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::apigw::ApiGatewayProxyResponse;
    use contract::ErrorCode;

    use super::*;

    #[test]
    fn problems_have_the_contracts_shape_and_headers() {
        let problem = Problem::of(ErrorCode::ModelThrottled).retry_after(Some(5));
        let answer = over_rest(&Err::<(), _>(problem), "r-1");
        let answer: ApiGatewayProxyResponse = serde_json::from_value(answer).unwrap();
        assert_eq!(answer.status_code, 503);
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        assert_eq!(answer.headers["retry-after"], "5");
        assert_eq!(
            answer.headers["content-type"],
            "application/json; charset=utf-8"
        );
        let body: Value = serde_json::from_slice(&answer.body.unwrap()).unwrap();
        assert_eq!(
            body,
            json!({"error": {
                "code": "model_throttled",
                "message": "The assistant is busy. Try again in a moment.",
                "requestId": "r-1",
            }})
        );
    }

    #[test]
    fn a_body_goes_out_as_text() {
        let answer = over_rest(&Ok(json!({"a": null})), "r-1");
        assert_eq!(answer["statusCode"], 200);
        assert_eq!(answer["body"], r#"{"a":null}"#);
    }
}
