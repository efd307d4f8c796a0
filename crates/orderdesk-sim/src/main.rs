//! The simulator as a program of its own: `orderdesk-sim --store-id 41207 --api-key …`.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use clap::Parser;
use orderdesk_sim::{Clock, Sim, seed};

/// A faithful stand-in for the Order Desk API.
#[derive(Parser)]
#[command(name = "orderdesk-sim", version)]
struct Args {
    /// Where to listen; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:8787")]
    addr: SocketAddr,
    /// Id of the one store.
    #[arg(long, default_value = "41207")]
    store_id: String,
    /// Its API key.
    #[arg(long, env = "ORDERDESK_SIM_API_KEY", hide_env_values = true)]
    api_key: String,
    /// Which of the endless shops to serve.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Serve without the bucket of 20 requests refilled with 3 a second.
    #[arg(long)]
    no_rate_limit: bool,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(io::stderr)
        .init();
    let args = Args::parse();
    let clock = Clock::real();
    let shop = seed::shop(args.seed, clock.unix_secs());
    let server = Sim::builder()
        .store(&args.store_id, &args.api_key, shop)
        .clock(clock)
        .rate_limit(!args.no_rate_limit)
        .admin(true)
        .addr(args.addr)
        .start()
        .await?;
    let mut stdout = io::stdout();
    writeln!(stdout, "listening on {}", server.base_url())?;
    stdout.flush()?;
    tokio::signal::ctrl_c().await
}
