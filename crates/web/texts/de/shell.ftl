# Rahmen, Anmeldung, Mosaik
skip = Zum Inhalt springen
nav = Bereiche
nav-open = Menü öffnen
nav-backends = Backends
nav-about = Übersicht
nav-more = { $n ->
    [one] { $shown } weitere …
   *[other] { $shown } weitere …
}
close = Schließen
cancel = Abbrechen
undo = Rückgängig
copy = Kopieren
yes = Ja
no = Nein
retry = Noch einmal versuchen
operation = Vorgang
name = Name
email = E-Mail-Adresse
password = Passwort
password-help = Mindestens 10 Zeichen. Ein ganzer Satz ist leicht zu merken und schwer zu raten.
password-repeat = Passwort wiederholen
language = Sprache
theme = Farben
theme-system = System
theme-light = Hell
theme-dark = Dunkel
density = Zeilen
density-compact = Dicht
density-normal = Normal
density-roomy = Luftig
read-only = nur lesen
sign-in = Anmelden
sign-out = Abmelden
sign-in-wrong = E-Mail-Adresse und Passwort passen nicht zusammen.
sign-in-throttled = { $n ->
    [one] Zu viele Versuche. In { $shown } Sekunde geht es weiter.
   *[other] Zu viele Versuche. In { $shown } Sekunden geht es weiter.
}
sign-in-ended = Die Sitzung ist abgelaufen. Nach der Anmeldung geht es dort weiter, wo du aufgehört hast.
welcome-title = Willkommen im Kontor
welcome-first = Dieses Konto wird das erste mit allen Rechten. Weitere Personen lassen sich danach einladen.
welcome-invited = { $name } hat dich eingeladen. Es fehlen nur noch Name und Passwort.
welcome-lead = Es fehlen nur noch Name und Passwort.
welcome-go = Konto anlegen
account-title = Mein Konto
people-title = Personen
audit-title = Protokoll
connect-title = Backend verbinden
failure-home = Zum Mosaik

health-ok = läuft
health-slow = langsam
health-down = nicht erreichbar
health-unknown = noch nicht geprüft

ago-now = gerade eben
ago-minutes = { $n ->
    [one] vor { $shown } Minute
   *[other] vor { $shown } Minuten
}
ago-hours = { $n ->
    [one] vor { $shown } Stunde
   *[other] vor { $shown } Stunden
}
ago-days = { $n ->
    [one] vor { $shown } Tag
   *[other] vor { $shown } Tagen
}

count-exact = { $n ->
    [one] { $shown } Datensatz
   *[other] { $shown } Datensätze
}
count-about = { $n ->
    [one] etwa { $shown } Datensatz
   *[other] etwa { $shown } Datensätze
}
count-more = { $n ->
    [one] mehr als { $shown } Datensatz
   *[other] mehr als { $shown } Datensätze
}
count-unknown = Anzahl unbekannt

mosaic-title = Mosaik
mosaic-views = Arbeitslisten
mosaic-count = { $n ->
    [one] { $shown } Backend
   *[other] { $shown } Backends
}
mosaic-unwell = { $n ->
    [one] davon { $shown } mit Problemen
   *[other] davon { $shown } mit Problemen
}
mosaic-resources = { $n ->
    [one] { $shown } Ressource
   *[other] { $shown } Ressourcen
}
mosaic-writable = { $n ->
    [one] { $shown } änderbar
   *[other] { $shown } änderbar
}
mosaic-checked = Zuletzt geprüft:
mosaic-unchecked = noch nicht geprüft
mosaic-proposals = { $n ->
    [one] { $shown } Vorschlag wartet
   *[other] { $shown } Vorschläge warten
}
mosaic-empty = Noch kein Backend verbunden
mosaic-empty-text = Eine Datenbank oder einen Dienst verbinden, und die Daten stehen hier – gelesen wird sofort, geändert erst nach Freigabe.
mosaic-nothing = Hier ist noch nichts zu sehen
mosaic-nothing-text = Dieses Konto hat noch keinen Zugang zu einem Backend. Wer Kontor verwaltet, kann ihn geben.

palette-title = Suchen
palette-prompt = Suchen oder Nummer einfügen …
palette-nothing = Nichts gefunden.

keys-title = Tasten
keys-palette = Suchen, Nummer einfügen
keys-home = Zum Mosaik
keys-help = Diese Übersicht
keys-close = Schließen, Auswahl aufheben
keys-down = Zeile tiefer
keys-up = Zeile höher
keys-sideways = Spalte wechseln
keys-open = Datensatz öffnen
keys-edit = Zelle oder Datensatz bearbeiten
keys-type = Zahl in einer Zelle überschreiben
keys-select = Zeile auswählen
keys-filter = Filtern
keys-new = Neuer Datensatz
keys-queue = Abarbeiten: einen Datensatz nach dem anderen
keys-queue-steps = In einer Warteschlange vor und zurück; die Tasten der Aktionen stehen daneben
keys-neighbours = Voriger und nächster Datensatz der Liste
keys-paste = Zellen aus einer Tabelle einfügen
keys-undo = Letzte Änderung zurücknehmen

script-saved = Gespeichert
script-undone = Zurückgenommen
script-failed = Das hat nicht geklappt
script-offline = Keine Verbindung zu Kontor. Nichts wurde geschrieben.
script-cell-offline = Keine Verbindung zu Kontor. Ob das gespeichert ist, klärt ein neuer Versuch; doppelt geschrieben wird nichts.
script-cell-discard = Verwerfen
script-slow = Das dauert länger als sonst.
script-cancelled = Abgebrochen
script-copied = Kopiert
script-selected = ausgewählt
script-sum = Summe
script-average = Mittel
script-paste-text = Das wird geschrieben:
script-pasted = Zellen eingefügt
script-read-only = Diese Zelle lässt sich hier nicht ändern.
