# Listen
list-new = Neu
list-slow = „{ $backend }“ hat { $seconds } s gebraucht – langsamer als sonst.
list-down = „{ $backend }“ antwortet nicht.
list-as-of = Diese Sicht ist ein Abbild. Stand:
list-no-right = Kein Zugriff
list-no-right-text = Diese Rolle darf die Daten hier nicht sehen. Wer Kontor verwaltet, kann das ändern.
list-away = Zurzeit keine Daten
list-away-text = Das Backend ist nicht erreichbar. Alles andere funktioniert weiter.
list-past-end = Hier ist die Liste zu Ende
list-past-end-text = Seit dem letzten Blick sind Datensätze verschwunden.
list-to-start = Zum Anfang
list-no-match = Nichts gefunden – Filter lockern?
list-no-match-text = Es gibt Datensätze, aber keiner passt auf Suche und Filter.
list-no-data = Noch nichts da
list-no-data-text = Hier gibt es noch keinen einzigen Datensatz.
list-hides-deleted = Gelöschte sind ausgeblendet ({ $field }).
count-ask = zählen

views = Ansichten
view-all = Alle
view-keep = Ansicht speichern
view-name = Name der Ansicht
view-scope = Für wen
view-personal = Nur für mich
view-team = Für mein Team
view-everybody = Für alle
view-first = Die Liste öffnet sich damit
view-counted = Anzahl anzeigen
view-save = Ansicht merken
view-overwrite = Überschreiben
view-delete = Löschen
view-changed = verändert, noch nicht gemerkt

filter = Filter
filter-add = Filter
filter-edit = Filter ändern
filter-drop = Filter entfernen
filter-clear = Alle Filter entfernen
filter-reset = Zurücksetzen
filter-apply = Anwenden
filter-wrong = Dieser Filter passt nicht:
filter-text = Filter als Text
filter-text-help = Zum Beispiel
filter-text-more = Alle Operatoren mit Beispielen stehen in docs/filters.md.
filter-and = und
filter-or = oder
filter-not = nicht
search-in = Suchen in { $fields }
search-scan = Suche aus: Sie müsste etwa { $shown } Datensätze einzeln lesen. Ein Filter hilft weiter.
search-words = „{ $words }“
search-drop = Suche aufheben

op-eq = ist
op-ne = ist nicht
op-lt = <
op-le = ≤
op-gt = >
op-ge = ≥
op-before = vor
op-until = bis
op-after = nach
op-since = ab
op-in = ist eins von
op-not-in = ist keins von
op-between = zwischen
op-contains = enthält
op-starts = beginnt mit
op-ends = endet mit
op-has = hat
op-during = in:
op-null = hat keinen Wert
op-not-null = hat einen Wert
op-empty = ist leer
op-not-empty = ist nicht leer

period-today = heute
period-yesterday = gestern
period-tomorrow = morgen
period-last-7-days = letzte 7 Tage
period-last-14-days = letzte 14 Tage
period-last-30-days = letzte 30 Tage
period-last-90-days = letzte 90 Tage
period-next-7-days = nächste 7 Tage
period-this-week = diese Woche
period-last-week = letzte Woche
period-this-month = dieser Monat
period-last-month = letzter Monat
period-this-quarter = dieses Quartal
period-last-quarter = letztes Quartal
period-this-year = dieses Jahr
period-last-year = letztes Jahr

builder-test = Bedingung
builder-field = Feld
builder-operator = Vergleich
builder-value = Wert
builder-period = Zeitraum
builder-other-period = oder genau: 2026-11
builder-lines = ein Wert je Zeile
builder-or = oder …
builder-go = Weiter
builder-drop = Bedingung entfernen
builder-no-field = Dieses Feld gibt es nicht.
builder-no-value = „{ $field }“ braucht noch einen Wert.

columns = Spalten
column-pin = Immer sichtbar
column-up = Nach vorn
column-down = Nach hinten
column-place = Platz
column-apply = Übernehmen
column-reset = Zurücksetzen
column-unsortable = Nach dieser Spalte kann das Backend nicht sortieren.

export = Export
export-note = Alles, was Filter und Spalten zeigen – auch jenseits dieser Seite.
export-csv = CSV
export-xlsx = Excel (XLSX)
export-ndjson = NDJSON

select-all = Alle auf dieser Seite auswählen
select-row = Auswählen:
open-row = „{ $title }“ öffnen
bulk-selection = Auswahl
bulk-edit = Bearbeiten
bulk-delete = Löschen
bulk-export = Exportieren
bulk-all = alle Treffer
bulk-all-help = Nicht nur diese Seite, sondern alle Datensätze, auf die der Filter passt.
bulk-none = Auswahl aufheben

pager = Seiten
pager-rows = { $n ->
    [one] { $shown } Zeile
   *[other] { $shown } Zeilen
}
pager-all = das sind alle
pager-per-page = je Seite
pager-first = Anfang
pager-previous = Vorige Seite
pager-next = Nächste Seite

concealed = verborgen
concealed-secret = Das ist ein Geheimnis wie ein Passwort oder Schlüssel und bleibt verborgen.
concealed-no-right = Diese Rolle darf den Wert nicht sehen.
value-cut = Hier gekürzt; vollständig auf der Seite des Datensatzes.
link-dangling = Dahinter ist nichts zu finden.
