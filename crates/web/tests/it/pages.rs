//! Every page is drawn in both languages, written to `target/screens` for looking at, and checked.

use std::path::PathBuf;

use kontor_web::components::Shell;
use kontor_web::components::shell::Here;
use kontor_web::pages::connect::ConnectScreen;
use kontor_web::pages::list::ListState;
use kontor_web::pages::record::{self, acting, delete, form, peek, related, stale, timeline};
use kontor_web::pages::{
    account, audit, backend, bulk, bulk_acting, bulk_end, case, change, connect, failure, import,
    linking, list, mosaic, overtaken, palette, people, sign_in, welcome,
};
use kontor_web::texts::Language;
use maud::Markup;

use crate::{markup, samples};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/screens")
}

/// A page drawn in both languages: kept as a file, without missing texts, sound as markup.
fn drawn(name: &str, page: impl Fn(Shell) -> Markup) {
    std::fs::create_dir_all(folder()).expect("the folder can be made");
    for language in Language::ALL {
        let html = page(samples::shell(language)).into_string();
        let file = folder().join(format!("{name}.{}.html", language.code()));
        std::fs::write(&file, &html).expect("the page can be kept");
        let faults = markup::faults(&html);
        assert!(faults.is_empty(), "{name} ({}): {faults:#?}", language.code());
    }
}

#[test]
fn the_mosaic_is_drawn() {
    drawn("mosaic", |mut shell| {
        shell.here = Here::Mosaic;
        shell.toast = Some(samples::toast());
        mosaic::page(&shell, &samples::mosaic())
    });
    drawn("mosaic-empty", |mut shell| {
        shell.backends.clear();
        mosaic::page(&shell, &mosaic::Mosaic { may_connect: true, ..mosaic::Mosaic::default() })
    });
}

#[test]
fn signing_in_and_the_welcome_are_drawn() {
    drawn("sign-in", |mut shell| {
        shell.user = None;
        sign_in::page(&shell, &samples::sign_in())
    });
    drawn("welcome", |mut shell| {
        shell.user = None;
        welcome::page(&shell, &samples::welcome())
    });
}

#[test]
fn a_failure_is_drawn() {
    drawn("failure", |shell| failure::show(&shell, &samples::failure()));
}

#[test]
fn a_list_is_drawn() {
    drawn("list", |mut shell| {
        let orders = samples::list::orders();
        shell.here = Here::Resource(orders.backend.clone(), orders.resource.clone());
        list::page(&shell, &orders)
    });
    drawn("list-of-links", |shell| list::page(&shell, &samples::list::customers_first()));
    drawn("list-builder", |shell| list::builder::page(&shell, &samples::list::builder()));
}

#[test]
fn a_row_that_begins_with_a_link_has_a_mark_that_opens_it() {
    let page = |screen| list::page(&samples::shell(Language::English), &screen).into_string();
    let links = page(samples::list::customers_first());
    let href = "href=\"/b/orders/orders/r/10248";
    let (_, mark) = links.split_once("<a class=\"mark\"").expect("a mark");
    let mark = mark.split('>').next().expect("its end");
    assert!(mark.contains(href) && mark.contains("aria-label=\"Open “"), "{mark}");
    let numbers = page(samples::list::orders());
    assert!(!numbers.contains("class=\"mark\"") && !numbers.contains("Open “"));
}

#[test]
fn empty_lists_say_why() {
    let away = ListState::Unavailable {
        message: "Nach 5 Sekunden keine Antwort.".into(),
        operation: Some("01JD8Z6M3K".into()),
    };
    drawn("list-away", |shell| list::page(&shell, &samples::list::nothing(away.clone(), "")));
    let said = |state: ListState, filter: &str| {
        list::page(&samples::shell(Language::English), &samples::list::nothing(state, filter))
            .into_string()
    };
    assert!(said(ListState::Ready, "").contains("Nothing here yet"));
    assert!(said(ListState::Ready, "status = open").contains("Loosen the filter?"));
    assert!(said(ListState::NoRight, "").contains("No access"));
    assert!(said(away, "").contains("“Auftragssystem” does not answer."));
}

/// A record's page with its fragments in place, as the script would leave it.
fn whole_record(shell: &Shell) -> Markup {
    let page = record::page(shell, &samples::record::record()).into_string();
    let timeline = timeline::fragment(shell, &samples::record::timeline(), "/").into_string();
    let related = related::fragment(shell, &samples::record::related()).into_string();
    let at = page.find("data-when=\"load\">").expect("the timeline") + "data-when=\"load\">".len();
    let page = format!("{}{timeline}{}", &page[..at], &page[at..]);
    let start =
        page.find("data-when=\"visible\">").expect("a section") + "data-when=\"visible\">".len();
    let end = start + page[start..].find("</section>").expect("its end");
    // Nothing is left to be fetched.
    let page = format!("{}{related}{}", &page[..start], &page[end..]);
    maud::PreEscaped(page.replacen("data-get=", "data-got=", 2))
}

#[test]
fn a_record_is_drawn() {
    drawn("record", |mut shell| {
        let screen = samples::record::record();
        shell.here = Here::Resource(screen.record.backend.clone(), screen.record.resource.clone());
        whole_record(&shell)
    });
    for language in Language::ALL {
        let peek =
            peek::fragment(&samples::shell(language), &samples::record::peek()).into_string();
        assert!(markup::faults(&peek).is_empty());
        assert!(peek.contains("Café Zentral"));
    }
}

