//! What the shop sells, as words: shelves with goods, the materials and colours they come in.

/// A word in German and in English.
pub(super) type Word = (&'static str, &'static str);

/// A colour: German, English, red/green/blue.
pub(super) type Colour = (&'static str, &'static str, [u8; 3]);

/// One kind of thing: German and English name, price from/to in euros, weight from/to in grams.
pub(super) type Goods = (Word, (i64, i64), (i64, i64));

/// A shelf of the shop: a category of the second level with all that lies in it.
pub(super) struct Shelf {
    /// Position in [`DEPARTMENTS`].
    pub(super) department: usize,
    /// What the customer reads.
    pub(super) name: Word,
    /// First letters of the article numbers.
    pub(super) letters: &'static str,
    /// What follows the name: material or equipment.
    pub(super) details: &'static [Word],
    /// Colours.
    pub(super) colours: &'static [Colour],
    /// Sizes, empty where there is only one.
    pub(super) sizes: &'static [&'static str],
    /// The goods.
    pub(super) goods: &'static [Goods],
}

/// The departments, categories of the first level.
#[rustfmt::skip]
pub(super) const DEPARTMENTS: &[Word] = &[
    ("Möbel", "Furniture"), ("Heimtextilien", "Home textiles"), ("Haushalt", "Household"),
    ("Elektrogeräte", "Appliances"), ("Mode", "Fashion"),
];

/// A sentence for the description of every article of a department.
#[rustfmt::skip]
pub(super) const PROMISES: &[Word] = &[
    ("Lieferung bis in den Raum Ihrer Wahl, Montageanleitung liegt bei.", "Delivered to the room of your choice, with assembly instructions."),
    ("Schadstoffgeprüft, waschbar bei 40 °C und formstabil.", "Tested for harmful substances, washable at 40 °C, keeps its shape."),
    ("Robust, pflegeleicht und für den täglichen Gebrauch gemacht.", "Sturdy, easy to care for and made for everyday use."),
    ("Mit zwei Jahren Herstellergarantie; Ersatzteile sind zehn Jahre lang erhältlich.", "Two years of manufacturer's guarantee; spare parts for ten years."),
    ("Angenehm zu tragen und im Schonwaschgang waschbar.", "Comfortable to wear, gentle machine wash."),
];

/// Names of the series; islands, lakes and landscapes.
#[rustfmt::skip]
pub(super) const SERIES: &[&str] = &[
    "Amrum", "Usedom", "Hiddensee", "Juist", "Föhr", "Pellworm", "Fehmarn", "Norderney", "Borkum", "Langeoog",
    "Spiekeroog", "Baltrum", "Ahrenshoop", "Zingst", "Husum", "Lindau", "Meersburg", "Reichenau", "Mainau", "Chiemsee",
    "Ammersee", "Tegernsee", "Wörthersee", "Mondsee", "Altaussee", "Hallstatt", "Semmering", "Wachau", "Arlberg",
    "Montafon", "Tauern", "Karwendel", "Harz", "Spreewald", "Eifel", "Rhön", "Allgäu", "Wendland", "Havelland", "Elm",
];

