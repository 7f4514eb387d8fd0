//! How people, companies, streets and towns are called. Composed at random, so that nobody real is meant.

/// First names of women.
#[rustfmt::skip]
pub(super) const WOMEN: &[&str] = &[
    "Anna", "Maria", "Julia", "Katharina", "Christine", "Sabine", "Petra", "Monika", "Susanne", "Claudia", "Ursula",
    "Renate", "Stefanie", "Nicole", "Sandra", "Melanie", "Birgit", "Andrea", "Martina", "Gabriele", "Heike", "Jutta",
    "Ingrid", "Karin", "Helga", "Brigitte", "Lena", "Laura", "Sophie", "Emma", "Mia", "Hannah", "Johanna", "Clara",
    "Lea", "Leonie", "Theresa", "Magdalena", "Veronika", "Franziska", "Elisabeth", "Eva-Maria", "Anneliese",
    "Bärbel", "Käthe", "Sigrid", "Ulrike", "Antje", "Wiebke", "Friederike", "Mareike", "Annika", "Zeynep", "Ayşe",
    "Elif", "Agnieszka", "Katarzyna", "Svetlana", "Olga", "Jelena", "Ivana", "Thuy Linh", "Chiara", "Réka",
    "Romana", "Waltraud", "Roswitha", "Hildegard", "Gerlinde", "Nadja",
];

/// First names of men.
#[rustfmt::skip]
pub(super) const MEN: &[&str] = &[
    "Peter", "Michael", "Thomas", "Andreas", "Wolfgang", "Klaus", "Jürgen", "Günter", "Stefan", "Christian", "Uwe",
    "Werner", "Horst", "Frank", "Dieter", "Manfred", "Gerhard", "Hans", "Bernd", "Torsten", "Matthias", "Helmut",
    "Walter", "Heinz", "Martin", "Jörg", "Rolf", "Jens", "Sven", "Alexander", "Jan", "Rainer", "Holger", "Karl-Heinz",
    "Lukas", "Leon", "Finn", "Jonas", "Paul", "Maximilian", "Felix", "Tobias", "Florian", "Sebastian", "Philipp",
    "Benedikt", "Korbinian", "Franz", "Josef", "Alois", "Hannes", "Götz", "Björn", "Sönke", "Ole", "Hans-Jürgen",
    "Mehmet", "Emre", "Mustafa", "Piotr", "Tomasz", "Dragan", "Goran", "Dimitri", "Minh", "Luca", "Moritz",
    "Konrad", "Ferdinand", "Rüdiger",
];

/// Family names.
#[rustfmt::skip]
pub(super) const FAMILIES: &[&str] = &[
    "Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Hoffmann", "Schäfer",
    "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann", "Braun", "Krüger",
    "Hofmann", "Hartmann", "Lange", "Schmitt", "Werner", "Schmitz", "Krause", "Meier", "Lehmann", "Schmid", "Schulze",
    "Maier", "Köhler", "Herrmann", "König", "Walter", "Mayer", "Huber", "Kaiser", "Fuchs", "Peters", "Lang", "Scholz",
    "Möller", "Weiß", "Jung", "Hahn", "Schubert", "Vogel", "Friedrich", "Keller", "Günther", "Frank", "Berger",
    "Winkler", "Roth", "Beck", "Lorenz", "Baumann", "Franke", "Albrecht", "Schuster", "Simon", "Ludwig", "Böhm",
    "Winter", "Kraus", "Martin", "Schumacher", "Krämer", "Vogt", "Stein", "Jäger", "Otto", "Sommer", "Groß",
    "Seidel", "Heinrich", "Brandt", "Haas", "Schreiber", "Graf", "Schulte", "Dietrich", "Ziegler", "Kuhn", "Kühn",
    "Pohl", "Engel", "Horn", "Busch", "Bergmann", "Thomas", "Voigt", "Sauer", "Arnold", "Wolff", "Pfeiffer",
    "Gruber", "Pichler", "Steiner", "Moser", "Hofer", "Leitner", "Eder", "Egger", "Wallner", "Aigner", "Lechner",
    "Brunner", "Reiter", "Schwarzenbacher", "Haslinger", "Wimmer", "Strasser", "Holzer", "Fröhlich", "Großmann",
    "Preuß", "Strauß", "Weißenberger", "Süß", "Rößler", "Jürgens", "Petersen", "Hansen", "Jansen", "Claussen",
    "Thießen", "Brüggemann", "Dörr", "Höfer", "Löffler", "Rühmkorf", "Yılmaz", "Öztürk", "Kaya", "Demir", "Şahin",
    "Kowalski", "Nowak", "Wiśniewski", "Novák", "Horvat", "Kovačević", "Petrović", "Nguyen", "Tran", "Rossi",
    "Popescu", "Szabó", "Ivanov", "Kuznetsov", "von Ahlefeld", "von der Heide", "zur Mühlen", "Freyberg",
    "Ambühl", "Zürcher", "Aebischer", "Bächtold", "Ölschläger", "Übelhör", "Ärmel",
];

