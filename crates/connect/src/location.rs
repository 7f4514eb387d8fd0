//! Where a backend is: the address that people give.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use kontor_model::Engine;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::postgres::PgConnectOptions;
use url::Url;

/// A backend's address: `sqlite:<file>`, `postgres://…`, `mysql://…`, `openapi+https://…`,
/// `openapi:<file>`, `graphql+https://…`. Its `Debug` and `Display` leave the password out.
#[derive(Clone)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server and database.
    Postgres(Box<PgConnectOptions>),
    /// A MySQL or MariaDB server and database.
    Mysql(Box<MySqlConnectOptions>),
    /// The description of a service, on the web or in a file, with the secret that lets us in.
    Openapi(Description, Option<String>),
    /// A service that speaks GraphQL, with the secret that lets us in.
    Graphql(Url, Option<String>),
}

/// Where the description of a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Description {
    /// On the web.
    Url(Url),
    /// In a file.
    File(PathBuf),
}

/// An address cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// The scheme is none of ours.
    #[error(
        "“{0}” is no address of a backend: it must begin with sqlite:, postgres://, mysql://, openapi+https://, openapi: or graphql+https://"
    )]
    Scheme(String),
    /// Something in it is wrong.
    #[error("the address cannot be read: {0}")]
    Malformed(String),
    /// No database is named.
    #[error(
        "the address names no database: write it after the host, as in {0}://user@host/database"
    )]
    NoDatabase(&'static str),
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        let malformed = |error: sqlx::Error| LocationError::Malformed(error.to_string());
        let (scheme, rest) =
            text.split_once(':').ok_or_else(|| LocationError::Scheme(without_password(text)))?;
        match scheme {
            "sqlite" => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                if path.is_empty() {
                    return Err(LocationError::Malformed(
                        "the file is missing after sqlite:".into(),
                    ));
                }
                Ok(Self::Sqlite(PathBuf::from(path)))
            }
            "postgres" | "postgresql" => {
                let options: PgConnectOptions = text.parse().map_err(malformed)?;
                if options.get_database().is_none_or(str::is_empty) {
                    return Err(LocationError::NoDatabase("postgres"));
                }
                Ok(Self::Postgres(Box::new(options)))
            }
            "mysql" | "mariadb" => {
                let options: MySqlConnectOptions =
                    format!("mysql:{rest}").parse().map_err(malformed)?;
                if options.get_database().is_none_or(str::is_empty) {
                    return Err(LocationError::NoDatabase("mysql"));
                }
                Ok(Self::Mysql(Box::new(options)))
            }
            "openapi+http" | "openapi+https" => {
                let url = service(&text["openapi+".len()..])?;
                Ok(Self::Openapi(Description::Url(url), None))
            }
            "graphql+http" | "graphql+https" => {
                Ok(Self::Graphql(service(&text["graphql+".len()..])?, None))
            }
            "openapi" => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                if path.is_empty() {
                    return Err(LocationError::Malformed(
                        "the file is missing after openapi:".into(),
                    ));
                }
                Ok(Self::Openapi(Description::File(PathBuf::from(path)), None))
            }
            _ => Err(LocationError::Scheme(without_password(text))),
        }
    }
}

/// The address of a service, without a secret in it.
fn service(text: &str) -> Result<Url, LocationError> {
    let url: Url = text
        .parse()
        .map_err(|error: url::ParseError| LocationError::Malformed(error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(LocationError::Malformed(
            "it holds a user or a password: say in the manifest how to sign in".into(),
        ));
    }
    Ok(url)
}

/// What stands before the first `@` is left out: nobody knows what a mistyped address holds.
fn without_password(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => text.to_owned(),
    }
}

