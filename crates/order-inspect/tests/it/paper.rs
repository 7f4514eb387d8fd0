//! Documents as files: what they say, how long they are, and that they are always the same.

use jiff::civil::date;
use order_inspect::documents::{
    Adjustment, BankAccount, DeliveredLine, Delivery, Document, DocumentError, DocumentKind,
    DocumentLine, Language, Party, PriceBasis, Reference, Seller, TaxLine, Totals, render,
};

fn seller() -> Seller {
    Seller {
        name: "Möbelhaus Größe & Söhne GmbH".to_owned(),
        address: vec!["Hafenstraße 12".to_owned(), "20457 Hamburg".to_owned()],
        vat_id: Some("DE 123 456 789".to_owned()),
        tax_number: Some("22/815/08154".to_owned()),
        register: Some("Amtsgericht Hamburg, HRB 99999".to_owned()),
        management: Some("Änne Größe, Jörg Sohn".to_owned()),
        phone: Some("+49 40 1234567".to_owned()),
        email: Some("service@moebel.example".to_owned()),
        website: Some("www.moebel.example".to_owned()),
        bank: Some(BankAccount {
            name: "Hanseatische Bank".to_owned(),
            iban: "DE02 1203 0000 0000 2020 51".to_owned(),
            bic: Some("BYLADEM1001".to_owned()),
        }),
    }
}

fn lines(count: u32, language: Language) -> Vec<DocumentLine> {
    (1..=count)
        .map(|position| {
            let (name, colour) = match (language, position % 3) {
                (Language::German, 0) => (
                    "Ausziehbarer Esstisch „Żółw“ aus massiver, geölter Wildeiche mit Baumkante",
                    "Länge: 180–260 cm",
                ),
                (Language::German, _) => ("Polsterstuhl Příbor", "Farbe: Moosgrün"),
                (Language::English, 0) => (
                    "Extendable dining table “Żółw”, solid oiled wild oak with a natural edge",
                    "Length: 180–260 cm",
                ),
                (Language::English, _) => ("Upholstered chair Příbor", "Colour: moss green"),
            };
            DocumentLine {
                position,
                sku: format!("MB-{:05}", 10_400 + position),
                name: name.to_owned(),
                details: vec![colour.to_owned()],
                quantity: "2".to_owned(),
                unit_price: euros(language, 24_950),
                tax_rate: rate(language),
                total: euros(language, 49_900),
                running_total: euros(language, 49_900 * i64::from(position)),
            }
        })
        .collect()
}

fn rate(language: Language) -> String {
    if language == Language::German { "19 %" } else { "19%" }.to_owned()
}

fn euros(language: Language, cents: i64) -> String {
    let sign = if cents < 0 { "−" } else { "" };
    let (whole, part) = (cents.abs() / 100, cents.abs() % 100);
    let grouped = |mark: &str| match whole / 1000 {
        0 => whole.to_string(),
        thousands => format!("{thousands}{mark}{:03}", whole % 1000),
    };
    match language {
        Language::German => format!("{sign}{},{part:02} €", grouped(".")),
        Language::English => format!("{sign}€{}.{part:02}", grouped(",")),
    }
}

fn totals(lines: u32, language: Language) -> Totals {
    let goods = 49_900 * i64::from(lines);
    let total = goods - 5_000 + 4_900;
    let net = total * 100 / 119;
    let label = |german: &str, english: &str| match language {
        Language::German => german.to_owned(),
        Language::English => english.to_owned(),
    };
    Totals {
        subtotal: euros(language, goods),
        discounts: vec![Adjustment {
            label: label("Gutschein HERBST26", "Coupon HERBST26"),
            amount: euros(language, -5_000),
        }],
        shipping: Some(Adjustment {
            label: label("Versand (Spedition)", "Shipping (freight)"),
            amount: euros(language, 4_900),
        }),
        taxes: vec![TaxLine {
            rate: rate(language),
            net: euros(language, net),
            tax: euros(language, total - net),
            gross: euros(language, total),
        }],
        grand_total: euros(language, total),
    }
}

