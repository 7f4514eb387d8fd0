//! What can be written behind `kontor`, and which command it starts.

use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use kontor_office::Grant;

use crate::commands::{audit, check, connect, demo, doctor, links, openapi, serve, user};
use crate::configuration::{AddressOptions, Configuration, Given, GlobalOptions, ServeOptions};
use crate::error::CommandError;
use crate::logging;

/// One back office for a shop that is built of many backends.
#[derive(Parser)]
#[command(name = "kontor", version, arg_required_else_help = true, max_term_width = 100)]
struct CommandLine {
    #[command(flatten)]
    global: GlobalOptions,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Opens the office in the browser.
    Serve(ServeOptions),
    /// Opens the office with a sample shop of three databases.
    Demo(DemoOptions),
    /// Reads a database, says what is in it and registers it as a backend, read-only.
    Connect(ConnectOptions),
    /// Says what is wrong with manifests, with file, line and column.
    Check(CheckOptions),
    /// Asks every backend and says what would go wrong, and what to do.
    Doctor(DoctorOptions),
    /// Compares all backends and prints the links that seem to lead from one to another.
    Links,
    /// Looks after the audit.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Looks after people without signing in: for whoever has lost the last administrator's password.
    #[command(subcommand)]
    User(UserCommand),
    /// Prints the description of the API (OpenAPI 3.1, JSON).
    Openapi,
}

#[derive(Args)]
struct DemoOptions {
    #[command(flatten)]
    serve: ServeOptions,
    /// Make the sample shop new. What was changed in it is lost.
    // Deliberately without an environment variable: it would empty the shop at every start.
    #[arg(long)]
    reset: bool,
    /// The program of Order & Inspect: it is started beside the office, with a shop of its own.
    #[arg(long, value_name = "FILE")]
    order_inspect: Option<PathBuf>,
}

/// What `kontor connect` is told.
#[derive(Args)]
pub(crate) struct ConnectOptions {
    /// The address: sqlite:<file>, postgres://user@host/database, mysql://user@host/database, or a
    /// service's, https://host/openapi.json or https://host/graphql. A password in it is encrypted
    /// with the key of the data folder.
    pub(crate) url: String,
    /// The backend's name and that of its manifest; without it, the database's own.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Take the password from this environment variable, now and later, instead of keeping it
    /// encrypted.
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) password_env: Option<String>,
    /// How a service is signed in to: bearer, basic:<user>, header:<name>, query:<name> or
    /// oauth2:<client>; without it, as it describes.
    #[arg(long, value_name = "MANNER")]
    pub(crate) auth: Option<String>,
    /// Where tokens are had, for oauth2.
    #[arg(long, value_name = "URL")]
    pub(crate) token_url: Option<String>,
    /// What is asked for, for oauth2; commas part them.
    #[arg(long, value_name = "SCOPES")]
    pub(crate) scopes: Option<String>,
    /// The backend's name for people.
    #[arg(long)]
    pub(crate) title: Option<String>,
}

#[derive(Args)]
struct CheckOptions {
    /// The folder of the manifests; without it, that of the data folder.
    folder: Option<PathBuf>,
}

#[derive(Args)]
struct DoctorOptions {
    /// Only these backends.
    backends: Vec<String>,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Checks every entry of the audit; finds what was altered, removed or moved.
    Verify {
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum UserCommand {
    /// Lists the people with their rights.
    List,
    /// Prints a link with which somebody chooses a new password.
    ResetLink(ResetLinkOptions),
    /// Invites somebody and prints the link with which they come in.
    Invite(InviteOptions),
}

impl UserCommand {
    fn address(&self) -> Option<&AddressOptions> {
        match self {
            Self::List => None,
            Self::ResetLink(options) => Some(&options.address),
            Self::Invite(options) => Some(&options.address),
        }
    }
}

#[derive(Args)]
struct ResetLinkOptions {
    /// The person's e-mail address.
    email: String,
    #[command(flatten)]
    address: AddressOptions,
}

/// What `kontor user invite` is told.
#[derive(Args)]
pub(crate) struct InviteOptions {
    /// The person's e-mail address.
    pub(crate) email: String,
    /// The person's name as shown; they may change it.
    #[arg(long)]
    pub(crate) name: String,
    /// Let the person administer Kontor itself, with all backends.
    #[arg(long, conflicts_with = "roles")]
    pub(crate) administrator: bool,
    /// A role on a backend: reader, editor or administrator; * stands for every backend. May be
    /// given several times.
    #[arg(long = "role", value_name = "BACKEND=ROLE", value_parser = user::grant)]
    pub(crate) roles: Vec<Grant>,
    #[command(flatten)]
    address: AddressOptions,
}

/// Whether a command found all to be well. What is wrong was said already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All is well.
    Well,
    /// Something is not; the exit code is 1.
    Broken,
}

/// The program: reads the command line, does what it says and gives the exit code: 0 when all went
/// well, 1 when not, 2 when the command line cannot be understood.
pub fn main() -> ExitCode {
    let CommandLine { global, command } = CommandLine::parse();
    let answer = run(&global, command, &mut io::stdout());
    match answer {
        Ok(Verdict::Well) => ExitCode::SUCCESS,
        Ok(Verdict::Broken) => ExitCode::FAILURE,
        // Whoever reads the output has seen enough, as in `kontor check | head`.
        Err(CommandError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::FAILURE
        }
        Err(error) => {
            // With a broken standard error nobody can be told.
            drop(writeln!(io::stderr(), "kontor: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(
    global: &GlobalOptions,
    command: Command,
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    let serving = match &command {
        Command::Serve(options) => Some(options),
        Command::Demo(options) => Some(&options.serve),
        _ => None,
    };
    let address = match &command {
        Command::User(user) => user.address(),
        _ => None,
    };
    let given = Given::new(global, serving, address);
    let configuration = Configuration::read(given, global.config.as_deref())?;
    // A server tells what happens; the other commands answer, and log only what goes wrong.
    let quiet = serving.is_none() && configuration.log_level.is_none();
    logging::start(&configuration, quiet, io::stderr().is_terminal());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| CommandError::Runtime { source })?;
    runtime.block_on(dispatch(&configuration, command, out))
}

async fn dispatch(
    configuration: &Configuration,
    command: Command,
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    match command {
        Command::Serve(_) => Box::pin(serve::run(configuration, out)).await,
        Command::Demo(options) => {
            let beside = options.order_inspect.as_deref();
            Box::pin(demo::run(configuration, options.reset, beside, out)).await
        }
        Command::Connect(options) => Box::pin(connect::run(configuration, &options, out)).await,
        Command::Check(options) => {
            Box::pin(check::run(configuration, options.folder.as_deref(), out)).await
        }
        Command::Doctor(options) => {
            Box::pin(doctor::run(configuration, &options.backends, out)).await
        }
        Command::Links => Box::pin(links::run(configuration, out)).await,
        Command::Audit(AuditCommand::Verify { json }) => {
            Box::pin(audit::verify(configuration, json, out)).await
        }
        Command::User(UserCommand::List) => Box::pin(user::list(configuration, out)).await,
        Command::User(UserCommand::ResetLink(options)) => {
            Box::pin(user::reset_link(configuration, &options.email, out)).await
        }
        Command::User(UserCommand::Invite(options)) => {
            Box::pin(user::invite(configuration, &options, out)).await
        }
        Command::Openapi => openapi::run(out),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::CommandLine;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        CommandLine::command().debug_assert();
    }
}