/// What companies do.
#[rustfmt::skip]
pub(super) const BRANCHES: &[&str] = &[
    "Tischlerei", "Elektrotechnik", "Hausverwaltung", "Immobilien", "Gastronomie", "Catering", "Raumausstattung",
    "Architekten", "Bäckerei", "Steuerberatung", "Gartenbau", "Malerbetrieb", "Ferienwohnungen", "Gästehaus",
    "Physiotherapie", "Praxisbedarf", "Objekteinrichtung", "Messebau", "Textilhandel", "Gebäudereinigung",
];

/// Streets that are found in nearly every town of Germany and Switzerland.
#[rustfmt::skip]
pub(super) const STREETS: &[&str] = &[
    "Hauptstraße", "Bahnhofstraße", "Gartenstraße", "Schulstraße", "Dorfstraße", "Bergstraße", "Birkenweg",
    "Lindenstraße", "Kirchstraße", "Waldstraße", "Ringstraße", "Amselweg", "Jahnstraße", "Goethestraße",
    "Schillerstraße", "Wiesenweg", "Buchenweg", "Finkenweg", "Rosenstraße", "Mühlenweg", "Mozartstraße",
    "Beethovenstraße", "Lessingstraße", "Tannenweg", "Feldstraße", "Am Mühlbach", "Im Winkel", "Am Alten Markt",
    "An der Stadtmauer", "Zum Sportplatz", "Königsallee", "Brückenstraße", "Poststraße", "Rathausplatz",
    "Lange Straße", "Neue Straße", "Alte Poststraße", "Höhenweg", "Sonnenhang", "Fliederweg", "Eichendorffstraße",
    "Röntgenstraße", "Robert-Koch-Straße", "Albert-Schweitzer-Straße", "Karl-Marx-Straße", "Breslauer Straße",
    "Kastanienallee", "Uferpromenade", "Straße des Friedens", "Große Bleiche",
];

/// Streets of Austria.
#[rustfmt::skip]
pub(super) const AUSTRIAN_STREETS: &[&str] = &[
    "Hauptplatz", "Bahnhofstraße", "Mozartgasse", "Schubertgasse", "Kirchengasse", "Feldgasse", "Wiener Straße",
    "Grazer Straße", "Linzer Straße", "Salzburger Straße", "Mühlgasse", "Rosengasse", "Schlossgasse", "Lindengasse",
    "Am Anger", "Peter-Rosegger-Straße", "Andreas-Hofer-Straße", "Neugasse", "Obere Hauptstraße", "Stifterstraße",
    "Dr.-Karl-Renner-Straße", "Gartengasse", "Brunnengasse", "Weinbergweg", "Am Rosenhügel",
];

