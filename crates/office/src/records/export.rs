//! Export: the list as the screen shows it, streamed with flat memory.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _};
use kontor_model::{FieldType, Query, Resource, ResourceName, Value};
use tokio::sync::mpsc;

use super::comma_separated::{csv_record, harmless};
use super::far::FarTitle;
use super::list::{ListRequest, Listed};
use super::reading::Reading;
use super::titles::Along;
use crate::Office;
use crate::actor::{Permit, Read};
use crate::catalog::{Catalog, Face, FarField, FarLink, Format, in_major_units, own_digits};
use crate::error::OfficeError;

/// An export may keep a statement running this long.
const BUDGET: Duration = Duration::from_secs(30 * 60);
/// Records for which titles are fetched at once.
const BATCH: usize = 500;
/// Batches whose titles are asked for at the same time, while the rows after them are read.
const BATCHES_AT_ONCE: usize = 2;
/// Bytes gathered before they are sent on.
pub(super) const PARCEL: usize = 64 * 1024;
/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated values, UTF-8 with a byte order mark so that spreadsheets read umlauts.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// One JSON object per line.
    Ndjson,
}

impl ExportFormat {
    /// The format of a file name's ending.
    #[must_use]
    pub fn from_ending(ending: &str) -> Option<Self> {
        match ending {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "ndjson" => Some(Self::Ndjson),
            _ => None,
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// The bytes of an export as they come. An error in the middle ends the stream with it, so that a
/// half export is never taken for a whole one.
pub type Exported = BoxStream<'static, Result<Bytes, OfficeError>>;

/// What is written of each record.
pub(super) struct Layout {
    catalog: Arc<Catalog>,
    face: usize,
    pub(super) reading: Reading,
    /// For each column of money that is kept in minor units, their digits.
    minor: Vec<Option<u32>>,
    language: String,
}

impl Layout {
    fn face(&self) -> &Face {
        &self.catalog.faces[self.face]
    }

    /// Columns that are links get the other record's title beside the value.
    pub(super) fn has_title(&self, field: usize) -> bool {
        self.face()
            .link_at(field)
            .is_some_and(|link| link.fields.iter().all(|f| self.reading.columns.contains(f)))
    }

    /// The link to another backend whose titles get a column of their own.
    pub(super) fn far_at(&self, field: usize) -> Option<&FarLink> {
        let link = self.face().far_at(field)?;
        let is_read = |f: &FarField| self.reading.columns.contains(&f.field);
        let is_identity = link.is_identity(self.catalog.resource(self.face()));
        (!is_identity && link.fields.iter().all(is_read)).then_some(link)
    }

    /// What stands in the place of a title of another backend. A gap that is not known to be one
    /// is said so, so that nobody takes the export for complete.
    pub(super) fn far_title(&self, title: Option<&FarTitle>) -> Option<String> {
        match title? {
            FarTitle::Found(found) => found.title.clone(),
            FarTitle::Missing { .. } => None,
            FarTitle::Unavailable(_) if self.language == "de" => Some("(nicht verfügbar)".into()),
            FarTitle::Unavailable(_) => Some("(unavailable)".into()),
        }
    }

    pub(super) fn heads(&self) -> Vec<String> {
        let face = self.face();
        let mut heads = Vec::new();
        for &field in &self.reading.columns {
            heads.push(face.fields[field].title.in_language(&self.language).to_owned());
            if let Some(link) = face.link_at(field).filter(|_| self.has_title(field)) {
                let target = &self.catalog.faces[link.target];
                heads.push(format!(
                    "{} → {}",
                    face.fields[field].title.in_language(&self.language),
                    target.title.in_language(&self.language)
                ));
            }
            if let Some(link) = self.far_at(field) {
                heads.push(format!(
                    "{} → {}",
                    face.fields[field].title.in_language(&self.language),
                    link.title.in_language(&self.language)
                ));
            }
        }
        heads
    }

    /// An amount that is kept in minor units, in major ones as the screen shows it.
    pub(super) fn amount(&self, at: usize, record: &Listed) -> Option<String> {
        let decimals = self.minor[at]?;
        let value = &record.values[at];
        if !matches!(value, Value::Int(_) | Value::UInt(_)) {
            return None;
        }
        let currency = record.currencies.get(at).and_then(Option::as_deref);
        Some(in_major_units(&value.to_text()?, own_digits(decimals, currency)))
    }

    fn is_textual(&self, field: usize) -> bool {
        let ty = &self.catalog.resource(self.face()).fields[field].ty;
        !ty.is_numeric()
            && !matches!(
                ty,
                FieldType::Bool | FieldType::Date | FieldType::DateTime | FieldType::Instant
            )
    }
}

impl Office {
    /// Exports the list of a request from its first record to its last.
    ///
    /// # Errors
    /// As [`Office::list`]; what goes wrong later ends the stream.
    pub async fn export(
        self: &Arc<Self>,
        permit: &Permit<Read>,
        name: &ResourceName,
        request: &ListRequest,
        format: ExportFormat,
    ) -> Result<Exported, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let resource = catalog.resource(face);
        let planned = self.planned(permit, &catalog, face, request).await?;
        let reading = Reading::of(face, planned.columns).with_currencies();
        let mut query = Query {
            sort: planned.sort,
            total_order: planned.total_order,
            ..Query::unordered(reading.to_read(resource), planned.condition, u32::MAX)
        };
        let along = self.titles_along(permit, &catalog, face, &reading.columns);
        query.linked = along.iter().map(Along::linked).collect();
        let rows = permit.backend.stream(&catalog, face, &query, BUDGET).await?;
        let body =
            serde_json::json!({ "filter": planned.filter.to_string(), "search": request.search });
        self.note_record("records.exported", &permit.actor, &permit.backend.name, name, &body)
            .await?;
        let minor = reading.columns.iter().map(|&field| minor_unit(resource, face, field));
        let layout = Layout {
            face: face.index,
            minor: minor.collect(),
            reading,
            language: permit.actor.user.language.clone(),
            catalog,
        };
        let (sender, receiver) = mpsc::channel(8);
        let office = Arc::clone(self);
        let permit = permit.clone();
        let end = sender.clone();
        let written = tokio::spawn(async move {
            match format {
                ExportFormat::Xlsx => office.workbook(&permit, &layout, rows, &sender).await,
                _ => office.lines(&permit, &layout, rows, format, &sender).await,
            }
        });
        // Also a fault of ours must not let a half export pass for a whole one.
        tokio::spawn(async move {
            let cut_off =
                |error| Err(OfficeError::Fault(format!("an export was cut off: {error}")));
            if let Err(error) = written.await.unwrap_or_else(cut_off) {
                let _ = end.send(Err(error)).await;
            }
        });
        let stream = futures_util::stream::unfold(receiver, async |mut receiver| {
            receiver.recv().await.map(|part| (part, receiver))
        });
        // Who packs the answer asks once more at the end.
        Ok(stream.fuse().boxed())
    }

    /// The rows in batches, with the titles of their links.
    pub(super) fn batches<'a>(
        &'a self,
        permit: &'a Permit<Read>,
        layout: &'a Layout,
        rows: kontor_connect::RowStream,
    ) -> impl Stream<Item = Result<Vec<Listed>, OfficeError>> + 'a {
        rows.chunks(BATCH)
            .map(move |batch| self.titled(permit, layout, batch))
            .buffered(BATCHES_AT_ONCE)
    }

