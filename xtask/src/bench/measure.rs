//! From the build to the table.

use std::{path::Path, sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    Options, Way,
    case::{self, Case, Found, api_record, newest_query, page_of, page_record, records},
    export, first_rows, floor,
    floor::FloorClient,
    http::{Ask, HttpClient, Visitor},
    load::{Client, Meter, Tally, round},
    office::{BACKEND, Office},
    report::Report,
    shipped,
    shop::Shop,
};
use crate::{
    failure::{Failure, Outcome},
    program::run as run_program,
};

/// How long one way is asked before it is the next one's turn.
const ROUND: Duration = Duration::from_secs(1);

/// Builds Kontor, starts everything and measures.
pub(super) fn run(options: &Options) -> Outcome {
    let binary = shipped::program(options.binary.as_deref(), "kontor")?;
    shipped::wait_for(measured(options, &binary))
}

async fn measured(options: &Options, binary: &Path) -> Outcome {
    let shop = Shop::open(options.scale).await?;
    let office = Office::open(binary, &shop.url).await?;
    let reader = office.reader()?;
    let program = Visitor::with_token(&office.base, &token(&reader).await?)?;
    if options.hold {
        hold(&shop, &office);
    }
    let mut report = Report::new(office.first_start, binary_size(binary)?);
    // The first page is asked by nobody yet: this is Kontor with its backend read and at rest.
    tokio::time::sleep(Duration::from_secs(2)).await;
    report.idle = office.resident()?;

    let found = look_around(&shop, &reader, &program).await?;
    let cases = case::all(&shop, &found);
    let wanted = |case: &&Case| options.only.as_ref().is_none_or(|only| case.name.contains(only));
    let mut running = Vec::new();
    for case in cases.iter().filter(wanted) {
        check_alike(&shop, &program, case).await?;
        running.push(Running::begin(&shop, (&reader, &program), case).await?);
    }
    let own = Meter { database: shop.pid, server: std::process::id(), time: ROUND };
    let through = Meter { server: office.pid(), ..own };
    for second in 1..=options.seconds {
        println!("Round {second} of {} …", options.seconds);
        for case in &mut running {
            case.round(own, through, options.way).await?;
        }
    }
    for case in running {
        case.end(&mut report)?;
    }
    if options.only.as_ref().is_none_or(|only| "export".contains(only.as_str())) {
        report.export = Some(export::measure(&shop, &office, &reader).await?);
    }
    report.first_rows = first_rows::measure(&office)?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    report.after = office.resident()?;
    report.print();
    Ok(())
}

/// A case with those who ask it.
struct Running<'a> {
    case: &'a Case,
    floor: (Vec<FloorClient>, Tally),
    api: (Vec<HttpClient>, Tally),
    page: (Vec<HttpClient>, Tally),
}

impl<'a> Running<'a> {
    async fn begin(
        shop: &Shop,
        (reader, program): (&Visitor, &Visitor),
        case: &'a Case,
    ) -> Outcome<Self> {
        Ok(Self {
            case,
            floor: (floor::clients(&shop.url, &case.floor).await?, Tally::default()),
            api: (program.clients(&case.api), Tally::default()),
            page: (reader.clients(&case.page), Tally::default()),
        })
    }

    /// Asks in each way for a while.
    async fn round(&mut self, own: Meter, through: Meter, only: Option<Way>) -> Outcome {
        let wants = |way: Way| only.is_none_or(|only| only == way);
        if wants(Way::Floor) {
            ask(&mut self.floor, own).await?;
        }
        if wants(Way::Api) {
            ask(&mut self.api, through).await?;
        }
        if wants(Way::Page) {
            ask(&mut self.page, through).await?;
        }
        Ok(())
    }

    fn end(self, report: &mut Report) -> Outcome {
        let ways = [(Way::Floor, self.floor.1), (Way::Api, self.api.1), (Way::Page, self.page.1)];
        for (way, tally) in ways {
            if let Some(measured) = tally.measured()? {
                report.add(self.case, way, measured);
            }
        }
        Ok(())
    }
}

async fn ask<C: Client>((clients, tally): &mut (Vec<C>, Tally), meter: Meter) -> Outcome {
    *clients = round(std::mem::take(clients), meter, tally).await?;
    Ok(())
}

/// An API token that may write.
pub(super) async fn token(reader: &Visitor) -> Outcome<String> {
    let body = r#"{"name":"bench","role":"editor","days":1}"#.to_owned();
    let ask = Ask::json(reqwest::Method::POST, "/api/v1/me/tokens", body);
    let answer = json(&reader.text(&ask).await?)?;
    let secret = answer["secret"].as_str();
    secret
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("the API made a token and did not show it"))
}

