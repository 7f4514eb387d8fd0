//! The sample shop: a mail-order house of four databases by four different hands, for
//! `kontor demo` and for tests. The last of them is looked at through a service only.
//!
//! Everything follows from a seed and a fixed day; no clock is read and nothing is fetched. People,
//! streets and companies are composed at random, telephone numbers ring nowhere, e-mail addresses
//! lie in domains that are kept for examples.
//!
//! | file | hand |
//! |---|---|
//! | `orders.db` | the shop: English, foreign keys, checks, indexes, soft delete, translations |
//! | `register.db` | the customer register: German, upper case, no foreign keys, dates as on forms |
//! | `warehouse.db` | the warehouse: composite keys, strict tables beside loose ones |
//! | `returns.db` | the returns desk: it speaks GraphQL, and spells the numbers of others its own way |

mod catalogue;
mod customers;
mod dates;
mod draft;
mod goods;
pub(crate) mod manifests;
mod names;
mod new_shop;
mod orders;
mod phrases;
mod picture;
mod random;
mod register_file;
mod register_orders;
mod returns;
mod returns_file;
mod seasons;
mod shop_catalogue;
mod shop_file;
mod shop_orders;
mod table;
mod warehouse;
mod warehouse_file;

#[cfg(test)]
mod choices;
#[cfg(test)]
mod links;
#[cfg(test)]
mod running;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use new_shop::{NEW_FULL, NewSize};

/// Where the databases of the sample shop are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleShop {
    /// The shop's own database.
    pub orders: PathBuf,
    /// The customer register.
    pub register: PathBuf,
    /// The warehouse.
    pub warehouse: PathBuf,
    /// The database behind the returns desk.
    pub returns: PathBuf,
    /// How many of the four were made now; 0 when all had been there.
    pub written: usize,
}

/// Why the sample shop could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SampleShopError {
    /// A file of that name is there, and the sample shop has not made it.
    #[error(
        "{0} is not a database of the sample shop, so it is left as it is; \
         move it away or choose another data folder"
    )]
    Foreign(PathBuf),
    /// The sample shop has made this file, but for an older Kontor, or it is damaged.
    #[error(
        "{path} cannot be used ({problem}); start once with --reset to make the sample shop new"
    )]
    Unusable {
        /// The database.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A file or folder could not be read, written, renamed or removed.
    #[error("{path}: {source}; check that the folder is writable and has 50 MB left")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// SQLite could not write a database.
    #[error("{path} could not be written: {source}")]
    Database {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
}

/// Marks our files in SQLite's header (`PRAGMA application_id`): "Kont".
const APPLICATION: u32 = 0x4b6f_6e74;
/// The edition of the sample shop (`PRAGMA user_version`); raised when tables or rows change.
const EDITION: u32 = 2;
/// The seed of the shop that everybody sees.
const SEED: u64 = 20_261_120;

/// How large the shop is.
#[derive(Clone, Copy)]
struct Size {
    customers: usize,
    orders: usize,
}

const FULL: Size = Size { customers: 8_200, orders: 20_000 };

/// What stands in more than one of the databases.
struct Plan {
    seed: u64,
    catalogue: catalogue::Catalogue,
    customers: Vec<customers::Customer>,
    orders: Vec<orders::Order>,
    new_shop: new_shop::NewShop,
}

impl Plan {
    fn new(seed: u64, size: Size, new_size: NewSize) -> Self {
        let catalogue = catalogue::plan(seed);
        let customers = customers::plan(seed, size.customers);
        let orders = orders::plan(seed, size.orders, &catalogue, &customers);
        let new_shop = new_shop::NewShop::plan(seed, new_size, &catalogue, &customers);
        Self { seed, catalogue, customers, orders, new_shop }
    }
}

/// One of the four databases.
#[derive(Clone, Copy)]
enum Part {
    Orders,
    Register,
    Warehouse,
    Returns,
}

impl Part {
    const ALL: [Self; 4] = [Self::Orders, Self::Register, Self::Warehouse, Self::Returns];

    fn path(self, folder: &Path) -> PathBuf {
        folder.join(match self {
            Self::Orders => "orders.db",
            Self::Register => "register.db",
            Self::Warehouse => "warehouse.db",
            Self::Returns => "returns.db",
        })
    }

    async fn fill(self, connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
        match self {
            Self::Orders => Box::pin(shop_file::write(connection, plan)).await,
            Self::Register => Box::pin(register_file::write(connection, plan)).await,
            Self::Warehouse => Box::pin(warehouse_file::write(connection, plan)).await,
            Self::Returns => Box::pin(returns_file::write(connection, plan)).await,
        }
    }
}

/// Makes sure that the four databases are in `folder`, which is made too if need be.
///
/// What is there already stays as it is, with everything that was changed in it; only what is
/// missing is made. A database appears under its name when it is whole and not before, so that a
/// run that is killed leaves none half written.
///
/// # Errors
/// [`SampleShopError`], when a file is in the way that the sample shop has not made, when one that
/// it has made is damaged or of another edition, or when the folder cannot be written.
pub async fn write(folder: &Path) -> Result<SampleShop, SampleShopError> {
    write_sized(folder, SEED, FULL, NEW_FULL).await
}

/// Makes the four databases new. Changes that were made in them are lost.
///
/// # Errors
/// [`SampleShopError`], as for [`write()`]; a file that the sample shop has not made is never
/// removed, and then none of the others is.
pub async fn reset(folder: &Path) -> Result<SampleShop, SampleShopError> {
    for part in Part::ALL {
        let path = part.path(folder);
        if let State::Foreign = state(&path)? {
            return Err(SampleShopError::Foreign(path));
        }
    }
    for part in Part::ALL {
        remove(&part.path(folder))?;
    }
    write(folder).await
}

/// What Order & Inspect has in common with the databases, as `order-inspect seed --given` reads it.
pub(crate) fn given() -> String {
    given_sized(SEED, FULL, NEW_FULL)
}

fn given_sized(seed: u64, size: Size, new_size: NewSize) -> String {
    let plan = Plan::new(seed, size, new_size);
    plan.new_shop.given(&plan.catalogue, &plan.customers).to_string()
}

async fn write_sized(
    folder: &Path,
    seed: u64,
    size: Size,
    new_size: NewSize,
) -> Result<SampleShop, SampleShopError> {
    std::fs::create_dir_all(folder).map_err(|source| file_error(folder, source))?;
    let mut missing = Vec::new();
    for part in Part::ALL {
        let path = part.path(folder);
        match state(&path)? {
            State::Missing => missing.push(part),
            State::Whole => {}
            State::Foreign => return Err(SampleShopError::Foreign(path)),
            State::Unusable(problem) => return Err(SampleShopError::Unusable { path, problem }),
        }
    }
    if !missing.is_empty() {
        let plan = Plan::new(seed, size, new_size);
        for part in &missing {
            make(*part, folder, &plan).await?;
        }
    }
    Ok(SampleShop {
        orders: Part::Orders.path(folder),
        register: Part::Register.path(folder),
        warehouse: Part::Warehouse.path(folder),
        returns: Part::Returns.path(folder),
        written: missing.len(),
    })
}

/// Writes a database beside its place, then moves it there.
async fn make(part: Part, folder: &Path, plan: &Plan) -> Result<(), SampleShopError> {
    let path = part.path(folder);
    let unfinished = path.with_extension("db.unfinished");
    remove(&unfinished)?;
    let written = write_file(part, &unfinished, plan).await;
    written.map_err(|source| SampleShopError::Database { path: path.clone(), source })?;
    // a log that an older database of this name left would be played into the new one
    remove(&path)?;
    let sync = File::open(&unfinished).and_then(|file| file.sync_all());
    sync.and_then(|()| std::fs::rename(&unfinished, &path))
        .map_err(|source| file_error(&path, source))
}

async fn write_file(part: Part, path: &Path, plan: &Plan) -> sqlx::Result<()> {
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(false)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .connect()
        .await?;
    sqlx::raw_sql("BEGIN").execute(&mut connection).await?;
    part.fill(&mut connection, plan).await?;
    let marks =
        format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {EDITION}; COMMIT;");
    sqlx::raw_sql(sqlx::AssertSqlSafe(marks)).execute(&mut connection).await?;
    if !matches!(part, Part::Register) {
        // the newer hands let readers and a writer work side by side; the old one does not know how
        sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut connection).await?;
    }
    connection.close().await
}

