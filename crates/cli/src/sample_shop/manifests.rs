//! The registrations of the sample shop's backends, as its people would have written them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use kontor_model::BackendName;
use kontor_office::manifest::KeyFile;

use super::SampleShop;
use crate::error::CommandError;

/// How the manifests of the sample shop begin.
const MARK: &str = "# The sample shop: ";

/// A registration of one of the databases.
pub(crate) struct SampleManifest {
    /// The file's name.
    pub(crate) file_name: &'static str,
    text: &'static str,
    database: PathBuf,
}

/// The registrations of the three databases that are looked at themselves.
pub(crate) fn of(shop: &SampleShop) -> Vec<SampleManifest> {
    vec![
        SampleManifest {
            file_name: "orders.toml",
            text: include_str!("orders.toml"),
            database: shop.orders.clone(),
        },
        SampleManifest {
            file_name: "register.toml",
            text: include_str!("register.toml"),
            database: shop.register.clone(),
        },
        SampleManifest {
            file_name: "warehouse.toml",
            text: include_str!("warehouse.toml"),
            database: shop.warehouse.clone(),
        },
    ]
}

/// The types of cases of the sample shop: names and texts of their files.
const CASES: [(&str, &str); 3] = [
    ("customer.toml", include_str!("cases/customer.toml")),
    ("order.toml", include_str!("cases/order.toml")),
    ("product.toml", include_str!("cases/product.toml")),
];

/// Before what a file says of Order & Inspect.
const OF_SERVICE: &str = "\n# ── Order & Inspect ";

/// Names and texts of the files of the types of cases, with or without Order & Inspect.
pub(crate) fn cases(has_service: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
    CASES.into_iter().map(move |(name, text)| (name, said(text, has_service)))
}

/// What a file says, with or without what it says of Order & Inspect.
fn said(text: &str, has_service: bool) -> &str {
    text.find(OF_SERVICE).filter(|_| !has_service).map_or(text, |end| &text[..end])
}

/// A service of the sample shop: it listens elsewhere after every start.
#[derive(Clone, Copy)]
pub(crate) struct SampleService {
    /// The file's name of its registration.
    pub(crate) file_name: &'static str,
    text: &'static str,
    scheme: &'static str,
    path: &'static str,
}

/// The registration of Order & Inspect.
pub(crate) const ORDER_INSPECT: SampleService = SampleService {
    file_name: "order-inspect.toml",
    text: include_str!("order_inspect.toml"),
    scheme: "openapi+http",
    path: "/openapi.json",
};

/// The registration of the returns desk, with or without what it says of Order & Inspect.
pub(crate) fn returns_desk(has_service: bool) -> SampleService {
    SampleService {
        file_name: "returns-desk.toml",
        text: said(include_str!("returns_desk.toml"), has_service),
        scheme: "graphql+http",
        path: "/graphql",
    }
}

impl SampleService {
    /// The registration of the service where it listens.
    pub(crate) fn at(self, address: SocketAddr) -> String {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        self.text.replacen(&self.url(nowhere), &self.url(address), 1)
    }

    /// The registration with the key that lets us in, as it may stand in a file.
    pub(crate) fn with_key(self, address: SocketAddr, key: &KeyFile, secret: &str) -> String {
        let name = self.file_name.trim_end_matches(".toml");
        let backend = BackendName::new(name).expect("the name is one");
        let encrypted = format!("encrypted = \"{}\"", key.encrypt(&backend, secret));
        self.at(address).replacen("encrypted = \"\"", &encrypted, 1)
    }

    /// A registration of the service with the address where it listens now; none where it is about
    /// something else than the service.
    pub(crate) fn moved(self, text: &str, address: SocketAddr) -> Option<String> {
        let before = text.find(&format!("{}://127.0.0.1:", self.scheme))?;
        let length = text[before..].find('"')?;
        let mut moved = text.to_owned();
        moved.replace_range(before..before + length, &self.url(address));
        Some(moved)
    }

    fn url(self, address: SocketAddr) -> String {
        format!("{}://{address}{}", self.scheme, self.path)
    }
}

/// Whether a manifest is one of the sample shop's.
pub(crate) fn is_ours(text: &str) -> bool {
    text.starts_with(MARK)
}

impl SampleManifest {
    /// The manifest's text for a folder. The address is relative where the databases lie in the
    /// usual place, so that the data folder can be moved.
    ///
    /// # Errors
    /// [`CommandError::File`] when the present folder is not known.
    pub(crate) fn text_from(&self, folder: &Path) -> Result<String, CommandError> {
        let databases = self.database.parent().unwrap_or(Path::new("/"));
        let name = databases.file_name().unwrap_or_default().to_string_lossy();
        let usual = folder.parent().map(|data| data.join(&*name));
        if usual.as_deref() == Some(databases) {
            return Ok(self.text.to_owned());
        }
        let databases =
            std::path::absolute(databases).map_err(CommandError::file(&self.database, "found"))?;
        let given = format!("sqlite:../{name}/");
        Ok(self.text.replace(&given, &format!("sqlite:{}/", databases.display())))
    }
}

#[cfg(test)]
mod tests {
    use kontor_office::manifest::Manifest;

    use super::*;

    #[test]
    fn the_registration_of_a_service_moves_with_it_and_keeps_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyFile::open_or_create(&folder.path().join("key")).unwrap();
        let (here, there) = ("127.0.0.1:7001".parse().unwrap(), "127.0.0.1:7002".parse().unwrap());
        for service in [ORDER_INSPECT, returns_desk(true), returns_desk(false)] {
            let text = service.with_key(here, &key, "s3cret");
            assert!(text.contains("127.0.0.1:7001") && !text.contains("s3cret"));
            let moved = service.moved(&text, there).unwrap();
            assert_eq!(moved, text.replace("7001", "7002"));
            let name = BackendName::new("service").unwrap();
            let manifest = Manifest::parse(name, &moved, service.file_name);
            assert!(manifest.is_ok(), "{manifest:?}");
            assert_eq!(service.moved("url = \"sqlite:a.db\"", there), None);
        }
    }
}
