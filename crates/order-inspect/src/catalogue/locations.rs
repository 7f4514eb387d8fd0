//! Locations: where stock lies, and when somebody works there.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    check::{self, SHORT},
    master::MasterData,
    words::{Code, Country},
};
use crate::{
    args,
    db::{DbError, Row, Tx, Value},
    error::{Error, Findings},
};

/// A place from which orders are shipped.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Its code.
    pub code: Code,
    /// Its name.
    #[schema(min_length = 1, max_length = 200, examples("Warehouse Hanover"))]
    pub name: String,
    /// The country it is in.
    pub country: Country,
    /// Its postal code.
    #[schema(min_length = 1, max_length = 20, examples("30159"))]
    pub postal_code: String,
    /// The time zone of its working hours (IANA).
    #[schema(min_length = 1, max_length = 64, examples("Europe/Berlin"))]
    pub time_zone: String,
    /// Orders that come later than this minute of the day are handled the next working day: 840 is 14:00.
    #[schema(minimum = 0, maximum = 1440)]
    pub cut_off_minute: u16,
    /// How many working days pass until an order is handed over; 0 is the same day.
    #[schema(minimum = 0, maximum = 60)]
    pub handling_days: u16,
    /// On which days of the week somebody works: 1 is Monday, 7 is Sunday.
    #[schema(min_items = 1, max_items = 7, examples(json!([1, 2, 3, 4, 5])))]
    pub working_days: Vec<u8>,
    /// On which days nobody works.
    #[serde(default)]
    #[schema(max_items = 1000, value_type = Vec<String>, examples(json!(["2026-12-25"])))]
    pub holidays: Vec<jiff::civil::Date>,
    /// Smaller is asked for stock first.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub priority: u32,
    /// Whether anything is sold from here.
    pub active: bool,
}

impl MasterData for Location {
    const NAME: &'static str = "location";
    const PLACE: &'static str = "locations";
    const TABLE: &'static str = "location";
    const COLUMNS: &'static [&'static str] = &[
        "name",
        "country",
        "postal_code",
        "time_zone",
        "cut_off_minute",
        "handling_days",
        "working_days",
        "holidays",
        "priority",
        "active",
    ];
    const SELECT: &'static str = "SELECT it.code, it.revision, it.name, it.country, it.postal_code, \
                                  it.time_zone, it.cut_off_minute, it.handling_days, it.working_days, \
                                  it.holidays, it.priority, it.active FROM location AS it";

    fn code(&self) -> &str {
        &self.code
    }

    fn check(&self, found: &mut Findings) {
        check::length(found, "/name", &self.name, 1..=SHORT);
        check::length(found, "/postal_code", &self.postal_code, 1..=20);
        let zone = jiff::tz::TimeZone::get(&self.time_zone).is_ok();
        found.check(zone, "/time_zone", "is no time zone of the IANA list, such as Europe/Berlin");
        check::range(found, "/cut_off_minute", i64::from(self.cut_off_minute), 0..=1440);
        check::range(found, "/handling_days", i64::from(self.handling_days), 0..=60);
        let days = &self.working_days;
        let fits = !days.is_empty() && days.iter().all(|day| (1..=7).contains(day));
        found.check(
            fits,
            "/working_days",
            "must be days from 1 (Monday) to 7 (Sunday), one at least",
        );
        check::unique(found, "/working_days", days, |it| it);
        check::count(found, "/holidays", &self.holidays, 1000);
        check::range(found, "/priority", i64::from(self.priority), 0..=1_000_000);
    }

    async fn values(
        &self,
        _tx: &mut Tx,
        _before: Option<&Row>,
        _found: &mut Findings,
    ) -> crate::Result<Vec<Value>> {
        let broken = |error| Error::Broken(format!("a location cannot be stored: {error}"));
        Ok(args![
            self.name.as_str(),
            &self.country,
            self.postal_code.as_str(),
            self.time_zone.as_str(),
            self.cut_off_minute,
            self.handling_days,
            serde_json::to_string(&self.working_days).map_err(broken)?,
            serde_json::to_string(&self.holidays).map_err(broken)?,
            self.priority,
            self.active
        ])
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            code: row.word("code")?,
            name: row.get("name")?,
            country: row.word("country")?,
            postal_code: row.get("postal_code")?,
            time_zone: row.get("time_zone")?,
            cut_off_minute: row.get("cut_off_minute")?,
            handling_days: row.get("handling_days")?,
            working_days: row.json("working_days")?,
            holidays: row.json("holidays")?,
            priority: row.get("priority")?,
            active: row.get("active")?,
        })
    }
}

crate::master_data_routes!(
    Location,
    "location",
    "locations",
    "/catalogue/locations",
    "/catalogue/locations/{code}"
);
