import-export = Import / Export
import = Importieren
import-title = Importieren
import-lead = Erst wird gezeigt, was die Datei ändern würde. Geschrieben wird nichts, bevor es bestätigt ist.
import-file = Datei
import-file-help = CSV, Excel (XLSX) oder NDJSON, bis 10 MB und 10.000 Zeilen. In der ersten Zeile stehen die Namen der Spalten.
import-look = Prüfen
import-other = Andere Datei
import-fields = Diese Felder lassen sich füllen
import-fields-help = Spalten mit diesen Namen werden von selbst erkannt; Groß und Klein und Leerzeichen sind egal. Was Kontor exportiert hat, passt so, wie es ist.
import-rows = { $n ->
    [one] { $shown } Zeile
   *[other] { $shown } Zeilen
}
import-kind-workbook = Excel, Blatt „{ $sheet }“
import-kind-csv = CSV mit { $separator }, { $encoding }
import-separator-comma = Komma
import-separator-semicolon = Semikolon
import-separator-tab = Tabulator
import-checking = { $checked } von { $rows } Zeilen sind geprüft.
import-nothing-yet = Noch ist nichts geschrieben.
import-goes-on = Das geht weiter, auch wenn diese Seite zu ist.
import-stopping = Wird nach dem laufenden Teil angehalten.
import-stopped = Angehalten.
import-ended = Das Prüfen wurde angehalten. Geschrieben ist nichts.
import-new = neu
import-changed = geändert
import-same = gleich
import-refused = abgelehnt
import-nothing-to-do = So gibt es nichts zu schreiben.
import-refused-stay = { $n ->
    [one] Die abgelehnte Zeile bleibt außen vor.
   *[other] Die abgelehnten Zeilen bleiben außen vor.
}
import-apply = { $n ->
    [one] { $shown } Datensatz schreiben
   *[other] { $shown } Datensätze schreiben
}
import-rows-refused = { $n ->
    [one] { $shown } Zeile abgelehnt
   *[other] { $shown } Zeilen abgelehnt
}
import-rows-changed = { $n ->
    [one] { $shown } Änderung
   *[other] { $shown } Änderungen
}
import-rows-new = { $n ->
    [one] { $shown } neuer Datensatz
   *[other] { $shown } neue Datensätze
}
import-rows-same = { $n ->
    [one] { $shown } Datensatz bleibt, wie er ist
   *[other] { $shown } Datensätze bleiben, wie sie sind
}
import-row = Zeile { $row }
import-refused-file = Abgelehnte Zeilen mit Gründen (CSV)
import-reason = Grund
import-cell = { $field }: { $why }
import-cell-text = { $field } „{ $text }“: { $why }
import-choices = Zur Auswahl stehen: { $choices }.
import-row-twice = Derselbe Datensatz steht schon in Zeile { $row }.
import-row-not-found = Diesen Datensatz gibt es nicht.
import-row-exists = Diesen Datensatz gibt es schon.
import-row-several = Darauf passen mehrere Datensätze.
import-row-no-key = Hier fehlt, woran der Datensatz zu erkennen ist.
import-columns = { $taken } von { $all } Spalten werden übernommen.
import-left-out = Außen vor: { $columns }.
import-found-by-text = Datensätze werden gefunden über: { $field }.
import-column = Spalte der Datei
import-to-field = Feld
import-written-as = Schreibweise
import-no-field = – nicht übernehmen –
import-field-of = Feld für „{ $column }“
import-spelling-of = Schreibweise von „{ $column }“
import-spelling-plain = 1234.50 · 2026-05-31
import-spelling-german = 1.234,50 · 31.05.2026
import-spelling-british = 1,234.50 · 31/05/2026
import-spelling-american = 1,234.50 · 05/31/2026
import-open = Nicht eindeutig – bitte ansehen.
import-left-no-field = Kein Feld heißt so.
import-left-locked = Dieses Feld lässt sich nicht ändern.
import-left-taken = Eine andere Spalte füllt dieses Feld schon.
import-left-chosen = Auf Wunsch außen vor.
import-found-by = Datensätze finden über
import-by-nothing = nichts – jede Zeile ist neu
import-mode = Was geschehen soll
import-mode-both = Ändern und neu anlegen
import-mode-change = Nur vorhandene ändern
import-mode-create = Nur neue anlegen
import-check = Noch einmal prüfen
import-again = Die Datei noch einmal prüfen
import-twice = Zwei Spalten sollen „{ $field }“ füllen; es kann nur eine sein.
import-not-mapped = Gefunden werden soll über „{ $field }“, aber keine Spalte füllt dieses Feld.
import-no-match = Zum Ändern muss feststehen, über welches Feld die Datensätze gefunden werden.
import-not-ready = Dieser Import ist schon geschrieben oder wird noch geprüft.
import-file-large = Die Datei ist zu groß: mehr als { $most } gehen nicht auf einmal. Bitte aufteilen.
import-file-rows = Die Datei hat mehr als { $most } Zeilen; mehr gehen nicht auf einmal. Bitte aufteilen.
import-file-columns = Die Datei hat mehr als { $most } Spalten.
import-file-empty = In der Datei steht nichts: Unter den Namen der Spalten wird mindestens eine Zeile gebraucht.
import-file-no-text = Das ist weder Text noch eine Excel-Datei.
import-file-old = Das ist eine Excel-Datei im alten Format (.xls). Bitte in Excel als .xlsx speichern.
import-file-workbook = Diese Excel-Datei ließ sich nicht lesen: { $why }
import-file-quotes = Zeile { $row }, Spalte { $column }: Ein Anführungszeichen ist nicht richtig geschlossen.
import-file-cells = Zeile { $row } hat { $cells } Zellen, es gibt aber nur { $heads } Spalten.
import-file-json = Zeile { $row }, Zeichen { $column }: Das ist kein JSON-Objekt.
change-import = Änderungen und Neuanlagen
failure-not-ready = Noch nicht so weit
