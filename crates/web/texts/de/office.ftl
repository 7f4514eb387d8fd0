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
drift = Am Schema hat sich etwas geändert
drift-help = Was noch passt, funktioniert weiter. Zuletzt gelesen:
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
proposals-help = Aus Namen, Typen und Stichproben geschlossen. Angenommene kommen ins Manifest; an der Datenbank ändert sich nichts.
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

connect-lead = Kontor liest nur das Schema und legt in der Datenbank nichts an. Am besten mit einem Konto, das nur lesen darf.
connect-address = Adresse der Datenbank
connect-address-help = SQLite, PostgreSQL oder MySQL/MariaDB
connect-example-user = leser:passwort
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