impl Location {
    /// The kind of backend.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
            Self::Mysql(_) => Engine::Mysql,
            Self::Openapi(..) => Engine::Openapi,
            Self::Graphql(..) => Engine::Graphql,
        }
    }

    /// The same address with another password.
    #[must_use]
    pub fn with_password(self, password: &str) -> Self {
        match self {
            Self::Sqlite(path) => Self::Sqlite(path),
            Self::Postgres(options) => Self::Postgres(Box::new(options.password(password))),
            Self::Mysql(options) => Self::Mysql(Box::new(options.password(password))),
            Self::Openapi(description, _) => Self::Openapi(description, Some(password.to_owned())),
            Self::Graphql(url, _) => Self::Graphql(url, Some(password.to_owned())),
        }
    }

    /// A short name for it: the database's own, the file's stem, the service's host.
    #[must_use]
    pub fn database(&self) -> String {
        match self {
            Self::Sqlite(path) => {
                path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
            }
            Self::Postgres(options) => options.get_database().unwrap_or_default().to_owned(),
            Self::Mysql(options) => options.get_database().unwrap_or_default().to_owned(),
            Self::Openapi(Description::Url(url), _) | Self::Graphql(url, _) => {
                url.host_str().unwrap_or_default().to_owned()
            }
            Self::Openapi(Description::File(path), _) => {
                path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
            }
        }
    }

    /// Splits the password off an address: the address without it, and the password, decoded.
    #[must_use]
    pub fn split_password(text: &str) -> (String, Option<String>) {
        let Some((scheme, rest)) = text.split_once("://") else {
            return (text.to_owned(), None);
        };
        let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
        let Some(at) = rest[..authority_end].rfind('@') else {
            return (text.to_owned(), None);
        };
        let Some((user, password)) = rest[..at].split_once(':') else {
            return (text.to_owned(), None);
        };
        let decoded = percent_decode(password);
        (format!("{scheme}://{user}{}", &rest[at..]), Some(decoded))
    }
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = (first == b'%')
            .then(|| tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Openapi(Description::Url(url), _) => write!(f, "openapi+{url}"),
            Self::Graphql(url, _) => write!(f, "graphql+{url}"),
            Self::Openapi(Description::File(path), _) => {
                write!(f, "openapi:{}", path.display())
            }
            Self::Postgres(o) => write!(
                f,
                "postgres://{}@{}:{}/{}",
                o.get_username(),
                o.get_host(),
                o.get_port(),
                o.get_database().unwrap_or_default()
            ),
            Self::Mysql(o) => write!(
                f,
                "mysql://{}@{}:{}/{}",
                o.get_username(),
                o.get_host(),
                o.get_port(),
                o.get_database().unwrap_or_default()
            ),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_shows_its_password() {
        for text in ["postgres://anna:s3cret@db:5433/shop", "mysql://anna:s3cret@db/shop"] {
            let location: Location = text.parse().expect(text);
            assert!(!format!("{location} {location:?}").contains("s3cret"));
        }
        let wrong = "pg://anna:s3cret@db/shop".parse::<Location>().expect_err("unknown scheme");
        assert!(!wrong.to_string().contains("s3cret"), "{wrong}");
    }

    #[test]
    fn the_address_of_a_service_is_kept_as_it_is_and_holds_no_secret() {
        for text in ["graphql+https://shop.example/graphql", "graphql+http://localhost:4000/"] {
            let location: Location = text.parse().expect(text);
            assert_eq!((location.to_string().as_str(), location.engine()), (text, Engine::Graphql));
            let known = location.with_password("s3cret");
            assert!(!format!("{known} {known:?}").contains("s3cret"));
        }
        let refused = "graphql+https://anna:s3cret@shop.example/".parse::<Location>();
        assert!(!refused.expect_err("a password").to_string().contains("s3cret"));
    }

    #[test]
    fn a_password_is_split_off_and_decoded() {
        let (bare, password) = Location::split_password("postgres://anna:s%40c%2Fret@db:5433/shop");
        assert_eq!(bare, "postgres://anna@db:5433/shop");
        assert_eq!(password.as_deref(), Some("s@c/ret"));
        assert_eq!(Location::split_password("sqlite:shop.db"), ("sqlite:shop.db".into(), None));
    }

    #[test]
    fn an_address_without_a_database_says_where_to_write_it() {
        let error = "mysql://anna@db".parse::<Location>().expect_err("no database");
        assert!(error.to_string().contains("mysql://user@host/database"), "{error}");
    }
}
