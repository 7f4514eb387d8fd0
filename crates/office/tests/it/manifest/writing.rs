//! Writing a manifest and changing one without losing what else stands in it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kontor_model::ResourceName;
use kontor_office::manifest::{
    DeletedMark, Edit, KeyFile, Label, Manifest, ManifestLink, Part, Password, Secret, SoftDelete,
    WriteError,
};

use super::{FULL, parse, shop};

const COMMENTED: &str = "\
# Our shop.
url = \"postgres://anna@db/shop\"   # the new server

# Careful with this one.
[budget]
connections = 2 # agreed with the database team

[resources.orders]
# Clerks know orders by number.
title_field = \"number\"
";

fn edit(folder: &Path, text: &str) -> (PathBuf, Edit) {
    let file = folder.join("shop.toml");
    fs::write(&file, text).expect("a temporary folder takes files");
    (file.clone(), Edit::open(shop(), file).expect("the text is TOML"))
}

fn link() -> ManifestLink {
    let (orders, customers) = (ResourceName::new("orders"), ResourceName::new("KUNDEN"));
    ManifestLink::new(orders, vec!["customer_no".into()], customers, vec!["KDNR".into()])
}

#[test]
fn a_fresh_manifest_is_read_only_and_explains_itself() {
    let folder = tempfile::tempdir().unwrap();
    let draft = Manifest {
        title: Label::same("Shop"),
        password: Some(Password::Environment("SHOP_DB_PASSWORD".into())),
        ..Manifest::new(shop(), "postgres://anna@db.internal/shop")
    };
    let backends = folder.path().join("backends");
    let written = draft.create_in(&backends).unwrap();
    assert!(!written.writable);
    assert_eq!(written.file, backends.join("shop.toml"));
    assert_eq!(Manifest::read(shop(), &written.file).as_ref(), Ok(&written));
    assert_eq!(written, Manifest { file: written.file.clone(), ..draft });
    let text = fs::read_to_string(&written.file).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn the_examples_in_a_fresh_manifest_are_right() {
    let text = Manifest::new(shop(), "postgres://anna@db/shop").to_toml();
    let is_example =
        |line: &str| line.starts_with("# ") && (line.contains(" = ") || line.starts_with("# ["));
    let uncommented: Vec<&str> =
        text.lines().map(|line| if is_example(line) { &line[2..] } else { line }).collect();
    let manifest = parse(&uncommented.join("\n")).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(manifest.resources.len(), 1);
    assert!(manifest.password.is_some() && manifest.owner.is_some());
}

#[test]
fn a_manifest_that_says_everything_is_written_as_it_reads() {
    let manifest = parse(FULL).unwrap();
    assert_eq!(parse(&manifest.to_toml()), Ok(manifest));
}

#[test]
fn a_manifest_is_never_written_over_another_nor_where_it_would_be_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.toml");
    fs::write(&file, "mine").unwrap();
    let draft = Manifest::new(shop(), "sqlite:shop.db");
    assert!(matches!(draft.create_in(folder.path()), Err(WriteError::Exists(_))));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    fs::remove_file(&file).unwrap();
    let mut greedy = draft.clone();
    greedy.budget.statement_timeout = Duration::from_secs(100_000);
    assert!(matches!(greedy.create_in(folder.path()), Err(WriteError::Refused(_))));
    assert!(!file.exists());
}