#[rustfmt::skip]
const FABRIC_COLOURS: &[Colour] = &[
    ("moosgrün", "moss green", [92, 110, 70]), ("sandfarben", "sand", [214, 196, 160]), ("anthrazit", "anthracite", [60, 64, 68]),
    ("petrol", "petrol", [20, 96, 104]), ("terrakotta", "terracotta", [190, 98, 70]), ("cremeweiß", "cream", [240, 232, 214]),
    ("taubenblau", "dove blue", [120, 144, 166]), ("senfgelb", "mustard", [204, 160, 48]),
];
#[rustfmt::skip]
const WOOD_COLOURS: &[Colour] = &[
    ("natur geölt", "oiled natural", [196, 158, 108]), ("weiß lackiert", "white lacquered", [236, 236, 232]),
    ("nussbaumfarben", "walnut-coloured", [104, 70, 48]), ("schwarz gebeizt", "stained black", [44, 42, 42]),
    ("lichtgrau lackiert", "light grey lacquered", [196, 198, 200]),
];
#[rustfmt::skip]
const LINEN_COLOURS: &[Colour] = &[
    ("weiß", "white", [244, 244, 242]), ("salbeigrün", "sage", [158, 174, 148]), ("rauchblau", "smoke blue", [110, 132, 152]),
    ("altrosa", "dusty pink", [204, 160, 160]), ("naturfarben", "natural", [222, 210, 186]), ("graphit", "graphite", [80, 82, 86]),
    ("bordeauxrot", "burgundy", [120, 30, 48]),
];
#[rustfmt::skip]
const DEVICE_COLOURS: &[Colour] = &[
    ("schwarz", "black", [36, 36, 38]), ("weiß", "white", [244, 244, 244]), ("Edelstahl gebürstet", "brushed steel", [176, 178, 180]),
    ("feuerrot", "fire red", [190, 34, 34]), ("mintgrün", "mint", [160, 208, 186]),
];
#[rustfmt::skip]
const FASHION_COLOURS: &[Colour] = &[
    ("marineblau", "navy", [28, 40, 80]), ("schwarz", "black", [28, 28, 30]), ("wollweiß", "off-white", [238, 232, 220]),
    ("tannengrün", "fir green", [30, 76, 56]), ("himbeerrot", "raspberry", [186, 36, 80]), ("hellgrau meliert", "light grey melange", [190, 192, 196]),
    ("cognacbraun", "cognac", [150, 88, 44]),
];
const LADIES: &[&str] = &["34", "36", "38", "40", "42", "44", "46"];
const GENTS: &[&str] = &["S", "M", "L", "XL", "XXL"];
const SHOES: &[&str] = &["37", "38", "39", "40", "41", "42", "43", "44", "45"];

#[rustfmt::skip]
const UPHOLSTERY: &[Word] = &[("in Cord", "in corduroy"), ("in Webstoff", "in woven fabric"), ("in Samt", "in velvet"), ("in Bouclé", "in bouclé"), ("in Leder", "in leather")];
#[rustfmt::skip]
const WOODS: &[Word] = &[("aus Eiche massiv", "in solid oak"), ("aus Buche massiv", "in solid beech"), ("aus Kiefer massiv", "in solid pine"), ("mit Eichenfurnier", "with oak veneer")];
#[rustfmt::skip]
const BED_LINEN: &[Word] = &[("aus Mako-Satin", "in mako satin"), ("aus Biber", "in flannel"), ("aus Renforcé", "in renforcé"), ("aus Leinen", "in linen"), ("aus Bio-Perkal", "in organic percale")];
#[rustfmt::skip]
const TERRY: &[Word] = &[("aus Walkfrottier", "in brushed terry"), ("aus Bio-Baumwolle", "in organic cotton"), ("in Waffelpiqué", "in waffle piqué")];
#[rustfmt::skip]
const DRAPERY: &[Word] = &[("aus Leinenmischung", "in linen blend"), ("aus Voile", "in voile"), ("aus Verdunkelungsstoff", "in blackout fabric"), ("aus Samt", "in velvet")];
#[rustfmt::skip]
const WOOL: &[Word] = &[("aus Schurwolle", "in new wool"), ("aus Baumwolle", "in cotton"), ("aus Alpakamischung", "in alpaca blend"), ("aus Recyclinggarn", "in recycled yarn")];
#[rustfmt::skip]
const COOKWARE: &[Word] = &[("aus Edelstahl 18/10", "in stainless steel 18/10"), ("aus Gusseisen", "in cast iron"), ("aus Aluguss", "in cast aluminium"), ("aus Emaille", "in enamel")];
#[rustfmt::skip]
const TABLEWARE: &[Word] = &[("aus Steingut", "in stoneware"), ("aus Porzellan", "in porcelain"), ("aus Glas", "in glass")];
#[rustfmt::skip]
const STORAGE: &[Word] = &[("aus Bambus", "in bamboo"), ("aus Recyclingkunststoff", "in recycled plastic"), ("aus Seegras", "in seagrass"), ("aus Metall", "in metal")];
#[rustfmt::skip]
const HEATING: &[Word] = &[("mit 1.450 W", "with 1,450 W"), ("mit 2.000 W", "with 2,000 W"), ("mit 850 W und Zeitschaltung", "with 850 W and timer"), ("mit 1.200 W und Anzeige", "with 1,200 W and display")];
#[rustfmt::skip]
const BIG_DEVICES: &[Word] = &[("Energieklasse A", "energy class A"), ("Energieklasse B", "energy class B"), ("Energieklasse C, extraleise", "energy class C, extra quiet")];
#[rustfmt::skip]
const CLEANING: &[Word] = &[("mit HEPA-Filter", "with HEPA filter"), ("mit Wechselakku", "with swappable battery"), ("mit 80 Minuten Laufzeit", "with 80 minutes of running time")];
#[rustfmt::skip]
const CLOTH: &[Word] = &[("aus Baumwolle", "in cotton"), ("aus Leinen", "in linen"), ("aus Viskose", "in viscose"), ("aus Tencel", "in Tencel")];
#[rustfmt::skip]
const LINING: &[Word] = &[("mit Teddyfutter", "with teddy lining"), ("mit Kapuze", "with hood"), ("wasserabweisend", "water-repellent"), ("mit Daunenfüllung", "with down filling")];
#[rustfmt::skip]
const KNIT: &[Word] = &[("aus Merinowolle", "in merino wool"), ("aus Baumwollstrick", "in cotton knit"), ("aus Kaschmirmischung", "in cashmere blend")];
#[rustfmt::skip]
const LEATHER: &[Word] = &[("aus Glattleder", "in smooth leather"), ("aus Veloursleder", "in suede"), ("aus Wollfilz", "in wool felt")];
#[rustfmt::skip]
const BOOKS: &[Word] = &[("gebunden", "hardcover"), ("als Broschur", "paperback")];
#[rustfmt::skip]
const BOOK_COLOURS: &[Colour] = &[("Sonderausgabe", "special edition", [226, 200, 120]), ("Jubiläumsausgabe", "anniversary edition", [140, 30, 40]), ("Großdruck", "large print", [70, 90, 130]), ("mit Lesezeichen", "with bookmark", [90, 130, 90])];

