//! Telling the shop what happened.

use std::time::Duration;

use order_inspect::payments::{WebhookSecret, protocol::Event, sign};
use reqwest::{Client, redirect::Policy};

use crate::{faults::EventFaults, now};

/// How often an event is delivered until the shop takes it.
const ATTEMPTS: u32 = 5;

/// Where events go.
pub(crate) struct Webhooks {
    client: Client,
    url: Option<String>,
    secret: WebhookSecret,
}

impl Webhooks {
    pub(crate) fn new(url: Option<String>, secret: WebhookSecret) -> reqwest::Result<Self> {
        // An error says that the process has chosen one before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let timeout = Duration::from_secs(5);
        let client = Client::builder().redirect(Policy::none()).timeout(timeout).build()?;
        Ok(Self { client, url, secret })
    }

    /// Delivers an event in the background; again, a little later, where the shop does not take it.
    pub(crate) fn deliver(&self, event: &Event, faults: EventFaults) {
        let Some(url) = self.url.clone() else { return };
        let Ok(body) = serde_json::to_vec(event) else { return };
        let (client, secret) = (self.client.clone(), self.secret.clone());
        tokio::spawn(async move {
            tokio::time::sleep(faults.late.unwrap_or_default()).await;
            for _ in 0..if faults.twice { 2 } else { 1 } {
                for attempt in 0..ATTEMPTS {
                    let request = client
                        .post(&url)
                        .header("signature", sign(&secret, &body, now()))
                        .header("content-type", "application/json")
                        .body(body.clone());
                    if request.send().await.is_ok_and(|answer| answer.status().is_success()) {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
                }
            }
        });
    }
}