fn document(kind: DocumentKind, language: Language, count: u32) -> Document {
    let corrects = kind == DocumentKind::CreditNote;
    let number = match kind {
        DocumentKind::Invoice => "RE-2026-004711",
        DocumentKind::DeliveryNote => "LS-2026-000815",
        DocumentKind::CreditNote => "RK-2026-000012",
    };
    let note = match (kind, language) {
        (DocumentKind::DeliveryNote, _) => None,
        (DocumentKind::Invoice, Language::German) => {
            Some("Der Betrag wurde am 14.11.2026 per Kreditkarte bezahlt.")
        }
        (DocumentKind::Invoice, Language::English) => {
            Some("The amount was paid by credit card on 14 November 2026.")
        }
        (_, Language::German) => Some("Der Betrag wird auf Ihre Kreditkarte zurückgebucht."),
        (_, Language::English) => Some("The amount goes back to your credit card."),
    };
    Document {
        kind,
        language,
        number: number.to_owned(),
        date: date(2026, 11, 16),
        seller: seller(),
        recipient: Party {
            name: "Małgorzata Świątek".to_owned(),
            address: ["Ulica Łąkowa 7/3", "31-443 Kraków", "Polen"].map(str::to_owned).to_vec(),
            vat_id: None,
        },
        delivery_address: (kind == DocumentKind::Invoice).then(|| Party {
            name: "Jiří Dvořák".to_owned(),
            address: ["Žižkova 15", "130 00 Praha 3"].map(str::to_owned).to_vec(),
            vat_id: None,
        }),
        customer_number: Some("K-100042".to_owned()),
        order_number: "B-2026-10023".to_owned(),
        order_date: date(2026, 11, 12),
        deliveries: vec![delivered(Some(date(2026, 11, 15)), &[(1, "2")])],
        paid_on: None,
        prices: PriceBasis::Gross,
        lines: lines(count, language),
        totals: (kind != DocumentKind::DeliveryNote).then(|| totals(count, language)),
        payment_note: note.map(str::to_owned),
        references: if corrects {
            vec![Reference { number: "RE-2026-004711".to_owned(), date: date(2026, 11, 16) }]
        } else {
            Vec::new()
        },
        notes: vec![match language {
            Language::German => "Es gelten unsere Allgemeinen Geschäftsbedingungen.".to_owned(),
            Language::English => "Our general terms and conditions apply.".to_owned(),
        }],
    }
}

fn delivered(date: Option<jiff::civil::Date>, lines: &[(u32, &str)]) -> Delivery {
    let line = |(position, quantity): &(u32, &str)| DeliveredLine {
        position: *position,
        quantity: (*quantity).to_owned(),
    };
    Delivery { date, lines: lines.iter().map(line).collect() }
}

const KINDS: [DocumentKind; 3] =
    [DocumentKind::Invoice, DocumentKind::DeliveryNote, DocumentKind::CreditNote];

