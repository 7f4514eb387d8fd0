//! Starts an empty database server that is gone when this program is.
//!
//! `cargo run -p kontor-testkit --bin throwaway -- postgres` (or `mariadb`) prints the URL of a fresh
//! database on the first line and the server's folder on the second, then waits for the end of its
//! standard input or for Ctrl-C.

use std::{
    io::{self, Read, Write},
    path::Path,
    process::ExitCode,
};

use kontor_testkit::{DatabaseUrl, MariaDbServer, PostgresServer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let engine = std::env::args().nth(1).unwrap_or_default();
    let result = match engine.as_str() {
        "postgres" => {
            let server = PostgresServer::start().await;
            hold(&server.fresh_database().await, server.folder())
        }
        "mariadb" => {
            let server = MariaDbServer::start().await;
            hold(&server.fresh_database().await, server.folder())
        }
        other => {
            Err(io::Error::other(format!("`{other}` is no engine; say `postgres` or `mariadb`")))
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(io::stderr(), "error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn hold(url: &DatabaseUrl, folder: &Path) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{url}\n{}", folder.display())?;
    out.flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