    /// The records of some rows, with their titles.
    async fn titled(
        &self,
        permit: &Permit<Read>,
        layout: &Layout,
        rows: Vec<Result<Vec<Value>, kontor_connect::Failure>>,
    ) -> Result<Vec<Listed>, OfficeError> {
        let failed = |failure| OfficeError::backend(&permit.backend.name, failure);
        let (catalog, face, columns) = (&layout.catalog, layout.face(), &layout.reading.columns);
        let resource = catalog.resource(face);
        let along = self.titles_along(permit, catalog, face, columns);
        let mut batch = Vec::with_capacity(rows.len());
        for row in rows {
            batch.push(layout.reading.listed(resource, face, row.map_err(failed)?, &along));
        }
        let far = self.far_titles_of(permit, catalog, face, columns, &batch).await;
        if self.add_titles(permit, catalog, face, columns, &along, &mut batch).await {
            return Err(failed(kontor_connect::Failure::new(
                kontor_connect::FailureKind::Other,
                "titles of linked records could not be read",
            )));
        }
        for (at, titles) in far {
            for (record, title) in batch.iter_mut().zip(titles) {
                record.far.resize(columns.len(), None);
                record.far[at] = title;
            }
        }
        Ok(batch)
    }

    async fn lines(
        &self,
        permit: &Permit<Read>,
        layout: &Layout,
        rows: kontor_connect::RowStream,
        format: ExportFormat,
        sender: &mpsc::Sender<Result<Bytes, OfficeError>>,
    ) -> Result<(), OfficeError> {
        let mut out: Vec<u8> = Vec::with_capacity(PARCEL + 4_096);
        if format == ExportFormat::Csv {
            out.extend_from_slice("\u{feff}".as_bytes());
            let heads: Vec<Option<String>> = layout.heads().into_iter().map(Some).collect();
            csv_record(&mut out, &heads);
        }
        let titled: Vec<bool> =
            layout.reading.columns.iter().map(|&field| layout.has_title(field)).collect();
        let mut batches = pin!(self.batches(permit, layout, rows));
        while let Some(batch) = batches.next().await {
            for record in &batch? {
                match format {
                    ExportFormat::Ndjson => json_line(&mut out, layout, record)?,
                    _ => csv_line(&mut out, layout, &titled, record),
                }
                if out.len() >= PARCEL {
                    let parcel = std::mem::replace(&mut out, Vec::with_capacity(PARCEL + 4_096));
                    if sender.send(Ok(parcel.into())).await.is_err() {
                        return Ok(());
                    }
                }
            }
        }
        let _ = sender.send(Ok(out.into())).await;
        Ok(())
    }
}

