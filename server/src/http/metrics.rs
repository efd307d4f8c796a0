//! The metrics of the HTTP doors, and the recorder for everybody's.

use std::time::Duration;

use anyhow::Context;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use orderdesk_mcp_domain::metrics as domain;

/// Requests by `route`, `method` and `code`.
pub(crate) const HTTP_REQUESTS_TOTAL: &str = "odmcp_http_requests_total";
/// Time to the head of the answer, by `route`, in seconds.
pub(crate) const HTTP_REQUEST_DURATION_SECONDS: &str = "odmcp_http_request_duration_seconds";
/// Requests under way.
pub(crate) const INFLIGHT_REQUESTS: &str = "odmcp_inflight_requests";
/// Requests and connections refused because there were too many, by `reason`.
pub(crate) const LOAD_SHED_TOTAL: &str = "odmcp_load_shed_total";
/// Violations of the Content-Security-Policy that browsers reported, by `directive`.
pub(crate) const CSP_REPORTS_TOTAL: &str = "odmcp_csp_reports_total";
/// Always 1; the `version` is its label.
const BUILD_INFO: &str = "odmcp_build_info";

/// From a cached answer to the longest a call may take.
const BUCKETS_SECONDS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];
/// Histograms gather single values until they are drained; a scraper may never come.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// Starts to count, for the whole process.
///
/// # Errors
/// Something else counts already.
pub(crate) fn start() -> anyhow::Result<PrometheusHandle> {
    let recorder = PrometheusBuilder::new()
        .set_buckets(&BUCKETS_SECONDS)
        .context("the buckets are wrong")?
        .build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).context("metrics were started twice")?;
    describe();
    metrics::gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    for counter in [domain::PANICS_TOTAL, domain::TRACES_LOST_TOTAL] {
        // An alert on an increase needs the zero before it.
        metrics::counter!(counter).absolute(0);
    }
    let upkeep = handle.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(UPKEEP_INTERVAL);
        loop {
            ticks.tick().await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

fn describe() {
    metrics::describe_counter!(
        HTTP_REQUESTS_TOTAL,
        "Requests by route template, method and status"
    );
    metrics::describe_histogram!(
        HTTP_REQUEST_DURATION_SECONDS,
        "Time to the head of the answer in seconds"
    );
    metrics::describe_gauge!(INFLIGHT_REQUESTS, "Requests under way");
    metrics::describe_counter!(LOAD_SHED_TOTAL, "Refused because there were too many");
    metrics::describe_counter!(
        CSP_REPORTS_TOTAL,
        "Reported violations of the Content-Security-Policy"
    );
    metrics::describe_gauge!(BUILD_INFO, "Version of the program");
}
