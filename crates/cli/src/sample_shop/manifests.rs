//! The registrations of the sample shop's backends, as its people would have written them.

use std::path::{Path, PathBuf};

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

/// The registrations of all three databases.
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

/// The registration of Order & Inspect's database, which lies in a folder of its own.
pub(crate) fn order_inspect(folder: &Path) -> SampleManifest {
    SampleManifest {
        file_name: "order-inspect.toml",
        text: include_str!("order_inspect.toml"),
        database: folder.join("order-inspect.db"),
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
