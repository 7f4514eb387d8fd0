//! The command line: where everything is put together.

mod connections;
pub mod keys;
mod listen;
mod seed;
mod serve;
mod traces;
mod upkeep;

use std::{io::IsTerminal as _, net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use self::traces::Traces;
use crate::{db::Db, http::Scope, trace};

/// Order & Inspect: the core of a shop as a service.
#[derive(Debug, Parser)]
#[command(name = "order-inspect", version)]
pub struct CommandLine {
    #[command(flatten)]
    database: Database,
    /// How the log is written; ORDER_INSPECT_LOG says how much, such as info,tower_http=debug for each request
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "text",
        env = "ORDER_INSPECT_LOG_FORMAT"
    )]
    log: LogFormat,
    /// Where traces go: an OpenTelemetry collector that speaks OTLP over HTTP, such as http://localhost:4318
    #[arg(long, global = true, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    traces: Option<String>,
    #[command(subcommand)]
    command: Command,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON document a line.
    Json,
}

/// Where the data lives.
#[derive(Debug, Clone, Args)]
struct Database {
    /// The folder of the embedded database; it is made if it does not exist
    #[arg(long, global = true, default_value = "order-inspect-data", env = "ORDER_INSPECT_DATA")]
    data: PathBuf,
    /// A PostgreSQL database instead: postgres://user@host/name
    #[arg(long, global = true, env = "ORDER_INSPECT_DATABASE")]
    database: Option<String>,
    /// Connections to PostgreSQL
    #[arg(long, global = true, default_value_t = 16)]
    connections: usize,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API
    Serve(Serve),
    /// Fill an empty database with a shop of any size, the same rows for the same seed
    Seed(seed::Seed),
    /// API keys
    #[command(subcommand)]
    Key(Key),
    /// Write a consistent copy of the embedded database while it is in use
    Backup {
        /// The new file
        target: PathBuf,
    },
    /// Print the OpenAPI document
    Openapi,
}

#[derive(Debug, Args)]
struct Serve {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:7420", env = "ORDER_INSPECT_LISTEN")]
    listen: SocketAddr,
    /// Requests per second that one API key may send; 0 for no limit
    #[arg(long, default_value_t = 1000)]
    rate_per_key: u32,
    /// Requests per second that one address without a key may send; 0 for no limit
    #[arg(long, default_value_t = 200)]
    rate_per_address: u32,
    /// Connections at once; more wait until one is closed
    #[arg(long, default_value_t = 10_000)]
    connections_at_once: usize,
    /// Proxies that say in X-Forwarded-For where requests come from, such as 10.0.0.0/8
    #[arg(long, value_delimiter = ',', env = "ORDER_INSPECT_TRUSTED_PROXIES")]
    trusted_proxies: Vec<ipnet::IpNet>,
    /// End when standard input ends: for who starts the service and must not leave it behind
    #[arg(long)]
    until_input_ends: bool,
    /// A folder with fonts for names in scripts that the built-in font lacks; those of the system are used anyway
    #[arg(long, env = "ORDER_INSPECT_FONTS")]
    fonts: Option<PathBuf>,
    #[command(flatten)]
    outside: connections::Outside,
}

#[derive(Debug, Subcommand)]
enum Key {
    /// Make a key; it is shown once
    Create {
        /// What the key is for: it stands in the timeline of what is done with it
        name: String,
        /// What it may do; all of it if nothing is named
        #[arg(long, value_delimiter = ',', value_parser = scope)]
        scopes: Vec<Scope>,
        /// The code of the one shop whose baskets, customers and orders it sees: for the scope `shop`
        #[arg(long)]
        channel: Option<String>,
    },
    /// All keys
    List,
    /// Revoke a key; servers notice within five seconds
    Revoke {
        /// Its number, as `key list` shows it
        id: i64,
    },
}

fn scope(text: &str) -> Result<Scope, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

/// Runs a command. Errors are printed with what to do about them.
pub fn run(line: CommandLine) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("the runtime does not start: {error}")),
    };
    let traces = line.traces.as_deref().map(|to| Traces::open(to, runtime.handle().clone()));
    let traces = match traces.transpose() {
        Ok(traces) => traces,
        Err(error) => return failed(&error),
    };
    watch(line.log, traces.as_ref());
    let outcome = runtime.block_on(execute(line));
    if let Some(traces) = traces {
        traces.close();
    }
    runtime.shutdown_timeout(Duration::from_secs(2));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error.to_string()),
    }
}

/// Begins to write the log, and to gather traces if they go somewhere.
fn watch(format: LogFormat, traces: Option<&Traces>) {
    let without_spans = || EnvFilter::new(format!("info,{}=off", trace::TARGET));
    let filter = EnvFilter::try_from_env("ORDER_INSPECT_LOG").unwrap_or_else(|_| without_spans());
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = match format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => log.json().flatten_event(true).boxed(),
    };
    let spans = traces.map(|it| {
        let ours = Targets::new().with_target("order_inspect", LevelFilter::INFO);
        tracing_opentelemetry::layer().with_tracer(it.tracer()).with_filter(ours)
    });
    tracing_subscriber::registry().with(log.with_filter(filter)).with(spans).init();
}

#[expect(clippy::print_stderr, reason = "this is how a command says that it failed")]
fn failed(error: &str) -> ExitCode {
    eprintln!("order-inspect: {error}");
    ExitCode::FAILURE
}

#[expect(clippy::print_stdout, reason = "commands answer on standard output")]
async fn execute(line: CommandLine) -> crate::Result<()> {
    match line.command {
        Command::Serve(serve) => serve::serve(&line.database, serve).await,
        Command::Seed(seed) => seed::run(&line.database, &seed).await,
        Command::Key(command @ Key::Create { .. }) => {
            keys::run(&open(&line.database).await?, command).await
        }
        Command::Key(command) => keys::run(&existing(&line.database).await?, command).await,
        Command::Backup { target } => Ok(existing(&line.database).await?.backup(&target).await?),
        Command::Openapi => {
            let document = crate::http::document();
            println!("{}", serde_json::to_string_pretty(&document).unwrap_or_default());
            Ok(())
        }
    }
}

async fn open(database: &Database) -> crate::Result<Db> {
    if let Some(url) = &database.database {
        return Ok(Db::open_postgres(url, database.connections).await?);
    }
    std::fs::create_dir_all(&database.data).map_err(|error| {
        let folder = database.data.display();
        crate::error::Error::Broken(format!("the folder {folder} cannot be made: {error}"))
    })?;
    Ok(Db::open_folder(&database.data).await?)
}

/// The database as it is; a mistyped folder does not become a new one.
async fn existing(database: &Database) -> crate::Result<Db> {
    let file = database.data.join("order-inspect.db");
    if database.database.is_none() && !file.is_file() {
        let told = format!("there is no database at {}: see --data", file.display());
        return Err(crate::error::Error::Broken(told));
    }
    open(database).await
}
