//! Starts a database server that is gone when this program is, for trying things by hand.
//!
//! ```text
//! cargo run -p kontor-testkit --bin throwaway -- postgres            an empty database
//! cargo run -p kontor-testkit --bin throwaway -- mariadb zencart     a copy of ../shared/data/zencart
//! cargo run -p kontor-testkit --bin throwaway -- postgres --shared   the server of the test run
//! ```
//!
//! Prints the URL of a database on the first line and the server's folder on the second, then waits for
//! the end of its standard input or for Ctrl-C. With `--shared` it does not wait: the server belongs to
//! the test run (`NEXTEST_RUN_ID`) and goes on.

use std::{
    io::{self, Read, Write},
    path::Path,
    process::ExitCode,
};

use kontor_testkit::{DatabaseUrl, MariaDbServer, PostgresServer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["postgres", "--shared"] => {
            let server = PostgresServer::shared().await;
            tell(&server.fresh_database().await, server.folder())
        }
        ["mariadb", "--shared"] => {
            let server = MariaDbServer::shared().await;
            tell(&server.fresh_database().await, server.folder())
        }
        ["postgres"] => {
            let server = PostgresServer::start().await;
            hold(&server.fresh_database().await, server.folder())
        }
        ["mariadb"] => {
            let server = MariaDbServer::start().await;
            hold(&server.fresh_database().await, server.folder())
        }
        ["postgres", name] => {
            let server = PostgresServer::start().await;
            let copy = server.copy_of(name).await;
            copy.map_or_else(no_copy, |url| hold(&url, server.folder()))
        }
        ["mariadb", name] => {
            let server = MariaDbServer::start().await;
            let copy = server.copy_of(name).await;
            copy.map_or_else(no_copy, |url| hold(&url, server.folder()))
        }
        _ => {
            Err(io::Error::other("say `postgres` or `mariadb`, then nothing, a name or `--shared`"))
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

fn no_copy() -> io::Result<()> {
    Err(io::Error::other("the data is missing, so there is nothing to start"))
}

fn tell(url: &DatabaseUrl, folder: &Path) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{url}\n{}", folder.display())?;
    out.flush()
}

fn hold(url: &DatabaseUrl, folder: &Path) -> io::Result<()> {
    tell(url, folder)?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
