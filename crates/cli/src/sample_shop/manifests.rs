//! The registrations of the sample shop's backends, as its people would have written them.

use std::path::{Path, PathBuf};

use super::SampleShop;
use crate::error::CommandError;

/// How the manifests of the sample shop begin.
const MARK: &str = "# The sample shop: ";
/// The address in the texts below, which is right where the manifests are in the data folder.
const USUAL_FOLDER: &str = "sqlite:../demo/";

/// A registration of one of the three databases.
pub(crate) struct SampleManifest {
    /// The file's name.
    pub(crate) file_name: &'static str,
    text: &'static str,
    database: PathBuf,
}

/// The registrations of all three databases.
pub(crate) fn of(shop: &SampleShop) -> [SampleManifest; 3] {
    [
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
        let usual = folder.parent().map(|data| data.join("demo"));
        if usual.as_deref() == self.database.parent() {
            return Ok(self.text.to_owned());
        }
        let database = std::path::absolute(&self.database)
            .map_err(CommandError::file(&self.database, "found"))?;
        let databases = database.parent().unwrap_or(Path::new("/"));
        Ok(self.text.replace(USUAL_FOLDER, &format!("sqlite:{}/", databases.display())))
    }
}
