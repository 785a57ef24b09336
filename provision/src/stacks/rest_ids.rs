//! Logical ids and ARNs that are made from paths.

use contract::rest::Route;

/// `/profile/{userId}` as API Gateway names it when it invokes: `/profile/*`.
pub fn any_parameter(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "*" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

/// `/profile/{userId}` as part of a logical id: `ProfileUserId`.
pub fn path_id(path: &str) -> String {
    path.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(capitalised)
        .collect()
}

pub fn method_id(route: &Route) -> String {
    format!(
        "{}{}Method",
        path_id(route.path),
        capitalised(&route.method.as_str().to_lowercase())
    )
}

/// `BAD_REQUEST_BODY` as part of a logical id: `BadRequestBody`.
pub fn pascal_case(name: &str) -> String {
    name.split('_')
        .map(|part| capitalised(&part.to_lowercase()))
        .collect()
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + characters.as_str())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use contract::rest::ROUTES;

    use super::*;

    #[test]
    fn logical_ids_come_from_paths() {
        assert_eq!(path_id("/profile/{userId}"), "ProfileUserId");
        assert_eq!(method_id(&ROUTES[2]), "AgentPostMethod");
        assert_eq!(pascal_case("DEFAULT_4XX"), "Default4xx");
    }

    #[test]
    fn permissions_leave_parameters_open() {
        assert_eq!(any_parameter("/profile/{userId}"), "/profile/*");
        assert_eq!(any_parameter("/agent"), "/agent");
    }
}
