//! What service agents, clerks and warehouse people write into free text.

/// Notes on orders.
#[rustfmt::skip]
pub(super) const ORDER_NOTES: &[&str] = &[
    "Kundin bittet um Lieferung nach 17 Uhr.", "Bitte beim Nachbarn (EG rechts) abgeben.",
    "Anruf 10:40: Adresse geprüft, Hausnummer stimmt.", "Geschenk – bitte Lieferschein ohne Preise beilegen!",
    "Kd. möchte Rechnung per Post, nicht per Mail.",
    "Gutschein nachträglich akzeptiert (Kulanz, Rücksprache mit Teamleitung).", "Teillieferung ok lt. Telefonat.",
    "Doppelt bestellt? Kundin meldet sich morgen noch einmal.", "Zahlung avisiert, Ware bis Montag reservieren.",
    "Farbe am Telefon bestätigt: die dunklere.", "Lieferung erst ab KW 49, Kundin im Urlaub.",
   
    "Kunde war sehr freundlich, Lob für schnelle Lieferung.",
    "Beschädigung beim letzten Mal – bitte extra gut verpacken.", "Skonto abgelehnt, kein Geschäftskunde.",
    "Lieferadresse weicht ab: Büro, Mo–Fr 8–16 Uhr.", "Stornowunsch kam zu spät, Ware war schon unterwegs.",
    "Klingel defekt, bitte klopfen :-)",
    "Ratenzahlung geprüft, i. O.",
    "Abstellgenehmigung: Carport links.", "2. Kontakt: immer noch kein Tracking, Nachforschung gestellt.",
];

/// Notes on orders of furniture and large appliances.
#[rustfmt::skip]
pub(super) const BULKY_NOTES: &[&str] = &[
    "Spedition soll vor Anlieferung anrufen, 4. OG ohne Aufzug.", "Altgerät wird mitgenommen (Entsorgung gebucht).",
    "Rückruf erbeten wegen Montageservice.", "Anlieferung nur vormittags, enge Zufahrt.", "2-Mann-Handling gebucht.",
    "Kundin fragt nach passenden Kissen – Katalog mitschicken.", "Lieferung erst ab KW 49, Umzug.",
    "Türbreite 78 cm, bitte Maße der Verpackung durchgeben.", "Avis am Vortag per SMS gewünscht.",
    "Packstück 2 von 3 fehlt, Nachlieferung angestoßen.", "Anruf 10:40: Stockwerk geändert, jetzt EG.",
];

/// Notes on returns.
#[rustfmt::skip]
pub(super) const RETURN_NOTES: &[&str] = &[
    "Etikett fehlt, sonst neuwertig.", "Kratzer an der linken Seite, Foto liegt vor.", "Originalkarton beschädigt.",
    "Falsche Größe geschickt – unser Fehler.", "Kundin hat umgetauscht, neue Bestellung folgt.", "B-Ware, Preisnachlass möglich.",
    "Riecht nach Rauch, Erstattung nach Rücksprache.", "Unbenutzt, zurück ins Lager.", "Netzteil fehlt, nachgefordert.",
];

/// Those who work in the shop: login and name.
#[rustfmt::skip]
pub(super) const ADMINISTRATORS: &[(&str, &str)] = &[
    ("h.sommer", "Heike Sommer"), ("j.brandt", "Jörg Brandt"), ("s.oeztuerk", "Sibel Öztürk"), ("lager", "Lager (gemeinsam)"),
    ("m.gruber", "Magdalena Gruber"), ("praktikum", "Praktikum 2025"), ("schnittstelle", "Schnittstelle Register"), ("f.weiss", "Ferdinand Weiß"),
];

/// Entries of the contact log.
#[rustfmt::skip]
pub(super) const CONTACTS: &[&str] = &[
    "Fragt nach Liefertermin. Auskunft erteilt.", "Möchte keinen Katalog mehr erhalten.", "Adressänderung aufgenommen.",
    "Reklamation Esstisch, Platte verzogen. Foto angefordert.", "Beschwerde über Spediteur, Rückruf zugesagt.",
    "Ratenzahlung erklärt, Unterlagen versandt.", "E-Mail-Adresse unzustellbar, neue erfragt.", "Kataloganforderung Herbst/Winter.",
    "Fragt nach Pflegehinweis für Wolldecke.", "Bittet um Rechnungskopie für das Finanzamt.", "Kunde verärgert, Gutschein 10 € gewährt.",
    "Ersatzteil (Schrauben) nachgeschickt.", "Widerruf eingegangen, fristgerecht.", "Mahnung bestritten, Zahlung wird geprüft.",
    "Lob für Frau Sommer, weitergeleitet.", "Namensänderung nach Heirat, Nachweis liegt vor.", "Nicht erreicht, 2. Versuch morgen.",
    "Werbewiderspruch nach DSGVO vermerkt.", "Auskunftsersuchen Art. 15, an Datenschutz gegeben.", "Geburtstagsgruß zurückgekommen.",
];

