//! A payment provider for tests, as a process of its own. It speaks `order_inspect::payments::protocol`,
//! keeps everything in memory, and misbehaves when told to.
//!
//! Beside the protocol: `GET /ledger` shows all payments and every movement of money; `POST /faults`
//! sets [`faults::Faults`]; `POST /payments/{id}/complete` and `…/abandon` do what the customer does on
//! the provider's page, and `…/chargebacks` what the customer's bank does. The methods `redirect` and
//! `declined` lead to a pending and a declined payment, `hostile` to a pending one whose page is a script, any
//! other to an approved one.

mod faults;
mod ledger;
mod routes;
mod webhooks;

use std::{
    io::{self, Read, Write},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use clap::Parser;
use jiff::Timestamp;
use order_inspect::payments::WebhookSecret;
use tokio::net::TcpListener;

use self::{faults::Faults, ledger::Ledger, webhooks::Webhooks};

/// A payment provider for tests.
#[derive(Parser)]
struct Options {
    /// Where to listen; port 0 takes any that is free. The address is printed.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// What requests must show.
    #[arg(long)]
    api_key: String,
    /// Where events are posted to; nowhere without it.
    #[arg(long)]
    webhook_url: Option<String>,
    /// What events are signed with.
    #[arg(long, default_value = "")]
    webhook_secret: String,
    /// End when the standard input is closed, as it is when the process that started this one ends.
    #[arg(long)]
    until_input_ends: bool,
}

/// What all requests share.
pub(crate) struct Provider {
    api_key: String,
    ledger: Mutex<Ledger>,
    faults: Mutex<Faults>,
    webhooks: Webhooks,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let options = Options::parse();
    let secret = WebhookSecret::new(options.webhook_secret);
    let webhooks = Webhooks::new(options.webhook_url, secret).map_err(io::Error::other)?;
    let provider = Arc::new(Provider {
        api_key: options.api_key,
        ledger: Mutex::default(),
        faults: Mutex::default(),
        webhooks,
    });
    if options.until_input_ends {
        std::thread::spawn(|| {
            let _ = io::stdin().read_to_end(&mut Vec::new());
            std::process::exit(0);
        });
    }
    let listener = TcpListener::bind(options.listen).await?;
    writeln!(io::stdout(), "http://{}", listener.local_addr()?)?;
    axum::serve(listener, routes::router(provider)).await
}

/// The one clock of this process.
#[expect(clippy::disallowed_methods, reason = "a provider signs with the real time")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
