//! What holds for every manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kontor_model::{BackendName, ResourceName};
use kontor_office::manifest::{
    Choice, Color, Currency, DeletedMark, FieldOverride, Format, Kinds, Label, Manifest,
    ManifestLink, MemberFormat, MemberOverride, Password, ResourceOverride, SoftDelete, SortField,
    Stamps, Transform, Translations,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{FULL, parse, shop};

/// A text with something in it: quotes, dots, line ends and all.
fn name() -> impl Strategy<Value = String> + Clone {
    let plain = "[a-z][a-z_]{0,8}";
    let wild =
        any::<String>().prop_filter("a name has something in it", |text| !text.trim().is_empty());
    prop_oneof![3 => plain.boxed(), 1 => wild.boxed()]
}

fn names() -> impl Strategy<Value = Vec<String>> {
    btree_set(name(), 0..4).prop_map(|names| names.into_iter().collect())
}

fn label() -> impl Strategy<Value = Label> {
    (name(), name()).prop_map(|(de, en)| Label { de, en })
}

fn sort() -> impl Strategy<Value = Vec<SortField>> {
    let field = name().prop_filter("white space ends a step", |name| name.trim() == name);
    btree_map(field, any::<bool>(), 0..4).prop_map(|steps| {
        steps.into_iter().map(|(field, descending)| SortField { field, descending }).collect()
    })
}

fn soft_delete() -> impl Strategy<Value = SoftDelete> {
    let mark = prop_oneof![Just(DeletedMark::Now), "[0-9]{1,2}".prop_map(DeletedMark::Value)];
    (name(), mark, option::of("[a-z]{0,2}")).prop_map(|(field, deleted, alive)| SoftDelete {
        field,
        deleted,
        alive,
    })
}

fn stamps() -> impl Strategy<Value = Stamps> {
    (name(), option::of(name()))
        .prop_map(|(created, updated)| Stamps { created: Some(created), updated })
}

fn translations() -> impl Strategy<Value = Translations> {
    (name(), btree_set(name(), 1..3), name(), name(), names()).prop_map(
        |(resource, base, language, title, prefer)| Translations {
            resource: ResourceName::new(resource),
            base: base.into_iter().collect(),
            language,
            title,
            prefer,
        },
    )
}

fn kinds() -> impl Strategy<Value = Kinds> {
    (name(), names(), btree_map(any::<String>(), names(), 0..3))
        .prop_map(|(field, common, of)| Kinds { field, common, of: of.into_iter().rev().collect() })
}

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    let colors = Color::ALL.iter().map(|(_, color)| *color).collect::<Vec<_>>();
    btree_map(any::<String>(), (option::of(label()), option::of(select(colors))), 0..3).prop_map(
        |choices| {
            let choices = choices.into_iter().rev();
            choices.map(|(value, (title, color))| Choice { value, title, color }).collect()
        },
    )
}

/// Members, two levels deep.
fn members() -> impl Strategy<Value = Vec<MemberOverride>> {
    level(level(Just(Vec::new()).boxed())).boxed()
}

fn level(inner: BoxedStrategy<Vec<MemberOverride>>) -> BoxedStrategy<Vec<MemberOverride>> {
    let currency =
        prop_oneof![name().prop_map(Currency::Field), "[A-Z]{3}".prop_map(Currency::Code)];
    let money = (option::of(currency), option::of(0..=18_u32))
        .prop_map(|(currency, decimals)| (Some(MemberFormat::Money), currency, decimals));
    let formats = MemberFormat::ALL.iter().map(|(_, format)| *format).collect::<Vec<_>>();
    let other = option::of(select(formats)).prop_map(|format| (format, None, None));
    let one = (option::of(label()), any::<bool>(), prop_oneof![money, other], choices(), inner);
    btree_map(any::<String>(), one, 0..3)
        .prop_map(|members| {
            let members = members.into_iter().rev();
            let member = |(name, (title, hidden, money, choices, members))| {
                let (format, currency, decimals) = money;
                MemberOverride { name, title, hidden, format, currency, decimals, choices, members }
            };
            members.map(member).collect()
        })
        .boxed()
}

fn flag() -> impl Strategy<Value = Option<bool>> {
    any::<Option<bool>>()
}

fn field() -> impl Strategy<Value = FieldOverride> {
    let currency =
        prop_oneof![name().prop_map(Currency::Field), "[A-Z]{3}".prop_map(Currency::Code)];
    let money = (option::of(currency), option::of(0..=18_u32))
        .prop_map(|(currency, decimals)| (Some(Format::Money), currency, decimals));
    let formats = Format::ALL.iter().map(|(_, format)| *format).collect::<Vec<_>>();
    let other = option::of(select(formats)).prop_map(|format| (format, None, None));
    let flags = (flag(), flag(), flag());
    let money = prop_oneof![money, other];
    (option::of(label()), option::of(label()), flags, money, (choices(), members())).prop_map(
        |(title, group, flags, (format, currency, decimals), (choices, members))| {
            let (hidden, secret, editable) = flags;
            FieldOverride {
                title,
                group,
                hidden,
                secret,
                format,
                currency,
                decimals,
                choices,
                members,
                editable,
                fact: None,
                event: None,
            }
        },
    )
}

