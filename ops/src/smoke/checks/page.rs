//! WEB-1: the page, as its hosting answers for it.

use contract::{outputs, page, parameters};
use reqwest::header::HeaderMap;

use super::check;
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::{present, same};
use crate::smoke::ctx::Ctx;

pub(super) const CHECKS: &[Check] = &[check("WEB-1", "the page", |ctx| Box::pin(hosted(ctx)))];

/// Whoever has no password is refused, or, where the page is public, gets it with its headers.
async fn hosted(ctx: &Ctx) -> Outcome {
    let url = ctx.output(outputs::PAGE_URL)?;
    let access = ctx.stack.parameters.get(parameters::PAGE_ACCESS);
    let failed = |error: reqwest::Error| Finding::because(&format!("GET {url} failed"), &error);
    let response = ctx.http.get(url).send().await.map_err(failed)?;
    let answer = (response.status().as_u16(), response.headers());
    let evidence = answered(access.map(String::as_str), answer)?;
    Ok(Evidence::new(format!("{url} {evidence}")))
}

fn answered(
    access: Option<&str>,
    (status, headers): (u16, &HeaderMap),
) -> Result<&'static str, Finding> {
    if access != Some(parameters::PAGE_PUBLIC) {
        same("the page's status without a password", &status, &401)?;
        return Ok("asks for a password");
    }
    same("the page's status", &status, &200)?;
    for (name, _) in page::headers("") {
        present(&format!("the page's {name}"), headers.get(name))?;
    }
    Ok("is public, with its headers")
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn sound() -> HeaderMap {
        let pair = |(name, value): (&str, String)| {
            let name: HeaderName = name.parse().unwrap();
            (name, HeaderValue::from_str(&value).unwrap())
        };
        page::headers("https://r").into_iter().map(pair).collect()
    }

    #[test]
    fn a_closed_page_refuses_whoever_has_no_password() {
        let closed = Some(parameters::PAGE_CLOSED);
        assert!(answered(closed, (401, &HeaderMap::new())).is_ok());
        assert!(answered(closed, (200, &sound())).is_err());
    }

    #[test]
    fn a_public_page_comes_with_every_header() {
        let public = Some(parameters::PAGE_PUBLIC);
        assert!(answered(public, (200, &sound())).is_ok());
        assert!(answered(public, (404, &sound())).is_err());
        for (name, _) in page::headers("") {
            let mut headers = sound();
            headers.remove(name);
            let finding = answered(public, (200, &headers)).unwrap_err().to_string();
            assert!(finding.contains(name), "{finding}");
        }
    }
}