/// The text of each page, as a reader of PDF files finds it, with single spaces.
fn pages(file: &[u8]) -> Vec<String> {
    let read = lopdf::Document::load_mem(file).expect("a PDF file");
    let numbers: Vec<u32> = read.get_pages().into_keys().collect();
    numbers
        .into_iter()
        .map(|page| {
            let text = read.extract_text(&[page]).expect("text");
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[test]
fn each_kind_can_be_read_in_both_languages() {
    let titles = [
        ("Rechnung RE-2026-004711", "Invoice RE-2026-004711"),
        ("Lieferschein LS-2026-000815", "Delivery note LS-2026-000815"),
        ("Rechnungskorrektur RK-2026-000012", "Credit note RK-2026-000012"),
    ];
    for (kind, (german, english)) in KINDS.into_iter().zip(titles) {
        for (language, title) in [(Language::German, german), (Language::English, english)] {
            let file = render(&document(kind, language, 3)).unwrap();
            let pages = pages(&file);
            assert_eq!(pages.len(), 1, "{title}");
            assert!(pages[0].contains(title), "{title}: {}", pages[0]);
            for name in ["Małgorzata Świątek", "Möbelhaus Größe & Söhne GmbH", "Příbor"] {
                assert!(pages[0].contains(name), "{title} lacks {name}: {}", pages[0]);
            }
        }
    }
}

#[test]
fn three_hundred_lines_are_carried_over_from_page_to_page() {
    for (language, carried, of) in [
        (Language::German, "Übertrag von Seite", "Seite 2 von"),
        (Language::English, "Brought forward from page", "Page 2 of"),
    ] {
        let file = render(&document(DocumentKind::Invoice, language, 300)).unwrap();
        let pages = pages(&file);
        assert!(pages.len() > 10, "{}", pages.len());
        assert!(pages[1].contains(&format!("{of} {}", pages.len())), "{}", pages[1]);
        for (index, page) in pages.iter().enumerate().skip(1) {
            let words = language_words(language);
            assert!(page.contains(words[0]) && page.contains(words[1]), "page {index}: {page}");
            assert!(page.contains(&format!("{carried} {index}")), "page {index}: {page}");
        }
        let all = pages.join(" ");
        for line in lines(300, language) {
            assert!(all.contains(&line.sku), "line {} is lost", line.position);
        }
        // The sum at the end of a page is the one at the beginning of the next.
        let lines_before = pages[0].matches("MB-").count();
        let sum = lines(300, language)[lines_before - 1].running_total.clone();
        assert!(pages[0].contains(&sum) && pages[1].contains(&sum), "{sum}: {}", pages[1]);
        let total = totals(300, language).grand_total;
        assert!(pages[pages.len() - 1].contains(&total), "{total}");
    }
}

fn language_words(language: Language) -> [&'static str; 2] {
    match language {
        Language::German => ["Artikel", "Einzelpreis"],
        Language::English => ["Description", "Unit price"],
    }
}

#[test]
fn an_article_longer_than_a_page_goes_on_on_the_next() {
    let mut long = document(DocumentKind::Invoice, Language::German, 3);
    long.lines[1].details = (1..=150).map(|row| format!("Zeile{row}.")).collect();
    let pages = pages(&render(&long).unwrap());
    assert!(pages.len() > 2, "{}", pages.len());
    let all = pages.join(" ");
    for row in 1..=150 {
        assert_eq!(all.matches(&format!("Zeile{row}.")).count(), 1, "row {row}");
    }
    assert!(all.contains("MB-10403") && all.contains("Gesamtbetrag"));
}

#[test]
fn the_same_document_is_always_the_same_file() {
    let document = document(DocumentKind::Invoice, Language::German, 40);
    assert_eq!(render(&document).unwrap(), render(&document).unwrap());
    let stored = serde_json::to_string(&document).unwrap();
    let again: Document = serde_json::from_str(&stored).unwrap();
    assert_eq!(render(&document).unwrap(), render(&again).unwrap());
}

#[test]
fn names_in_other_scripts_are_set_in_a_font_that_has_them_or_spelled() {
    let mut odd = document(DocumentKind::Invoice, Language::English, 1);
    odd.lines[0].name = "Vase 花瓶 🌷\u{7}\u{E000}\u{FFFF}".to_owned();
    odd.recipient.name = "Иван Αθηνά אב".to_owned();
    let text = pages(&render(&odd).unwrap()).join(" ");
    // What was typed by nobody is a question mark.
    assert!(text.contains("Иван Αθηνά") && text.contains("Vase") && text.contains("??"), "{text}");
    for (character, spelling) in [("花", "Hua"), ("瓶", "Ping"), ("🌷", ":tulip:"), ("א", "")]
    {
        assert!(text.contains(character) || text.contains(spelling), "{character}: {text}");
    }
    assert!(!text.contains('\u{FFFD}'), "{text}");
}

#[test]
fn a_document_says_what_it_is_to_archives_and_screen_readers() {
    let file = render(&document(DocumentKind::Invoice, Language::German, 2)).unwrap();
    let read = lopdf::Document::load_mem(&file).unwrap();
    let catalog = read.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"de");
    assert!(catalog.has(b"StructTreeRoot"));
    let metadata = catalog.get(b"Metadata").unwrap().as_reference().unwrap();
    let metadata = read.get_object(metadata).unwrap().as_stream().unwrap();
    let metadata = String::from_utf8_lossy(&metadata.content).into_owned();
    for part in ["<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "Rechnung RE-"] {
        assert!(metadata.contains(part), "{part}: {metadata}");
    }
}

#[test]
fn an_empty_cell_keeps_its_place_among_the_tags() {
    let full = document(DocumentKind::Invoice, Language::German, 1);
    let mut sparse = full.clone();
    sparse.lines[0].tax_rate.clear();
    let count = cells(&render(&full).unwrap());
    assert!(count >= 6, "{count}");
    assert_eq!(cells(&render(&sparse).unwrap()), count);
}

/// How many cells of tables the tags name.
fn cells(file: &[u8]) -> usize {
    let read = lopdf::Document::load_mem(file).expect("a PDF file");
    let dictionaries = read.objects.values().filter_map(|object| object.as_dict().ok());
    let is_cell = |tag: &lopdf::Object| tag.as_name().is_ok_and(|name| name == b"TD");
    dictionaries.filter(|one| one.get(b"S").is_ok_and(is_cell)).count()
}

#[test]
fn a_delivery_note_says_no_price() {
    let text = pages(&render(&document(DocumentKind::DeliveryNote, Language::German, 3)).unwrap());
    assert!(!text[0].contains('€') && !text[0].contains("IBAN"), "{}", text[0]);
}

#[test]
fn an_invoice_states_the_day_of_its_delivery_or_those_of_its_parts() {
    let mut invoice = document(DocumentKind::Invoice, Language::German, 2);
    let text = pages(&render(&invoice).unwrap()).concat();
    assert!(text.contains("Lieferdatum 15.11.2026"), "{text}");
    invoice.deliveries = vec![
        delivered(Some(date(2026, 11, 14)), &[(1, "2"), (2, "1")]),
        delivered(Some(date(2026, 11, 16)), &[(2, "1")]),
        delivered(None, &[(1, "1")]),
    ];
    let text = pages(&render(&invoice).unwrap()).concat();
    for sentence in [
        "Lieferdatum 14.11.2026: Pos. 1 (2), Pos. 2 (1).",
        "Lieferdatum 16.11.2026: Pos. 2 (1).",
        "Noch nicht geliefert: Pos. 1 (1). Das Lieferdatum steht auf dem Lieferschein.",
    ] {
        assert!(text.contains(sentence), "{sentence}: {text}");
    }
}

#[test]
fn an_invoice_before_delivery_says_so_and_when_money_came_in() {
    for (language, sentences) in [
        (
            Language::German,
            ["Rechnung vor Lieferung", "Ihre Zahlung haben wir am 13.11.2026 erhalten."],
        ),
        (
            Language::English,
            ["Invoice in advance of delivery", "We received your payment on 13 November 2026."],
        ),
    ] {
        let mut invoice = document(DocumentKind::Invoice, language, 1);
        invoice.deliveries = vec![delivered(None, &[(1, "2")])];
        invoice.paid_on = Some(date(2026, 11, 13));
        let text = pages(&render(&invoice).unwrap()).concat();
        assert!(sentences.iter().all(|it| text.contains(it)), "{text}");
        assert!(!text.contains("Lieferdatum entspricht"), "{text}");
    }
}

#[test]
fn an_invoice_without_the_time_of_its_delivery_is_none() {
    let mut invoice = document(DocumentKind::Invoice, Language::German, 1);
    invoice.deliveries.clear();
    assert!(matches!(render(&invoice), Err(DocumentError::Missing(_))));
}

#[test]
fn what_the_law_wants_is_printed_or_there_is_no_document() {
    let complete = document(DocumentKind::CreditNote, Language::German, 2);
    let text = pages(&render(&complete).unwrap()).join(" ");
    for part in [
        "Hafenstraße 12",
        "DE 123 456 789",
        "Ulica Łąkowa 7/3",
        "16.11.2026",
        "RK-2026-000012",
        "15.11.2026",
        "19 %",
        "Netto",
        "RE-2026-004711 vom 16.11.2026",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let lacks: [fn(&mut Document); 5] = [
        |document| document.references.clear(),
        |document| document.number.clear(),
        |document| document.totals = None,
        |document| (document.seller.vat_id, document.seller.tax_number) = (None, None),
        |document| document.lines.clear(),
    ];
    for lack in lacks {
        let mut incomplete = complete.clone();
        lack(&mut incomplete);
        let refused = render(&incomplete);
        assert!(matches!(refused, Err(DocumentError::Missing(_))), "{refused:?}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(12))]
    #[test]
    fn no_text_keeps_a_document_from_being_made(
        name in "\\PC{1,60}|.{1,40}|[\u{0}-\u{10ffff}]{1,30}",
        detail in ".{0,200}",
        recipient in "[^ ]{1,120}",
    ) {
        let mut odd = document(DocumentKind::Invoice, Language::German, 2);
        odd.lines[0].name = name;
        odd.lines[1].details = vec![detail.clone()];
        odd.notes = vec![detail];
        odd.recipient.name = format!("x{recipient}");
        odd.number = odd.recipient.name.clone();
        proptest::prop_assert!(render(&odd).is_ok(), "{:?}", render(&odd).err());
    }
}
#[test]
fn net_prices_get_their_tax_added_line_by_line() {
    let mut business = document(DocumentKind::Invoice, Language::German, 1);
    business.prices = PriceBasis::Net;
    business.recipient.vat_id = Some("PL 123 456 78 90".to_owned());
    let tax = business.totals.as_ref().unwrap().taxes[0].tax.clone();
    let text = pages(&render(&business).unwrap()).join(" ");
    for part in ["Zwischensumme (netto)", &format!("zzgl. MwSt. 19 % {tax}"), "PL 123 456 78 90"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