#[test]
fn the_forms_of_a_record_are_drawn() {
    drawn("case", |shell| case::page(&shell, &samples::case::case()));
    drawn("case-timeline", |shell| case::timeline(&shell, &samples::case::happened(), "/"));
    drawn("case-timeline-page", |shell| {
        case::timeline_page(&shell, "Anna Meier", &samples::case::happened(), "/")
    });
    drawn("bulk-acting", |shell| {
        bulk_acting::page(&shell, &samples::acting::bulk_acting(&shell.zone))
    });
    drawn("queue", |shell| record::page(&shell, &samples::record::queued()));
    drawn("acting", |shell| acting::page(&shell, &samples::acting::acting(&shell.zone)));
    drawn("form", |shell| form::page(&shell, &samples::record::form(&shell.zone)));
    drawn("create", |shell| form::page(&shell, &samples::record::create(&shell.zone)));
    drawn("stale", |shell| stale::page(&shell, &samples::record::stale()));
    drawn("delete", |shell| delete::page(&shell, &samples::record::delete()));
}

#[test]
fn changes_of_many_records_are_drawn() {
    drawn("bulk", |shell| bulk::edit(&shell, &samples::record::bulk(&shell.zone)));
    drawn("bulk-acted", |shell| bulk_end::end(&shell, &samples::record::acted()));
    drawn("bulk-running", |shell| bulk_end::end(&shell, &samples::record::end(false)));
    drawn("bulk-end", |shell| bulk_end::end(&shell, &samples::record::end(true)));
    drawn("bulk-preview", |shell| bulk::preview(&shell, &samples::record::preview()));
    drawn("bulk-delete", |shell| bulk::preview(&shell, &samples::record::preview_of_deletion()));
    drawn("overtaken", |shell| overtaken::page(&shell, &samples::record::overtaken()));
    for (name, stage) in samples::import::stages() {
        drawn(name, |shell| import::page(&shell, &samples::import::screen(stage.clone())));
    }
    drawn("import-ask", |shell| import::ask(&shell, &samples::import::ask()));
    drawn("change", |shell| change::page(&shell, &samples::record::changed()));
}

#[test]
fn a_record_whose_backend_does_not_answer_says_how_old_it_is() {
    let hits = |language| {
        let shell = samples::shell(language);
        palette::fragment(&shell, &samples::record::palette()).into_string()
    };
    let (german, english) = (hits(Language::German), hits(Language::English));
    assert_eq!(german.matches("class=\"old\"").count(), 1, "{german}");
    assert!(german.contains("Stand <time") && english.contains("known as of <time"), "{english}");
    assert!(german.contains(">09:03</time>"), "{german}");
}

#[test]
fn the_page_of_a_backend_says_how_far_its_index_is() {
    let page = |language| {
        backend::page(&samples::shell(language), &samples::office::backend_screen()).into_string()
    };
    let (german, english) = (page(Language::German), page(Language::English));
    for text in ["1.198.402", "vollständig", "wird gelesen: 12.500 bisher", "wartet"] {
        assert!(german.contains(text), "{text}");
    }
    for text in ["1,198,402", "complete", "being read: 12,500 so far", "cannot be read"] {
        assert!(english.contains(text), "{text}");
    }
}

#[test]
fn the_palette_is_drawn() {
    drawn("palette", |shell| palette::page(&shell, &samples::record::palette()));
}

#[test]
fn a_backend_is_drawn() {
    drawn("backend", |shell| backend::page(&shell, &samples::office::backend_screen()));
    drawn("links", |shell| linking::page(&shell, &samples::office::linking()));
}

#[test]
fn people_account_and_audit_are_drawn() {
    drawn("people", |mut shell| {
        shell.here = Here::People;
        people::list(&shell, &samples::office::people())
    });
    drawn("person", |shell| people::person(&shell, &samples::office::person_screen()));
    drawn("account", |shell| account::page(&shell, &samples::office::account()));
    drawn("audit", |shell| audit::page(&shell, &samples::office::audit()));
}

#[test]
fn connecting_is_drawn() {
    drawn("connect", |shell| connect::page(&shell, &ConnectScreen::Ask(samples::office::ask())));
    drawn("connect-found", |shell| {
        connect::page(&shell, &ConnectScreen::Found(Box::new(samples::office::found())))
    });
}

/// One tag to a line, so that a change of the markup can be read.
fn lines(markup: Markup) -> String {
    markup.into_string().replace("><", ">\n<")
}

#[test]
fn the_markup_of_a_list_stays() {
    let mut orders = samples::list::orders();
    orders.rows.truncate(2);
    let region = list::region(&samples::shell(Language::English), &orders);
    insta::assert_snapshot!("list", lines(region));
}

#[test]
fn the_markup_of_a_records_form_stays() {
    let shell = samples::shell(Language::German);
    let form = form::page(&shell, &samples::record::form(&shell.zone));
    let html = lines(form);
    let start = html.find("<main").expect("the content");
    let end = html.find("</main>").expect("its end");
    insta::assert_snapshot!("form", &html[start..end]);
}
