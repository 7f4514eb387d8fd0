//! A Kontor of our own: the release binary in an empty folder, with the shop as its one backend.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{
    http::{Ask, Visitor},
    process,
};
use crate::failure::{Failure, Outcome};

/// How long Kontor may take to be ready, and its backend to be read.
const LIMIT: Duration = Duration::from_secs(60);

/// The backend's name.
pub(super) const BACKEND: &str = "bench";

/// The name under which the same database is another backend, for links between the two.
const FAR: &str = "far";

/// A backend's manifest.
pub(super) struct Manifest {
    /// The backend's name.
    pub(super) name: &'static str,
    /// The text of its file.
    pub(super) text: String,
}

/// A running Kontor. It ends with the value.
pub(super) struct Office {
    child: Child,
    folder: TempDir,
    /// Its address, `http://127.0.0.1:<port>`.
    pub(super) base: String,
    /// From the start of the process to the first good answer of `/readyz`, in an empty folder.
    pub(super) first_start: Duration,
    /// The cookie of the administrator's session.
    pub(super) cookie: String,
}

impl Office {
    /// Starts Kontor, makes the first administrator and waits until the backend was read.
    pub(super) async fn open(binary: &Path, database: &str) -> Outcome<Self> {
        let manifests = [
            Manifest { name: BACKEND, text: manifest(database) },
            Manifest { name: FAR, text: far_manifest(database) },
        ];
        let pages = [format!("/b/{BACKEND}/orders"), format!("/b/{FAR}/customers")];
        Self::over(binary, &manifests, &[&pages[0], &pages[1]]).await
    }

    /// As [`Office::open`], over backends of these manifests; it waits until the pages come.
    pub(super) async fn over(
        binary: &Path,
        manifests: &[Manifest],
        pages: &[&str],
    ) -> Outcome<Self> {
        let folder = TempDir::with_prefix("kontor-bench-").map_err(failed)?;
        let backends = folder.path().join("data/backends");
        fs::create_dir_all(&backends).map_err(failed)?;
        for Manifest { name, text } in manifests {
            fs::write(backends.join(format!("{name}.toml")), text).map_err(failed)?;
        }
        let listen = free_address()?;
        let begun = Instant::now();
        let mut child = start(binary, folder.path(), listen)?;
        let output = child.stdout.take().expect("its output was asked for");
        wait_until_ready(listen, &mut child, folder.path())?;
        let first_start = begun.elapsed();
        let base = format!("http://{listen}");
        let mut office = Self { child, folder, base, first_start, cookie: String::new() };
        let link = welcome_link(output)?;
        office.cookie = become_administrator(&office.base, &link).await?;
        for page in pages {
            office.wait_for(page).await?;
        }
        Ok(office)
    }

    /// The process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory in bytes.
    pub(super) fn resident(&self) -> Outcome<u64> {
        process::resident(self.pid())
    }

    /// Somebody in front of a browser.
    pub(super) fn reader(&self) -> Outcome<Visitor> {
        Visitor::with_session(&self.base, &self.cookie)
    }

    /// What Kontor wrote to its log.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    async fn wait_for(&self, page: &str) -> Outcome {
        let reader = self.reader()?;
        let begun = Instant::now();
        loop {
            match reader.text(&Ask::get(page.to_owned())).await {
                Ok(_) => return Ok(()),
                Err(failure) if begun.elapsed() > LIMIT => return Err(failure),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn manifest(database: &str) -> String {
    format!(
        "title = \"Shop\"\nurl = \"{database}\"\nwritable = true\nschemas = [\"public\"]\n\n\
         [resources.orders]\nsort = \"-placed_at\"\n\n[resources.small_orders]\nsort = \"-placed_at\"\n\n\
         [resources.customers]\ntitle_field = \"name\"\n\n{}{}",
        far_link("customer_id"),
        far_link("payer_id")
    )
}

fn far_link(field: &str) -> String {
    format!(
        "[[links]]\nfrom = \"linked_orders\"\nfields = [\"{field}\"]\nto = \"{FAR}:customers\"\n\
         to_fields = [\"id\"]\n\n"
    )
}

fn far_manifest(database: &str) -> String {
    format!(
        "title = \"Register\"\nurl = \"{database}\"\nschemas = [\"public\"]\n\n\
         [resources.customers]\ntitle_field = \"name\"\n"
    )
}

/// A port that was free a moment ago; port 0 would be known only after the start was measured.
fn free_address() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
    listener.local_addr().map_err(failed)
}

fn start(binary: &Path, folder: &Path, listen: SocketAddr) -> Outcome<Child> {
    let log = File::create(folder.join("log")).map_err(failed)?;
    Command::new(binary)
        .args(["serve", "--listen", &listen.to_string(), "--data"])
        .arg(folder.join("data"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .map_err(|error| Failure::new(format!("{} cannot be started: {error}", binary.display())))
}

/// Asks as soon as one can be asked; two milliseconds lie between two attempts.
#[expect(clippy::disallowed_methods, reason = "nothing else runs while Kontor starts")]
fn wait_until_ready(listen: SocketAddr, child: &mut Child, folder: &Path) -> Outcome {
    let begun = Instant::now();
    while begun.elapsed() < LIMIT {
        if is_ready(listen) {
            return Ok(());
        }
        if child.try_wait().map_err(failed)?.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(Failure::new(format!("Kontor is not ready after {:?}; its log:\n{log}", begun.elapsed())))
}

fn is_ready(listen: SocketAddr) -> bool {
    let asked = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(listen)?;
        let request =
            format!("GET /readyz HTTP/1.1\r\nHost: {listen}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.take(4096).read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    asked().unwrap_or(false)
}

/// The path of the one-time link. What is printed later is read and dropped.
fn welcome_link(output: ChildStdout) -> Outcome<String> {
    let mut lines = BufReader::new(output).lines();
    let found = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.find("/welcome/").map(|at| line[at..].trim().to_owned()));
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    found.ok_or_else(|| Failure::new("Kontor printed no link for the first administrator"))
}

async fn become_administrator(base: &str, link: &str) -> Outcome<String> {
    let password = "correct horse battery staple 4711";
    let pairs = [
        ("name", "Bench"),
        ("email", "bench@example.org"),
        ("password", password),
        ("repeat", password),
        ("language", "en"),
        ("zone", "Europe/Berlin"),
    ];
    let answer = Visitor::stranger(base)?.send(&Ask::form(link, &pairs)).await?;
    let cookies = answer.headers().get_all("set-cookie");
    cookies
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .find(|cookie| cookie.starts_with("kontor_session="))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("Kontor made an administrator and gave no session"))
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn failed(error: std::io::Error) -> Failure {
    Failure::new(error.to_string())
}