/// Digits of the minor unit in which a field keeps money.
fn minor_unit(resource: &Resource, face: &Face, field: usize) -> Option<u32> {
    let is_whole = matches!(resource.fields[field].ty, FieldType::Int { .. } | FieldType::Any);
    match &face.fields[field].format {
        Format::Money { decimals, .. } if is_whole => Some(*decimals),
        _ => None,
    }
}

fn csv_line(out: &mut Vec<u8>, layout: &Layout, titled: &[bool], record: &Listed) {
    let mut fields: Vec<Option<Cow<'_, str>>> =
        Vec::with_capacity(layout.reading.columns.len() * 2);
    let columns = layout.reading.columns.iter().zip(titled).zip(&record.values).zip(&record.titles);
    for (at, (((&field, &has_title), value), title)) in columns.enumerate() {
        let text = match value {
            Value::Text(text) | Value::Decimal(text) => Some(Cow::Borrowed(text.as_str())),
            other => other.to_text().map(Cow::Owned),
        };
        fields.push(match layout.amount(at, record) {
            Some(amount) => Some(Cow::Owned(amount)),
            None if layout.is_textual(field) => text.map(harmless),
            None => text,
        });
        if has_title {
            let title = title.as_ref().and_then(|linked| linked.title.as_deref());
            fields.push(title.map(|title| harmless(title.into())));
        }
        if layout.far_at(field).is_some() {
            let title = record.far.get(at).and_then(Option::as_ref);
            fields.push(layout.far_title(title).map(|title| harmless(title.into())));
        }
    }
    csv_record(out, &fields);
}

fn json_line(out: &mut Vec<u8>, layout: &Layout, record: &Listed) -> Result<(), OfficeError> {
    let resource = layout.catalog.resource(layout.face());
    let mut object = serde_json::Map::new();
    let fault = |error: serde_json::Error| OfficeError::Fault(error.to_string());
    let columns = layout.reading.columns.iter().zip(&record.values).zip(&record.titles);
    for (at, ((&field, value), title)) in columns.enumerate() {
        let name = &resource.fields[field].name;
        object.insert(name.clone(), serde_json::to_value(value).map_err(fault)?);
        if let Some(title) = title.as_ref().and_then(|linked| linked.title.clone()) {
            object.insert(format!("{name}.title"), title.into());
        }
        let far = record.far.get(at).and_then(Option::as_ref);
        if let Some((link, title)) = layout.far_at(field).zip(layout.far_title(far)) {
            object.insert(format!("{name}.{}", link.name), title.into());
        }
    }
    serde_json::to_writer(&mut *out, &object).map_err(fault)?;
    out.push(b'\n');
    Ok(())
}
