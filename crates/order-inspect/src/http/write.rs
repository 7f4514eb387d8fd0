//! Writes: read strictly, done once.
//!
//! A request with an `Idempotency-Key` is done at most once per API key: its answer is stored in the
//! transaction of what it did, with a fingerprint of the request. The same request gets the same answer; the
//! same key on another request is refused. Refusals are not stored: what was refused may be tried again.

use axum::{
    extract::{FromRequest, Request},
    http::HeaderMap,
};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::{Answer, Caller, Expected, Permit, Reply, json};
use crate::{
    act::Act,
    app::App,
    args,
    db::{Doing, Row, Tx},
    error::{Error, Refusal},
    refuse,
};

/// Longest key that is taken.
const LONGEST_KEY: usize = 128;

/// A request that changes something.
#[derive(Debug)]
pub struct Write<T> {
    /// What it asks for.
    pub input: T,
    /// The state that the caller has seen.
    pub expected: Expected,
    /// What makes it happen only once.
    pub once: Once,
}

/// The caller's name for a request, and what the request was.
#[derive(Debug, Clone)]
pub struct Once {
    /// The `Idempotency-Key`.
    pub key: Option<String>,
    /// SHA-256 of method, path and body.
    pub fingerprint: [u8; 32],
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Write<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> crate::Result<Self> {
        let headers = request.headers().clone();
        let mut fingerprint = Sha256::new();
        fingerprint.update(request.method().as_str());
        fingerprint.update([0]);
        fingerprint.update(request.uri().path_and_query().map_or("", |it| it.as_str()));
        fingerprint.update([0]);
        let expected = Expected::of(&headers)?;
        let key = idempotency_key(&headers)?;
        let bytes = json::body(request, state).await?;
        fingerprint.update(&bytes);
        let input = json::parse(&headers, &bytes)?;
        Ok(Self { input, expected, once: Once { key, fingerprint: fingerprint.finalize().into() } })
    }
}

/// The key that names a request.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> crate::Result<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str().map(str::trim) {
        Ok(key) if fits_as_key(key) => Ok(Some(key.to_owned())),
        _ => refuse!(Refusal::new(
            400,
            "invalid_parameter",
            format!("Idempotency-Key must be 1 to {LONGEST_KEY} visible ASCII characters.")
        )),
    }
}

fn fits_as_key(key: &str) -> bool {
    (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

impl App {
    /// Does what a request asks for, once, in one transaction.
    pub async fn write<S, F>(&self, permit: Permit<S>, once: Once, work: F) -> Answer
    where
        F: for<'t> FnOnce(&'t mut Tx, &'t Act) -> Doing<'t, Reply, Error> + Send + 'static,
    {
        let act = Act::new(&self.db, self.clock.now(), permit.caller.name.clone());
        let caller = permit.caller;
        let raced = once.clone();
        let raced_caller = caller.clone();
        let outcome = self
            .db
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(reply) = replay(tx, &caller, &once).await? {
                        return Ok(reply);
                    }
                    let reply = work(tx, &act).await?;
                    remember(tx, &caller, &once, &reply, &act).await?;
                    Ok(reply)
                })
            })
            .await;
        if outcome.is_ok() {
            self.cashier.wake();
            self.post.wake();
        }
        match outcome {
            // The same request came twice at the same moment: the other one's answer is ours too.
            Err(Error::Db(error)) if error.is_duplicate() && raced.key.is_some() => {
                let answer = self.db.read(move |tx| {
                    Box::pin(async move { replay(tx, &raced_caller, &raced).await })
                });
                answer.await?.ok_or(Error::Db(error))
            }
            outcome => outcome,
        }
    }
}

/// The answer that was given before, if the request is one that was done before.
pub(crate) async fn replay(
    tx: &mut Tx,
    caller: &Caller,
    once: &Once,
) -> crate::Result<Option<Reply>> {
    let Some(key) = &once.key else { return Ok(None) };
    let sql = "SELECT fingerprint, status, headers, body FROM idempotency \
               WHERE api_key_id = $1 AND idempotency_key = $2";
    // The same request may be on its way a second time: the one waits for the other's answer.
    let name = format!("idempotency {} {key}", caller.key_id);
    let alone = tx.alone_with(&[name]);
    let questions = alone.into_iter().chain([(sql, args![caller.key_id, key])]).collect();
    let answers = tx.rows_all(questions).await?;
    let Some(row) = answers.last().and_then(|rows| rows.first()) else { return Ok(None) };
    replayed(row, once).map(Some)
}

/// A stored answer, if it is the answer to the same request.
pub(crate) fn replayed(row: &Row, once: &Once) -> crate::Result<Reply> {
    if row.get::<Vec<u8>>("fingerprint")? != once.fingerprint {
        let detail = "This Idempotency-Key was used for another request: take a new one.";
        refuse!(Refusal::new(422, "idempotency_key_reused", detail));
    }
    let mut headers: Vec<(String, String)> = row.json("headers")?;
    headers.push(("idempotency-replayed".to_owned(), "true".to_owned()));
    let status: i64 = row.get("status")?;
    let status = u16::try_from(status).unwrap_or(200);
    Ok(Reply { status, headers, body: row.get("body")?, private: false })
}

/// The columns of a stored answer.
pub(crate) const REMEMBERED: &[&str] =
    &["api_key_id", "idempotency_key", "fingerprint", "status", "headers", "body", "created_at"];

/// An answer as it is stored, if the request named a key.
pub(crate) fn remembered(
    caller: &Caller,
    once: &Once,
    reply: &Reply,
    act: &Act,
) -> crate::Result<Option<Vec<crate::db::Value>>> {
    let Some(key) = &once.key else { return Ok(None) };
    let (headers, body) =
        if reply.private { (&[][..], "") } else { (&*reply.headers, reply.body.as_str()) };
    let headers = serde_json::to_string(headers)
        .map_err(|error| Error::Broken(format!("headers cannot be stored: {error}")))?;
    Ok(Some(args![
        caller.key_id,
        key,
        once.fingerprint.as_slice(),
        i64::from(reply.status),
        headers,
        body,
        act.now
    ]))
}

async fn remember(
    tx: &mut Tx,
    caller: &Caller,
    once: &Once,
    reply: &Reply,
    act: &Act,
) -> crate::Result<()> {
    if let Some(row) = remembered(caller, once, reply, act)? {
        tx.insert("idempotency", REMEMBERED, vec![row]).await?;
    }
    Ok(())
}
