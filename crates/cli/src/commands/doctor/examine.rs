//! One backend: can it be reached, how fast does it answer, what can be read.

use std::sync::Arc;
use std::time::Duration;

use kontor_connect::{Connection, Failure, FailureKind, Location, Opening};
use kontor_model::Schema;
use kontor_office::manifest::{Address, KeyFile, Manifest, PasswordSource};
use tokio::time::Instant;

use super::finding::Diagnosis;
use super::{keys, schema, server, statements};

/// An answer slower than this is felt on every page, which needs a few of them.
const SLOW: Duration = Duration::from_millis(40);
/// Answers that are timed.
const PINGS: u32 = 5;

/// Examines a backend; what was found, and its schema where it could be read.
pub(super) async fn backend(
    manifest: &Manifest,
    key: Option<&KeyFile>,
    environment: &(dyn Fn(&str) -> Option<String> + Send + Sync),
) -> (Diagnosis, Option<Schema>) {
    let mut found = Diagnosis::new(format!("{} ({})", manifest.name, manifest.url));
    let source = PasswordSource { environment: &|name| environment(name), key };
    let location = manifest.address(&source).map_err(|error| error.to_string());
    let location = match location.and_then(|address| located(&address)) {
        Ok(location) => location,
        Err(problem) => {
            found.broken(problem, "set the variable, or give the password again");
            return (found, None);
        }
    };
    match manifest.replica_address(&source).map_err(|error| error.to_string()) {
        Ok(None) => {}
        Ok(Some(address)) => match located(&address) {
            Ok(replica) => examine_replica(manifest, replica, &mut found).await,
            Err(problem) => found.broken(problem, "mend “replica” in the manifest"),
        },
        Err(problem) => found.broken(problem, "give the replica's password again"),
    }
    let connection = opened(manifest, location.clone());
    let mut schema = None;
    if answers(&*connection, "", &mut found).await {
        server::examine(&location, manifest, &mut found).await;
        schema = read_schema(&connection, manifest, &mut found).await;
    }
    connection.close().await;
    (found, schema)
}

fn located(address: &Address) -> Result<Location, String> {
    let location: Location = address.url.parse().map_err(|error| format!("{error}"))?;
    Ok(match &address.password {
        Some(password) => location.with_password(password.reveal()),
        None => location,
    })
}

/// As the office would open it, but never for writing.
fn opened(manifest: &Manifest, location: Location) -> Arc<dyn Connection> {
    kontor_connect::open(Opening {
        location,
        replica: None,
        writable: false,
        budget: manifest.budget.clone(),
        session_name: "kontor-doctor/1".to_owned(),
        service: manifest.service(),
    })
}

async fn examine_replica(manifest: &Manifest, replica: Location, found: &mut Diagnosis) {
    let connection = opened(manifest, replica);
    answers(&*connection, "the replica ", found).await;
    connection.close().await;
}

/// Whether it answers, and how fast.
async fn answers(connection: &dyn Connection, who: &str, found: &mut Diagnosis) -> bool {
    let begun = Instant::now();
    if let Err(failure) = connection.ping().await {
        report(&failure, who, found);
        return false;
    }
    let connecting = begun.elapsed();
    let mut times = Vec::new();
    for _ in 0..PINGS {
        let begun = Instant::now();
        if let Err(failure) = connection.ping().await {
            report(&failure, who, found);
            return false;
        }
        times.push(begun.elapsed());
    }
    times.sort();
    let usual = times[times.len() / 2];
    let text =
        format!("{who}lets us in within {}, answers within {}", millis(connecting), millis(usual));
    if usual > SLOW {
        found.warning(
            format!("{text}: every page needs a few answers"),
            "run Kontor nearer to the database, or name a replica that is nearer",
        );
    } else {
        found.good(text);
    }
    true
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn report(failure: &Failure, who: &str, found: &mut Diagnosis) {
    let advice = match failure.kind {
        FailureKind::Unreachable => {
            "check that it runs, its host, port or file in the manifest, and any firewall between"
        }
        FailureKind::SignIn => {
            "check user and password; `password` in the manifest says where it comes from"
        }
        FailureKind::Busy => {
            "others hold all connections of the account; raise its limit or lower [budget] connections"
        }
        FailureKind::Timeout => {
            "the server is overloaded, or statement_timeout in [budget] is too short"
        }
        FailureKind::Privilege => "let the database grant the account the right that it names",
        _ => "the words above are the database's own",
    };
    found.broken(format!("{who}{failure}"), advice);
}

async fn read_schema(
    connection: &Arc<dyn Connection>,
    manifest: &Manifest,
    found: &mut Diagnosis,
) -> Option<Schema> {
    let begun = Instant::now();
    match connection.introspect().await {
        Ok(schema) => {
            let catalog = schema::examine(schema, begun.elapsed(), manifest, found)?;
            keys::measure(&**connection, &catalog, manifest, found).await;
            statements::examine(&**connection, &catalog, manifest, found).await;
            Some((*catalog.schema).clone())
        }
        Err(failure) => {
            report(&failure, "its schema cannot be read: ", found);
            None
        }
    }
}
