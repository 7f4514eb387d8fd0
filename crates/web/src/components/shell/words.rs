//! The texts that scripts say. They stand in the page, so that scripts need no language.

use maud::{Markup, html};

use crate::texts::Texts;

pub(super) fn element(t: &Texts) -> Markup {
    html! {
        template #words
            data-saved=(t.get("script-saved"))
            data-undo=(t.get("undo"))
            data-undone=(t.get("script-undone"))
            data-failed=(t.get("script-failed"))
            data-retry=(t.get("retry"))
            data-offline=(t.get("script-offline"))
            data-cell-offline=(t.get("script-cell-offline"))
            data-cell-discard=(t.get("script-cell-discard"))
            data-slow=(t.get("script-slow"))
            data-cancel=(t.get("cancel"))
            data-cancelled=(t.get("script-cancelled"))
            data-copied=(t.get("script-copied"))
            data-close=(t.get("close"))
            data-conflict=(t.get("conflict-title"))
            data-conflict-text=(t.get("conflict-text"))
            data-mine=(t.get("conflict-mine"))
            data-theirs=(t.get("conflict-theirs"))
            data-before=(t.get("conflict-before"))
            data-keep-mine=(t.get("conflict-keep-mine"))
            data-keep-theirs=(t.get("conflict-keep-theirs"))
            data-leave=(t.get("leave-title"))
            data-leave-text=(t.get("leave-text"))
            data-leave-stay=(t.get("leave-stay"))
            data-leave-go=(t.get("leave-go"))
            data-empty=(t.get("value-empty"))
            data-null=(t.get("value-null"))
            data-yes=(t.get("yes"))
            data-no=(t.get("no"))
            data-selected=(t.get("script-selected"))
            data-sum=(t.get("script-sum"))
            data-average=(t.get("script-average"))
            data-paste=(t.get("paste-title"))
            data-paste-text=(t.get("script-paste-text"))
            data-paste-go=(t.get("paste-go"))
            data-paste-none=(t.get("paste-none"))
            data-pasted=(t.get("script-pasted"))
            data-old=(t.get("change-before"))
            data-new=(t.get("change-after"))
            data-draft=(t.get("draft-restored"))
            data-draft-drop=(t.get("draft-drop"))
            data-read-only=(t.get("script-read-only"))
            data-nothing=(t.get("palette-nothing")) {}
    }
}
