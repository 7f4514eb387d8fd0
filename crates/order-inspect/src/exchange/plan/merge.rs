//! What a product would be: what it is, with what a file says of it.

use super::{context::Context, features, stand::Stand, variants};
use crate::{
    catalogue::{
        product_types::AttributeLevel,
        products::{
            record::{Media, MediaKind, Product, ProductDocument, ProductText},
            values::TypeRules,
        },
        words::{Code, Locale, Localised, Sku, Slug, WebAddress},
    },
    exchange::{
        format::TextField,
        item::{DocumentSaid, Item, MediaSaid, Problem, TextSaid, VariantSaid},
    },
};

/// A merge under way: what it goes by, and what is wrong.
pub(super) struct Merge<'a> {
    pub(super) context: &'a Context,
    /// What the product's type asks for; only looked up where the file says attributes.
    pub(super) rules: Option<&'a TypeRules>,
    pub(super) problems: Vec<Problem>,
}

/// What the file calls by name, looked up.
pub(super) struct Named {
    pub(super) code: Code,
    pub(super) product_type: Code,
    pub(super) tax_class: Code,
    /// The brand, where the file says it.
    pub(super) brand: Option<Option<Code>>,
}

impl Merge<'_> {
    pub(super) fn wrong(&mut self, line: u64, field: &str, message: impl Into<String>) {
        self.problems.push(Problem::of(line, field, message));
    }

    /// The product as it would be, and the SKUs of the variants that are spoken of.
    pub(super) fn product(
        &mut self,
        stand: Option<&Stand>,
        item: &Item,
        named: Named,
    ) -> (Product, Vec<(Sku, VariantSaid)>) {
        let mut product = match stand {
            Some(stand) => stand.record.product.clone(),
            None => blank(&named),
        };
        product.product_type = named.product_type;
        product.tax_class = named.tax_class;
        if let Some(brand) = named.brand {
            product.brand = brand;
        }
        product.active = item.active.unwrap_or(product.active);
        for (locale, said) in &item.texts {
            self.text(&mut product, locale, said);
        }
        if let Some(rules) = self.rules {
            let level = AttributeLevel::Product;
            features::set(
                rules,
                level,
                &mut product.attributes,
                &item.features,
                &mut self.problems,
            );
        }
        let variants = variants::merge(self, &mut product, item);
        if let Some(said) = &item.media {
            self.media(&mut product, said, &variants);
        }
        self.variant_images(&mut product, &variants);
        if let Some(said) = &item.documents {
            self.documents(&mut product, said);
        }
        (product, variants)
    }

    /// A text of the shop's own where there is one, else that of all shops.
    fn text(&mut self, product: &mut Product, locale: &Locale, said: &TextSaid) {
        let channel = &self.context.choices.channel;
        let at = |own: bool| {
            let here = |it: &ProductText| {
                it.locale == *locale
                    && if own { it.channel.as_ref() == Some(channel) } else { it.channel.is_none() }
            };
            product.texts.iter().position(here)
        };
        let at = match at(true).or_else(|| at(false)) {
            Some(at) => at,
            None if *said == TextSaid::default() => return,
            None => {
                product.texts.push(silent(locale));
                product.texts.len() - 1
            }
        };
        if let Some(text) = product.texts.get_mut(at) {
            self.say(text, said);
        }
    }

    fn say(&mut self, text: &mut ProductText, said: &TextSaid) {
        let format = self.context.format;
        for (field, said) in
            [(TextField::Name, &said.name), (TextField::Description, &said.description)]
        {
            let Some(said) = said else { continue };
            // What the format cannot carry whole (line ends, lengths) is no change.
            if format.carries(field, text) != *said {
                match field {
                    TextField::Name => text.name.clone_from(said),
                    TextField::Description => text.description.clone_from(said),
                }
            }
        }
        if let Some(summary) = said.summary.as_ref().filter(|it| text.summary.trim() != it.as_str())
        {
            text.summary.clone_from(summary);
        }
        for (had, said) in [
            (&mut text.seo_title, &said.seo_title),
            (&mut text.seo_description, &said.seo_description),
        ] {
            if let Some(said) =
                said.as_ref().filter(|it| had.as_deref().unwrap_or_default().trim() != it.as_str())
            {
                *had = Some(said.clone()).filter(|it| !it.is_empty());
            }
        }
        if let Some(slug) = &said.slug {
            text.slug = Slug::try_from(slug.clone()).ok().or_else(|| text.slug.take());
        }
    }

    /// The file's pictures take the place of the product's, unless they are the same ones. Films and models stay, and
    /// so do pictures of variants that the file does not speak of.
    fn media(
        &mut self,
        product: &mut Product,
        said: &[MediaSaid],
        variants: &[(Sku, VariantSaid)],
    ) {
        let mut said: Vec<&MediaSaid> = said.iter().collect();
        said.sort_by_key(|it| it.position.unwrap_or(i64::MAX));
        let before = std::mem::take(&mut product.media);
        let elsewhere = |it: &Media| {
            let spoken_of = |sku: &Sku| variants.iter().any(|(it, _)| it == sku);
            it.sku.as_ref().is_some_and(|sku| !spoken_of(sku))
                && said.iter().all(|said| *said.url != *it.url)
        };
        let replaced = |it: &Media| it.kind == MediaKind::Image && !elsewhere(it);
        let name = product.texts.first().map_or(String::new(), |it| it.name.clone());
        let mut images = Vec::new();
        for said in &said {
            let known =
                before.iter().find(|it| *it.url == *said.url && it.kind == MediaKind::Image);
            let mut image = match known {
                Some(known) => known.clone(),
                None => match WebAddress::try_from(said.url.clone()) {
                    Ok(url) => picture(url),
                    Err(wanted) => {
                        self.wrong(said.line, "image", format!("“{}”: {wanted}", said.url));
                        continue;
                    }
                },
            };
            image.alt.0.extend(said.alt.clone().unwrap_or_default());
            if image.alt.0.is_empty() {
                image.alt.0.insert(self.context.choices.locale.clone(), name.clone());
            }
            images.push(image);
        }
        let same = images.iter().map(|it| &it.url);
        let had = before.iter().filter(|it| replaced(it)).map(|it| &it.url);
        if same.eq(had) {
            let mut images = images.into_iter();
            let kept = before.into_iter().map(|it| match replaced(&it) {
                true => images.next().unwrap_or(it),
                false => it,
            });
            product.media = kept.collect();
        } else {
            images.extend(before.into_iter().filter(|it| !replaced(it)));
            product.media = images;
        }
    }

    /// A picture that the file shows for one variant is that variant's.
    fn variant_images(&mut self, product: &mut Product, variants: &[(Sku, VariantSaid)]) {
        let several = |url: &str| {
            variants.iter().filter(|(_, it)| it.image.as_deref() == Some(url)).count() > 1
        };
        for (sku, said) in variants {
            let Some(url) = said.image.as_deref().filter(|it| !several(it)) else { continue };
            let image = product.media.iter_mut().find(|it| *it.url == *url);
            match (image, WebAddress::try_from(url.to_owned())) {
                (Some(image), _) => image.sku = Some(sku.clone()),
                (None, Ok(address)) => {
                    let name = product.texts.first().map_or(String::new(), |it| it.name.clone());
                    let alt = Localised([(self.context.choices.locale.clone(), name)].into());
                    product.media.push(Media { sku: Some(sku.clone()), alt, ..picture(address) });
                }
                (None, Err(wanted)) => {
                    self.wrong(said.line, "variant image", format!("“{url}”: {wanted}"));
                }
            }
        }
    }

    /// The file's documents take the place of the product's.
    fn documents(&mut self, product: &mut Product, said: &[DocumentSaid]) {
        let mut documents = Vec::new();
        for said in said {
            let known = product.documents.iter().find(|it| *it.url == *said.url);
            let mut document = match (known, WebAddress::try_from(said.url.clone())) {
                (Some(known), _) => known.clone(),
                (None, Ok(url)) => {
                    let kind = Code::try_from(said.kind.clone());
                    let kind = kind
                        .unwrap_or_else(|_| Code::try_from("document".to_owned()).expect("a code"));
                    ProductDocument { kind, url, titles: Localised::default() }
                }
                (None, Err(wanted)) => {
                    self.wrong(said.line, "document", format!("“{}”: {wanted}", said.url));
                    continue;
                }
            };
            document.titles.0.extend(said.titles.clone());
            if document.titles.0.is_empty() {
                let file = said.url.rsplit('/').next().unwrap_or(&said.url).to_owned();
                document.titles.0.insert(self.context.choices.locale.clone(), file);
            }
            documents.push(document);
        }
        product.documents = documents;
    }
}

