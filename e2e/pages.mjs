// Every page of Kontor, each with the way to it. Tests that hold for all pages go through this list.
import { READER, STRANGER } from "./browser.mjs";
import { changeNote, input, invite, ORDERS, pageOf, save, settled } from "./world.mjs";

const encoded = (filter) => encodeURIComponent(filter);

/** An order whose note pages may change as they like. */
const SCRATCH = 4711;
let scratched = 0;

const at = (address) => (page) => page.goto(address);

/** Opens a menu of the page that `address` leads to. */
const menu = (address, name) => async (page) => {
  await page.goto(address);
  await page.locator(`details.menu${name} > summary`).press("Enter");
  await page.locator(`details.menu${name}[open]`).waitFor();
};

/** A bulk edit of the first two records, up to its form. */
async function bulkForm(page) {
  await page.goto(`${ORDERS}?f=${encoded("status = packed")}`);
  const picks = page.locator("tbody .pick input");
  await picks.nth(0).check();
  await picks.nth(1).check();
  await page.locator("#bulk .large-screen button[value=edit]").click();
  await page.locator("form.bulk-form").waitFor();
}

/** An edit that meets one of a colleague. */
async function stale(page, world) {
  await page.goto(`${ORDERS}/r/${SCRATCH}/edit`);
  await changeNote(world, SCRATCH, `von jemand anderem ${++scratched}`);
  await input(page, "note").fill(`von mir ${scratched}`);
  await save(page);
  await page.locator("fieldset.versions").waitFor();
}

/** An undo that a colleague's edit came before. */
async function overtaken(page, world) {
  await page.goto(await changeNote(world, SCRATCH, `wird überholt ${++scratched}`));
  await changeNote(world, SCRATCH, `hat überholt ${scratched}`);
  await page.locator("form[action$='/undo'] button").click();
  await page.getByRole("heading", { level: 1, name: "Cannot be taken back" }).waitFor();
}

