//! The dialog that tells the keys.

use maud::{Markup, html};

use crate::components::control::key;
use crate::texts::Texts;

/// The keys with the keys of what they do.
const KEYS: &[(&[&str], &str)] = &[
    (&["Ctrl K"], "keys-palette"),
    (&["g", "h"], "keys-home"),
    (&["?"], "keys-help"),
    (&["Esc"], "keys-close"),
    (&["j", "↓"], "keys-down"),
    (&["k", "↑"], "keys-up"),
    (&["←", "→"], "keys-sideways"),
    (&["Enter"], "keys-open"),
    (&["e"], "keys-edit"),
    (&["0–9"], "keys-type"),
    (&["x"], "keys-select"),
    (&["/"], "keys-filter"),
    (&["n"], "keys-new"),
    (&["w"], "keys-queue"),
    (&["j", "k"], "keys-queue-steps"),
    (&["Alt ←", "Alt →"], "keys-neighbours"),
    (&["Ctrl V"], "keys-paste"),
    (&["Ctrl Z"], "keys-undo"),
];

pub(super) fn dialog(t: &Texts) -> Markup {
    html! {
        dialog #keys aria-labelledby="keys-heading" {
            h2 #keys-heading { (t.get("keys-title")) }
            dl.keys {
                @for (keys, what) in KEYS {
                    dt { @for k in *keys { (key(k)) " " } }
                    dd { (t.get(what)) }
                }
            }
            form method="dialog" { button.button type="submit" { (t.get("close")) } }
        }
    }
}
