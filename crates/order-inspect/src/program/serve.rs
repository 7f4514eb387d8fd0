//! `order-inspect serve`.

use std::{
    fs::{File, TryLockError},
    time::Duration,
};

use super::{Database, Serve, connections, listen::listen, open, upkeep};
use crate::{
    app::{App, Parts},
    cashier::Cashier,
    catalogue::products::listing,
    clock::Clock,
    documents,
    error::Error,
    exchange::Importer,
    http::{Keys, Limits, Metrics, router},
    orders::place::Placer,
    outbox::Post,
};

/// Serves until it is told to end; what has begun is finished first.
pub(super) async fn serve(database: &Database, serve: Serve) -> crate::Result<()> {
    if let Some(folder) = serve.fonts {
        documents::look_for_fonts(folder);
    }
    let db = open(database).await?;
    let _alone = alone(database)?;
    let setup = crate::setup::Remembered::default();
    let tills = connections::tills(&serve.outside)?;
    let server = connections::mail_server(&serve.outside)?;
    let app = App::new(Parts {
        placer: Placer::start(db.clone()),
        cashier: Cashier::start(db.clone(), Clock::System, tills),
        importer: Importer::start(db.clone(), Clock::System),
        post: Post::start(db.clone(), Clock::System, setup.clone(), server),
        db,
        clock: Clock::System,
        keys: Keys::default(),
        setup,
        pages: crate::inspect::Pages::default(),
        limits: Limits::new(serve.rate_per_key, serve.rate_per_address)
            .behind(serve.trusted_proxies),
        metrics: Metrics::new(),
    });
    tokio::spawn(turn_prices(app.clone()));
    tokio::spawn(upkeep::keep_up(app.clone()));
    let broken = |error: std::io::Error| Error::Broken(format!("{}: {error}", serve.listen));
    let listener = tokio::net::TcpListener::bind(serve.listen).await.map_err(broken)?;
    let address = listener.local_addr().map_err(broken)?;
    tracing::info!(%address, "listening; the API is described at /openapi.json");
    listen(listener, router(app), serve.connections_at_once, told_to_end(serve.until_input_ends))
        .await;
    tracing::info!("ended");
    Ok(())
}

/// One server has the embedded database; another one over the same file would give records the same numbers.
fn alone(database: &Database) -> crate::Result<Option<File>> {
    if database.database.is_some() {
        return Ok(None);
    }
    let path = database.data.join("serving.lock");
    let broken = |error: std::io::Error| Error::Broken(format!("{}: {error}", path.display()));
    let file =
        File::options().create(true).write(true).truncate(false).open(&path).map_err(broken)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Error::Broken(format!(
            "another server uses {}: several servers share a PostgreSQL database (--database)",
            database.data.display()
        ))),
        Err(TryLockError::Error(error)) => Err(broken(error)),
    }
}

/// Keeps lists in the order of prices that change with the passing of time.
async fn turn_prices(app: App) {
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    loop {
        ticks.tick().await;
        if let Err(error) = listing::turn(&app).await {
            tracing::warn!(%error, "lists could not be brought up to date; they are tried again");
        }
    }
}

async fn told_to_end(until_input_ends: bool) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
        () = input_ends(), if until_input_ends => {}
    }
}

/// Reads until nothing more comes.
async fn input_ends() {
    use tokio::io::AsyncReadExt as _;
    let mut ignored = [0_u8; 256];
    while tokio::io::stdin().read(&mut ignored).await.is_ok_and(|read| read > 0) {}
}