fn blank(named: &Named) -> Product {
    Product {
        code: named.code.clone(),
        product_type: named.product_type.clone(),
        brand: None,
        manufacturer: None,
        responsible_person: None,
        size_guide: None,
        tax_class: named.tax_class.clone(),
        texts: Vec::new(),
        attributes: Default::default(),
        options: Vec::new(),
        variants: Vec::new(),
        media: Vec::new(),
        documents: Vec::new(),
        warnings: Localised::default(),
        eprel_code: None,
        categories: Vec::new(),
        services: Vec::new(),
        relations: Vec::new(),
        active: true,
    }
}

fn silent(locale: &Locale) -> ProductText {
    ProductText {
        channel: None,
        locale: locale.clone(),
        name: String::new(),
        slug: None,
        summary: String::new(),
        description: String::new(),
        seo_title: None,
        seo_description: None,
    }
}

fn picture(url: WebAddress) -> Media {
    Media {
        url,
        kind: MediaKind::Image,
        alt: Localised::default(),
        width: None,
        height: None,
        sku: None,
    }
}

/// The text that a shop shows in a language: its own one, that of all shops, or any.
pub(in crate::exchange) fn text_of<'a>(
    product: &'a Product,
    channel: &str,
    locale: &str,
) -> Option<&'a ProductText> {
    let texts = || product.texts.iter().filter(|it| *it.locale == *locale);
    let own = texts().find(|it| it.channel.as_ref().is_some_and(|it| **it == *channel));
    own.or_else(|| texts().find(|it| it.channel.is_none())).or_else(|| product.texts.first())
}
