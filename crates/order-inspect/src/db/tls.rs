//! TLS towards PostgreSQL, with the certificates that the system trusts.

use tokio_postgres_rustls::MakeRustlsConnect;

use super::DbError;

pub(super) fn connector() -> Result<MakeRustlsConnect, DbError> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| DbError::Pool(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
