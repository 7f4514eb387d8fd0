// Scripts only enhance: pages read, filter and save without them. Each module has one job and is
// told about new content by `content`.
import "./swap";
import "./menus";
import "./keys";
import "./leave";
import "./grid";
import "./edit";
import "./editor";
import "./paste";
import "./columns";
import "./palette";
import "./peek";
import "./forms";
import "./acting";
import "./drafts";
import "./picker";
import "./follow";
import { announce } from "./content";

document.documentElement.classList.add("script");
announce(document.body);