fn resource() -> impl Strategy<Value = ResourceOverride> {
    let lists = (names(), names(), names(), names(), sort(), option::of(names()));
    let habits = (
        option::of(soft_delete()),
        option::of(stamps()),
        option::of(translations()),
        option::of(kinds()),
    );
    let fields = btree_map(any::<String>(), field(), 0..3);
    let flags = (flag(), flag(), flag());
    (option::of(label()), option::of(label()), flags, lists, habits, fields).prop_map(
        |(title, group, flags, lists, habits, fields)| ResourceOverride {
            title,
            group,
            hidden: flags.0,
            writable: flags.1,
            join_table: flags.2,
            case: None,
            key: lists.0,
            title_field: lists.1,
            order: lists.2,
            columns: lists.3,
            sort: lists.4,
            search: lists.5,
            soft_delete: habits.0,
            stamps: habits.1,
            translations: habits.2,
            kinds: habits.3,
            http: None,
            allowed_actions: None,
            actions: Vec::new(),
            fields: fields.into_iter().rev().collect(),
        },
    )
}

fn transform() -> impl Strategy<Value = Transform> {
    let text = || prop_oneof![Just(String::new()), name()];
    let width = || option::of(1..=64_u32);
    let flags = (any::<bool>(), any::<bool>());
    (flags, any::<String>(), text(), width(), width(), any::<char>(), text()).prop_map(
        |((trim, ignore_case), strip, remove_prefix, unpad, pad, pad_with, add_prefix)| Transform {
            trim,
            strip,
            ignore_case,
            remove_prefix,
            unpad,
            pad,
            pad_with: (pad.is_some() || unpad.is_some()).then_some(pad_with),
            add_prefix,
        },
    )
}

fn links() -> impl Strategy<Value = Vec<ManifestLink>> {
    let far = (option::of("[a-z][a-z0-9-]{0,6}"), option::of(transform()));
    let link = (name(), name(), name(), option::of(name()), option::of(label()), far);
    vec(link, 0..3).prop_map(|links| {
        let mut taken = BTreeSet::new();
        let links = links.into_iter().map(|(from, field, to, named, title, (backend, value))| {
            let fields = (vec![field.clone()], vec![field]);
            let link =
                ManifestLink::new(from.as_str().into(), fields.0, to.as_str().into(), fields.1);
            ManifestLink {
                name: named.unwrap_or(link.name.clone()),
                title,
                backend: backend.and_then(|name| BackendName::new(name).ok()),
                value: value.into_iter().filter(|value| !value.is_none()).collect(),
                ..link
            }
        });
        links.filter(|link| taken.insert((link.from.clone(), link.name.clone()))).collect()
    })
}

fn manifest() -> impl Strategy<Value = Manifest> {
    let texts = (label(), option::of(label()), option::of(name()), names(), "[A-Z][A-Z_]{0,8}");
    let budget = (1..=100_u32, 100..=3_600_000_u64, 10..=5000_u32);
    let resources = btree_map(any::<String>(), resource(), 0..3);
    (texts, any::<bool>(), budget, resources, links()).prop_map(
        |(texts, writable, budget, resources, links)| {
            let mut manifest = Manifest::new(shop(), "postgres://anna@db/shop");
            (manifest.title, manifest.description, manifest.owner, manifest.schemas) =
                (texts.0, texts.1, texts.2, texts.3);
            manifest.password = Some(Password::Environment(texts.4));
            manifest.writable = writable;
            manifest.budget.connections = budget.0;
            manifest.budget.statement_timeout = Duration::from_millis(budget.1);
            manifest.budget.row_cap = budget.2;
            let resources: BTreeMap<String, ResourceOverride> = resources;
            manifest.resources = resources
                .into_iter()
                .rev()
                .map(|(name, said)| (ResourceName::new(name), said))
                .collect();
            manifest.links = links;
            manifest.file = "backends/shop.toml".into();
            manifest
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_the_same(manifest in manifest()) {
        let text = manifest.to_toml();
        let read = parse(&text);
        prop_assert_eq!(read, Ok(manifest), "{}", text);
    }

    #[test]
    fn a_damaged_manifest_is_read_or_refused_at_a_place_that_it_has(
        cuts in vec((any::<Index>(), 0..30_usize, "[\\[\\]{}=\",.a-z0-9\n ü]{0,3}"), 1..4)
    ) {
        let mut damaged: Vec<char> = FULL.chars().collect();
        for (at, length, put) in cuts {
            let begin = at.index(damaged.len());
            let end = (begin + length).min(damaged.len());
            damaged.splice(begin..end, put.chars());
        }
        let text: String = damaged.into_iter().collect();
        if let Err(errors) = parse(&text) {
            let lines: Vec<&str> = text.split('\n').collect();
            prop_assert!(!errors.problems().is_empty());
            for problem in errors.problems() {
                let place = problem.place.expect("what is wrong stands somewhere");
                let line = lines.get(place.line - 1).map(|line| line.chars().count());
                prop_assert!(line.is_some_and(|length| place.column <= length + 1), "{}\n{}", problem, text);
            }
        }
    }
}
