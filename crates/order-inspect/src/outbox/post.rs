//! The worker that sends mails.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::json;
use tokio::{sync::Notify, task::AbortHandle};
use tracing::Instrument as _;

use crate::{
    act::Act,
    args,
    clock::Clock,
    customers::is_erased,
    db::{Db, Row},
    error::Error,
    mail::{Attachment, Mail, MailError, Mailer, MailerOptions},
    moment::Moment,
    orders::{
        documents,
        facts::Facts,
        mails::{self, Composed, Event, MailKind},
        settle::note,
    },
    setup::Remembered,
    trace,
};

/// How long the post sleeps when nothing wakes it.
const POLL: Duration = Duration::from_secs(1);
/// How many rows are taken at once, and how many mails are under way at the same time.
const AT_ONCE: i64 = 16;
/// How long whoever took a row has it alone, in microseconds.
const LEASE: i64 = 120_000_000;
/// After so many tries a mail is given up.
const MOST_TRIES: i64 = 12;
/// A mail that is older is of no use to anybody, in microseconds.
const OLDEST: i64 = 7 * 86_400_000_000;
/// How long a mail waits for its order to go on, in microseconds, unless something happens to it before.
const PUT_OFF: i64 = 60_000_000;
/// In whose name the post acts.
const ACTOR: &str = "post";

/// The server that takes mails. The sender is the shop's.
#[derive(Clone)]
pub struct MailServer {
    /// See [`MailerOptions::url`]. It is never printed.
    pub url: String,
    /// How long one mail may take.
    pub timeout: Duration,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MailServer").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

/// A running post. It ends with the last of its handles. Without a server it sends nothing, and what is to be sent
/// waits for a post that has one.
#[derive(Clone)]
pub struct Post(Option<Arc<Office>>);

struct Office {
    shared: Arc<Shared>,
    worker: AbortHandle,
}

impl Drop for Office {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

struct Shared {
    db: Db,
    clock: Clock,
    setup: Remembered,
    server: MailServer,
    wake: Notify,
    /// A mailer for each sender: name and address.
    mailers: Mutex<HashMap<(String, String), Arc<Mailer>>>,
}

impl Post {
    /// Begins to send.
    pub fn start(db: Db, clock: Clock, setup: Remembered, server: Option<MailServer>) -> Self {
        Self(server.map(|server| {
            let (wake, mailers) = (Notify::new(), Mutex::default());
            let shared = Arc::new(Shared { db, clock, setup, server, wake, mailers });
            let worker = tokio::spawn(work(Arc::clone(&shared))).abort_handle();
            Arc::new(Office { shared, worker })
        }))
    }

