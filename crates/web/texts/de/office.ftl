# Backends, Personen, Konto, Protokoll, Verbinden
all = alle
days = { $n ->
    [one] { $shown } Tag
   *[other] { $shown } Tage
}
role = Rolle
roles = Rollen
role-administrator = verwaltet
role-editor = ändert
role-reader = liest
role-nothing = kein Zugriff
role-general = wie überall
role-everywhere = Überall
role-help = Gilt für alle Backends, bei denen nichts anderes gewählt ist.
role-exceptions = { $n ->
    [one] { $shown } Ausnahme
   *[other] { $shown } Ausnahmen
}
state = Zustand
last-seen = Zuletzt hier
person-active = aktiv
person-invited = eingeladen
person-disabled = gesperrt
person-disable = Sperren
person-enable = Entsperren
person-reset = Neues Passwort ermöglichen
person-reset-made = Über diese Adresse lässt sich ein neues Passwort wählen:
people-count = { $n ->
    [one] { $shown } Person
   *[other] { $shown } Personen
}
invite = Jemanden einladen
invite-help = Es entsteht eine Adresse zum Weitergeben. Kontor verschickt selbst keine E-Mails.
invite-go = Einladen
invite-made = Einladung für { $email }:
shown-now = Wird nur jetzt gezeigt.

zone = Zeitzone
password-present = Bisheriges Passwort
password-new = Neues Passwort
password-change = Passwort ändern
sessions = Angemeldet auf
sessions-none = Nirgends angemeldet.
sessions-others = Überall sonst abmelden
session-this = dieses Gerät
session-end = Abmelden
tokens = API-Schlüssel
tokens-help = Für Programme, die über die API mit deinen Rechten arbeiten.
tokens-none = Keine API-Schlüssel.
token-made = Der neue Schlüssel:
token-title = Wofür
token-scope = Darf
token-read = lesen
token-write = lesen und ändern
token-days = Gilt
token-make = Schlüssel anlegen
token-until = gilt bis
token-used = benutzt
token-unused = noch nie benutzt
token-end = Entziehen

audit-lead = Jede Änderung, jede Anmeldung, jeder Export – gegen Verfälschung verkettet. Die Einträge einer Änderung stehen als eine Zeile da; darum springen die Nummern.
audit-check = Kette prüfen
audit-sound = { $n ->
    [one] { $shown } Eintrag geprüft, unverfälscht
   *[other] { $shown } Einträge geprüft, unverfälscht
}
audit-broken = Die Kette ist gebrochen.
audit-nothing = Keine Einträge
audit-nothing-text = Zu dieser Auswahl ist nichts verzeichnet.
audit-newer = Neuere
audit-older = Ältere
audit-number = Nr.
audit-when = Wann
audit-who = Wer
audit-what = Was
audit-subject = Woran
audit-outcome = Ausgang
audit-backend = Backend
audit-from = Von
audit-until = Bis
deed-created = { $n ->
    [one] { $shown } Datensatz angelegt
   *[other] { $shown } Datensätze angelegt
}
deed-changed = { $n ->
    [one] { $shown } Datensatz geändert
   *[other] { $shown } Datensätze geändert
}
deed-deleted = { $n ->
    [one] { $shown } Datensatz gelöscht
   *[other] { $shown } Datensätze gelöscht
}
deed-action = „{ $action }“
deed-acted = { $n ->
    [one] Aktion mit { $shown } Datensatz ausgeführt
   *[other] Aktion mit { $shown } Datensätzen ausgeführt
}
deed-undid = { $n ->
    [one] Änderung an { $shown } Datensatz zurückgenommen
   *[other] Änderung an { $shown } Datensätzen zurückgenommen
}
deed-exported = { $n ->
    [one] { $shown } Datensatz exportiert
   *[other] { $shown } Datensätze exportiert
}
deed-signed-in = angemeldet
deed-sign-in-failed = Anmeldung gescheitert
deed-signed-out = abgemeldet
deed-invited = eingeladen
deed-roles = Rollen geändert
deed-disabled = gesperrt
deed-enabled = entsperrt
deed-password = Passwort geändert
deed-token-made = API-Schlüssel angelegt
deed-token-ended = API-Schlüssel entzogen
deed-session-ended = Sitzung beendet
deed-connected = Backend verbunden
deed-manifest = Manifest geändert

backend-read = Schema neu lesen
backend-resources = Ressourcen
index-title = Suche
index-help = Kontor merkt sich, wonach hier gesucht werden kann. So ist alles sofort gefunden – auch wenn das Backend gerade nicht antwortet.
index-records = Gemerkt
index-state = Stand
index-fresh = Zuletzt gelesen
index-whole = vollständig
index-reading = wird gelesen: { $records } bisher
index-waiting = wartet
index-stuck = lässt sich nicht lesen
backend-left-out = Nicht verwendbar
resource = Ressource
resource-records = Datensätze
resource-kind = Art
resource-key = Schlüssel
resource-no-key = ohne Schlüssel
resource-change = Ändern
resource-writable = änderbar
kind-table = Tabelle
kind-view = Sicht
kind-materialized = Sicht mit Stand
kind-foreign = fremde Tabelle
kind-collection = Liste eines Dienstes
drift = Am Schema hat sich etwas geändert
drift-help = Was noch passt, funktioniert weiter. Zuletzt gelesen:
drift-breaking = Achtung:
drift-nothing = betrifft nichts
drift-touches = betrifft
connection = Verbindung
connection-address = Adresse
connection-replica = Zum Lesen
connection-budget = Budget
connection-budget-text = höchstens { $connections } Verbindungen, { $timeout } ms je Abfrage, { $rows } Zeilen je Antwort
connection-manifest = Manifest
connection-writable = Änderungen sind freigegeben
connection-reads = nur zum Lesen freigegeben
proposals = { $n ->
    [one] { $shown } Vorschlag
   *[other] { $shown } Vorschläge
}
proposals-help = Aus Namen, Typen und Stichproben geschlossen. Angenommene kommen ins Manifest; am Backend ändert sich nichts.
proposals-accept = Angekreuzte annehmen
proposals-reject = Angekreuzte ablehnen
proposal-link = Verweis
proposal-title = Titel
proposal-soft-delete = Gelöscht-Merkmal
proposal-list = Liste im Text
proposal-money = Geldbetrag
proposal-translation = Übersetzung
proposal-inheritance = Unterarten
proposal-stamps = Zeitstempel
proposal-join = Verknüpfungstabelle
proposal-status = Status
proposal-secret = Geheimnis
confidence-high = sehr sicher
confidence-medium = wahrscheinlich
confidence-low = ansehen

