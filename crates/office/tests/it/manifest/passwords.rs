//! Passwords: from the environment or encrypted, never in clear.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use kontor_model::BackendName;
use kontor_office::manifest::{
    Address, KeyFile, KeyFileError, Manifest, Password, PasswordError, PasswordSource, Secret,
};
use tempfile::TempDir;

use super::{shop, with};

fn key_in(folder: &TempDir) -> KeyFile {
    KeyFile::open_or_create(&folder.path().join("key"))
        .expect("a temporary folder takes a key file")
}

fn encrypted(manifest: Manifest, key: &KeyFile) -> Manifest {
    Manifest {
        password: Some(Password::encrypt(key, &shop(), &Secret::new("hunter2"))),
        ..manifest
    }
}

#[test]
fn a_password_comes_from_the_environment_or_is_said_to_be_missing() {
    let manifest = with("password = { env = \"SHOP\" }");
    let environment = |name: &str| (name == "SHOP").then(|| "hunter2".to_owned());
    let source = PasswordSource { environment: &environment, key: None };
    let address = manifest.address(&source).unwrap();
    assert_eq!(address.password, Some(Secret::new("hunter2")));
    let error =
        manifest.address(&PasswordSource { environment: &|_| None, key: None }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the password of shop is taken from the environment variable SHOP, which is not set"
    );
}

#[test]
fn an_encrypted_password_opens_with_its_key_and_in_its_manifest_only() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (key, key_again, other_key) = (key_in(&folder), key_in(&folder), key_in(&other));
    let manifest = encrypted(with(""), &key);
    let reveal = |manifest: &Manifest, key| {
        manifest
            .address(&PasswordSource { environment: &|_| None, key })
            .map(|address| address.password)
    };
    assert_eq!(reveal(&manifest, Some(&key)), Ok(Some(Secret::new("hunter2"))));
    assert_eq!(
        reveal(&manifest, Some(&key_again)),
        Ok(Some(Secret::new("hunter2"))),
        "the key lasts"
    );
    assert!(matches!(reveal(&manifest, Some(&other_key)), Err(PasswordError::NotDecrypted { .. })));
    assert!(matches!(reveal(&manifest, None), Err(PasswordError::NoKey { .. })));
    let moved = Manifest { name: BackendName::new("crm").unwrap(), ..manifest };
    assert!(matches!(reveal(&moved, Some(&key)), Err(PasswordError::NotDecrypted { .. })));
}

#[test]
fn the_same_password_is_never_encrypted_to_the_same_text() {
    let folder = tempfile::tempdir().unwrap();
    let key = key_in(&folder);
    assert_ne!(key.encrypt(&shop(), "hunter2"), key.encrypt(&shop(), "hunter2"));
    for damaged in ["", "!", "AAAA", &key.encrypt(&shop(), "hunter2")[4..]] {
        assert!(key.decrypt(&shop(), damaged).is_err(), "{damaged}");
    }
}

#[test]
fn no_debug_output_has_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let key = key_in(&folder);
    let manifest = encrypted(with(""), &key);
    let Some(Password::Encrypted(text)) = &manifest.password else { panic!("it is encrypted") };
    let source = PasswordSource { environment: &|_| None, key: Some(&key) };
    let address = manifest.address(&source).unwrap();
    let shown = format!("{manifest:?} {address:?} {source:?} {key:?} {:?}", Secret::new("hunter2"));
    assert!(!shown.contains("hunter2") && !shown.contains(text.as_str()), "{shown}");
}

#[test]
fn a_replica_has_the_backends_password_unless_another_is_named() {
    let environment = |name: &str| Some(name.to_lowercase());
    let source = PasswordSource { environment: &environment, key: None };
    let replica = "replica = \"postgres://anna@ro/shop\"\npassword = { env = \"MAIN\" }\n";
    let password = |text: &str| {
        let address = with(text).replica_address(&source).unwrap();
        address.map(|address| address.password.unwrap().reveal().to_owned())
    };
    assert_eq!(password(replica).as_deref(), Some("main"));
    assert_eq!(
        password(&format!("{replica}replica_password = {{ env = \"RO\" }}")).as_deref(),
        Some("ro")
    );
    assert_eq!(password(""), None);
}

#[test]
fn the_path_of_a_sqlite_file_begins_in_the_manifests_folder() {
    let url = |url: &str| {
        let manifest = Manifest {
            file: PathBuf::from("/srv/kontor/backends/shop.toml"),
            ..Manifest::new(shop(), url)
        };
        manifest.address(&PasswordSource { environment: &|_| None, key: None }).unwrap()
    };
    let at = |url: &str| Address { url: url.to_owned(), password: None };
    assert_eq!(url("sqlite:../shop.db"), at("sqlite:/srv/kontor/backends/../shop.db"));
    assert_eq!(url("sqlite://shop.db"), at("sqlite:/srv/kontor/backends/shop.db"));
    assert_eq!(url("sqlite:/data/shop.db"), at("sqlite:/data/shop.db"));
    assert_eq!(url("mysql://anna@db/shop"), at("mysql://anna@db/shop"));
}

#[test]
fn a_key_file_is_made_for_its_owner_only_and_refused_when_all_may_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    key_in(&folder);
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), fs::read(&path).unwrap().len()), (0o600, 32));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no half file is left");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
    assert!(matches!(KeyFile::open_or_create(&path), Err(KeyFileError::Exposed { .. })));
}

#[test]
fn a_key_file_that_is_no_key_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    key_in(&folder);
    fs::write(&path, "short").unwrap();
    let error = KeyFile::open_or_create(&path).unwrap_err();
    assert!(error.to_string().contains("has 5 bytes instead of 32"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "short");
}
