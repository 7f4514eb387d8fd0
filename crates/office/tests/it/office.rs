//! An office in a temporary folder, with an administrator who has signed in.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kontor_connect::{Budget, Location};
use kontor_model::{BackendName, RecordKey, ResourceName, SystemClock};
use kontor_office::manifest::{KeyFile, Manifest, Password, Secret};
use kontor_office::{
    Actor, Edit, Furnishing, Grant, ListRequest, NewPerson, Office, Permit, Read, Role,
};
use kontor_store::{SealKey, Store};
use kontor_testkit::eventually;
use tempfile::TempDir;

/// The administrator's password.
pub(crate) const PASSWORD: &str = "Ladentheke-und-Lagerhaus-7";

/// An office with its own store; all of it is gone with the value.
pub(crate) struct Bureau {
    pub(crate) office: Arc<Office>,
    pub(crate) actor: Arc<Actor>,
    folder: TempDir,
}

impl Bureau {
    /// Opens an office over backends whose records may be changed, each given as name and address,
    /// and waits until their schemas are read.
    pub(crate) async fn over(backends: &[(&str, &str)]) -> Self {
        Self::with_patience(Budget::default().statement_timeout, backends).await
    }

    /// As [`Bureau::over`], with a time after which the backends end a statement.
    pub(crate) async fn with_patience(patience: Duration, backends: &[(&str, &str)]) -> Self {
        let bureau = Self::without_backends().await;
        for (name, url) in backends {
            bureau.register(name, url, patience);
        }
        let problems = bureau.office.open_backends().await.unwrap();
        assert_eq!(problems, Vec::<String>::new());
        for (name, _) in backends {
            bureau.wait_for(name).await;
        }
        bureau
    }

    /// As [`Bureau::over`], each backend with what its manifest says beside its address.
    pub(crate) async fn saying(backends: &[(&str, &str, &str)]) -> Self {
        Self::with_cases(backends, &[]).await
    }

    /// As [`Bureau::saying`], with files of types of cases, each given as name and text.
    pub(crate) async fn with_cases(
        backends: &[(&str, &str, &str)],
        cases: &[(&str, &str)],
    ) -> Self {
        let bureau = Self::without_backends().await;
        std::fs::create_dir_all(bureau.office.cases_folder()).unwrap();
        for (name, text) in cases {
            let file = bureau.office.cases_folder().join(format!("{name}.toml"));
            std::fs::write(file, text).unwrap();
        }
        for (name, url, said) in backends {
            bureau.register(name, url, Budget::default().statement_timeout);
            let file = bureau.folder.path().join("backends").join(format!("{name}.toml"));
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(&file, format!("{text}\n{said}")).unwrap();
        }
        assert_eq!(bureau.office.open_backends().await.unwrap(), Vec::<String>::new());
        for (name, ..) in backends {
            bureau.wait_for(name).await;
        }
        bureau
    }

    /// Somebody who may do no more than read some backends.
    pub(crate) async fn reader_of(&self, backends: &[&str]) -> Arc<Actor> {
        self.colleague(Role::Reader, backends).await
    }

    /// Somebody with a role for some backends.
    pub(crate) async fn colleague(&self, role: Role, backends: &[&str]) -> Arc<Actor> {
        let email = format!("{}@example.org", backends.join("-"));
        let grants: Vec<Grant> =
            backends.iter().map(|name| Grant { backend: (*name).to_owned(), role }).collect();
        let invited = self.office.invite(&self.actor, "Rita", &email, false, &grants).await;
        let person = NewPerson {
            name: "Rita Leserin".to_owned(),
            email,
            password: PASSWORD.to_owned(),
            language: "de".to_owned(),
            time_zone: "UTC".to_owned(),
        };
        let link = invited.unwrap().1;
        let signed_in = self.office.use_link(&link, person, "127.0.0.1", "test").await.unwrap();
        self.office.actor_of_session(&signed_in.secret).await.unwrap().unwrap()
    }

