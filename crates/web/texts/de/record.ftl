# Datensätze
value-null = ohne Wert
value-empty = (leer)
locked-read-only = Dieses Backend ist nur zum Lesen freigegeben. Im Manifest lässt sich das ändern.
locked-resource = Diese Liste ist nur zum Lesen freigegeben. Im Manifest lässt sich das ändern.
locked-field = Dieses Feld ist im Manifest nur zum Lesen freigegeben.
locked-no-right = Deine Rolle erlaubt hier keine Änderungen.
locked-view = Das ist eine Sicht der Datenbank; sie lässt sich nur lesen.
locked-no-key = Ohne Schlüssel lassen sich die Datensätze nicht sicher unterscheiden, darum nur lesen.
locked-generated = Diesen Wert bildet die Datenbank selbst.
locked-type = Werte dieses Typs werden nur angezeigt, damit nichts verloren geht.
locked-no-privilege = Das Konto der Verbindung darf hier nicht schreiben.
locked-not-offered = Der Dienst bietet keine Änderung an.
record-actions = Aktionen
record-case = { $of } überall
case-disputed = Die Backends sagen Verschiedenes.
case-hints = Auffälliges
case-warning = Achtung
case-hint = Hinweis
case-facts = Was bekannt ist
case-timeline-all = Den ganzen Verlauf zeigen
case-timeline-none = Noch ist nichts verzeichnet.
case-as-of = Stand
case-empty = Keine Einträge:
case-unread = Am Datensatz selbst:
case-beyond-many = weitere
case-beyond = { $n ->
    [one] ein weiterer Datensatz
   *[other] { $shown } weitere Datensätze
}
act-leave = Zurück, nichts ändern
said-by = { $backend } sagt: „{ $reason }“
action-refused = Bei diesem Datensatz ist das gerade nicht möglich.
action-stale = Inzwischen hat sich etwas geändert ({ $now }). Es wurde nichts geschrieben, die Eingaben sind noch da.
locked-key = Der Schlüssel bleibt, wie er ist.
locked-kept = Wird automatisch gesetzt.
conflict-title = Gerade von jemand anderem geändert
conflict-text = Seit du die Seite geöffnet hast, hat sich dieser Wert geändert. Nichts ist verloren – was soll gelten?
conflict-mine = Deins
conflict-theirs = Jetzt
conflict-before = Vorher
conflict-keep-mine = Deins speichern
conflict-keep-theirs = Jetzigen Wert behalten
paste-title = Zellen einfügen
paste-go = Einfügen
paste-none = Davon lässt sich hier nichts einfügen.
change-before = vorher
change-after = nachher
piece-added = Neu
piece-removed = Entfernt
piece-moved = Nur die Reihenfolge ist anders.
piece-none = Nichts Sichtbares ist anders.
structure-more = { $n ->
    [one] ein weiterer Eintrag
   *[other] { $shown } weitere
}
draft-restored = Ein nicht gespeicherter Entwurf wurde wiederhergestellt.
draft-drop = Entwurf verwerfen
save = Speichern
record-deleted = Dieser Datensatz gilt als gelöscht ({ $field }).
record-previous = Voriger Datensatz der Liste
record-next = Nächster Datensatz der Liste
record-edit = Bearbeiten
record-more = Mehr
record-copy-link = Adresse kopieren
record-delete = Löschen
related-none = Nichts verweist hierher.
related-all = Alle zeigen
related-show = Zeigen
timeline = Verlauf
timeline-show = Verlauf zeigen
timeline-none = In Kontor wurde hier noch nichts geändert.
timeline-together = { $n ->
    [one] zusammen mit { $shown } weiteren
   *[other] zusammen mit { $shown } weiteren
}
did-create = hat angelegt
did-update = hat geändert
did-delete = hat gelöscht
did-undo = hat zurückgenommen
did-act = hat „{ $action }“ ausgeführt
tried-create = wollte anlegen
tried-update = wollte ändern
tried-delete = wollte löschen
tried-undo = wollte zurücknehmen
tried-act = wollte „{ $action }“ ausführen
tried-not-written = Nicht geschrieben: { $why }
outcome-applied = geschrieben
outcome-partly = teilweise geschrieben
outcome-failed = nicht geschrieben
outcome-unknown = ungewiss, ob geschrieben
outcome-running = wird geschrieben
change-unknown-text = Während des Schreibens brach die Verbindung ab. Ein Blick auf den Datensatz zeigt, was gilt; hier wird nachgetragen, sobald es feststeht.
change-partly-text = { $written } von { $all } Datensätzen wurden geschrieben. Bei den übrigen steht der Grund dabei.
change-more = { $n ->
    [one] und { $shown } weiterer
   *[other] und { $shown } weitere
}
change-undo-of = Nimmt zurück:
change-undone-by = Zurückgenommen durch:
audit-entry = Protokolleintrag
form-edit = { $title } bearbeiten
form-new = Neu: { $resource }
form-create = Anlegen
form-zone = Zeitzone { $zone }
form-length = { $n ->
    [one] höchstens { $shown } Zeichen
   *[other] höchstens { $shown } Zeichen
}
form-default = Backend entscheidet
form-none = – ohne Wert –
form-pick = Nummer eingeben oder suchen
form-look = Nachschlagen
form-errors = { $n ->
    [one] Noch nichts gespeichert: { $shown } Angabe passt nicht.
   *[other] Noch nichts gespeichert: { $shown } Angaben passen nicht.
}
stale-text = Deine Eingaben sind noch da. Bei diesen Feldern gibt es zwei Fassungen – was soll gelten?
stale-text-others = Deine Eingaben sind noch da und stoßen mit nichts zusammen; anderes hat sich geändert. Passt alles zusammen?
stale-others = Außerdem geändert, seit du geöffnet hast
stale-outside = außerhalb von Kontor geändert
stale-drop = Eigene Änderungen verwerfen
delete-title = { $title } löschen?
delete-marks = Der Datensatz bleibt in der Datenbank und gilt über „{ $field }“ als gelöscht. Das lässt sich zurücknehmen.
delete-reversible = Das lässt sich zurücknehmen, solange nichts anderes seinen Platz einnimmt.
delete-final = Das lässt sich nicht zurücknehmen.
delete-touched = Das hängt daran
delete-prevented = Das geht noch nicht: Anderes verweist hierher, und die Datenbank lässt es nicht los.
delete-first = Das muss zuerst weg oder woandershin zeigen
delete-back = Zurück zum Datensatz
delete-confirm = Zur Sicherheit „{ $title }“ eintippen
fate-deleted = wird mitgelöscht
fate-cleared = verliert den Verweis
fate-refuses = verhindert das Löschen
fate-dangling = zeigt danach ins Leere
bulk-title = Mehrere ändern
bulk-choose = Nur angekreuzte Felder werden geändert.
bulk-set = „{ $field }“ ändern
bulk-preview = Vorschau
bulk-preview-edit = Vorschau der Änderung
bulk-preview-delete = Vorschau des Löschens
bulk-changing = { $n ->
    [one] { $shown } Datensatz würde geändert.
   *[other] { $shown } Datensätze würden geändert.
}
bulk-deletes-none = Davon lässt sich nichts löschen.
bulk-deleting = { $n ->
    [one] { $shown } Datensatz würde gelöscht.
   *[other] { $shown } Datensätze würden gelöscht.
}
bulk-unchanged = { $n ->
    [one] { $shown } ist schon so.
   *[other] { $shown } sind schon so.
}
bulk-reversible = Noch ist nichts geschrieben; danach lässt sich alles auf einmal zurücknehmen.
bulk-final = Noch ist nichts geschrieben; danach gibt es kein Zurück.
bulk-excluded = { $n ->
    [one] { $shown } Datensatz bleibt außen vor
   *[other] { $shown } Datensätze bleiben außen vor
}
bulk-confirm = Zur Sicherheit eintippen, wie viele es sind: { $shown }
bulk-not-confirmed = Das ist nicht die Zahl, um die es geht. Tippe bitte { $shown } ein.
bulk-first = Die ersten davon
bulk-apply = { $n ->
    [one] { $shown } Datensatz ändern
   *[other] { $shown } Datensätze ändern
}
bulk-apply-delete = { $n ->
    [one] { $shown } Datensatz löschen
   *[other] { $shown } Datensätze löschen
}
hit-records = Datensätze
hit-more = Mehr Treffer
hit-all = Alle in „{ $resource }“
hit-views = Ansichten
hit-actions = Aktionen
hit-also = auch in { $backends }
hit-pages = Seiten
# Der Server antwortet nicht; gezeigt wird, was zuletzt gelesen wurde: „Stand 14:03“
hit-as-of = Stand
palette-silent = Keine Antwort von: { $backends }
palette-skipped = Nicht durchsucht, weil dafür ganze Tabellen gelesen werden müssten: { $resources }
change-create = Neuanlage
change-update = Änderung
change-delete = Löschung
change-act = Aktion
change-undo = Rücknahme
form-not-whole = Diese Bytes sind zu groß für ein Formular und bleiben, wie sie sind.
form-choose = – bitte wählen –
delete-not-confirmed = Zum Löschen bitte den Titel genau so eintippen, wie er dort steht.

