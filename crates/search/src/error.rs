/// Why the index could not be asked or written.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Its folder or file cannot be used.
    #[error("the search index at {path} cannot be used: {source}")]
    File {
        /// The folder or file.
        path: std::path::PathBuf,
        /// What happened.
        source: std::io::Error,
    },
    /// It was damaged and is empty now: it fills itself again.
    #[error("the search index was damaged and is built anew: {0}")]
    Rebuilt(#[source] rusqlite::Error),
    /// SQLite could not do it.
    #[error("the search index: {0}")]
    Database(#[from] rusqlite::Error),
}
