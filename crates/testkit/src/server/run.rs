//! One server for a whole test run.

use std::{
    env,
    fs::{self, File},
    future::Future,
    os::unix::process::parent_id,
    path::{Path, PathBuf},
};

use super::Life;

/// The test run that this process belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Run {
    /// All tests run as threads of this process (`cargo test`).
    ThisProcess,
    /// Each test is a process (`cargo nextest`): what they share is found in `folder`, and the run is
    /// over when the process `leader` is.
    Nextest { folder: PathBuf, leader: u32 },
}

impl Run {
    /// Finds out from nextest's own environment variable.
    #[expect(
        clippy::disallowed_methods,
        reason = "the variable is nextest's, not a setting of Kontor"
    )]
    pub(crate) fn current() -> Self {
        match env::var("NEXTEST_RUN_ID") {
            Ok(id) => Self::nextest(&env::temp_dir(), &id),
            Err(_) => Self::ThisProcess,
        }
    }

    fn nextest(temporary: &Path, id: &str) -> Self {
        // Socket paths are limited to about 100 bytes, so the folder has a short name.
        let short: String = id.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
        Self::Nextest { folder: temporary.join(format!("kontor-{short}")), leader: parent_id() }
    }

    /// A new, empty folder for the server called `name`, and what its life hangs on.
    ///
    /// # Panics
    /// When the temporary folder is not writable.
    pub(crate) fn place(&self, name: &str) -> (PathBuf, Life) {
        match self {
            Self::ThisProcess => (private_folder(name), Life::Ours),
            Self::Nextest { folder, leader } => {
                let place = folder.join(name);
                if place.exists() {
                    fs::remove_dir_all(&place).unwrap_or_else(|error| {
                        panic!("{} cannot be removed: {error}", place.display())
                    });
                }
                make_folder(&place);
                (place, Life::Process(*leader))
            }
        }
    }
}

/// A new folder for a server that nobody shares.
pub(crate) fn private_folder(name: &str) -> PathBuf {
    let folder = tempfile::Builder::new()
        .prefix(&format!("kontor-{name}-"))
        .tempdir()
        .unwrap_or_else(|error| {
            panic!("no folder can be made in {}: {error}", env::temp_dir().display())
        })
        .keep();
    open_to_servers(&folder);
    folder
}

fn make_folder(folder: &Path) {
    fs::create_dir_all(folder)
        .unwrap_or_else(|error| panic!("{} cannot be made: {error}", folder.display()));
    open_to_servers(folder);
}

/// The server may run under another account, which must be able to enter.
fn open_to_servers(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
        .expect("a folder that we made is ours to open");
}

/// Attaches to the run's server `name`, or starts it if this test is the first to need it.
///
/// `attach` gets the text that the starter left (see `address`) and says whether the server still
/// answers; `start` gets a folder and a life. Tests that come while it starts wait for it at the lock.
pub(crate) async fn share<S, A, AF, B, BF>(name: &str, attach: A, start: B) -> S
where
    A: FnOnce(PathBuf, String) -> AF,
    AF: Future<Output = Option<S>>,
    B: FnOnce(PathBuf, Life) -> BF,
    BF: Future<Output = (S, String)>,
{
    let run = Run::current();
    let Run::Nextest { folder, .. } = &run else {
        let (place, life) = run.place(name);
        return start(place, life).await.0;
    };
    make_folder(folder);
    let _lock = lock(folder.join(format!("{name}.lock"))).await;
    let place = folder.join(name);
    if let Ok(address) = fs::read_to_string(place.join("address"))
        && let Some(server) = attach(place.clone(), address).await
    {
        return server;
    }
    let (place, life) = run.place(name);
    let (server, address) = start(place.clone(), life).await;
    fs::write(place.join("address"), address).expect("the server's folder is writable");
    server
}

/// Takes the lock file, waiting for whoever holds it. The kernel releases it with the process, and
/// dropping the value releases it too.
///
/// # Panics
/// When the file cannot be made or the file system has no locks.
pub(crate) async fn lock(path: PathBuf) -> File {
    let taken = tokio::task::spawn_blocking(move || {
        let file = File::create(&path)
            .unwrap_or_else(|error| panic!("{} cannot be made: {error}", path.display()));
        file.lock().unwrap_or_else(|error| panic!("{} cannot be locked: {error}", path.display()));
        file
    });
    taken.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

#[cfg(test)]
mod tests {
    use super::Run;
    use std::path::Path;

    #[test]
    fn all_processes_of_a_nextest_run_share_a_short_folder() {
        let id = "0b1e2c3d-4f56-7890-abcd-ef0123456789";
        let Run::Nextest { folder, leader } = Run::nextest(Path::new("/tmp"), id) else {
            panic!("not a nextest run")
        };
        assert_eq!(folder, Path::new("/tmp/kontor-0b1e2c3d4f56"));
        assert_eq!(leader, std::os::unix::process::parent_id());
    }
}