/** A file that changes one article, makes one, and has a row that cannot be; up to what it would do. */
async function imported(page) {
  await page.goto("/b/orders/products/import");
  const articles = await page.request.get("/api/v1/backends/orders/resources/products/records?sort=sku&limit=2&columns=sku");
  const [first, second] = (await articles.json()).records.map((record) => record.values.sku);
  const file = `SKU;Name;Price;created_at;updated_at;Supplier\n${first};;1.234;;;x\nTEE-NEU;Teekanne;12,50;31.05.2026;31.05.2026;x\n${second};;teuer;;;x\n`;
  await page.locator("#import-file").setInputFiles({ name: "Preise.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
  await page.locator("form[enctype] button[type=submit]").click();
  await page.locator("dl.counts").waitFor();
}

/**
 * `name`, `open`, and, where they differ from the usual: `who` opens it (nobody: `null`), and the
 * `status` of the answer.
 */
export const PAGES = [
  { name: "sign in", who: null, open: at("/sign-in") },
  {
    name: "sign in with a wrong password",
    who: null,
    status: 401,
    open: async (page) => {
      await page.goto("/sign-in");
      await page.locator("#email").fill("nobody@kontor.example");
      await page.locator("#password").fill("das stimmt nicht");
      await page.locator("form.stacked button[type=submit]").click();
      await page.getByRole("alert").waitFor();
    },
  },
  {
    name: "welcome",
    who: null,
    open: async (page, world) => page.goto((world.invitation ??= await invitation(world))),
  },
  { name: "a link that was used", who: null, status: 410, open: (page, world) => page.goto(world.office.link) },
  { name: "mosaic", open: at("/") },
  { name: "list", open: at(ORDERS) },
  { name: "filtered list", open: at(`${ORDERS}?f=${encoded("status = shipped and (total_cents >= 10000 or note is null)")}&s=-total_cents`) },
  { name: "list with a search", open: at(`${ORDERS}?q=2026`) },
  { name: "list with a filter that does not fit", open: at(`${ORDERS}?f=${encoded("colour = red")}`) },
  { name: "list of a view", open: at("/b/orders/daily_revenue") },
  { name: "list with pictures", open: at("/b/orders/products") },
  { name: "list in which nothing matches", open: at(`${ORDERS}?f=${encoded("number = none")}`) },
  { name: "list with the menu of columns", open: menu(ORDERS, ":has(form.columns)") },
  { name: "list with the menu of exports", open: menu(ORDERS, ":has(a[download])") },
  { name: "list with the form of a view", open: menu(ORDERS, ":has(#view-title)") },
  { name: "list with the filter as text", open: menu(ORDERS, ".text-form") },
  {
    name: "list with a selection",
    open: async (page) => {
      await page.goto(ORDERS);
      await page.locator("tbody .pick input").first().check();
      await page.locator("#bulk").waitFor();
    },
  },
  {
    name: "list with the editor of a cell",
    open: async (page) => {
      await page.goto(ORDERS);
      await page.locator("tbody tr:first-child td[data-v]").last().dblclick();
      await page.locator(".editor").waitFor();
    },
  },
  { name: "filter builder", open: at(`${ORDERS}/filter?at=new`) },
  { name: "filter builder with alternatives", open: at(`${ORDERS}/filter?at=0&f=${encoded("status = new or status = packed or placed_at during last 7 days")}`) },
  {
    name: "filter builder over the list",
    open: async (page) => {
      await page.goto(ORDERS);
      await page.keyboard.press("/");
      await page.locator("#sheet[open] form.builder").waitFor();
    },
  },
  { name: "record", open: at(`${ORDERS}/r/12`) },
  { name: "case", open: at("/case/orders/customers/3") },
  { name: "case of an order", open: at("/case/orders/orders/19402") },
  { name: "timeline of a case", open: at("/case/orders/customers/3/timeline") },
  { name: "record with pictures", open: at("/b/orders/products/r/1") },
  {
    name: "record whose key has several fields",
    open: async (page) => {
      await page.goto("/b/orders/order_lines");
      await page.goto(await page.locator("tbody tr").first().getAttribute("data-href"));
    },
  },
  { name: "record with its menu", open: menu(`${ORDERS}/r/12`, ":has(a[href$='/delete'])") },
  { name: "edit", open: at(`${ORDERS}/r/12/edit`) },
  {
    name: "edit with an error",
    status: 422,
    open: async (page) => {
      await page.goto(`${ORDERS}/r/12/edit`);
      await input(page, "subtotal_cents").fill("zwölf");
      await save(page);
      await page.getByRole("alert").waitFor();
    },
  },
  { name: "new", open: at("/b/orders/customers/new") },
  { name: "delete", open: at("/b/orders/customers/r/7/delete") },
  { name: "delete what others point to", open: at(`${ORDERS}/r/12/delete`) },
  { name: "stale edit", status: 409, open: stale },
  { name: "import", open: at("/b/orders/products/import") },
  {
    name: "import of what is no file",
    status: 422,
    open: async (page) => {
      await page.goto("/b/orders/products/import");
      await page.locator("#import-file").setInputFiles({ name: "leer.csv", mimeType: "text/csv", buffer: Buffer.from("SKU\n") });
      await page.locator("form[enctype] button[type=submit]").click();
      await page.getByRole("alert").waitFor();
    },
  },
  { name: "what an import would do", open: imported },
  {
    name: "columns of an import",
    open: async (page) => {
      await imported(page);
      await page.locator("details.mapping:not([open]) > summary").click({ timeout: 500 }).catch(() => {});
      await page.locator("details.mapping[open] select").first().waitFor();
    },
  },
  { name: "bulk edit", open: bulkForm },
  {
    name: "preview of a bulk edit",
    open: async (page) => {
      await bulkForm(page);
      await page.locator("[name='v.channel']").selectOption("phone");
      await page.locator("[name='set.channel']").check();
      await page.locator("button[value=preview]").click();
      await page.locator("button[value=apply]").waitFor();
    },
  },
  {
    name: "preview of a bulk deletion on which others hang",
    open: async (page) => {
      await page.goto(ORDERS);
      const picks = page.locator("tbody .pick input");
      await picks.nth(0).check();
      await picks.nth(1).check();
      await page.locator("#bulk .large-screen button[value=delete]").click();
      await page.locator("ul.rows-list a").first().waitFor();
    },
  },
  {
    name: "preview of a bulk deletion with a wrong number",
    status: 422,
    open: async (page) => {
      // Nothing hangs on lines.
      await page.goto("/b/orders/order_lines");
      const picks = page.locator("tbody .pick input");
      await picks.nth(0).check();
      await picks.nth(1).check();
      await page.locator("#bulk .large-screen button[value=delete]").click();
      await page.locator("#confirm").fill("3");
      await page.locator("button[value=apply]").click();
      await page.locator("#confirm-error").waitFor();
    },
  },
  {
    name: "change",
    open: async (page, world) => page.goto((world.change ??= await changeNote(world, 12, "Für die Seite einer Änderung"))),
  },
  { name: "undo that comes too late", status: 409, open: overtaken },
  { name: "backend", open: at("/b/orders") },
  { name: "backend with proposals", open: at("/b/register") },
  { name: "account", open: at("/account") },
  { name: "people", open: at("/people") },
  {
    name: "person",
    open: async (page, world) => {
      await theReader(world);
      await page.goto("/people");
      await page.getByRole("link", { name: READER.name }).click();
      await page.waitForURL("/people/*");
    },
  },
  { name: "audit", open: at("/audit") },
  {
    name: "audit after its check",
    open: async (page) => {
      await page.goto("/audit");
      await page.locator("form:has([name=do][value=check]) button").click();
      await page.locator(".banner .dot").waitFor();
    },
  },
  { name: "links", open: at("/links") },
  {
    name: "links compared",
    open: async (page) => {
      await page.goto("/links");
      await page.locator("form:has([name=do][value=compare]) button").click();
      await page.locator("form.proposals").waitFor();
    },
  },
  { name: "connect", open: at("/connect") },
  {
    name: "connect a service",
    open: async (page) => {
      await page.goto("/connect");
      await page.locator("details.sign-in-with summary").click();
      await page.locator("select[name=auth]").selectOption("oauth2");
      await page.locator("input[name=token_url]").waitFor();
    },
  },
  {
    name: "connect what was found",
    open: async (page, world) => {
      await page.goto("/connect");
      await page.locator("#url").fill(`sqlite:${world.office.data}/demo/warehouse.db`);
      await page.locator("button[value=look]").click();
      await page.locator("[name=ticket]").waitFor({ state: "attached" });
    },
  },
  { name: "search", open: at("/search?q=Schmidt") },
  { name: "search without a result", open: at("/search?q=qqqqqqqq") },
  {
    name: "palette",
    open: async (page) => {
      await page.goto("/");
      await page.keyboard.press("Control+k");
      await page.locator("#palette .hit").first().waitFor();
    },
  },
  {
    name: "keys",
    open: async (page) => {
      await page.goto("/");
      await page.keyboard.press("?");
      await page.locator("#keys[open]").waitFor();
    },
  },
  { name: "menu of the account", open: menu("/", ".account") },
  { name: "nothing there", status: 404, open: at("/nowhere") },
  { name: "no such record", status: 404, open: at(`${ORDERS}/r/999999999`) },
  { name: "no right", who: "reader", status: 403, open: at("/people") },
  { name: "mosaic of somebody who may read nothing", who: "stranger", open: at("/") },
  { name: "list for a reader", who: "reader", open: at(ORDERS) },
  { name: "record for a reader", who: "reader", open: at(`${ORDERS}/r/12`) },
];

/** Somebody who never comes: their link stays unused. */
async function invitation(world) {
  const page = await pageOf(world, "administrator");
  await page.goto("/people");
  const form = page.locator("form[action='/people']");
  await form.locator("#email").fill("nie@kontor.example");
  await form.locator("button[type=submit]").click();
  const link = await page.locator(".secret code").textContent();
  await page.context().close();
  return link;
}

/** A fresh page in front of whoever an entry of the list is meant for. */
export async function pageFor(world, entry, options) {
  if (entry.who === "reader") await theReader(world);
  if (entry.who === "stranger") await (world.stranger ??= invite(world, "stranger", STRANGER, "nothing"));
  return pageOf(world, entry.who === null ? undefined : (entry.who ?? "administrator"), options);
}

/** Invites the reader, once. */
const theReader = (world) => (world.reader ??= invite(world, "reader", READER, "reader"));

/** Opens an entry of the list and waits until all of it is there. */
export async function openPage(world, entry, page) {
  await entry.open(page, world);
  await settled(page);
}