    /// Says that there may be something to send: a change was committed.
    pub fn wake(&self) {
        if let Some(office) = &self.0 {
            office.shared.wake.notify_one();
        }
    }
}

async fn work(shared: Arc<Shared>) {
    loop {
        match round(&shared).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the post could not look for work"),
        }
        tokio::select! {
            () = shared.wake.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Sends what is due. Says whether there may be more.
async fn round(shared: &Shared) -> crate::Result<bool> {
    let events = take(shared).await?;
    let more = i64::try_from(events.len()).is_ok_and(|count| count == AT_ONCE);
    let sent = events.iter().map(|event| async move {
        if let Err(error) = deliver(shared, event).await {
            // The lease ends, and somebody tries again.
            tracing::error!(%error, event = event.id, "an event could not be worked off");
        }
    });
    futures_util::future::join_all(sent).await;
    Ok(more)
}

const DUE: &str = "SELECT id, topic, order_id, payload, created_at, attempts,
        EXISTS (SELECT 1 FROM order_event e WHERE e.order_id = outbox.order_id
            AND e.kind = 'mail_sent' AND e.facts LIKE '%\"order_confirmation\"%') AS confirmed
    FROM outbox WHERE due_at <= $1 ORDER BY due_at LIMIT $2";

async fn take(shared: &Shared) -> crate::Result<Vec<Event>> {
    let now = shared.clock.now();
    let looked = args![now, AT_ONCE];
    let rows: Vec<Row> =
        shared.db.read(move |tx| Box::pin(async move { tx.rows(DUE, looked).await })).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    shared
        .db
        .write(move |tx| {
            Box::pin(async move {
                let locked = format!("{DUE} FOR UPDATE SKIP LOCKED");
                let rows = tx.rows(&locked, args![now, AT_ONCE]).await?;
                let events = rows.iter().map(event).collect::<crate::Result<Vec<_>>>()?;
                let ids: Vec<i64> = events.iter().map(|it| it.id).collect();
                let sql =
                    "UPDATE outbox SET attempts = attempts + 1, due_at = $2, claimed_until = $2
                    WHERE id = ANY($1)";
                tx.run(sql, args![ids, now.0 + LEASE]).await?;
                Ok::<_, Error>(events)
            })
        })
        .await
}

fn event(row: &Row) -> crate::Result<Event> {
    Ok(Event {
        id: row.get("id")?,
        topic: row.get("topic")?,
        order_id: row.get("order_id")?,
        payload: row.get("payload")?,
        created_at: row.get("created_at")?,
        attempts: row.get::<i64>("attempts")? + 1,
        confirmed: row.get("confirmed")?,
    })
}

/// What becomes of a row.
enum End {
    /// A mail was sent to this address.
    Sent(&'static str, String),
    /// There is nothing to send.
    Nothing,
    /// It is too early.
    Later,
    /// It did not work, and is tried again.
    Again(String),
    /// It will never work.
    GivenUp(&'static str, String),
}

async fn deliver(shared: &Shared, event: &Event) -> crate::Result<()> {
    let end = match send(shared, event).await {
        Ok(end) => end,
        Err(error) if event.attempts >= MOST_TRIES => {
            End::GivenUp(event.mail().map_or("none", MailKind::word), error.to_string())
        }
        Err(error) => End::Again(error.to_string()),
    };
    let (act, event) = (Act::new(&shared.db, shared.clock.now(), ACTOR), event.clone());
    shared.db.write(move |tx| Box::pin(async move { tick_off(tx, &act, &event, end).await })).await
}

async fn send(shared: &Shared, event: &Event) -> crate::Result<End> {
    let (Some(order_id), Some(kind)) = (event.order_id, event.mail()) else {
        return Ok(End::Nothing);
    };
    let now = shared.clock.now();
    if now.0 - event.created_at.0 > OLDEST {
        return Ok(End::GivenUp(kind.word(), "it is too old to be of use".to_owned()));
    }
    let setup = shared.setup.get(&shared.db, now).await?;
    let facts = shared
        .db
        .read(move |tx| Box::pin(async move { Facts::load_id(tx, order_id, false).await }))
        .await?;
    if is_erased(&facts.order.email) {
        return Ok(End::Nothing);
    }
    let channel = setup.channel_by_id(facts.order.channel_id)?;
    let letter = match mails::compose(kind, event, &facts, &setup)? {
        Composed::Nothing => return Ok(End::Nothing),
        Composed::Later => return Ok(End::Later),
        Composed::Letter(letter) => letter,
    };
    let mail = Mail {
        event_id: event.id.to_string(),
        occurred_at: event.created_at.timestamp().map_err(|it| Error::Broken(it.to_string()))?,
        to_name: facts.order.name.clone(),
        to_address: facts.order.email.clone(),
        content: letter.content,
        attachments: attachments(shared, letter.documents).await?,
    };
    let mailer = mailer(shared, &channel.value.name, &channel.value.seller.email);
    Ok(match mailer {
        Err(why) => End::Again(why),
        Ok(mailer) => match mailer.send(&mail).instrument(trace::mailing(kind.word())).await {
            Ok(()) => End::Sent(kind.word(), facts.order.email),
            Err(MailError::Fail(why)) => End::GivenUp(kind.word(), why),
            Err(MailError::Retry(why)) if event.attempts >= MOST_TRIES => {
                End::GivenUp(kind.word(), why)
            }
            Err(MailError::Retry(why)) => End::Again(why),
        },
    })
}

async fn attachments(shared: &Shared, documents: Vec<i64>) -> crate::Result<Vec<Attachment>> {
    let mut attachments = Vec::new();
    for id in documents {
        let document = shared
            .db
            .read(move |tx| Box::pin(async move { documents::content(tx, id).await }))
            .await?;
        let name = format!("{}.pdf", document.title());
        let bytes = match documents::pdf(document).await {
            Ok(bytes) => bytes,
            // What cannot be printed holds no mail up: it is told without it.
            Err(Error::Refused(why)) => {
                tracing::warn!(
                    document = name,
                    why = why.detail,
                    "a mail goes without its document"
                );
                continue;
            }
            Err(error) => return Err(error),
        };
        attachments.push(Attachment { name, content_type: "application/pdf".to_owned(), bytes });
    }
    Ok(attachments)
}

/// The mailer of a shop. One is kept for each sender: making one reads all certificates of the system.
fn mailer(shared: &Shared, name: &str, address: &str) -> Result<Arc<Mailer>, String> {
    let sender = (name.to_owned(), address.to_owned());
    let mut mailers = shared.mailers.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(mailer) = mailers.get(&sender) {
        return Ok(Arc::clone(mailer));
    }
    let options = MailerOptions {
        url: shared.server.url.clone(),
        from_name: name.to_owned(),
        from_address: address.to_owned(),
        reply_to: None,
        timeout: shared.server.timeout,
        root_certificate: None,
    };
    let mailer = Arc::new(Mailer::new(&options).map_err(|error| error.to_string())?);
    mailers.insert(sender, Arc::clone(&mailer));
    Ok(mailer)
}

async fn tick_off(tx: &mut crate::db::Tx, act: &Act, event: &Event, end: End) -> crate::Result<()> {
    let later = "UPDATE outbox SET due_at = $2, claimed_until = NULL, attempts = $3, error = $4
        WHERE id = $1";
    let over = "UPDATE outbox SET due_at = NULL, claimed_until = NULL, done_at = $2, error = $3
        WHERE id = $1";
    let (told, facts) = match end {
        End::Later => {
            let due = act.now.saturating_add_micros(PUT_OFF);
            tx.run(later, args![event.id, due, event.attempts - 1, None::<String>]).await?;
            return Ok(());
        }
        End::Again(why) => {
            tracing::warn!(event = event.id, topic = event.topic, %why, "a mail is tried again later");
            let due = act.now.saturating_add_micros(pause(event.attempts));
            tx.run(later, args![event.id, due, event.attempts, why]).await?;
            return Ok(());
        }
        End::Nothing => {
            tx.run(over, args![event.id, act.now, None::<String>]).await?;
            return Ok(());
        }
        End::Sent(mail, to) => {
            let told = told_of(tx, event, mail, ("to", &to)).await?;
            tx.run(over, args![event.id, act.now, None::<String>]).await?;
            ("mail_sent", told)
        }
        End::GivenUp(mail, why) => {
            tracing::warn!(event = event.id, topic = event.topic, %why, "a mail was given up");
            let told = told_of(tx, event, mail, ("why", &why)).await?;
            let why = told["why"].as_str().map(str::to_owned);
            tx.run(over, args![event.id, None::<Moment>, why]).await?;
            ("mail_failed", told)
        }
    };
    match event.order_id {
        Some(order_id) => note(tx, act, order_id, told, facts).await,
        None => Ok(()),
    }
}

/// What the timeline tells of a mail: not where it went, if its customer was erased while it was under way. It locks the
/// order, before anything else is: changes of orders lock in this direction too.
async fn told_of(
    tx: &mut crate::db::Tx,
    event: &Event,
    mail: &str,
    (name, value): (&str, &str),
) -> crate::Result<serde_json::Value> {
    let sql = "SELECT email FROM orders WHERE id = $1 FOR UPDATE";
    let order = tx.row(sql, args![event.order_id]).await?;
    let email = order.map(|row| row.get::<String>("email")).transpose()?;
    Ok(match email {
        Some(email) if is_erased(&email) => json!({ "mail": mail }),
        _ => json!({ "mail": mail, name: value }),
    })
}

/// How long to wait after so many tries, in microseconds: 10 seconds at first, an hour at most.
fn pause(tries: i64) -> i64 {
    (10_i64 << (tries - 1).clamp(0, 10)).min(3_600) * 1_000_000
}