connect-lead = Kontor liest nur, was das Backend von sich sagt, und legt dort nichts an. Am besten mit einem Konto, das nur lesen darf.
connect-address = Adresse
connect-address-help = Einer Datenbank (SQLite, PostgreSQL, MySQL/MariaDB) oder eines Dienstes, der OpenAPI oder GraphQL spricht
connect-example-user = leser:passwort
connect-sign-in = Der Dienst verlangt eine Anmeldung
connect-sign-in-help = Bei einer Datenbank stehen Benutzer und Passwort in der Adresse.
connect-auth = Womit
connect-auth-missing = Zu dieser Anmeldung fehlt noch eine Angabe.
connect-auth-described = wie der Dienst es beschreibt
connect-auth-bearer = Token (Bearer)
connect-auth-basic = Benutzer und Passwort
connect-auth-header = Schlüssel im Header
connect-auth-query = Schlüssel in der Adresse
connect-auth-oauth2 = OAuth 2 (Client Credentials)
connect-auth-user = Benutzer
connect-auth-header-name = Name des Headers
connect-auth-parameter = Name des Parameters
connect-auth-client = Client-ID
connect-auth-secret = Token, Passwort oder Schlüssel
connect-token-url = Adresse für Tokens
connect-scopes = Scopes
connect-look = Nachsehen
connect-found = Gefunden
connect-proposals = { $n ->
    [one] { $shown } Vorschlag dazu
   *[other] { $shown } Vorschläge dazu
}
connect-name = Titel
connect-short = Kurzname
connect-name-help = Steht in Adressen und als Name des Manifests: a–z, 0–9 und -
connect-encrypted = verschlüsselt im Manifest
connect-variable = in der Umgebungsvariablen { $name }
connect-keep-help = Im Klartext wird es nirgends abgelegt.
connect-reads = nur lesen
connect-writes = lesen und ändern
connect-write-help = Lässt sich später je Ressource im Manifest festlegen.
connect-write = Manifest schreiben

linking-title = Verweise
linking-lead = Was in einem Backend auf Datensätze eines anderen verweist.
linking-compared = Verglichen
linking-compare = Backends vergleichen
linking-cost = { $n ->
    [one] { $shown } Abfrage
   *[other] { $shown } Abfragen
}
linking-help = Aus Namen und Stichproben beider Seiten geschlossen. Angenommene kommen ins Manifest des Backends, das verweist; an den Backends ändert sich nichts.
linking-never = Noch nicht verglichen
linking-never-text = Ein Vergleich liest von jedem Backend ein paar Stichproben und schlägt vor, was zusammengehört.
linking-nothing = Keine offenen Vorschläge
linking-nothing-text = Der letzte Vergleich hat nichts Neues gefunden.
linking-in-force = In Kraft
linking-none = Noch verweist kein Backend auf ein anderes.
linking-elsewhere = Verweise auf andere Backends
linking-backend = Backend
linking-from = Von
linking-to = Nach
linking-coverage = Gefunden
linking-unmeasured = noch nicht gemessen
linking-share = { $percent } %
linking-fallen = { $percent } %, war schon { $best } %
linking-fallen-banner = Hier findet sich weniger als früher: { $links }. Vielleicht fehlen drüben Datensätze, oder Werte werden anders geschrieben.
linking-names = Die Namen meinen dasselbe.
linking-here = { $found } von { $of } Werten gibt es in „{ $backend }“.
linking-there = { $found } von { $of } Werten aus „{ $backend }“ kommen hier vor.
linking-orphans = Ohne Gegenstück zum Beispiel: { $values }.
linking-one-to-one = Höchstens einer verweist auf jeden.
linking-many = Mehrere können auf denselben verweisen.
linking-examples = Zum Beispiel
linking-value = So wird aus dem Wert der andere: { $steps }.
linking-one-way = Von drüben zurück geht es nicht: Der Weg ist nicht eindeutig.
value-trim = Leerraum am Rand weglassen
value-strip = „{ $text }“ überall weglassen
value-remove-prefix = „{ $text }“ am Anfang weglassen
value-unpad = führende Nullen der { $width } Stellen weglassen
value-pad = vorn auf { $width } Stellen mit Nullen auffüllen
value-add-prefix = „{ $text }“ davorsetzen
value-ignore-case = Groß- und Kleinschreibung nicht beachten
