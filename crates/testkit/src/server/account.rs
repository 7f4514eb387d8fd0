//! The account that a database server runs under.

use std::{
    os::unix::fs::chown,
    path::Path,
    process::{Command, Output},
};

/// Database servers refuse to run as root. Where the tests do, as in most containers, the server gets
/// the account that the package made for it, or `nobody`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// The tests do not run as root: the server runs as they do.
    Own,
    /// The tests run as root: the server runs under this user and group.
    Other { uid: u32, gid: u32 },
}

impl Account {
    /// Chooses the account: our own unless we are root, else the first of `names` that exists.
    pub(crate) fn choose(names: &[&str]) -> Self {
        if id(&["-u"]) != Some(0) {
            return Self::Own;
        }
        names
            .iter()
            .find_map(|name| Some(Self::Other { uid: id(&["-u", name])?, gid: id(&["-g", name])? }))
            .unwrap_or_else(|| {
                panic!(
                    "tests run as root, and none of the users {names:?} exists to run the server"
                )
            })
    }

    /// Gives a folder to the account.
    pub(crate) fn own(&self, folder: &Path) {
        if let Self::Other { uid, gid } = self {
            chown(folder, Some(*uid), Some(*gid)).unwrap_or_else(|error| {
                panic!("{} cannot be given to user {uid}: {error}", folder.display())
            });
        }
    }

    /// The words to put before a command so that it runs under the account.
    pub(crate) fn prefix(&self) -> Vec<String> {
        match self {
            Self::Own => Vec::new(),
            Self::Other { uid, gid } => {
                let switch = [
                    "setpriv",
                    "--clear-groups",
                    "--reuid",
                    &uid.to_string(),
                    "--regid",
                    &gid.to_string(),
                ];
                switch.into_iter().map(String::from).collect()
            }
        }
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let Output { status, stdout, .. } = Command::new("id").args(arguments).output().ok()?;
    status.success().then(|| String::from_utf8_lossy(&stdout).trim().parse().ok())?
}
