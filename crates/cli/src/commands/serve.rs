//! `kontor serve`: opens the office in the browser until it is told to stop.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use kontor_office::{Office, Pace};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::command_line::Verdict;
use crate::configuration::{Configuration, MetricsFor, origin};
use crate::connection::{Attentive, Patience, service};
use crate::error::CommandError;
use crate::installation::{Installation, Role};

/// Backends are asked how they are this often.
const WATCH: Duration = Duration::from_secs(15);
/// Schemas and descriptions are read again this often.
const SCHEMAS: Duration = Duration::from_secs(60 * 60);
/// Links between backends are looked at this often; each is measured once a day.
const MEASURE: Duration = Duration::from_secs(15 * 60);
/// How long requests and changes may still take once the office closes.
const PATIENCE: Duration = Duration::from_secs(20);
/// Upper bounds of the histograms of durations, in seconds.
const SECONDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Opens the office and comes back when it was closed in an orderly way.
///
/// # Errors
/// [`CommandError`] when the data folder, the store or the address cannot be used.
pub(crate) async fn run(
    configuration: &Configuration,
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    let metrics = start_metrics()?;
    // Before everything else, so that an early Ctrl-C is not missed.
    let stop = watch_signals()?;
    let Installation { office, store, lock: _held } =
        Installation::open(configuration, Role::Server).await?;
    let listener = listen(configuration.listen).await?;
    let address = listener.local_addr()?;
    for problem in office.open_backends().await? {
        tracing::error!("a manifest is not in force: {problem}");
    }
    greet(configuration, &office, address, out).await?;

    // Without its index, search asks the backends: slower, but no reason to stay closed.
    if let Err(error) = office.open_index(&configuration.data.join("search")).await {
        tracing::error!(%error, "the search index cannot be used");
    }
    let watching = tokio::spawn(Arc::clone(&office).watch_backends(WATCH, SCHEMAS));
    let measuring = tokio::spawn(Arc::clone(&office).watch_links(MEASURE));
    let indexing = tokio::spawn(Arc::clone(&office).keep_index(Pace::default()));
    let upkeep = tokio::spawn(keep_up(metrics.clone()));
    let app = kontor_web::app(kontor_web::Settings {
        office: Arc::clone(&office),
        metrics: Arc::new(move || metrics.render()),
        secure_cookies: configuration.secure_cookies,
        trusted_origins: configuration.trusted_origins.clone(),
        trusted_proxies: configuration.trusted_proxies.clone(),
        metrics_on_machine: configuration.metrics == MetricsFor::Machine,
    });
    let served = serve(listener, app, stop.clone()).await;
    watching.abort();
    measuring.abort();
    indexing.abort();
    upkeep.abort();
    finish_changes(&office, stop).await;
    office.close().await;
    store.close().await;
    tracing::info!("Kontor has closed");
    served.map(|()| Verdict::Well)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address).await.map_err(|source| CommandError::Listen { address, source })
}

/// What people, and programs that start Kontor, need to know. The link comes first: whoever waits
/// for the last line has seen it.
async fn greet(
    configuration: &Configuration,
    office: &Office,
    address: SocketAddr,
    out: &mut (dyn Write + Send),
) -> Result<(), CommandError> {
    let (own, public) = (origin(address), configuration.public(address));
    if let Some(secret) = office.setup_link().await? {
        writeln!(
            out,
            "Nobody administers this Kontor yet. Once, within 24 hours, this link makes the first administrator:"
        )?;
        writeln!(out, "{public}/welcome/{secret}")?;
    }
    writeln!(out, "Kontor listens on {own}")?;
    out.flush()?;
    Ok(())
}

/// Answers requests until `stop` changes, and then lets those that have begun come to their end.
async fn serve(
    listener: TcpListener,
    app: axum::Router,
    mut stop: watch::Receiver<u32>,
) -> Result<(), CommandError> {
    let listener = Attentive { tcp: listener, patience: Patience::default() };
    let mut closing = stop.clone();
    let server = axum::serve(listener, service(app)).with_graceful_shutdown(async move {
        signalled(&mut closing, 1).await;
        tracing::info!("Kontor closes; a second signal ends it at once");
    });
    let impatience = async {
        signalled(&mut stop, 1).await;
        tokio::select! {
            () = signalled(&mut stop, 2) => {}
            () = tokio::time::sleep(PATIENCE) => {}
        }
    };
    tokio::select! {
        ended = async { server.await } => ended?,
        () = impatience => tracing::warn!("some requests had not ended and were cut off"),
    }
    Ok(())
}

/// Waits until that many signals have come.
async fn signalled(stop: &mut watch::Receiver<u32>, least: u32) {
    if stop.wait_for(|count| *count >= least).await.is_err() {
        // Whoever counted the signals is gone, so that none will come.
        std::future::pending::<()>().await;
    }
}

/// Counts Ctrl-C and, on Unix, SIGTERM.
fn watch_signals() -> Result<watch::Receiver<u32>, CommandError> {
    let (count, stop) = watch::channel(0);
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    #[cfg(unix)]
    let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    tokio::spawn(async move {
        loop {
            #[cfg(unix)]
            let came = tokio::select! {
                came = terminate.recv() => came.is_some(),
                came = interrupt.recv() => came.is_some(),
            };
            #[cfg(not(unix))]
            let came = tokio::signal::ctrl_c().await.is_ok();
            if !came {
                return;
            }
            count.send_modify(|count| *count += 1);
        }
    });
    Ok(stop)
}

/// Waits until no change is being written any more: bulk edits go on after their request.
async fn finish_changes(office: &Office, mut stop: watch::Receiver<u32>) {
    tokio::select! {
        () = office.changes_ended() => {}
        () = signalled(&mut stop, 2) => tracing::warn!("open changes are settled at the next start"),
        () = tokio::time::sleep(PATIENCE) => {
            tracing::warn!("open changes took too long; they are settled at the next start");
        }
    }
}

fn start_metrics() -> Result<PrometheusHandle, CommandError> {
    let failed =
        |error: metrics_exporter_prometheus::BuildError| CommandError::Metrics(error.to_string());
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(failed)
}

/// Empties what the recorder has collected into its histograms, so that memory stays flat when
/// nobody asks for the metrics.
async fn keep_up(metrics: PrometheusHandle) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        metrics.run_upkeep();
    }
}
