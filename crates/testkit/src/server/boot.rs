//! From a command to a server that answers.

use std::{
    future::Future,
    path::Path,
    time::{Duration, Instant},
};

use super::{Kept, Life, free_port};

/// How long a server may take from its start to its first answer. Generous, because the machine may
/// be busy compiling.
const READY_LIMIT: Duration = Duration::from_secs(90);

/// What differs between the engines when one is started.
pub(crate) struct Boot<'a, C, A> {
    /// The engine's name, for messages.
    pub(crate) engine: &'a str,
    /// The prepared folder.
    pub(crate) folder: &'a Path,
    /// What the server's life hangs on.
    pub(crate) life: Life,
    /// The signal of the fastest stop that leaves nothing behind.
    pub(crate) stop_signal: &'a str,
    /// The server's command for a port.
    pub(crate) command: C,
    /// Connects to a port and leaves again.
    pub(crate) answers: A,
}

impl<C, A, F> Boot<'_, C, A>
where
    C: Fn(u16) -> Vec<String>,
    A: Fn(u16) -> F,
    F: Future<Output = Result<(), sqlx::Error>>,
{
    /// Starts the server and waits for its first answer. Gives its port.
    ///
    /// # Panics
    /// When the server ends or is silent; the message has the end of its log.
    pub(crate) async fn start(&self) -> (u16, Kept) {
        loop {
            let port = free_port();
            let command = (self.command)(port);
            let kept = Kept::start(self.folder, port, self.life, self.stop_signal, &command);
            match self.wait(port, &kept).await {
                Ok(()) => return (port, kept),
                // Somebody was faster between our look at the port and the server's.
                Err(log) if log.contains("Address already in use") => kept.give_up(),
                Err(log) => panic!("{} does not start. The end of its log:\n{log}", self.engine),
            }
        }
    }

    /// The error is the log of a server that ended or stayed silent.
    async fn wait(&self, port: u16, kept: &Kept) -> Result<(), String> {
        let begun = Instant::now();
        while let Err(error) = (self.answers)(port).await {
            if kept.has_ended() {
                return Err(kept.log());
            }
            if begun.elapsed() > READY_LIMIT {
                return Err(format!("{}\nno answer after {READY_LIMIT:?}: {error}", kept.log()));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, fs};

    use super::{Boot, Life};
    use crate::server::private_folder;

    #[tokio::test]
    async fn a_port_that_somebody_took_is_given_up_for_another() {
        let folder = private_folder("boot");
        let starts = Cell::new(0);
        let command = |_| {
            starts.set(starts.get() + 1);
            let text = match starts.get() {
                1 => "echo bind: Address already in use; exit 1",
                _ => "touch ready; sleep 1000",
            };
            ["sh", "-c", &format!("cd '{}'; {text}", folder.display())].map(String::from).to_vec()
        };
        let answers = async |_| match folder.join("ready").exists() {
            true => Ok(()),
            false => Err(sqlx::Error::PoolTimedOut),
        };
        let boot = Boot {
            engine: "a server",
            folder: &folder,
            life: Life::Ours,
            stop_signal: "KILL",
            command,
            answers,
        };
        let (_, kept) = boot.start().await;
        assert_eq!(starts.get(), 2);
        assert!(fs::exists(&folder).unwrap());
        drop(kept);
        assert!(!fs::exists(&folder).unwrap());
    }

    #[tokio::test]
    #[should_panic(expected = "no such luck")]
    async fn a_server_that_ends_at_once_shows_its_log() {
        let folder = private_folder("boot");
        let command = |_| ["sh", "-c", "echo no such luck; exit 1"].map(String::from).to_vec();
        let answers = async |_| Err(sqlx::Error::PoolTimedOut);
        let boot = Boot {
            engine: "a server",
            folder: &folder,
            life: Life::Ours,
            stop_signal: "KILL",
            command,
            answers,
        };
        boot.start().await;
    }
}
