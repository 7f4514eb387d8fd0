//! The tables of `orders.db` that say what is sold.

use sqlx::sqlite::SqliteConnection;

use super::Plan;
use super::catalogue::{Category, Product};
use super::dates::{Moment, iso};
use super::orders::COUPONS;
use super::table::{Cell, fill, row};

/// Categories, articles and their translations.
pub(super) async fn write_catalogue(
    connection: &mut SqliteConnection,
    plan: &Plan,
) -> sqlx::Result<()> {
    let columns = ["id", "parent_id", "name", "slug", "position", "visible"];
    let rows = plan.catalogue.categories.iter().map(category_row);
    fill(connection, "categories", columns, rows).await?;
    let columns = [
        "id",
        "sku",
        "name",
        "description",
        "price_cents",
        "currency",
        "tax_rate",
        "status",
        "gtin",
        "weight_g",
        "attributes",
        "tags",
        "image",
        "created_at",
        "updated_at",
        "deleted_at",
    ];
    fill(connection, "products", columns, plan.catalogue.products.iter().map(product_row)).await?;
    let rows =
        plan.catalogue.products.iter().flat_map(|product| {
            product.categories.iter().map(|category| row![product.id, *category])
        });
    fill(connection, "product_category", ["product_id", "category_id"], rows).await?;
    let columns = ["product_id", "language", "name", "description"];
    let rows = plan.catalogue.products.iter().flat_map(|product| {
        let german = row![product.id, "de", &product.name, &product.description];
        let english = row![product.id, "en", &product.english_name, &product.english_description];
        // drafts and every fifteenth article still wait for their translation
        let translated = product.status != "draft" && product.id % 15 != 4;
        [Some(german), translated.then_some(english)].into_iter().flatten()
    });
    fill(connection, "product_translation", columns, rows).await
}

fn category_row(category: &Category) -> [Cell; 6] {
    let slug: String = category
        .name
        .1
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    row![category.id, category.parent, category.name.0, slug, category.id % 100 * 10, true]
}

fn product_row(product: &Product) -> [Cell; 16] {
    row![
        product.id,
        &product.sku,
        &product.name,
        (product.status != "draft").then_some(&product.description),
        product.price_cents(),
        "EUR",
        product.tax_rate,
        product.status,
        &product.gtin,
        product.weight_g,
        &product.attributes,
        &product.tags,
        product.image.clone(),
        product.created.iso(),
        product.updated.iso(),
        product.deleted.map(Moment::iso),
    ]
}

/// Coupons.
pub(super) async fn write_coupons(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let columns =
        ["code", "kind", "percent", "amount_cents", "minimum_cents", "valid_from", "valid_until"];
    let rows = COUPONS.iter().map(|coupon| {
        row![
            coupon.code,
            if coupon.percent.is_some() { "percent" } else { "amount" },
            coupon.percent,
            coupon.amount_cents,
            coupon.minimum_cents,
            iso(coupon.valid.0),
            iso(coupon.valid.1),
        ]
    });
    fill(connection, "coupons", columns, rows).await
}
