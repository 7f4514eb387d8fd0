// The one script of every page. Each module has one job and is named here.
import "htmx.org";