/// The place of the deep page, and the name of the link to an order's lines.
async fn look_around(shop: &Shop, reader: &Visitor, program: &Visitor) -> Outcome<Found> {
    let depth = shop.orders / 2;
    let offset = i64::try_from(depth).expect("a number of rows") - 1;
    let sql = "SELECT placed_at, id FROM orders ORDER BY placed_at DESC, id DESC LIMIT 1 OFFSET $1";
    let work = floor::Work {
        statements: Arc::new(move |_| vec![(sql, vec![floor::Bind::Number(offset)])]),
        in_transaction: false,
    };
    let mut clients = floor::clients(&shop.url, &work).await?;
    let last = json(&String::from_utf8_lossy(clients[0].answer(0).await?))?;
    let (moment, id) = (last[0]["placed_at"].as_str(), last[0]["id"].as_str());
    let (Some(moment), Some(id)) = (moment, id) else {
        return Err(Failure::new("the shop has no orders in the middle"));
    };
    // A place belongs to an order of the list, not to its filter: the one after this record is the
    // same in the list of all.
    let filter = super::http::encode(&format!("placed_at <= \"{moment}\" and id <= {id}"));
    let query = format!("filter={filter}&sort=-placed_at&columns=id,placed_at&limit=1");
    let page = json(&program.text(&Ask::get(records("orders", &query))).await?)?;
    if text_of(&page["records"][0]["values"]["id"]) != id {
        return Err(Failure::new(format!("the API does not begin its list with order {id}")));
    }
    let deep = page["next"].as_str().ok_or_else(|| Failure::new("the deep page has no place"))?;
    let lines = lines(reader, program).await?;
    // Both lists are asked once: a wrong address is told now and not in the middle of the run.
    let newest = records("orders", &newest_query());
    reader.text(&Ask::get(page_of(&newest))).await?;
    Ok(Found { deep: deep.to_owned(), depth, lines })
}

/// The link over which lines point to an order: one of those that the order's page names.
async fn lines(reader: &Visitor, program: &Visitor) -> Outcome<String> {
    let page = reader.text(&Ask::get(page_record(1))).await?;
    let links = page.split("/related/").skip(1);
    for link in links.filter_map(|rest| rest.split(['"', '?', '&', '#', '<']).next()) {
        let ask = Ask::get(format!("{}/related/{link}", api_record(1)));
        if json(&program.text(&ask).await?)?["resource"] == "order_lines" {
            return Ok(link.to_owned());
        }
    }
    Err(Failure::new("the page of an order shows no link to its lines"))
}

/// Both ways must give the same records in the same order; otherwise figures mean nothing.
async fn check_alike(shop: &Shop, program: &Visitor, case: &Case) -> Outcome {
    if !case.is_list {
        return Ok(());
    }
    let mut clients = floor::clients(&shop.url, &case.floor).await?;
    let floor = json(&String::from_utf8_lossy(clients[0].answer(0).await?))?;
    let asks = (case.api)(0);
    let api = json(&program.text(&asks[0]).await?)?;
    let ids = |rows: &Value, inner: &str| -> Vec<String> {
        let rows = rows.as_array().into_iter().flatten();
        rows.map(|row| text_of(&if inner.is_empty() { row } else { &row[inner] }["id"])).collect()
    };
    let (floor, api) = (ids(&floor, ""), ids(&api["records"], "values"));
    if floor.is_empty() || floor != api {
        let message = format!("“{}”: floor and API differ:\n{floor:?}\n{api:?}", case.name);
        return Err(Failure::new(message));
    }
    Ok(())
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn json(text: &str) -> Outcome<Value> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    match values.next() {
        Some(Ok(value)) => Ok(value),
        _ => Err(Failure::new(format!("no JSON: {}", text.chars().take(300).collect::<String>()))),
    }
}

/// The size of the binary without symbols, in bytes.
fn binary_size(binary: &Path) -> Outcome<u64> {
    let folder = tempfile::tempdir().map_err(|error| Failure::new(error.to_string()))?;
    let stripped = folder.path().join("kontor");
    let mut strip = std::process::Command::new("strip");
    strip.arg("-o").arg(&stripped).arg(binary);
    let file = if run_program(&mut strip).is_ok() {
        stripped
    } else {
        println!("SKIPPED: `strip` is missing; the size is that with symbols.");
        binary.to_owned()
    };
    let size = std::fs::metadata(file).map_err(|error| Failure::new(error.to_string()))?.len();
    Ok(size)
}

fn hold(shop: &Shop, office: &Office) {
    println!("PostgreSQL {}, its folder {}", shop.url, shop.folder().display());
    println!("Kontor {}/b/{BACKEND}/orders, cookie {}", office.base, office.cookie);
    println!("Process {}, log {}. Enter goes on.", office.pid(), office.log().display());
    drop(std::io::stdin().read_line(&mut String::new()));
}
