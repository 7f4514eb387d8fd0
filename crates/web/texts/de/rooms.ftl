# Räume: Vorschläge und ihre Belege, Drift, was das Protokoll noch kennt
token-endless = gilt ohne Ende
audit-broken-at = Zuerst bei Eintrag { $number }, an { $count } Stellen in allem: { $detail }.
deed-manifest-failed = Manifest nicht geschrieben
deed-proposal-rejected = Vorschlag abgelehnt
deed-joined = Konto eröffnet
deed-reset = neues Passwort ermöglicht
deed-exported-list = Liste exportiert
deed-other = anderes
connect-again = Zu viel Zeit vergangen: Die Adresse bitte noch einmal angeben.
connect-name-wrong = Ein Kurzname beginnt mit einem Buchstaben und hat nur a–z, 0–9 und -.
connect-name-taken = Ein Backend dieses Namens gibt es schon.
drift-resource-added = „{ $resource }“ ist neu.
drift-resource-removed = „{ $resource }“ ist verschwunden.
drift-field-added = „{ $resource }“ hat ein neues Feld „{ $field }“.
drift-field-removed = „{ $resource }“ hat das Feld „{ $field }“ nicht mehr.
drift-field-retyped = „{ $resource }.{ $field }“ war { $before } und ist jetzt { $now }.
drift-field-optional = „{ $resource }.{ $field }“ darf jetzt leer bleiben.
drift-field-required = „{ $resource }.{ $field }“ darf nicht mehr leer bleiben.
drift-key = „{ $resource }“ hat einen anderen Schlüssel.
drift-choices-added = „{ $resource }.{ $field }“ kann jetzt auch { $choices } sein.
drift-choices-removed = „{ $resource }.{ $field }“ kann nicht mehr { $choices } sein.
drift-filter-added = „{ $resource }“ lässt sich nach „{ $field }“ auf mehr Arten filtern.
drift-filter-removed = „{ $resource }“ lässt sich nach „{ $field }“ nicht mehr wie bisher filtern.
drift-order-added = „{ $resource }“ lässt sich jetzt nach „{ $field }“ sortieren.
drift-order-removed = „{ $resource }“ lässt sich nicht mehr nach „{ $field }“ sortieren.
drift-search-added = In „{ $resource }“ lässt sich jetzt nach Wörtern suchen.
drift-search-removed = In „{ $resource }“ lässt sich nicht mehr nach Wörtern suchen.
drift-create-added = In „{ $resource }“ lässt sich jetzt etwas anlegen.
drift-create-removed = In „{ $resource }“ lässt sich nichts mehr anlegen.
drift-update-added = „{ $resource }“ lässt sich jetzt ändern.
drift-update-removed = „{ $resource }“ lässt sich nicht mehr ändern.
drift-delete-added = Aus „{ $resource }“ lässt sich jetzt etwas löschen.
drift-delete-removed = Aus „{ $resource }“ lässt sich nichts mehr löschen.
drift-action-added = „{ $resource }“ bietet jetzt „{ $action }“ an.
drift-action-removed = „{ $resource }“ bietet „{ $action }“ nicht mehr an.
drift-input-added = „{ $resource }“: „{ $action }“ nimmt jetzt auch „{ $input }“.
drift-input-needed = „{ $resource }“: „{ $action }“ braucht jetzt „{ $input }“.
drift-input-removed = „{ $resource }“: „{ $action }“ nimmt „{ $input }“ nicht mehr.
drift-view = Ansicht „{ $name }“
drift-link = Verknüpfung { $from } → { $to }
drift-action = Aktion „{ $name }“
fact-name-same = Das Feld heißt wie der Schlüssel.
fact-name-resource = Das Feld heißt nach der Ressource.
fact-name-ends = Der Name des Felds endet mit dem der Ressource.
fact-name-part = Das Feld heißt nach einem Teil des Namens der Ressource.
fact-name-parent = Das Feld heißt wie ein Verweis auf Übergeordnetes.
fact-name-role = Das Feld nennt, was jemand tut.
fact-name-all = Alle Felder heißen wie die des Schlüssels.
fact-field-name = Der Name „{ $field }“ sagt es.
fact-no-values = Es war nichts zu lesen; nur Namen und Typen sprechen dafür.
fact-included = { $found } von { $of } Werten gibt es dort (aus { $records } Datensätzen).
fact-orphans = { $values } Werte gibt es dort nicht: { $examples }
fact-none-written-as = „{ $value }“ steht für „nichts“, in { $records } Datensätzen.
fact-one-to-one = Höchstens ein Datensatz verweist auf jeden.
fact-many-to-one = Viele Datensätze können auf einen verweisen.
fact-unique = Kein Wert kam in { $records } Datensätzen zweimal vor.
fact-matching = { $found } von { $of } Werten haben diese Form: { $examples }
fact-declared-values = Die Beschreibung kennt nur: { $values }
fact-few-values = Wenige Werte in { $records } Datensätzen: { $values }
fact-empty-for = Bei „{ $kind }“ stets leer ({ $records } Datensätze): { $fields }
fact-beside = Daneben steht „{ $field }“.
fact-covers = Alle übrigen Felder verweisen: { $targets }
secret-password = Ein Passwort, sein Hash oder Salz.
secret-token = Wer das hat, wird eingelassen.
secret-api-key = Ein Schlüssel einer API oder zum Verschlüsseln.
secret-second-factor = Gehört zu einem zweiten Faktor.
secret-card-number = Nummern von Zahlungskarten.
secret-card-code = Prüfziffern von Zahlungskarten.
secret-other = Nennt sich selbst ein Geheimnis.

