//! Taking connections in: as many as there may be, each for as long as its client keeps talking.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};
use tower::ServiceExt as _;

/// How long a client may take for the head of a request, and be quiet between two. Longer than the proxies before it
/// keep their connections (60 seconds, usually), so that none is closed while a request is on its way.
const PATIENCE: Duration = Duration::from_secs(75);
/// How long those who are being answered are waited for at the end.
const FAREWELL: Duration = Duration::from_secs(20);
/// How long nobody is let in after somebody could not be, such as when no more files can be opened.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers on a listener, at most so many connections at once, until it is told to end; what has begun is finished
/// first.
pub(super) async fn listen(
    listener: TcpListener,
    router: Router,
    most: usize,
    end: impl Future<Output = ()>,
) {
    let (graceful, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(most)));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    tokio::pin!(end);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut end => break,
        };
        let (tcp, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken in");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // Small answers would wait for the acknowledgement of the one before.
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        let router = router.clone();
        let service = service_fn(move |request| answer(router.clone(), address, request));
        let connection = graceful.watch(http.serve_connection(TokioIo::new(tcp), service));
        tokio::spawn(async move {
            // Who goes away in the middle of a request is nobody's problem.
            if let Err(error) = connection.await {
                tracing::debug!(%error, %address, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were not answered before the end");
    }
}

async fn answer(
    router: Router,
    address: SocketAddr,
    request: Request<Incoming>,
) -> Result<axum::response::Response, std::convert::Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(address));
    router.oneshot(request).await
}