/// What is found under the name of a database.
enum State {
    Missing,
    Whole,
    Unusable(String),
    Foreign,
}

/// Looks at the header alone (<https://sqlite.org/fileformat2.html#the_database_header>): opening
/// the database would leave journals beside it, and a look must change nothing.
fn state(path: &Path) -> Result<State, SampleShopError> {
    const HEADER: usize = 100;
    let mut header = Vec::with_capacity(HEADER);
    let read = File::open(path).and_then(|file| {
        let length = file.metadata()?.len();
        file.take(HEADER as u64).read_to_end(&mut header)?;
        Ok(length)
    });
    match read {
        Ok(_) if header.len() < HEADER || !header.starts_with(b"SQLite format 3\0") => {
            Ok(State::Foreign)
        }
        Ok(length) => Ok(judge(&header, length, beside(path, "-wal").exists())),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(State::Missing),
        Err(source) => Err(file_error(path, source)),
    }
}

/// Judges by the `header` of a database and the `length` of its file in bytes. While a write-ahead
/// log is beside it, pages may be there and not in the file.
fn judge(header: &[u8], length: u64, has_log: bool) -> State {
    let number = |at: usize| {
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let page_size = match u64::from(u16::from_be_bytes([header[16], header[17]])) {
        1 => 65_536,
        size => size,
    };
    let (pages, edition, application) = (u64::from(number(28)), number(60), number(68));
    if application != APPLICATION {
        State::Foreign
    } else if edition != EDITION {
        State::Unusable(format!("it is of edition {edition}, this Kontor needs {EDITION}"))
    } else if length < pages * page_size && !has_log {
        State::Unusable(format!("{length} of {} bytes are left", pages * page_size))
    } else {
        State::Whole
    }
}

/// The file that SQLite keeps beside a database, by its ending.
fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes a database with the journals that SQLite may have left beside it.
fn remove(database: &Path) -> Result<(), SampleShopError> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let path = beside(database, ending);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(file_error(&path, source));
            }
            _ => {}
        }
    }
    Ok(())
}

fn file_error(path: &Path, source: io::Error) -> SampleShopError {
    SampleShopError::File { path: path.to_owned(), source }
}
