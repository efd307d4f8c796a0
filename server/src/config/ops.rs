use std::net::IpAddr;

use super::http::parse_ip;
use super::reader::{Reader, Setting};

const OPS_HOST: Setting = Setting::new(
    "OPS_HOST",
    "127.0.0.1",
    "Address the health and metrics listener is on. Keep it off public networks: it asks for no credential.",
);
const OPS_PORT: Setting = Setting::new(
    "OPS_PORT",
    "9090",
    "Port of `/health`, `/health/live`, `/health/ready`, `/health/detailed` and `/metrics`, 0 to 65535; 0 takes any free one.",
);
const ENABLE_METRICS: Setting = Setting::new(
    "ENABLE_METRICS",
    "true",
    "Whether `/metrics` (Prometheus) is served and counted.",
);
const ENABLE_DETAILED_HEALTH: Setting = Setting::new(
    "ENABLE_DETAILED_HEALTH",
    "true",
    "Whether `/health/detailed` (version, database, memory, backlog) is served.",
);

pub(super) const SETTINGS: &[Setting] =
    &[OPS_HOST, OPS_PORT, ENABLE_METRICS, ENABLE_DETAILED_HEALTH];

/// The listener of the operator.
#[derive(Debug, Clone)]
pub struct Ops {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 for any.
    pub port: u16,
    /// Whether metrics are kept and served.
    pub enable_metrics: bool,
    /// Whether the detailed report is served.
    pub enable_detailed_health: bool,
}

impl Ops {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            host: reader.parsed(&OPS_HOST, parse_ip),
            port: reader.number(&OPS_PORT, 0..=65_535),
            enable_metrics: reader.flag(&ENABLE_METRICS),
            enable_detailed_health: reader.flag(&ENABLE_DETAILED_HEALTH),
        }
    }
}
