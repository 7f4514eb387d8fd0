//! The words that names and texts of a home-and-living shop are made of.

use super::chance::Chance;

/// A kind of article.
pub(super) struct Kind {
    /// Code of its product type, category and facet.
    pub(super) code: &'static str,
    /// Code of the category above.
    pub(super) room: &'static str,
    pub(super) german: &'static str,
    pub(super) english: &'static str,
    /// Cents, from and to.
    pub(super) price: (i64, i64),
    pub(super) grams: (i64, i64),
    /// What is in it, where the price per unit must be shown: thousandths and unit.
    pub(super) content: Option<(i64, &'static str)>,
    /// Whether somebody can come and build it up.
    pub(super) assembled: bool,
}

const fn kind(
    code: &'static str,
    room: &'static str,
    (german, english): (&'static str, &'static str),
    price: (i64, i64),
    grams: (i64, i64),
    assembled: bool,
) -> Kind {
    Kind { code, room, german, english, price, grams, content: None, assembled }
}

pub(super) const KINDS: [Kind; 16] = [
    kind("armchair", "living", ("Sessel", "armchair"), (19_900, 89_900), (14_000, 32_000), true),
    kind("sofa", "living", ("Sofa", "sofa"), (49_900, 249_900), (45_000, 110_000), true),
    kind(
        "side-table",
        "living",
        ("Beistelltisch", "side table"),
        (4_900, 24_900),
        (3_000, 12_000),
        true,
    ),
    kind(
        "sideboard",
        "living",
        ("Sideboard", "sideboard"),
        (24_900, 129_900),
        (30_000, 70_000),
        true,
    ),
    kind(
        "dining-table",
        "dining",
        ("Esstisch", "dining table"),
        (29_900, 179_900),
        (28_000, 80_000),
        true,
    ),
    kind("chair", "dining", ("Stuhl", "chair"), (5_900, 34_900), (4_000, 9_000), true),
    kind("bed", "bedroom", ("Bett", "bed"), (29_900, 189_900), (40_000, 95_000), true),
    kind(
        "bedside-table",
        "bedroom",
        ("Nachttisch", "bedside table"),
        (3_900, 19_900),
        (4_000, 14_000),
        false,
    ),
    kind(
        "pendant-lamp",
        "lighting",
        ("Pendelleuchte", "pendant lamp"),
        (3_900, 39_900),
        (900, 5_000),
        false,
    ),
    kind(
        "floor-lamp",
        "lighting",
        ("Stehleuchte", "floor lamp"),
        (5_900, 49_900),
        (3_000, 9_000),
        false,
    ),
    kind("rug", "textiles", ("Teppich", "rug"), (4_900, 59_900), (2_000, 18_000), false),
    kind("cushion", "textiles", ("Kissen", "cushion"), (1_290, 5_990), (300, 900), false),
    kind("throw", "textiles", ("Wohndecke", "throw"), (2_490, 12_900), (600, 1_800), false),
    kind("vase", "decoration", ("Vase", "vase"), (1_490, 14_900), (500, 4_000), false),
    Kind {
        content: Some((200_000, "g")),
        ..kind(
            "candle",
            "decoration",
            ("Duftkerze", "scented candle"),
            (890, 3_990),
            (350, 700),
            false,
        )
    },
    Kind {
        content: Some((100_000, "ml")),
        ..kind(
            "diffuser",
            "decoration",
            ("Raumduft", "room fragrance"),
            (1_290, 4_490),
            (250, 500),
            false,
        )
    },
];

/// The categories above those of the kinds: code, German, English.
pub(super) const ROOMS: [(&str, &str, &str); 6] = [
    ("living", "Wohnzimmer", "Living room"),
    ("dining", "Esszimmer", "Dining room"),
    ("bedroom", "Schlafzimmer", "Bedroom"),
    ("lighting", "Leuchten", "Lighting"),
    ("textiles", "Textilien", "Textiles"),
    ("decoration", "Dekoration", "Decoration"),
];

/// Code, German, English.
pub(super) const MATERIALS: [(&str, &str, &str); 10] = [
    ("oak", "Eiche", "oak"),
    ("walnut", "Nussbaum", "walnut"),
    ("ash", "Esche", "ash"),
    ("linen", "Leinen", "linen"),
    ("wool", "Wolle", "wool"),
    ("cotton", "Baumwolle", "cotton"),
    ("rattan", "Rattan", "rattan"),
    ("ceramic", "Keramik", "ceramic"),
    ("glass", "Glas", "glass"),
    ("steel", "Stahl", "steel"),
];

/// Code, German, English, RGB.
pub(super) const COLOURS: [(&str, &str, &str, &str); 12] = [
    ("sand", "Sand", "Sand", "#d8c7a5"),
    ("anthracite", "Anthrazit", "Anthracite", "#3b3f42"),
    ("white", "Weiß", "White", "#fafaf7"),
    ("sage", "Salbei", "Sage", "#9caf88"),
    ("terracotta", "Terrakotta", "Terracotta", "#c1663f"),
    ("petrol", "Petrol", "Petrol", "#1f5f6b"),
    ("ochre", "Ocker", "Ochre", "#c9922e"),
    ("berry", "Beere", "Berry", "#7d2c4a"),
    ("sky", "Himmelblau", "Sky blue", "#9cc4dd"),
    ("moss", "Moos", "Moss", "#5d6b3a"),
    ("natural", "Natur", "Natural", "#c8ad84"),
    ("black", "Schwarz", "Black", "#1b1b1b"),
];

/// Names of product lines.
pub(super) const SERIES: [&str; 40] = [
    "Alva", "Birk", "Calla", "Dune", "Elin", "Fjord", "Greta", "Hygge", "Isar", "Juna", "Kelda",
    "Lund", "Mira", "Nord", "Oslo", "Pina", "Quint", "Runa", "Sila", "Tjorn", "Ulme", "Vega",
    "Wega", "Xara", "Ylva", "Zora", "Arve", "Bente", "Corvo", "Dala", "Enna", "Falun", "Gilda",
    "Hald", "Inga", "Jarl", "Kaja", "Liv", "Moos", "Nele",
];

/// Brands: code, name, and whether the maker sits outside of the EU.
pub(super) const BRANDS: [(&str, &str, bool); 12] = [
    ("nordhaus", "Nordhaus", false),
    ("lindgruen", "Lindgrün", false),
    ("casa-verde", "Casa Verde", false),
    ("werkholz", "Werkholz", false),
    ("studio-elm", "Studio Elm", true),
    ("kontur", "Kontur", false),
    ("halden", "Halden", false),
    ("maison-claire", "Maison Claire", false),
    ("tokai", "Tokai Living", true),
    ("fjell", "Fjell & Sohn", true),
    ("lumen", "Lumen Nord", false),
    ("webart", "Webart", false),
];

pub(super) const FIRST_NAMES: [&str; 32] = [
    "Anna",
    "Ben",
    "Clara",
    "David",
    "Emma",
    "Felix",
    "Greta",
    "Hannes",
    "Ida",
    "Jonas",
    "Katharina",
    "Lukas",
    "Marie",
    "Noah",
    "Olivia",
    "Paul",
    "Ronja",
    "Simon",
    "Theresa",
    "Uwe",
    "Vera",
    "Werner",
    "Yasmin",
    "Ali",
    "Charlotte",
    "Emre",
    "Fatma",
    "Jürgen",
    "Sören",
    "Zoë",
    "Aiko",
    "Omar",
];

pub(super) const LAST_NAMES: [&str; 32] = [
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Weber",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Hoffmann",
    "Koch",
    "Bauer",
    "Richter",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Schwarz",
    "Zimmermann",
    "Braun",
    "Krüger",
    "Hofmann",
    "Hartmann",
    "Lange",
    "Werner",
    "Krause",
    "Yılmaz",
    "Kowalski",
    "Nguyen",
    "Rossi",
    "Tanaka",
    "Haddad",
];

pub(super) const STREETS: [&str; 16] = [
    "Lange Straße",
    "Gartenweg",
    "Am Markt",
    "Bahnhofstraße",
    "Lindenallee",
    "Schulstraße",
    "Mühlenweg",
    "Bergstraße",
    "Kirchplatz",
    "Rosenweg",
    "Feldstraße",
    "Seestraße",
    "Birkenweg",
    "Hauptstraße",
    "Wiesengrund",
    "Uferpromenade",
];

/// Town and postcode, by country.
pub(super) fn towns(country: &str) -> &'static [(&'static str, &'static str)] {
    match country {
        "AT" => &[("Wien", "1010"), ("Graz", "8010"), ("Linz", "4020"), ("Salzburg", "5020")],
        "JP" => &[("Tokyo", "100-0001"), ("Osaka", "530-0001"), ("Kyoto", "600-8001")],
        "KW" => &[("Kuwait City", "13001"), ("Hawalli", "32001"), ("Salmiya", "22001")],
        _ => &[
            ("Hamburg", "20095"),
            ("Berlin", "10115"),
            ("München", "80331"),
            ("Köln", "50667"),
            ("Leipzig", "04109"),
            ("Stuttgart", "70173"),
            ("Dresden", "01067"),
            ("Bremen", "28195"),
        ],
    }
}

