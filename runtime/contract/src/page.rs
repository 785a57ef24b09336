//! The page (WEB-1): where its files are, the headers and rewrites it is served with, its
//! configuration. Hosting on AWS and serving on this machine both follow what stands here.

/// The folder with the page's files, from the workspace's folder.
pub const DIR: &str = "runtime/web";

/// The file that a path without a dot is answered with: the views are the page's own.
pub const INDEX: &str = "index.html";

/// Where the page finds the platform: written when it is deployed, never committed.
pub const CONFIG: &str = "config.json";

/// Keys of [`CONFIG`], in order: both APIs, the region, the page's own API key.
pub const CONFIG_KEYS: [&str; 4] = ["restApiUrl", "webSocketUrl", "region", "apiKey"];

/// The branch of the hosting app that the page is deployed to.
pub const BRANCH: &str = "live";

/// Who signs in where the page is closed.
pub const USER: &str = "supporter";

/// Most bytes of all of the page's files.
pub const MAX_BYTES: usize = 60 * 1024;

/// In the artifact bucket: what is live on a hosting app, JSON `{"sha256","job"}`.
pub fn live_key(app: &str) -> String {
    format!("page/{app}.json")
}

/// The rewrite for views, as hosting wants it: source and target, answered with 200.
pub const REWRITE: (&str, &str) = ("</^[^.]+$/>", "/index.html");

/// Whether a path is a view of the page's ([`REWRITE`]), and not a file.
pub fn is_view(path: &str) -> bool {
    !path.contains('.')
}

/// Browsers keep nothing of the configuration: it holds a key.
pub const CONFIG_CACHING: (&str, &str) = ("Cache-Control", "no-store");

/// Headers of every answer. `connect` is where the page may connect to besides its own origin:
/// the origins of both APIs, with a space between.
///
/// Scripts and styles come from the page's own files only, and text never becomes markup
/// (`require-trusted-types-for`).
pub fn headers(connect: &str) -> [(&'static str, String); 8] {
    let policy = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        &format!("connect-src 'self' {connect}"),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ];
    [
        ("Content-Security-Policy", policy.join("; ")),
        (
            "Strict-Transport-Security",
            "max-age=63072000; includeSubDomains".into(),
        ),
        ("X-Content-Type-Options", "nosniff".into()),
        ("X-Frame-Options", "DENY".into()),
        ("Referrer-Policy", "no-referrer".into()),
        (
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"
                .into(),
        ),
        ("Cross-Origin-Opener-Policy", "same-origin".into()),
        // Asked for again each time, and answered with 304: a deployment shows at once.
        ("Cache-Control", "no-cache".into()),
    ]
}

/// The headers as hosting wants them: YAML, with [`CONFIG_CACHING`] for the configuration.
pub fn hosting_headers(connect: &str) -> String {
    use std::fmt::Write as _;
    let mut yaml = String::from("customHeaders:\n  - pattern: '**'\n    headers:\n");
    let mut line = |key: &str, value: &str| {
        let _ = write!(yaml, "      - key: '{key}'\n        value: \"{value}\"\n");
    };
    for (key, value) in &headers(connect) {
        line(key, value);
    }
    let (key, value) = CONFIG_CACHING;
    let _ = write!(yaml, "  - pattern: '/{CONFIG}'\n    headers:\n");
    let _ = write!(yaml, "      - key: '{key}'\n        value: \"{value}\"\n");
    yaml
}

/// The media type of a file of the page.
pub fn media_type(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
