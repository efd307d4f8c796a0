//! Recorded calls as a file, for whoever is signed in.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use futures::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, header};
use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::export::ExportFormat;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_domain::{Caller, Services, TraceExport};
use serde::Deserialize;

use super::answer::{Taste, refuse};

/// The fields of the form.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The query, as on the page of calls.
    #[serde(default)]
    q: String,
    /// The form of the file.
    #[serde(default)]
    format: String,
}

/// Answers with the file, written while it is sent: it may be longer than what should be held at once. A database that fails in
/// between breaks the connection, so that nobody takes half a file for a whole one.
pub(super) async fn send(
    State(services): State<Services>,
    Extension(caller): Extension<Option<Caller>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let taste = Taste::of(&headers);
    let Some(caller) = caller else {
        return match taste {
            Taste::Html => Redirect::to("/login").into_response(),
            Taste::Json => refuse(
                taste,
                &ApiError::new(ErrorCode::Unauthenticated, "Sign in first."),
            ),
        };
    };
    match begin(&services, &caller, &asked).await {
        Ok((format, first, export)) => file(format, first, export),
        Err(error) => refuse(taste, &error),
    }
}

async fn begin(
    services: &Services,
    caller: &Caller,
    asked: &Asked,
) -> Result<(ExportFormat, Option<Vec<u8>>, TraceExport), ApiError> {
    let format = ExportFormat::from_name(&asked.format)
        .ok_or_else(|| ApiError::invalid("format", "Choose csv, jsonl or otlp as `format`."))?;
    let query =
        TraceQuery::parse(&asked.q).map_err(|fault| ApiError::invalid("q", fault.to_string()))?;
    let mut export = services.export_traces(caller, &query, format).await?;
    // What cannot be begun is said; later the file can only break off.
    let first = export.next_part().await?;
    Ok((format, first, export))
}

fn file(format: ExportFormat, first: Option<Vec<u8>>, export: TraceExport) -> Response {
    let rest = stream::try_unfold(export, |mut export| async move {
        let part = export.next_part().await?;
        Ok::<_, ApiError>(part.map(|part| (part, export)))
    });
    let parts = stream::iter(first.map(Ok)).chain(rest);
    let mut response = Body::from_stream(parts).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(format.media_type()),
    );
    let name = format!("attachment; filename=\"{}\"", format.file_name());
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
