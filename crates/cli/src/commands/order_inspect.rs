//! Order & Inspect beside the demo: a service of its own, with its own database, started and ended with
//! the office.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::error::CommandError;
use crate::installation::make_private_folder;

/// The service is waited for this long.
const PATIENCE: Duration = Duration::from_secs(15);

/// The running service. It ends with its standard input: also when the office is killed.
pub(crate) struct OrderInspect {
    _child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl OrderInspect {
    /// Fills the service's database where there is none, around what is `given`, and starts it on a
    /// free port.
    ///
    /// # Errors
    /// [`CommandError`] when the program cannot be run or the folder cannot be used.
    pub(crate) async fn start(
        program: &Path,
        folder: &Path,
        given: impl FnOnce() -> String,
        reset: bool,
        out: &mut (dyn Write + Send),
    ) -> Result<Self, CommandError> {
        if reset && folder.exists() {
            std::fs::remove_dir_all(folder).map_err(CommandError::file(folder, "removed"))?;
        }
        if !folder.join("order-inspect.db").exists() {
            seed(program, folder, given).await?;
        }
        let address = free_address().await.map_err(CommandError::file(program, "given a port"))?;
        let mut serve = Command::new(program);
        serve.arg("--data").arg(folder).args(["serve", "--until-input-ends", "--listen"]);
        serve.arg(address.to_string()).stdin(Stdio::piped()).stdout(Stdio::null());
        let child = serve.spawn().map_err(CommandError::file(program, "started"))?;
        wait_for(address).await;
        writeln!(out, "Order & Inspect: http://{address}/openapi.json")
            .map_err(CommandError::file(program, "announced"))?;
        Ok(Self { _child: child, address })
    }

    /// Makes a key with which everything may be done.
    ///
    /// # Errors
    /// [`CommandError`] when the program cannot be run.
    pub(crate) async fn new_key(program: &Path, folder: &Path) -> Result<String, CommandError> {
        let mut create = Command::new(program);
        create.arg("--data").arg(folder).args(["key", "create", "Kontor"]).stdin(Stdio::null());
        let made = create.output().await.map_err(CommandError::file(program, "started"))?;
        let printed = String::from_utf8_lossy(&made.stdout);
        let key = printed.lines().rev().find(|line| !line.trim().is_empty());
        key.filter(|_| made.status.success()).map(|key| key.trim().to_owned()).ok_or_else(|| {
            let failed = format!("`key create` ended with {}", made.status);
            CommandError::file(program, "used")(std::io::Error::other(failed))
        })
    }
}

/// Waits until somebody listens; should nobody do so in time, the office tells that.
async fn wait_for(address: SocketAddr) {
    let listens = async {
        while TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    drop(tokio::time::timeout(PATIENCE, listens).await);
}

/// A shop of a thousand products and ten thousand orders, around what is given.
async fn seed(
    program: &Path,
    folder: &Path,
    given: impl FnOnce() -> String,
) -> Result<(), CommandError> {
    make_private_folder(folder)?;
    let file = folder.join("given.json");
    std::fs::write(&file, given()).map_err(CommandError::file(&file, "written"))?;
    let mut seed = Command::new(program);
    seed.arg("--data").arg(folder).args(["seed", "--given"]).arg(&file);
    seed.stdin(Stdio::null()).stdout(Stdio::null());
    let status = seed.status().await.map_err(CommandError::file(program, "started"))?;
    if status.success() {
        return Ok(());
    }
    let failed = std::io::Error::other(format!("`seed` ended with {status}"));
    Err(CommandError::file(program, "used")(failed))
}

async fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0").await?.local_addr()
}
