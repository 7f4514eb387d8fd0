//! What a manifest says arrives.

use std::fs;
use std::time::Duration;

use kontor_model::ResourceName;
use kontor_office::manifest::{
    Currency, DeletedMark, Format, Label, Manifest, ResourceOverride, SortField, load_folder,
};

use super::{FULL, parse, shop, with};

fn lines(manifest: &Manifest) -> &ResourceOverride {
    manifest.resource(&ResourceName::new("order details")).expect("the full manifest has them")
}

#[test]
fn an_address_is_all_that_a_manifest_needs() {
    let manifest = with("");
    assert_eq!(
        manifest,
        Manifest {
            file: "backends/shop.toml".into(),
            ..Manifest::new(shop(), "postgres://anna@db/shop")
        }
    );
    assert_eq!(manifest.title, Label::same("shop"));
    assert!(!manifest.is_writable(&ResourceName::new("orders")));
    assert_eq!(manifest.budget.statement_timeout, Duration::from_secs(10));
}

#[test]
fn everything_that_can_be_said_about_a_backend_arrives() {
    let manifest = parse(FULL).unwrap();
    assert_eq!(
        (manifest.title.in_language("de-AT"), manifest.title.in_language("fr")),
        ("Laden", "Shop")
    );
    assert_eq!(manifest.description, Some(Label::same("Orders and customers")));
    assert_eq!(manifest.owner.as_deref(), Some("team-order"));
    assert_eq!(manifest.schemas, ["public", "archive"]);
    assert_eq!((manifest.budget.connections, manifest.budget.row_cap), (4, 200));
    assert_eq!(manifest.budget.statement_timeout, Duration::from_millis(1500));
    assert!(manifest.is_writable(&ResourceName::new("order details")));
    assert!(!manifest.is_writable(&ResourceName::new("orders")));
    let [named, unnamed] = manifest.links.as_slice() else { panic!("{:?}", manifest.links) };
    assert_eq!((named.name.as_str(), named.to.as_str()), ("customer", "KUNDEN"));
    assert_eq!((unnamed.name.as_str(), unnamed.to_fields.len()), ("shop", 2));
}

#[test]
fn everything_that_can_be_said_about_a_resource_arrives() {
    let manifest = parse(FULL).unwrap();
    let lines = lines(&manifest);
    assert_eq!(lines.key, ["OrderID", "ProductID"]);
    assert_eq!(
        lines.sort,
        [
            SortField { field: "placed_at".into(), descending: true },
            SortField { field: "OrderID".into(), descending: false }
        ]
    );
    let soft_delete = lines.soft_delete.as_ref().unwrap();
    assert_eq!(soft_delete.deleted, DeletedMark::Value("true".into()));
    assert_eq!(soft_delete.alive.as_deref(), Some("0"));
    let kinds = lines.kinds.as_ref().unwrap();
    assert_eq!(kinds.of[0], ("percent".into(), vec!["percent".into()]));
    assert_eq!(lines.translations.as_ref().unwrap().prefer, ["de", "en"]);
    let orders = manifest.resource(&ResourceName::new("orders")).unwrap();
    assert_eq!(
        (orders.title_field.as_slice(), orders.search.as_deref()),
        (&["number".to_owned()][..], Some(&[][..]))
    );
}

#[test]
fn everything_that_can_be_said_about_a_field_arrives() {
    let manifest = parse(FULL).unwrap();
    let total = lines(&manifest).field("total_cents").unwrap();
    assert_eq!(total.format, Some(Format::Money));
    assert_eq!(total.currency, Some(Currency::Field("currency".into())));
    assert_eq!(
        (total.decimals, total.secret, total.hidden, total.editable),
        (Some(3), Some(false), Some(true), Some(false))
    );
    let status = lines(&manifest).field("status").unwrap();
    let values: Vec<&str> = status.choices.iter().map(|choice| choice.value.as_str()).collect();
    assert_eq!(values, ["shipped", "open", "lost"], "choices are offered in the order of the file");
    assert_eq!(status.choices[0].color.unwrap().word(), "green");
}

#[test]
fn a_title_in_one_language_serves_for_both() {
    assert_eq!(with("title = { de = \"Laden\" }").title, Label::same("Laden"));
}

#[test]
fn a_field_whose_name_has_a_sign_or_a_comma_can_be_sorted_by() {
    let sort = |text: &str| {
        let manifest = with(&format!("[resources.a]\nsort = {text}"));
        manifest.resources[0]
            .1
            .sort
            .iter()
            .map(|s| (s.field.clone(), s.descending))
            .collect::<Vec<_>>()
    };
    assert_eq!(sort(r#"["-a,b", "c"]"#), [("a,b".into(), true), ("c".into(), false)]);
    assert_eq!(sort(r#""+-a, --b""#), [("-a".into(), false), ("-b".into(), true)]);
}

#[test]
fn one_bad_manifest_does_not_keep_the_others_from_being_read() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("shop.toml", "url = \"sqlite:shop.db\"");
    write("crm.toml", "url = 1");
    write("Old Shop.toml", "url = \"sqlite:old.db\"");
    write(".shop.toml.half.tmp", "url = ");
    write("notes.txt", "no manifest");
    fs::create_dir(folder.path().join("folder.toml")).unwrap();
    let (manifests, refused) = load_folder(folder.path());
    let names: Vec<&str> = manifests.iter().map(|manifest| manifest.name.as_str()).collect();
    assert_eq!(names, ["shop"]);
    let refused: Vec<String> = refused.iter().map(ToString::to_string).collect();
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(refused[0].contains("Old Shop.toml: “Old Shop” is not a backend name"), "{refused:?}");
    assert!(refused[0].ends_with("rename the file to old-shop.toml"), "{refused:?}");
    assert!(refused[1].contains("crm.toml:1:7: “url” must be a text"), "{refused:?}");
    assert!(refused[2].contains("folder.toml: cannot be read"), "{refused:?}");
}

#[test]
fn a_folder_that_is_not_there_has_no_manifests() {
    let folder = tempfile::tempdir().unwrap();
    let (manifests, refused) = load_folder(&folder.path().join("backends"));
    assert!(manifests.is_empty() && refused.is_empty());
}

#[test]
fn a_link_names_a_resource_of_its_own_backend_or_of_another() {
    let target = |to: &str| {
        let text = format!(
            "[[links]]\nfrom = \"a\"\nfields = [\"b\"]\nto = \"{to}\"\nto_fields = [\"c\"]\n"
        );
        let link = with(&text).links.remove(0);
        (link.backend.map(|backend| backend.to_string()), link.to.to_string())
    };
    let own = |name: &str| (None, name.to_owned());
    assert_eq!(target("KUNDEN"), own("KUNDEN"));
    assert_eq!(target("register:KUNDEN"), (Some("register".into()), "KUNDEN".into()));
    assert_eq!(target("register:a:b"), (Some("register".into()), "a:b".into()));
    assert_eq!(target(":register:KUNDEN"), own("register:KUNDEN"), "a name with a colon");
    assert_eq!(target("Register:KUNDEN"), own("Register:KUNDEN"), "no backend has such a name");
}