const GERMAN_PRAISE: [&str; 6] = [
    "macht jeden Raum ein wenig ruhiger",
    "ist für den Alltag gemacht und sieht nicht danach aus",
    "passt zu alten Dielen ebenso wie zu hellem Beton",
    "wird mit den Jahren schöner",
    "braucht wenig Platz und verdient viel Aufmerksamkeit",
    "ist von Hand nachbearbeitet, jedes Stück ein wenig anders",
];

const ENGLISH_PRAISE: [&str; 6] = [
    "makes every room a little calmer",
    "is made for every day and does not look it",
    "goes with old floorboards as well as with pale concrete",
    "grows more beautiful with the years",
    "takes little space and deserves much attention",
    "is finished by hand, each piece a little different",
];

/// A description in German and in English that say the same.
pub(super) fn praise(chance: &mut Chance) -> (&'static str, &'static str) {
    let at = usize::try_from(chance.below(GERMAN_PRAISE.len() as u64)).unwrap_or(0);
    (GERMAN_PRAISE[at], ENGLISH_PRAISE[at])
}

/// Reviews in German: title, text, stars.
pub(super) const REVIEWS: [(&str, &str, i64); 8] = [
    ("Genau wie beschrieben", "Farbe und Maße stimmen, die Lieferung kam einen Tag früher.", 5),
    ("Sehr schön", "Sieht hochwertiger aus, als der Preis vermuten lässt.", 5),
    ("Gern wieder", "Gut verpackt, alles dabei, nach einer halben Stunde stand es.", 4),
    ("Solide", "Macht, was es soll. Die Anleitung könnte größer gedruckt sein.", 4),
    ("Schön, aber schwer", "Zu zweit tragen! Sonst nichts auszusetzen.", 4),
    ("Geht so", "Die Farbe wirkt in echt etwas dunkler als auf dem Bild.", 3),
    ("Kleiner als gedacht", "Selbst schuld, die Maße stehen ja da.", 3),
    ("Leider zurück", "Hatte einen Kratzer. Das Geld kam schnell zurück.", 2),
];