macro_rules! shelf {
    ($department:expr, $letters:expr, $name:expr, $details:expr, $colours:expr, $sizes:expr, [$($goods:expr),+ $(,)?]) => {
        Shelf { department: $department, name: $name, letters: $letters, details: $details, colours: $colours, sizes: $sizes, goods: &[$($goods),+] }
    };
}

/// The letters of the shelf of books, whose tax rate is the reduced one.
pub(super) const BOOK_LETTERS: &str = "BUC";

/// All shelves.
#[rustfmt::skip]
pub(super) const SHELVES: &[Shelf] = &[
    shelf!(0, "SOF", ("Sofas & Sessel", "Sofas & armchairs"), UPHOLSTERY, FABRIC_COLOURS, &[], [
        (("Ecksofa", "Corner sofa"), (799, 2499), (68_000, 124_000)), (("Schlafsofa", "Sofa bed"), (449, 1299), (52_000, 88_000)),
        (("Ohrensessel", "Wing chair"), (249, 699), (18_000, 29_000)), (("Polsterhocker", "Pouffe"), (79, 249), (6_000, 11_000)),
    ]),
    shelf!(0, "BET", ("Betten", "Beds"), WOODS, WOOD_COLOURS, &["90 × 200 cm", "140 × 200 cm", "160 × 200 cm", "180 × 200 cm"], [
        (("Bettgestell", "Bed frame"), (249, 899), (32_000, 74_000)), (("Nachttisch", "Bedside table"), (59, 199), (7_000, 15_000)),
        (("Kinderbett", "Children's bed"), (149, 449), (22_000, 41_000)),
    ]),
    shelf!(0, "TIS", ("Tische & Stühle", "Tables & chairs"), WOODS, WOOD_COLOURS, &[], [
        (("Esstisch", "Dining table"), (299, 1199), (28_000, 66_000)), (("Couchtisch", "Coffee table"), (99, 399), (11_000, 26_000)),
        (("Schreibtisch", "Desk"), (179, 599), (21_000, 44_000)), (("Küchenstuhl", "Kitchen chair"), (59, 189), (4_500, 8_000)),
        (("Sitzbank", "Bench"), (129, 399), (12_000, 24_000)),
    ]),
    shelf!(0, "SCH", ("Schränke & Regale", "Wardrobes & shelves"), WOODS, WOOD_COLOURS, &[], [
        (("Kleiderschrank", "Wardrobe"), (349, 1499), (64_000, 140_000)), (("Kommode", "Chest of drawers"), (149, 599), (29_000, 58_000)),
        (("Bücherregal", "Bookcase"), (89, 449), (18_000, 47_000)), (("Garderobe", "Coat rack"), (49, 249), (5_000, 17_000)),
    ]),
    shelf!(1, "BWA", ("Bettwäsche", "Bed linen"), BED_LINEN, LINEN_COLOURS, &["135 × 200 cm", "155 × 220 cm", "200 × 200 cm"], [
        (("Bettwäsche-Set", "Bed linen set"), (29, 129), (900, 1_900)), (("Spannbettlaken", "Fitted sheet"), (14, 49), (500, 1_000)),
        (("Kissenbezug", "Pillowcase"), (7, 24), (120, 260)),
    ]),
    shelf!(1, "FRO", ("Handtücher & Bad", "Towels & bath"), TERRY, LINEN_COLOURS, &[], [
        (("Duschtuch", "Bath towel"), (14, 39), (420, 700)), (("Handtuch-Set, 4-teilig", "Set of 4 towels"), (24, 69), (900, 1_500)),
        (("Bademantel", "Bathrobe"), (39, 119), (900, 1_600)), (("Badteppich", "Bath mat"), (19, 59), (700, 1_600)),
    ]),
    shelf!(1, "GAR", ("Vorhänge & Gardinen", "Curtains"), DRAPERY, FABRIC_COLOURS, &["140 × 245 cm", "140 × 280 cm"], [
        (("Ösenvorhang", "Eyelet curtain"), (19, 79), (700, 1_700)), (("Schlaufenschal", "Tab-top curtain"), (17, 59), (600, 1_300)),
        (("Raffrollo", "Roman blind"), (24, 69), (500, 1_100)),
    ]),
    shelf!(1, "DEC", ("Decken & Teppiche", "Blankets & rugs"), WOOL, FABRIC_COLOURS, &[], [
        (("Wohndecke", "Throw"), (29, 139), (700, 1_700)), (("Teppich", "Rug"), (79, 599), (4_500, 19_000)),
        (("Läufer", "Runner"), (39, 179), (2_000, 6_000)), (("Sofakissen", "Cushion"), (14, 49), (350, 700)),
    ]),
    shelf!(2, "TOP", ("Töpfe & Pfannen", "Pots & pans"), COOKWARE, DEVICE_COLOURS, &["20 cm", "24 cm", "28 cm"], [
        (("Bratpfanne", "Frying pan"), (24, 129), (900, 2_900)), (("Kochtopf-Set, 5-teilig", "Set of 5 pots"), (79, 299), (5_500, 9_000)),
        (("Schmortopf", "Casserole"), (49, 219), (3_500, 6_500)), (("Auflaufform", "Baking dish"), (17, 69), (1_200, 2_600)),
    ]),
    shelf!(2, "GES", ("Geschirr & Gläser", "Tableware"), TABLEWARE, LINEN_COLOURS, &[], [
        (("Tafelservice, 12-teilig", "Dinner service, 12 pieces"), (59, 249), (6_000, 9_500)), (("Müslischale", "Cereal bowl"), (6, 19), (350, 600)),
        (("Kaffeebecher", "Mug"), (7, 19), (300, 420)), (("Karaffe", "Carafe"), (19, 49), (700, 1_100)),
    ]),
    shelf!(2, "AUF", ("Ordnung & Aufbewahrung", "Storage"), STORAGE, LINEN_COLOURS, &[], [
        (("Aufbewahrungskorb", "Storage basket"), (9, 39), (400, 1_300)), (("Wäschesammler", "Laundry hamper"), (24, 79), (1_800, 3_900)),
        (("Vorratsdosen-Set", "Set of storage jars"), (19, 59), (900, 2_200)), (("Schuhregal", "Shoe rack"), (29, 99), (3_000, 7_500)),
    ]),
    shelf!(2, BOOK_LETTERS, ("Koch- & Wohnbücher", "Books"), BOOKS, BOOK_COLOURS, &[], [
        (("Backbuch", "Baking book"), (17, 35), (700, 1_400)), (("Gartenbuch", "Garden book"), (19, 45), (800, 1_600)),
    ]),
    shelf!(3, "KUE", ("Küchengeräte", "Kitchen appliances"), HEATING, DEVICE_COLOURS, &[], [
        (("Wasserkocher", "Kettle"), (24, 99), (900, 1_600)), (("Toaster", "Toaster"), (29, 119), (1_400, 2_600)),
        (("Küchenmaschine", "Stand mixer"), (129, 549), (5_500, 9_800)), (("Filterkaffeemaschine", "Coffee maker"), (39, 159), (1_900, 3_400)),
        (("Kontaktgrill", "Contact grill"), (49, 169), (3_000, 5_200)),
    ]),
    shelf!(3, "GRO", ("Große Geräte", "Large appliances"), BIG_DEVICES, DEVICE_COLOURS, &[], [
        (("Waschmaschine", "Washing machine"), (379, 1099), (62_000, 86_000)), (("Geschirrspüler", "Dishwasher"), (349, 999), (36_000, 49_000)),
        (("Kühl-Gefrier-Kombination", "Fridge-freezer"), (449, 1499), (58_000, 89_000)), (("Wärmepumpentrockner", "Heat-pump dryer"), (449, 1199), (48_000, 58_000)),
    ]),
    shelf!(3, "REI", ("Reinigen & Bügeln", "Cleaning & ironing"), CLEANING, DEVICE_COLOURS, &[], [
        (("Bodenstaubsauger", "Vacuum cleaner"), (89, 329), (5_000, 8_200)), (("Akku-Handstaubsauger", "Handheld vacuum"), (49, 199), (1_300, 2_600)),
        (("Saugroboter", "Robot vacuum"), (199, 699), (3_200, 4_400)),
    ]),
    shelf!(4, "DAM", ("Damen", "Women"), CLOTH, FASHION_COLOURS, LADIES, [
        (("Blusenkleid", "Shirt dress"), (49, 129), (280, 480)), (("Tunika", "Tunic"), (29, 79), (180, 320)),
        (("Culotte", "Culottes"), (39, 89), (260, 420)),
        (("Faltenrock", "Pleated skirt"), (39, 99), (260, 460)),
    ]),
    shelf!(4, "HER", ("Herren", "Men"), CLOTH, FASHION_COLOURS, GENTS, [
        (("Freizeithemd", "Casual shirt"), (29, 89), (220, 360)), (("Chinohose", "Chinos"), (39, 99), (380, 560)),
        (("Poloshirt", "Polo shirt"), (19, 59), (200, 300)),
    ]),
    shelf!(4, "JAC", ("Jacken & Mäntel", "Jackets & coats"), LINING, FASHION_COLOURS, GENTS, [
        (("Steppjacke", "Quilted jacket"), (59, 179), (480, 900)), (("Parka", "Parka"), (99, 279), (900, 1_700)),
        (("Kurzmantel", "Car coat"), (119, 299), (1_100, 1_900)),
    ]),
    shelf!(4, "STR", ("Strick", "Knitwear"), KNIT, FASHION_COLOURS, GENTS, [
        (("Rollkragenpullover", "Roll-neck jumper"), (39, 149), (300, 520)), (("Strickjacke", "Cardigan"), (49, 159), (360, 620)),
        (("Strickmütze", "Knitted hat"), (14, 39), (70, 130)), (("Schal", "Scarf"), (19, 69), (120, 260)),
    ]),
    shelf!(4, "SHU", ("Schuhe & Taschen", "Shoes & bags"), LEATHER, FASHION_COLOURS, SHOES, [
        (("Hausschuhe", "Slippers"), (24, 69), (350, 620)), (("Stiefeletten", "Ankle boots"), (69, 199), (800, 1_300)),
        (("Halbschuhe", "Lace-ups"), (59, 179), (700, 1_100)), (("Umhängetasche", "Shoulder bag"), (49, 189), (420, 980)),
    ]),
];
