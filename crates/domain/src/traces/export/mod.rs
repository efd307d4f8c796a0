//! Recorded calls as a file, a part at a time.

mod otlp;
mod table;

use std::collections::HashMap;
use std::sync::Arc;

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::export::{EXPORT_MAX, ExportFormat};
use orderdesk_mcp_contract::{ApiError, Right, TenantId, TraceId};
use orderdesk_mcp_storage::record::{TRACE_PAGE_MAX, TraceRecord, TraceRows, TraceSearch};
use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;

use super::Call;
use super::asked::search_of;
use super::names::Names;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

/// A file of recorded calls that is being written, newest first. What calls carried is not in it.
pub struct TraceExport {
    services: Services,
    tenant: TenantId,
    search: TraceSearch,
    names: Arc<Names>,
    format: ExportFormat,
    before: Option<TraceId>,
    left: u64,
    calls: u64,
    has_begun: bool,
    /// Given back when the file is whole, or nobody wants the rest.
    _place: Option<OwnedSemaphorePermit>,
}

impl Services {
    /// Begins a file of the calls of the caller's workspace that a query asks for, at most [`EXPORT_MAX`]. That it was
    /// asked for is recorded.
    ///
    /// # Errors
    /// As [`Services::search_traces`], and `RateLimited` while two others of the workspace are being written.
    pub async fn export_traces(
        &self,
        caller: &Caller,
        query: &TraceQuery,
        format: ExportFormat,
    ) -> Result<TraceExport, ApiError> {
        let call = self
            .begin(caller, "export_traces")
            .noting(json!({ "format": format }));
        let outcome = self.begin_export(&call, query, format).await;
        self.finish(call, outcome).await
    }

    async fn begin_export(
        &self,
        call: &Call,
        query: &TraceQuery,
        format: ExportFormat,
    ) -> Result<TraceExport, Failure> {
        call.caller().require(Right::Look)?;
        let tenant = call.tenant();
        let place = self.limits().export(tenant)?;
        let names = self.trace_names(tenant).await?;
        let search = search_of(query, &names, self.now())?;
        self.charge_request(call.caller())?;
        call.enter().await?;
        Ok(TraceExport {
            left: EXPORT_MAX,
            _place: Some(place),
            ..TraceExport::whole(self, tenant, search, Arc::new(names), format)
        })
    }
}

impl TraceExport {
    /// Begins a file of all calls that are searched for, however many.
    pub(crate) fn whole(
        services: &Services,
        tenant: TenantId,
        search: TraceSearch,
        names: Arc<Names>,
        format: ExportFormat,
    ) -> Self {
        Self {
            services: services.clone(),
            tenant,
            search,
            names,
            format,
            before: None,
            left: u64::MAX,
            calls: 0,
            has_begun: false,
            _place: None,
        }
    }

    /// How many calls were written so far.
    pub(crate) fn calls(&self) -> u64 {
        self.calls
    }

    /// Lets what comes next stand at the beginning of another file.
    pub(crate) fn begin_file(&mut self) {
        self.has_begun = false;
    }

    /// The next part of the file; none at its end.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked, `Internal` where calls are damaged; the file is not whole then.
    pub async fn next_part(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        loop {
            match self.next_page().await.map_err(Failure::answer)? {
                // A page without calls is not the end: a search looks at so many candidates at once and no more.
                Some(part) if part.is_empty() => {}
                part => return Ok(part),
            }
        }
    }

    /// What one page of the search adds to the file, which may be nothing; none at its end.
    pub(crate) async fn next_page(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut part = Vec::new();
        if !self.has_begun {
            self.has_begun = true;
            if self.format == ExportFormat::Csv {
                part = table::head()?;
            }
        }
        if self.left == 0 {
            return Ok((!part.is_empty()).then_some(part));
        }
        let page = u32::try_from(self.left)
            .unwrap_or(u32::MAX)
            .min(TRACE_PAGE_MAX);
        let storage = self.services.storage();
        let found = storage
            .search_traces(self.tenant, &self.search, self.before, page)
            .await?;
        if found.is_damaged {
            return Err(Failure::damaged_calls());
        }
        let TraceRows { rows, next, .. } = found;
        self.left = match next {
            Some(_) => self.left.saturating_sub(rows.len() as u64),
            None => 0,
        };
        self.before = next;
        self.calls += rows.len() as u64;
        if !rows.is_empty() {
            part.extend(self.written(&rows).await?);
        }
        Ok(Some(part))
    }

    async fn written(&self, rows: &[TraceRecord]) -> Result<Vec<u8>, Failure> {
        let lines = rows.iter().map(|row| self.names.line(row));
        match self.format {
            ExportFormat::Csv => table::rows(lines),
            ExportFormat::Jsonl => {
                let mut text = Vec::new();
                for line in lines {
                    serde_json::to_writer(&mut text, &line)
                        .map_err(|error| Failure::bug("a call could not be written", error))?;
                    text.push(b'\n');
                }
                Ok(text)
            }
            ExportFormat::Otlp => {
                let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
                let found = self.services.storage().spans_of(self.tenant, &ids).await?;
                let found: HashMap<_, _> = found.into_iter().map(|one| (one.id, one)).collect();
                let mut spans = Vec::new();
                for (line, row) in lines.zip(rows) {
                    // One that was thrown away meanwhile has no spans any more, and its own is still known.
                    let (inside, left_out) = match found.get(&row.id) {
                        Some(one) => (one.spans.as_slice(), one.left_out),
                        None => (&[][..], 0),
                    };
                    let parent = row.traceparent.as_deref();
                    spans.extend(otlp::spans(&line, parent, inside, left_out));
                }
                let mut text = serde_json::to_vec(&otlp::line(&spans))
                    .map_err(|error| Failure::bug("a call could not be written", error))?;
                text.push(b'\n');
                Ok(text)
            }
        }
    }
}
