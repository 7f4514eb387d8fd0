//! `kontor connect`: reads a database, tells what is in it and registers it.

use std::io::Write;

use kontor_model::schema::ReadOnly;
use kontor_model::{BackendName, Resource, ResourceKind};
use kontor_office::catalog::{self, Catalog};
use kontor_office::manifest::{Edit, Label, Part};
use kontor_office::{Auth, ConnectRequest, Connected, OfficeError};

use super::text_table::{Align, TextTable};
use crate::command_line::{ConnectOptions, Verdict};
use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::installation::{Installation, Role};

/// Connects a backend and prints what was found.
///
/// # Errors
/// [`CommandError`] when the address cannot be used, the backend does not answer, or its manifest
/// cannot be written.
pub(crate) async fn run(
    configuration: &Configuration,
    options: &ConnectOptions,
    out: &mut (dyn Write + Send),
) -> Result<Verdict, CommandError> {
    let request = request(options)?;
    let Installation { office, store, .. } =
        Installation::open(configuration, Role::Command).await?;
    let connected = office.connect(None, &request).await;
    office.close().await;
    store.close().await;
    let connected = connected.map_err(|error| explained(error, options))?;
    let file = configuration.manifests.join(format!("{}.toml", connected.name));
    if let Some(title) = &options.title {
        let edited = Edit::open(connected.name.clone(), &file).and_then(|mut edit| {
            edit.set(Part::Backend, "title", &Label::same(title))?;
            edit.save()
        });
        edited.map_err(|error| OfficeError::Manifest(error.to_string()))?;
    }
    print(&connected, out)?;
    writeln!(out, "\nWritten: {}", file.display())?;
    writeln!(
        out,
        "Nothing can be changed in {} until its manifest says writable = true. `kontor serve` shows \
         it; an office that is open already shows it when it is started again.",
        connected.name
    )?;
    out.flush()?;
    Ok(Verdict::Well)
}

fn request(options: &ConnectOptions) -> Result<ConnectRequest, CommandError> {
    let name = options.name.as_ref().map(BackendName::new).transpose();
    Ok(ConnectRequest {
        url: options.url.clone(),
        name: name.map_err(|error| CommandError::Usage(format!("--name: {error}")))?,
        password: None,
        password_variable: options.password_env.clone(),
        auth: auth(options)?,
    })
}

fn auth(options: &ConnectOptions) -> Result<Option<Auth>, CommandError> {
    let Some(said) = &options.auth else { return Ok(None) };
    let (kind, name) = said.split_once(':').unwrap_or((said, ""));
    let text = |option: &Option<String>| option.clone().unwrap_or_default();
    Auth::said(kind, name, &text(&options.token_url), &text(&options.scopes))
        .map(Some)
        .map_err(|error| CommandError::Usage(format!("--auth: {error}")))
}

/// Adds what to do to what happened.
fn explained(error: OfficeError, options: &ConnectOptions) -> CommandError {
    use kontor_office::FailureKind::{Privilege, SignIn, Unreachable};
    let OfficeError::Backend { failure, .. } = &error else { return error.into() };
    let advice = match failure.kind {
        Unreachable if options.url.starts_with("sqlite:") => {
            "check the file's path, and that this user may read it"
        }
        Unreachable => "check host and port, and that the server lets this machine in",
        SignIn => "check user and password; --password-env takes it from a variable",
        Privilege => "an account that may read is enough; let the database grant it SELECT",
        _ => return error.into(),
    };
    CommandError::Usage(format!("{error}; {advice}"))
}

