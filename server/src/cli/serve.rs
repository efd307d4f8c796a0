//! `serve`.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::Context;
use tokio::net::TcpListener;

use super::console::say;
use super::first_start;
use crate::config::Config;
use crate::http::{
    self, Listener, Mount, OpsState, Patience, Policy, SessionStore, Shutdown, Site,
};
use crate::wire::{self, Wired};

/// The operator's listener serves probes and scrapers, not the public.
const OPS_MAX_CONNECTIONS: usize = 64;

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let started = Instant::now();
    for warning in &config.warnings {
        tracing::warn!("{}", warning.0);
    }
    let shutdown = Shutdown::on_signals().context("signals cannot be handled")?;
    let metrics = if config.ops.enable_metrics {
        Some(http::metrics::start()?)
    } else {
        None
    };
    let site = if config.http.enable_webui {
        Some(Site::find(config.http.site_root.as_deref())?)
    } else {
        None
    };
    let main = bind("PORT", SocketAddr::new(config.http.host, config.http.port)).await?;
    let ops = bind(
        "OPS_PORT",
        SocketAddr::new(config.ops.host, config.ops.port),
    )
    .await?;
    let (main_address, ops_address) = (main.local_addr()?, ops.local_addr()?);
    let public = config.http.public_url(main_address.port());

    let wired = wire::services_with_sandbox(&config, public.clone()).await?;
    wired.services.begin_audit_logs().await?;
    wired.services.spawn_alerts();
    wired.services.spawn_exports();
    let mount = Mount {
        config: &config,
        services: wired.services.clone(),
        sessions: sessions(&config, &wired),
        public: public.clone(),
        site,
        shutdown: shutdown.clone(),
    };
    let main = Listener {
        socket: main,
        router: http::router(mount)?,
        max_connections: config.http.max_connections,
        patience: Patience {
            head: config.http.header_timeout,
            drain: config.http.drain_timeout,
        },
        policy: Policy {
            is_https: public.is_https(),
            reload_port: None,
        },
    };
    let ops_state = OpsState {
        services: wired.services.clone(),
        shutdown: shutdown.clone(),
        metrics,
        has_details: config.ops.enable_detailed_health,
        started,
    };
    let ops_end = Shutdown::default();
    let ops = Listener {
        socket: ops,
        router: http::ops_router(ops_state),
        max_connections: OPS_MAX_CONNECTIONS,
        patience: Patience {
            head: config.http.header_timeout,
            drain: std::time::Duration::ZERO,
        },
        policy: Policy::OPERATOR,
    };
    first_start::welcome(&wired.services, &public, config.http.enable_webui).await?;
    let ops = tokio::spawn(ops.serve(ops_end.clone()));
    say(&format!("listening on http://{main_address}"))?;
    say(&format!("health and metrics on http://{ops_address}"))?;
    tracing::info!(%main_address, %ops_address, ready_ms = started.elapsed().as_millis(), "ready");

    main.serve(shutdown).await;

    // Probes saw "draining" all the while; now there is nothing left to probe.
    ops_end.drain.cancel();
    ops.await.context("the operator's listener failed")?;
    wired.close().await;
    tracing::info!("ended");
    Ok(())
}

async fn bind(setting: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: is another program there? Choose another port with {setting}")
    })
}

fn sessions(config: &Config, wired: &Wired) -> SessionStore {
    SessionStore {
        storage: wired.storage.clone(),
        keyring: wired.keyring.clone(),
        entropy: wired.entropy.clone(),
        clock: wired.clock.clone(),
        absolute_timeout: config.session.absolute_timeout,
        idle_timeout: config.session.idle_timeout,
        notes_use: true,
    }
}