leave-title = Ohne Speichern verlassen?
leave-text = Deine Änderungen sind noch nicht gespeichert. Als Entwurf bleiben sie in diesem Browser.
leave-stay = Hier bleiben
leave-go = Verlassen
# Warteschlangen
queue = Warteschlange
queue-start = Abarbeiten
queue-start-help = Einen Datensatz nach dem anderen öffnen; ist einer erledigt, folgt der nächste.
queue-list = Liste
queue-of = von
queue-left = Gehört nicht mehr in diese Liste
queue-previous = Voriger Datensatz (k)
queue-next = Weiter
queue-end = Fertig
toast-overtaken = Hier war das nicht mehr möglich, da war schon jemand dran. Weiter mit dem nächsten.
toast-skipped = Einer davor wurde inzwischen erledigt und ist übersprungen.
toast-done-queue-end = Erledigt. Das war der letzte Datensatz dieser Liste.
toast-queue-end = Das war der letzte Datensatz dieser Liste.
toast-queue-empty = Hier ist gerade nichts zu tun.
# Formulare von Aktionen
pick-none = Hier ist nichts mehr zu wählen.
pick-number = Wie viele von „{ $title }“
pick-of = von
foreseen = Was dabei herauskommt
foreseen-ask = Ausrechnen
foreseen-unasked = Steht hier, sobald alles dafür angegeben ist.
action-expects = Ändert sich: { $fields }
toast-done-nothing = Ausgeführt, aber am Datensatz hat sich nichts davon geändert, was sich ändern sollte.
toast-done-also = Ausgeführt. Es hat sich mehr geändert als erwartet; der Verlauf zeigt, was.