/// A town: postcode, name, telephone area code without its leading zero.
pub(super) type Town = (&'static str, &'static str, &'static str);

/// Towns of Germany; the big ones stand here several times, as they have many customers.
#[rustfmt::skip]
pub(super) const GERMAN_TOWNS: &[Town] = &[
    ("10115", "Berlin", "30"), ("10405", "Berlin", "30"), ("10437", "Berlin", "30"), ("10961", "Berlin", "30"),
    ("10999", "Berlin", "30"), ("12043", "Berlin", "30"), ("12163", "Berlin", "30"), ("13353", "Berlin", "30"),
    ("14059", "Berlin", "30"), ("20095", "Hamburg", "40"), ("20144", "Hamburg", "40"), ("20257", "Hamburg", "40"),
    ("22299", "Hamburg", "40"), ("22765", "Hamburg", "40"), ("80331", "München", "89"), ("80469", "München", "89"),
    ("80799", "München", "89"), ("80992", "München", "89"), ("81541", "München", "89"), ("50667", "Köln", "221"),
    ("50672", "Köln", "221"), ("50823", "Köln", "221"), ("51065", "Köln", "221"), ("60311", "Frankfurt am Main", "69"),
    ("60316", "Frankfurt am Main", "69"), ("70173", "Stuttgart", "711"), ("40213", "Düsseldorf", "211"),
    ("04109", "Leipzig", "341"), ("44135", "Dortmund", "231"), ("45127", "Essen", "201"), ("28195", "Bremen", "421"),
    ("01067", "Dresden", "351"), ("30159", "Hannover", "511"), ("90402", "Nürnberg", "911"), ("47051", "Duisburg", "203"),
    ("44787", "Bochum", "234"), ("42103", "Wuppertal", "202"), ("33602", "Bielefeld", "521"), ("53111", "Bonn", "228"),
    ("48143", "Münster", "251"), ("76133", "Karlsruhe", "721"), ("68159", "Mannheim", "621"), ("86150", "Augsburg", "821"),
    ("65183", "Wiesbaden", "611"), ("41061", "Mönchengladbach", "2161"), ("45879", "Gelsenkirchen", "209"),
    ("38100", "Braunschweig", "531"), ("24103", "Kiel", "431"), ("09111", "Chemnitz", "371"), ("52062", "Aachen", "241"),
    ("06108", "Halle (Saale)", "345"), ("39104", "Magdeburg", "391"), ("79098", "Freiburg im Breisgau", "761"),
    ("47798", "Krefeld", "2151"), ("23552", "Lübeck", "451"), ("55116", "Mainz", "6131"), ("99084", "Erfurt", "361"),
    ("18055", "Rostock", "381"), ("34117", "Kassel", "561"), ("26122", "Oldenburg", "441"),
    ("66111", "Saarbrücken", "681"), ("14467", "Potsdam", "331"), ("69117", "Heidelberg", "6221"),
    ("64283", "Darmstadt", "6151"), ("97070", "Würzburg", "931"), ("93047", "Regensburg", "941"),
    ("85049", "Ingolstadt", "841"), ("89073", "Ulm", "731"), ("37073", "Göttingen", "551"), ("74072", "Heilbronn", "7131"),
    ("49074", "Osnabrück", "541"), ("33098", "Paderborn", "5251"), ("72070", "Tübingen", "7071"),
    ("78462", "Konstanz", "7531"), ("88045", "Friedrichshafen", "7541"), ("88131", "Lindau (Bodensee)", "8382"),
    ("83022", "Rosenheim", "8031"), ("94032", "Passau", "851"), ("96047", "Bamberg", "951"), ("95444", "Bayreuth", "921"),
    ("07743", "Jena", "3641"), ("99423", "Weimar", "3643"), ("02826", "Görlitz", "3581"), ("03046", "Cottbus", "355"),
    ("19053", "Schwerin", "385"), ("17489", "Greifswald", "3834"), ("18439", "Stralsund", "3831"),
    ("24937", "Flensburg", "461"), ("25813", "Husum", "4841"), ("27568", "Bremerhaven", "471"), ("26721", "Emden", "4921"),
    ("31134", "Hildesheim", "5121"), ("38440", "Wolfsburg", "5361"), ("29221", "Celle", "5141"),
    ("21335", "Lüneburg", "4131"), ("35037", "Marburg", "6421"), ("35390", "Gießen", "641"), ("36037", "Fulda", "661"),
    ("56068", "Koblenz", "261"), ("54290", "Trier", "651"), ("67655", "Kaiserslautern", "631"),
    ("77652", "Offenburg", "781"), ("73728", "Esslingen am Neckar", "711"), ("71638", "Ludwigsburg", "7141"),
    ("87435", "Kempten (Allgäu)", "831"), ("82467", "Garmisch-Partenkirchen", "8821"), ("58095", "Hagen", "2331"),
    ("59065", "Hamm", "2381"), ("57072", "Siegen", "271"), ("32423", "Minden", "571"), ("46483", "Wesel", "281"),
];

/// Towns of Austria.
#[rustfmt::skip]
pub(super) const AUSTRIAN_TOWNS: &[Town] = &[
    ("1010", "Wien", "1"), ("1020", "Wien", "1"), ("1030", "Wien", "1"), ("1070", "Wien", "1"), ("1090", "Wien", "1"),
    ("1100", "Wien", "1"), ("1160", "Wien", "1"), ("1190", "Wien", "1"), ("1210", "Wien", "1"), ("8010", "Graz", "316"),
    ("8020", "Graz", "316"), ("4020", "Linz", "732"), ("5020", "Salzburg", "662"), ("6020", "Innsbruck", "512"),
    ("9020", "Klagenfurt am Wörthersee", "463"), ("9500", "Villach", "4242"), ("4600", "Wels", "7242"),
    ("3100", "St. Pölten", "2742"), ("6850", "Dornbirn", "5572"), ("2700", "Wiener Neustadt", "2622"),
    ("4400", "Steyr", "7252"), ("6800", "Feldkirch", "5522"), ("6900", "Bregenz", "5574"), ("8700", "Leoben", "3842"),
    ("3500", "Krems an der Donau", "2732"), ("7000", "Eisenstadt", "2682"), ("2340", "Mödling", "2236"),
    ("4810", "Gmunden", "7612"), ("4840", "Vöcklabruck", "7672"), ("5700", "Zell am See", "6542"),
    ("6330", "Kufstein", "5372"), ("8600", "Bruck an der Mur", "3862"), ("9900", "Lienz", "4852"),
];

/// Towns of Switzerland.
#[rustfmt::skip]
pub(super) const SWISS_TOWNS: &[Town] = &[
    ("8001", "Zürich", "44"), ("3011", "Bern", "31"), ("4051", "Basel", "61"), ("9000", "St. Gallen", "71"),
    ("6003", "Luzern", "41"), ("8400", "Winterthur", "52"), ("7000", "Chur", "81"), ("5000", "Aarau", "62"),
];
