//! The desk as a service.

use std::net::{Ipv4Addr, SocketAddr};

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use axum::{Json, Router};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::desk::Desk;
use crate::schema::{self, DeskSchema};

/// The longest question, in bytes.
const LONGEST: usize = 256 * 1024;

/// A desk that answers, on a free port of the loopback interface. It ends with the value.
#[derive(Debug)]
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Serving {
    /// Starts to answer.
    ///
    /// # Errors
    /// What the system says when no port is free.
    pub async fn start(desk: Desk) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let router = Router::new()
            // A form of a foreign page cannot send this: the extractor insists on JSON.
            .route("/graphql", post(answer))
            .layer(DefaultBodyLimit::max(LONGEST))
            .with_state(schema::of(desk));
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the returns desk has ended");
            }
        });
        Ok(Self { address, task })
    }

    /// Where questions go.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    State(schema): State<DeskSchema>,
    Json(question): Json<async_graphql::Request>,
) -> Json<async_graphql::Response> {
    Json(schema.execute(question).await)
}