bulk-cut = { $n ->
    [one] Auf einmal geht nur { $shown } Datensatz; die Liste hat mehr. Die übrigen bleiben, wie sie sind.
   *[other] Auf einmal gehen höchstens { $shown } Datensätze; die Liste hat mehr. Die übrigen bleiben, wie sie sind.
}
bulk-written = { $n ->
    [one] { $written } von { $shown } Datensatz ist geschrieben.
   *[other] { $written } von { $shown } Datensätzen sind geschrieben.
}
bulk-missed = { $n ->
    [one] { $shown } ließ sich nicht schreiben.
   *[other] { $shown } ließen sich nicht schreiben.
}
bulk-progress = Fortschritt
bulk-running = Das geht weiter, auch wenn du diese Seite verlässt.
bulk-look = Nachsehen
bulk-retry = Die übrigen noch einmal versuchen
bulk-change = Was geschrieben wurde
bulk-cut-off = Das Backend hat mittendrin nicht mehr geantwortet. Ein neuer Versuch lässt aus, was schon geschrieben ist.
item-stale = wurde inzwischen von jemand anderem geändert
item-gone = gibt es nicht mehr
item-prevented = daran hängt noch anderes; darum bleibt er
item-failed = das Backend konnte nicht antworten
# Aktionen mit vielen Datensätzen
bulk-acts = Aktionen
bulk-act-allowed = { $n ->
    [one] Für { $shown } Datensatz ist das möglich.
   *[other] Für { $shown } Datensätze ist das möglich.
}
bulk-act-none = Gerade ist das für keinen dieser Datensätze möglich.
bulk-act-go = { $n ->
    [one] { $shown } Datensatz
   *[other] { $shown } Datensätze
}
bulk-act-one-by-one = Einer nach dem anderen; jeder steht für sich im Verlauf.
bulk-stop = Anhalten
bulk-stopping = Wird nach dem laufenden Datensatz angehalten.
bulk-stopped = Angehalten. Was noch fehlt, lässt sich unten fortsetzen.
bulk-rest = Mit den übrigen weitermachen
item-unknown = Die Antwort ging verloren; ein Blick auf den Datensatz zeigt, was gilt.
act-done = { $shown } erledigt
act-not-allowed = { $shown } abgelehnt
act-unchanged = { $n ->
    [one] { $shown } war schon so
   *[other] { $shown } waren schon so
}
act-gone = { $shown } nicht mehr da
act-unknown = { $shown } unklar
act-open = { $shown } noch offen
bulk-undo = { $n ->
    [one] { $shown } zurücknehmen
   *[other] Alle { $shown } zurücknehmen
}
bulk-back = Zurück zur Liste
bulk-act-reversible = Danach lässt sich das zurücknehmen.
bulk-act-records = Um diese geht es
foreseen-late = Dazu kam noch keine Antwort.