/// Traits that clerks have noted, with their values.
#[rustfmt::skip]
pub(super) const TRAITS: &[(&str, &[&str])] = &[
    ("Werbesperre", &["Post", "Telefon", "alle"]), ("Kundengruppe", &["Stammkunde", "Gewerbe", "Mitarbeiter", "Wiederverkäufer"]),
    ("Katalog", &["Frühjahr/Sommer", "Herbst/Winter", "Möbel"]), ("Zahlungsart bevorzugt", &["Rechnung", "Bankeinzug", "Nachnahme"]),
    ("Schuhgröße", &["38", "39", "42", "44½"]), ("Bonität", &["A", "B", "C", ""]),
];

/// Those who sign in the old register.
pub(super) const CLERKS: &[&str] = &["SOM", "BRA", "OEZ", "GRU", "WEI", "AUSH"];

/// Suppliers: name, country, terms.
#[rustfmt::skip]
pub(super) const SUPPLIERS: &[(&str, &str)] = &[
    ("Möbelwerke Wendland GmbH", "DE"), ("Holzform Sauerland KG", "DE"), ("Polsterhaus Vogtland GmbH", "DE"),
    ("Tischlerei Bregenzerwald OG", "AT"), ("Weberei Mühlviertel GmbH", "AT"), ("Textilwerk Oberlausitz GmbH", "DE"),
    ("Frottier Waldviertel GmbH", "AT"), ("Teppichmanufaktur Rhön e. K.", "DE"), ("Gusswerk Siegerland AG", "DE"),
    ("Keramik Westerwald GmbH", "DE"), ("Haushaltswaren Bergisch Land GmbH", "DE"), ("Nordkorb ApS", "DK"),
    ("Gerätebau Neckar GmbH", "DE"), ("Elettro Brenta S.r.l.", "IT"), ("Domácí Technika s.r.o.", "CZ"),
    ("Strickwaren Allgäu GmbH", "DE"), ("Modehaus Porto Lda.", "PT"), ("Konfekcja Łódź Sp. z o.o.", "PL"),
    ("Schuhfabrik Pfalz GmbH", "DE"), ("Verlag am Hafen GmbH", "DE"),
];

/// What customers write on the form of a return.
#[rustfmt::skip]
pub(super) const CUSTOMERS_ON_RETURNS: &[&str] = &[
    "Fällt kleiner aus als erwartet.", "Farbe wirkt auf dem Foto ganz anders.", "Kam mit einer Delle an, Karton war auch beschädigt.",
    "Habe versehentlich zwei bestellt.", "Passt nicht ins Zimmer, schade!", "Leider das falsche Modell im Paket.",
    "Lieferung kam zu spät, Geburtstag war schon.", "Stoff kratzt.", "Gefällt meinem Mann nicht :-)", "Eine Schraube fehlt, der Rest ist unbenutzt.",
    "Bitte auf dasselbe Konto erstatten.", "Der Reißverschluss klemmt.", "Qualität nicht wie beschrieben.",
];

/// What the desk's people write down.
#[rustfmt::skip]
pub(super) const DESK_COMMENTS: &[&str] = &[
    "Kundin angerufen, fehlendes Teil kommt nach.", "Etikett unleserlich, über die Bestellnummer gefunden.", "Zweiter Karton noch unterwegs.",
    "Fotos an den Lieferanten geschickt.", "Bitte zuerst auf Flecken prüfen.", "Karton getauscht.", "Beim Einräumen Kratzer entdeckt, siehe Fotos.",
];

/// Those who stand at the returns desk.
pub(super) const DESK_CLERKS: &[&str] =
    &["Yıldız", "Petra", "Milan", "Frau Ahrens", "Tim (Aushilfe)"];

/// Where returned goods are put.
pub(super) const SHELVES_OF_RETURNS: &[&str] = &["R-01", "R-02", "R-03", "R-07", "B-Ware 2"];

/// Why returned goods are given up.
#[rustfmt::skip]
pub(super) const WHY_GIVEN_UP: &[&str] = &[
    "Bruch", "Teile fehlen, kein Ersatz lieferbar", "getragen, nicht zu reinigen", "Flecken", "Kratzer an der Front", "an Sozialkaufhaus gegeben",
];