fn print(connected: &Connected, out: &mut dyn Write) -> Result<(), CommandError> {
    let schema = &connected.schema;
    let catalog = catalog::build(&connected.manifest, schema.clone());
    let of_kind = |is: &dyn Fn(ResourceKind) -> bool| {
        schema.resources.iter().filter(|resource| is(resource.kind)).count()
    };
    let tables = of_kind(&|kind| kind == ResourceKind::Table);
    let collections = of_kind(&|kind| kind == ResourceKind::Collection);
    let all = schema.resources.len();
    let kinds = if collections == all {
        String::new()
    } else {
        format!(" ({tables} tables, {} views)", all - tables)
    };
    let server = format!("{} {}", schema.engine.title(), schema.version);
    writeln!(out, "{}: {}, {all} resources{kinds}\n", connected.name, server.trim_end())?;
    print_resources(&catalog, out)?;
    print_links(&catalog, out)?;
    let secrets = catalog.faces.iter().flat_map(|face| {
        let resource = catalog.resource(face);
        let fields = face.fields.iter().zip(&resource.fields);
        fields
            .filter(|(face, _)| face.secret)
            .map(|(_, field)| format!("{}.{}", resource.name, field.name))
    });
    print_list(out, "Hidden, since they look like secrets", secrets)?;
    print_list(out, "Left out", schema.left_out.iter().cloned())
}

fn print_resources(catalog: &Catalog, out: &mut dyn Write) -> Result<(), CommandError> {
    let mut table = TextTable::new([
        ("resource", Align::Left),
        ("records", Align::Right),
        ("fields", Align::Right),
        ("key", Align::Left),
        ("links", Align::Right),
        ("remarks", Align::Left),
    ]);
    for face in &catalog.faces {
        let resource = catalog.resource(face);
        let key: Vec<&str> =
            resource.key.iter().map(|field| resource.fields[*field].name.as_str()).collect();
        table.push([
            resource.name.to_string(),
            resource.estimated_rows.map_or_else(|| "?".to_owned(), about),
            resource.fields.len().to_string(),
            if key.is_empty() { "–".to_owned() } else { key.join(", ") },
            face.links.len().to_string(),
            remarks(resource),
        ]);
    }
    table.write(out)?;
    Ok(())
}

/// Why records could never be changed here, whatever the manifest says, and what else is special.
fn remarks(resource: &Resource) -> String {
    let kind = match resource.kind {
        ResourceKind::Table => None,
        ResourceKind::View => Some("view"),
        ResourceKind::MaterializedView => Some("materialised view"),
        ResourceKind::ForeignTable => Some("table of another server"),
        ResourceKind::Collection => None,
    };
    let read_only = match resource.read_only {
        Some(ReadOnly::View) => Some("read-only: a view"),
        Some(ReadOnly::NoKey) => Some("read-only: no key tells its records apart"),
        Some(ReadOnly::NoPrivilege) => Some("read-only: the account may not write"),
        Some(ReadOnly::NotOffered) => Some("read-only: the service changes none"),
        None => None,
    };
    let storage = (!resource.transactional && resource.kind == ResourceKind::Table)
        .then_some("storage without transactions");
    let remarks: Vec<&str> = [kind, read_only, storage].into_iter().flatten().collect();
    remarks.join("; ")
}

/// A number of records from statistics, with thin groups: `about 20 000`.
fn about(rows: u64) -> String {
    let digits = rows.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    format!("about {text}")
}

fn print_links(catalog: &Catalog, out: &mut dyn Write) -> Result<(), CommandError> {
    let names = |resource: &Resource, fields: &[usize]| {
        let names: Vec<&str> =
            fields.iter().map(|field| resource.fields[*field].name.as_str()).collect();
        names.join(", ")
    };
    let links = catalog.faces.iter().flat_map(|face| {
        let from = catalog.resource(face);
        face.links.iter().map(move |link| {
            let to = catalog.resource(&catalog.faces[link.target]);
            format!(
                "{} ({}) → {} ({})",
                from.name,
                names(from, &link.fields),
                to.name,
                names(to, &link.target_fields)
            )
        })
    });
    let links: Vec<String> = links.collect();
    if links.is_empty() {
        writeln!(out, "\nLinks: the database declares none; say them in the manifest.")?;
        return Ok(());
    }
    print_list(out, "Links", links.into_iter())
}

fn print_list(
    out: &mut dyn Write,
    head: &str,
    lines: impl Iterator<Item = String>,
) -> Result<(), CommandError> {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{head}:")?;
    for line in lines {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::about;

    #[test]
    fn numbers_of_records_are_grouped() {
        assert_eq!(about(7), "about 7");
        assert_eq!(about(20_000), "about 20 000");
        assert_eq!(about(1_234_567), "about 1 234 567");
    }
}
