//! Writing feeds.

use std::collections::BTreeMap;

use super::entry::{CERTIFICATION, Facts, NAMES, SHIPPING, Value, entry};
use super::line;
use crate::{
    app::App,
    catalogue::{
        attributes::Attribute,
        categories::CategoryText,
        master::MasterData as _,
        words::{Code, Locale},
    },
    db::{DbError, Tx},
    exchange::{
        exports::ProductWriter,
        file::xml::Xml,
        plan::{Context, stand::Stand},
        shopify::write::Names,
    },
};

/// Writes a document: RSS 2.0 with Google's namespace.
pub(in crate::exchange) struct RssWriter {
    facts: Facts,
    xml: Xml,
}

/// Writes a table with tabs.
pub(in crate::exchange) struct TsvWriter {
    facts: Facts,
}

impl RssWriter {
    pub(in crate::exchange) async fn new(
        app: &App,
        context: &Context,
        link: String,
    ) -> crate::Result<Self> {
        Ok(Self { facts: facts(app, context, link).await?, xml: Xml::default() })
    }
}

impl TsvWriter {
    pub(in crate::exchange) async fn new(
        app: &App,
        context: &Context,
        link: String,
    ) -> crate::Result<Self> {
        Ok(Self { facts: facts(app, context, link).await? })
    }
}

impl ProductWriter for RssWriter {
    fn begin(&mut self) -> Vec<u8> {
        let facts = &self.facts;
        let home = facts.link.split('{').next().unwrap_or_default().to_owned();
        let name = facts.context.channel_name.clone();
        self.xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.xml.open("rss", &[("version", "2.0"), ("xmlns:g", "http://base.google.com/ns/1.0")]);
        self.xml.open("channel", &[]);
        self.xml.leaf("title", &name);
        self.xml.leaf("link", &home);
        self.xml.leaf("description", &name);
        self.xml.take()
    }

    fn product(&mut self, stand: &Stand) -> Vec<u8> {
        for variant in stand.record.product.variants.iter().filter(|it| it.active) {
            let Some(entry) = entry(&self.facts, stand, variant) else { continue };
            self.xml.open("item", &[]);
            for (name, value) in entry {
                let name = format!("g:{name}");
                match value {
                    Value::Text(text) => self.xml.leaf(&name, &text),
                    Value::Many(texts) => texts.iter().for_each(|it| self.xml.leaf(&name, it)),
                    Value::Groups(groups) => {
                        groups.iter().for_each(|it| group(&mut self.xml, &name, it));
                    }
                }
            }
            self.xml.close();
        }
        self.xml.take()
    }

    fn end(&mut self) -> Vec<u8> {
        self.xml.close();
        self.xml.close();
        self.xml.take()
    }
}

fn group(xml: &mut Xml, name: &str, parts: &[String]) {
    let (name, names): (&'static str, &[&str]) = match name {
        "g:certification" => ("g:certification", &CERTIFICATION),
        _ => ("g:shipping", &SHIPPING),
    };
    xml.open(name, &[]);
    for (part, text) in names.iter().zip(parts) {
        xml.leaf(&format!("g:{part}"), text);
    }
    xml.close();
}

impl ProductWriter for TsvWriter {
    fn begin(&mut self) -> Vec<u8> {
        let header = NAMES.iter().map(|name| match *name {
            "certification" => format!("certification({})", CERTIFICATION.join(":")),
            "shipping" => format!("shipping({})", SHIPPING.join(":")),
            name => name.to_owned(),
        });
        row(header)
    }

    fn product(&mut self, stand: &Stand) -> Vec<u8> {
        let variants = stand.record.product.variants.iter().filter(|it| it.active);
        let entries = variants.filter_map(|it| entry(&self.facts, stand, it));
        let rows = entries.flat_map(|entry| {
            row(NAMES.iter().map(|name| {
                let value = entry.iter().find(|(it, _)| it == name).map(|(_, value)| value);
                match value {
                    None => String::new(),
                    Some(Value::Text(text)) => line(text),
                    Some(Value::Many(texts)) => texts.join(","),
                    Some(Value::Groups(groups)) => {
                        groups.iter().map(|it| it.join(":")).collect::<Vec<_>>().join(",")
                    }
                }
            }))
        });
        rows.collect()
    }

    fn end(&mut self) -> Vec<u8> {
        Vec::new()
    }
}

fn row(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
    writer.write_record(cells).expect("memory takes everything");
    writer.into_inner().expect("memory takes everything")
}

/// Everything that entries say beside products: master data is little.
async fn facts(app: &App, context: &Context, link: String) -> crate::Result<Facts> {
    let now = app.clock.now();
    let setup = app.setup.get(&app.db, now).await?;
    let channel = context.choices.channel.to_string();
    let deliveries = setup.deliveries.iter().map(|it| &it.value);
    let deliveries = deliveries.filter(|it| it.active && it.channel == channel).cloned().collect();
    let (locale, sells_from) = (context.choices.locale.clone(), context.sells_from.clone());
    let (attributes, categories, handling) = app
        .db
        .read(move |tx| {
            Box::pin(async move {
                Ok::<_, DbError>((
                    attributes(tx).await?,
                    categories(tx, &locale).await?,
                    handling(tx, sells_from.as_deref()).await?,
                ))
            })
        })
        .await?;
    let brands = Names::load(app).await?.brands;
    Ok(Facts {
        context: context.clone(),
        link,
        now,
        brands,
        attributes,
        categories,
        deliveries,
        handling,
    })
}

/// All attributes.
pub(in crate::exchange) async fn attributes(tx: &mut Tx) -> Result<Vec<Attribute>, DbError> {
    tx.rows(Attribute::SELECT, vec![]).await?.iter().map(Attribute::from_row).collect()
}

/// The way to each category from the root: `Furniture > Chairs`.
async fn categories(tx: &mut Tx, locale: &Locale) -> Result<BTreeMap<String, String>, DbError> {
    let rows = tx.rows("SELECT id, code, parent_id, texts FROM category", vec![]).await?;
    let mut all = BTreeMap::new();
    for row in rows {
        let texts: BTreeMap<Locale, CategoryText> = row.json("texts")?;
        let text = texts.get(locale).or_else(|| texts.values().next());
        let code: Code = row.word("code")?;
        let name = text.map_or_else(|| code.to_string(), |it| it.name.clone());
        all.insert(row.get::<i64>("id")?, (code, name, row.get::<Option<i64>>("parent_id")?));
    }
    let way = |mut id: Option<i64>| {
        let mut names = Vec::new();
        while let Some((_, name, parent)) =
            id.and_then(|id| all.get(&id)).filter(|_| names.len() < 20)
        {
            names.push(name.as_str());
            id = *parent;
        }
        names.reverse();
        names.join(" > ")
    };
    Ok(all.iter().map(|(id, (code, _, _))| (code.to_string(), way(Some(*id)))).collect())
}

/// How many working days pass until a parcel leaves where the shop sells from, at least and at most.
async fn handling(tx: &mut Tx, from: Option<&[i64]>) -> Result<(i64, i64), DbError> {
    let rows = tx.rows("SELECT id, handling_days FROM location WHERE active", vec![]).await?;
    let mut days = Vec::new();
    for row in &rows {
        if from.is_none_or(|from| row.get("id").is_ok_and(|id| from.contains(&id))) {
            days.push(row.get::<i64>("handling_days")?);
        }
    }
    let (least, most) = (days.iter().min(), days.iter().max());
    Ok((least.copied().unwrap_or(0), most.copied().unwrap_or(0)))
}
