//! A PostgreSQL server of the installed binaries, in a temporary folder, for one test.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A running server; dropped, it ends.
pub(crate) struct Server {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cluster = folder.path().join("cluster");
        fs::create_dir(&cluster).unwrap();
        // The server runs as another user where the tests run as root.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        if is_root() {
            assert!(
                Command::new("chown").arg("postgres").arg(&cluster).status().unwrap().success()
            );
        }
        let made = program("initdb")
            .args(["--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D"])
            .arg(&cluster)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = free_port();
        let process = program("postgres")
            .arg("-D")
            .arg(&cluster)
            .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-c", "fsync=off"])
            .arg("-c")
            .arg(format!("unix_socket_directories={}", folder.path().display()))
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut server = Self { process, port, _folder: folder };
        server.wait();
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// `pg_isready` waits by itself for a second at most, so this asks without sleeping.
    fn wait(&mut self) {
        let port = self.port.to_string();
        loop {
            let asked = program("pg_isready").args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
            if asked.unwrap().success() {
                return;
            }
            let ended = self.process.try_wait().unwrap();
            assert!(ended.is_none(), "PostgreSQL ended at its start: {ended:?}");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGQUIT: at once, without a checkpoint; SIGKILL would orphan its children.
        let ended = Command::new("kill").args(["-QUIT", &self.process.id().to_string()]).status();
        drop(ended);
        drop(self.process.wait());
    }
}

fn program(name: &str) -> Command {
    let path = binaries().join(name);
    if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(path);
        return command;
    }
    Command::new(path)
}

/// The newest installed version.
fn binaries() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL must be installed");
    let newest = versions.map(|entry| entry.unwrap().path()).max();
    newest.expect("PostgreSQL must be installed").join("bin")
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&fs::metadata(Path::new("/proc/self")).unwrap()) == 0
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