#[test]
fn an_edit_keeps_comments_and_order() {
    let folder = tempfile::tempdir().unwrap();
    let (file, mut edit) = edit(folder.path(), COMMENTED);
    let orders = ResourceName::new("orders");
    let soft_delete =
        SoftDelete { field: "deleted_at".into(), deleted: DeletedMark::Now, alive: None };
    edit.set(Part::Backend, "writable", true).unwrap();
    edit.set(Part::Budget, "connections", 3).unwrap();
    edit.set(Part::Resource(&orders), "soft_delete", &soft_delete).unwrap();
    edit.set(Part::Field(&orders, "total cents"), "format", "money").unwrap();
    edit.set(Part::Resource(&ResourceName::new("order details")), "hidden", true).unwrap();
    edit.add_link(&link()).unwrap();
    let manifest = edit.save().unwrap();
    assert_eq!((manifest.budget.connections, manifest.links), (3, vec![link()]));
    assert_eq!(manifest.resources[0].1.soft_delete, Some(soft_delete));
    let text = fs::read_to_string(&file).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn what_was_set_is_taken_away_again() {
    let folder = tempfile::tempdir().unwrap();
    let (_, mut edit) = edit(folder.path(), COMMENTED);
    edit.unset(Part::Resource(&ResourceName::new("orders")), "title_field").unwrap();
    edit.unset(Part::Backend, "owner").unwrap();
    assert!(edit.save().unwrap().resources[0].1.title_field.is_empty());
}

#[test]
fn a_manifest_in_any_way_of_writing_can_be_edited() {
    let folder = tempfile::tempdir().unwrap();
    let inline = "url = \"sqlite:a.db\"\nresources = { orders = { hidden = true } }\nlinks = []\n";
    let dotted = "url = \"sqlite:a.db\"\nresources.orders.hidden = true\nbudget.row_cap = 20\n";
    let deep = "url = \"sqlite:a.db\"\n[resources.orders.fields.number]\nhidden = true\n";
    for text in [inline, dotted, deep, "url = \"sqlite:a.db\""] {
        let (_, mut edit) = edit(folder.path(), text);
        let (orders, lines) = (ResourceName::new("orders"), ResourceName::new("lines"));
        edit.set(Part::Budget, "connections", 3).unwrap();
        edit.set(Part::Resource(&orders), "title", &Label::same("Orders")).unwrap();
        edit.set(Part::Field(&orders, "total"), "hidden", true).unwrap();
        edit.set(Part::Field(&lines, "total"), "hidden", true).unwrap();
        edit.add_link(&link()).unwrap();
        let after = edit.text();
        let manifest = edit.save().unwrap_or_else(|error| panic!("{error}\n{after}"));
        assert_eq!((manifest.budget.connections, manifest.links), (3, vec![link()]), "{after}");
        let field =
            |at: usize| manifest.resources[at].1.field("total").and_then(|field| field.hidden);
        assert_eq!((field(0), field(1)), (Some(true), Some(true)), "{after}");
        assert_eq!(manifest.resources[0].1.title, Some(Label::same("Orders")), "{after}");
    }
}

#[test]
fn an_edit_that_would_be_refused_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (file, mut edit) = edit(folder.path(), COMMENTED);
    edit.set(Part::Budget, "connections", 1000).unwrap();
    let error = edit.save().unwrap_err();
    assert!(
        error.to_string().contains("“connections” is 1000, but must be from 1 to 100"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), COMMENTED);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no half file is left");
}

#[test]
fn an_edit_does_not_overwrite_what_somebody_else_wrote_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let (file, mut edit) = edit(folder.path(), COMMENTED);
    edit.set(Part::Backend, "writable", true).unwrap();
    fs::write(&file, "url = \"sqlite:new.db\"").unwrap();
    assert!(matches!(edit.save(), Err(WriteError::Changed(_))));
    assert_eq!(fs::read_to_string(&file).unwrap(), "url = \"sqlite:new.db\"");
}

#[test]
fn an_edit_says_where_something_else_stands_than_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let (_, mut edit) = edit(folder.path(), "url = \"sqlite:a.db\"\nresources = 1\nlinks = 1\n");
    let error = edit.set(Part::Resource(&ResourceName::new("a")), "hidden", true).unwrap_err();
    assert!(error.to_string().contains("resources.a is no table there"), "{error}");
    assert!(matches!(edit.add_link(&link()), Err(WriteError::NoTable { .. })));
}

#[test]
fn a_file_that_is_no_toml_is_not_edited() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.toml");
    fs::write(&file, "url = ").unwrap();
    let error = Edit::open(shop(), &file).unwrap_err();
    assert!(error.to_string().contains("shop.toml:1:"), "{error}");
}

#[test]
fn a_new_password_replaces_the_old_and_the_file_keeps_its_permissions() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyFile::open_or_create(&folder.path().join("key")).unwrap();
    let (file, mut edit) = edit(
        folder.path(),
        "url = \"mysql://anna@db/shop\"\npassword = { env = \"OLD\" } # rotate in May\n",
    );
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    edit.set_password(&Password::encrypt(&key, &shop(), &Secret::new("hunter2"))).unwrap();
    edit.save().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("encrypted = ") && text.ends_with("# rotate in May\n"), "{text}");
    assert!(!text.contains("hunter2") && !text.contains("OLD"), "{text}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_link_to_a_manifest_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join("real.toml");
    fs::write(&real, "url = \"sqlite:a.db\"\n").unwrap();
    let file = folder.path().join("shop.toml");
    std::os::unix::fs::symlink(&real, &file).unwrap();
    let mut edit = Edit::open(shop(), &file).unwrap();
    edit.set(Part::Backend, "owner", "team").unwrap();
    edit.save().unwrap();
    assert!(fs::symlink_metadata(&file).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("owner = \"team\""));
}
