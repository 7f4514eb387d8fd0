//! `order-inspect serve`.

use std::net::SocketAddr;

use super::{Database, Serve, connections, open};
use crate::{
    app::{App, Parts},
    cashier::Cashier,
    clock::Clock,
    error::Error,
    http::{Keys, Limits, Metrics, router},
    orders::place::Placer,
    outbox::Post,
};

/// Serves until it is told to end; what has begun is finished first.
pub(super) async fn serve(database: &Database, serve: Serve) -> crate::Result<()> {
    let db = open(database).await?;
    let setup = crate::setup::Remembered::default();
    let tills = connections::tills(&serve.outside)?;
    let server = connections::mail_server(&serve.outside)?;
    let app = App::new(Parts {
        placer: Placer::start(db.clone()),
        cashier: Cashier::start(db.clone(), Clock::System, tills),
        post: Post::start(db.clone(), Clock::System, setup.clone(), server),
        db,
        clock: Clock::System,
        keys: Keys::default(),
        setup,
        limits: Limits::new(serve.rate_per_key, serve.rate_per_address),
        metrics: Metrics::new(),
    });
    let broken = |error: std::io::Error| Error::Broken(format!("{}: {error}", serve.listen));
    let listener = tokio::net::TcpListener::bind(serve.listen).await.map_err(broken)?;
    let address = listener.local_addr().map_err(broken)?;
    tracing::info!(%address, "listening; the API is described at /openapi.json");
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(told_to_end()).await.map_err(broken)
}

async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