    /// An office that has no backends yet.
    pub(crate) async fn without_backends() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let office = open(folder.path()).await;
        let actor = administrator(&office).await;
        Self { office, actor, folder }
    }

    /// Over backends whose manifests are written by hand.
    pub(crate) async fn of_manifests(backends: &[(&str, &str)]) -> Self {
        let bureau = Self::without_backends().await;
        std::fs::create_dir_all(bureau.folder.path().join("backends")).unwrap();
        for (name, manifest) in backends {
            std::fs::write(bureau.manifest_file(name), manifest).unwrap();
        }
        assert_eq!(bureau.office.open_backends().await.unwrap(), Vec::<String>::new());
        for (name, _) in backends {
            bureau.wait_for(name).await;
        }
        bureau
    }

    /// Where the office's own memory is.
    pub(crate) fn store_file(&self) -> PathBuf {
        self.folder.path().join("kontor.db")
    }

    /// Where the search index is.
    pub(crate) fn index_folder(&self) -> PathBuf {
        self.folder.path().join("search")
    }

    /// The manifest's file of a backend.
    pub(crate) fn manifest_file(&self, name: &str) -> PathBuf {
        self.folder.path().join("backends").join(format!("{name}.toml"))
    }

    fn register(&self, name: &str, url: &str, patience: Duration) {
        let name = BackendName::new(name).unwrap();
        let (url, password) = Location::split_password(url);
        let mut manifest = Manifest::new(name.clone(), url);
        let key = KeyFile::open_or_create(&self.folder.path().join("key")).unwrap();
        manifest.password =
            password.map(|password| Password::encrypt(&key, &name, &Secret::new(password)));
        manifest.writable = true;
        manifest.budget.statement_timeout = patience;
        manifest.create_in(&self.folder.path().join("backends")).unwrap();
    }

    async fn wait_for(&self, name: &str) {
        let permit = self.reading(name);
        eventually(&format!("{name} has been read"), async || permit.backend.catalog().is_ok())
            .await;
    }

    /// The right to read a backend.
    pub(crate) fn reading(&self, name: &str) -> Permit<Read> {
        self.office.permit(&self.actor, &BackendName::new(name).unwrap()).unwrap()
    }

    /// The right to change a backend's records.
    pub(crate) fn editing(&self, name: &str) -> Permit<Edit> {
        self.office.permit(&self.actor, &BackendName::new(name).unwrap()).unwrap()
    }

    /// The address of the first record of a resource; none when it is empty.
    pub(crate) async fn first_key(
        &self,
        permit: &Permit<Read>,
        resource: &ResourceName,
    ) -> Option<RecordKey> {
        let request = ListRequest { limit: Some(1), ..ListRequest::default() };
        let list = self.office.list(permit, resource, &request).await.unwrap();
        list.records.into_iter().next().map(|record| record.key)
    }

    /// Another installation over the same store and backends, as a second server has it.
    pub(crate) async fn neighbour(&self) -> Arc<Office> {
        let office = open_as(self.folder.path(), "kontor-neighbour").await;
        assert_eq!(office.open_backends().await.unwrap(), Vec::<String>::new());
        office
    }

    /// The office as it starts again after its process was killed.
    pub(crate) async fn next_run(self) -> Self {
        let Self { office, actor, folder } = self;
        // A process that is gone holds no connection.
        drop(office);
        let office = open(folder.path()).await;
        assert_eq!(office.open_backends().await.unwrap(), Vec::<String>::new());
        Self { office, actor, folder }
    }

    /// The audit must be as it was written.
    pub(crate) async fn assert_audit_is_intact(&self) {
        let verification = self.office.verify_audit(&self.actor).await.unwrap();
        assert!(verification.is_intact(), "{verification:?}");
        assert!(verification.entries > 0, "nothing was recorded");
    }
}

async fn open(folder: &Path) -> Arc<Office> {
    // Offices of other tests share the server, and must not be taken for earlier runs of this.
    open_as(folder, &format!("kontor-{}", folder.file_name().unwrap().display())).await
}

async fn open_as(folder: &Path, installation: &str) -> Arc<Office> {
    let manifests = folder.join("backends");
    std::fs::create_dir_all(&manifests).unwrap();
    let store = format!("sqlite:{}", folder.join("kontor.db").display());
    Office::new(Furnishing {
        clock: Arc::new(SystemClock),
        store: Store::open(&store, SealKey::new([7; 32])).await.unwrap(),
        manifests,
        key: KeyFile::open_or_create(&folder.join("key")).unwrap(),
        environment: Arc::new(|_| None),
        installation: installation.to_owned(),
    })
}

async fn administrator(office: &Office) -> Arc<Actor> {
    let link = office.setup_link().await.unwrap().expect("nobody administers a new office");
    let person = NewPerson {
        name: "Frieda Kontor".to_owned(),
        email: "frieda@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        language: "en".to_owned(),
        time_zone: "UTC".to_owned(),
    };
    let signed_in = office.use_link(&link, person, "127.0.0.1", "test").await.unwrap();
    office.actor_of_session(&signed_in.secret).await.unwrap().expect("the session was just opened")
}
