// What staff do all day, done by counted clicks and keys over the whole mosaic; each ends with what the backend holds.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { eventually } from "./browser.mjs";
import { openDesk, openShop } from "./backends.mjs";
import { Hand, report } from "./hand.mjs";
import { orderInspect } from "./office.mjs";
import { openWorld, pageOf, settled } from "./world.mjs";

const ORDERS = "/b/order-inspect/orders";
const record = (number) => `${ORDERS}/r/${number}`;

let world, shop, desk, delivered, open;
before(async () => {
  world = await openWorld({ beside: orderInspect() });
  shop = openShop(world.office);
  desk = openDesk(world.office);
  // Orders of one shop, each for one task: what one has changed no other looks at.
  const of = async (status, suits) => (await shop.get(`/orders?channel=de&status=${status}&limit=200`)).items.filter(suits).map((order) => order.number);
  delivered = await of("completed", (order) => order.payment_status === "paid" && order.return_status === "none");
  open = await of("open", () => true);
  assert.ok(delivered.length > 5 && open.length > 5, `${delivered} ${open}`);
  // Right after the start the office still reads what its backends are.
  const page = await pageOf(world, "administrator");
  await eventually("the search knows the orders", async () => (await (await page.request.get(`/search?q=${open[0]}`)).text()).includes(record(open[0])));
  await page.context().close();
});
after(async () => {
  report();
  await world?.close();
});

/** A page with a hand on it. */
async function seated() {
  const page = await pageOf(world, "administrator");
  await page.goto("/");
  await settled(page);
  return { page, hand: new Hand(page) };
}

/** An order of somebody who has no other one, shipped with a tracking code. */
async function shipped(number) {
  const { delivery_address: address, lines } = await shop.order(number);
  const theirs = { ...address, name: "Jolanthe Wrzesniewski", phone: "+49 40 471 10 815" };
  await shop.post(`/orders/${number}/address`, { delivery_address: theirs, billing_address: theirs, email: "jolanthe@wrzesniewski.example" });
  await shop.post(`/orders/${number}/shipments`, {
    carrier: "Hermes",
    lines: lines.map(({ position, open }) => ({ position, quantity: open })).filter((line) => line.quantity > 0),
    parcels: [{ tracking: "00340999888877776666" }],
  });
  return shop.order(number);
}

test("an order is found by number, name, e-mail, phone and tracking without a click, with its status and its tracking", async () => {
  const { page } = await seated();
  const order = await shipped(open.at(-1));
  const { tracking } = order.shipments[0].parcels[0];
  const wanted = {
    number: order.number.toLowerCase().replace("-", " "),
    name: "Jolanthe Wrzesniewski",
    "e-mail": "Jolanthe@Wrzesniewski.example",
    phone: "040 / 47 11 08 15",
    tracking: tracking.replace(/(\d{4})(?=\d)/g, "$1 "),
  };
  for (const [what, text] of Object.entries(wanted)) {
    const hand = new Hand(page);
    await hand.search(text, record(order.number));
    assert.equal(hand.clicks, 0);
    hand.within(`1 find an order by ${what} (Ctrl-K, Enter)`, 2);
    await page.goto("/");
    await settled(page);
  }
  const hand = new Hand(page);
  await hand.begin(order.number, record(order.number));
  await page.locator("header.head").getByText(order.status).waitFor();
  await page.getByText(tracking).first().waitFor();
  hand.within("2 read status and tracking", 1);
  assert.equal((await shop.order(order.number)).shipments[0].parcels[0].tracking, tracking);
  await page.context().close();
});

test("the case of an order tells what was bought, sent, paid and brought back, from all backends that know it", async () => {
  const { page } = await seated();
  const sent = async (number) => (await desk(`{ returns(first: 1, filter: { orderNo: { eq: "#${number}" } }) { nodes { rma sku orderNo customerNo } } }`)).returns.nodes[0];
  const candidates = await Promise.all(["DE-1213", "DE-1426", "DE-1638", "DE-1851", "DE-2063"].map(sent));
  const { rma, sku, orderNo } = candidates.find((it) => it?.customerNo);
  const order = await shop.order(orderNo.slice(1));
  await page.goto(`/case/order-inspect/orders/${order.number}`);
  await settled(page);
  const panel = (title) => page.locator(".case-part", { has: page.getByRole("heading", { level: 2, name: title }) });
  const own = await panel("Order & Inspect").innerText();
  for (const told of [order.lines[0].name, order.shipments[0].number, order.payments[0].reference, order.returns[0].number, order.delivery_address.street]) {
    assert.ok(own.includes(told), `${told} is missing in:\n${own}`);
  }
  await panel("Returns desk").getByText(rma).first().waitFor();
  const [{ number }] = (await shop.get(`/customers?email=${encodeURIComponent(order.customer.email)}`)).items;
  await page.goto(`/case/order-inspect/customers/${number}`);
  await settled(page);
  for (const title of ["Order & Inspect", "Order system", "Customer register", "Returns desk"]) await panel(title).waitFor();
  assert.match(await panel("Order & Inspect").innerText(), /DE-\d{4}/, "orders have their numbers");
  await page.goto(`/case/order-inspect/catalogue.variants/${sku.replace("VH-", "")}`);
  await settled(page);
  for (const title of ["Order & Inspect", "Order system", "Warehouse", "Returns desk"]) await panel(title).waitFor();
  await page.context().close();
});

test("a mail is sent again", async () => {
  const { page, hand } = await seated();
  const [, number] = delivered;
  const mails = async () => (await shop.get(`/orders/${number}/timeline?limit=200`)).items.filter((entry) => JSON.stringify(entry).includes("mail")).length;
  const before = await mails();
  await hand.begin(number, record(number));
  await hand.act("m");
  await hand.click(page.locator("form.act-form button[type=submit]").first());
  await page.waitForURL((url) => url.pathname === record(number));
  hand.within("3 send a mail again", 2);
  assert.ok((await mails()) > before, "no mail was sent");
  await page.context().close();
});

test("an address is changed before anything is shipped", async () => {
  const { page, hand } = await seated();
  const [number] = open;
  const before = await shop.order(number);
  await hand.begin(number, record(number));
  await hand.act("a");
  await hand.click(page.locator("[name='v.delivery_address.street']"));
  await page.locator("[name='v.delivery_address.street']").selectText();
  await hand.type("Neue Straße 12");
  await hand.send(record(number));
  hand.within("4 change the address", 3);
  const after = await shop.order(number);
  assert.equal(after.delivery_address.street, "Neue Straße 12");
  assert.equal(after.delivery_address.city, before.delivery_address.city);
  await page.context().close();
});

test("a line is cancelled with a reason", async () => {
  const { page, hand } = await seated();
  const [, number] = open;
  const before = await shop.order(number);
  await hand.begin(number, record(number));
  await hand.act("c");
  await hand.press("Space");
  await hand.send(record(number));
  hand.within("5 cancel a line with a reason", 3);
  const after = await shop.order(number);
  const [was, is] = [before.lines[0], after.lines[0]];
  assert.equal(is.cancelled - (was.cancelled ?? 0), was.quantity, JSON.stringify(is));
  await page.context().close();
});

test("a return is registered with its label", async () => {
  const { page, hand } = await seated();
  const [, , number] = delivered;
  await hand.begin(number, record(number));
  await hand.act("t");
  await hand.press("Space");
  await hand.click(page.locator("[name='v.label_number']"));
  await hand.type("RET-2026-0815");
  await hand.send(record(number));
  hand.within("6 register a return with its label", 4);
  const [registered] = (await shop.order(number)).returns;
  assert.equal(registered.label_number, "RET-2026-0815");
  assert.equal(registered.lines[0].position, 1);
  await page.context().close();
});

test("a part is paid back, and the amount is computed before", async () => {
  const { page, hand } = await seated();
  const [, , , number] = delivered;
  const before = await shop.order(number);
  await hand.begin(number, record(number));
  await hand.act("b");
  await hand.press("Space");
  const foreseen = await shop.post(`/orders/${number}/refunds/preview`, { reason: "Kulanz", lines: [{ position: 1, units: before.lines[0].shipped }] });
  const amount = (foreseen.amount / 100).toLocaleString("en-GB", { minimumFractionDigits: 2 });
  await page.locator("#foreseen").getByText(amount).waitFor();
  await hand.send(record(number));
  hand.within("7 refund a part, computed", 3);
  const after = await shop.order(number);
  const back = (order) => order.money.refunded + order.money.refunding;
  assert.equal(back(after) - back(before), foreseen.amount);
  await page.context().close();
});

test("a note is written", async () => {
  const { page, hand } = await seated();
  const [, , , , number] = delivered;
  await hand.begin(number, record(number));
  await hand.act("i");
  await hand.type("Kundin ruft morgen wieder an");
  await hand.click(page.locator("form.act-form button[type=submit]").first());
  await page.waitForURL((url) => url.pathname === record(number));
  hand.within("9 write a note", 2);
  const timeline = await shop.get(`/orders/${number}/timeline`);
  assert.ok(JSON.stringify(timeline).includes("Kundin ruft morgen wieder an"), JSON.stringify(timeline));
  await page.context().close();
});

test("a price is changed in its cell", async () => {
  const { page, hand } = await seated();
  await page.goto("/b/order-inspect/catalogue.offers");
  await settled(page);
  const row = page.locator("tbody tr").filter({ hasText: "EUR" }).first();
  const id = decodeURIComponent((await row.getAttribute("data-href")).split("/r/")[1].split("?")[0]);
  const column = await page.locator("thead th").evaluateAll((all) => all.findIndex((th) => th.dataset.f === "price"));
  const written = page.waitForResponse((response) => response.request().method() === "PATCH");
  await hand.click(row.locator("td").nth(column));
  await hand.type("34.90");
  await hand.press("Enter");
  assert.equal((await written).status(), 200);
  hand.within("11 change a price in its cell", 2);
  assert.equal((await shop.get(`/catalogue/offers/${id}`)).price, 3490);
  await page.context().close();
});

/** Selects all that the list at an address shows, and begins an action with it. */
async function begun(hand, page, address, action) {
  await page.goto(address);
  await settled(page);
  const count = await page.locator("tbody tr").count();
  await hand.click(page.locator("[data-pick-all]"));
  await hand.click(page.locator(`#bulk button[name=act][value=${action}]:visible`));
  await page.locator("form.record-form button[name=do][value=act]").waitFor();
  await settled(page);
  return count;
}

test("a sale is set for a filtered set, and the lowest price of the 30 days before stands beside it", async () => {
  const { page, hand } = await seated();
  const [{ product }] = (await shop.get("/catalogue/offers?sku=SOF-10007&channel=de")).items;
  const offers = async () => (await shop.get(`/catalogue/offers?product=${product}&channel=de`)).items;
  const before = await offers();
  const filter = encodeURIComponent(`product = ${product} and channel = de`);
  const count = await begun(hand, page, `/b/order-inspect/catalogue.offers?f=${filter}`, "sale");
  assert.equal(count, before.length);
  await page.locator("[name='v.percent']").focus();
  await hand.type("20");
  await hand.press("Enter");
  await eventually("all are reduced", async () => (await offers()).every((offer) => offer.sale_price));
  hand.within(`12 put ${count} items of a filtered set on sale`, 5);
  for (const [at, offer] of (await offers()).entries()) assert.equal(offer.sale_price, Math.round(before[at].price * 0.8));
  const { texts } = await shop.get(`/catalogue/products/${product}`);
  const { slug } = texts.find((text) => text.locale === "de");
  const { variants } = await shop.get(`/inspect/products/${slug}?channel=de`);
  for (const variant of variants) assert.ok(variant.price.reduction.lowest_prior >= variant.price.amount, JSON.stringify(variant.price));
  await page.context().close();
});

test("what an article lacks is filled in from the list of those that lack something", async () => {
  const { page, hand } = await seated();
  const { items } = await shop.get("/catalogue/variants?complete=false&limit=200");
  const lacking = items.find((article) => !article.weight_grams);
  const list = `/b/order-inspect/catalogue.variants?f=${encodeURIComponent("complete = false")}&n=100`;
  await page.goto(list);
  await settled(page);
  const row = page.locator("tbody tr").filter({ has: page.getByText(lacking.sku, { exact: true }) });
  const column = await page.locator("thead th").evaluateAll((all) => all.findIndex((th) => th.dataset.f === "weight_grams"));
  const written = page.waitForResponse((response) => response.request().method() === "PATCH");
  await hand.click(row.locator("td").nth(column));
  await hand.type("4200");
  await hand.press("Enter");
  assert.equal((await written).status(), 200);
  hand.within("13 fill in what an article lacks", 2);
  const after = await shop.get(`/catalogue/variants/${lacking.sku}`);
  assert.deepEqual([after.weight_grams, after.complete], [4200, true]);
  await page.goto(list);
  await settled(page);
  assert.equal(await row.count(), 0, "it is done and leaves the work list");
  await page.context().close();
});

test("products are taken out of a shop and shown there again, many at once", async () => {
  const { page, hand } = await seated();
  const list = "/b/order-inspect/catalogue.products?n=25";
  const { items } = await shop.get("/catalogue/products?limit=25");
  const shown = async () => {
    const records = await Promise.all(items.map(({ code }) => shop.get(`/catalogue/products/${code}`)));
    return records.filter((record) => record.publications.some(({ channel }) => channel === "at")).length;
  };
  for (const [action, wanted] of [["withdrawal", 0], ["publication", items.length]]) {
    const count = await begun(hand, page, list, action);
    assert.equal(count, items.length);
    await page.locator("[name='v.channel']").focus();
    await hand.type("at");
    await hand.press("Enter");
    await eventually(`${wanted} are shown`, async () => (await shown()) === wanted);
    hand.within(`14 ${action} of ${count} products in a shop`, 3);
    hand.clicks = hand.keys = hand.entries = 0;
  }
  await page.context().close();
});

test("all orders that are ready are shipped at once", async () => {
  const { page, hand } = await seated();
  const filter = encodeURIComponent("status = open and placed_at >= 2026-04-01 and placed_at < 2026-04-02");
  const list = `${ORDERS}?f=${filter}&n=100`;
  await page.goto(list);
  await settled(page);
  const numbers = await page.locator("tbody tr").evaluateAll((rows) => rows.map((row) => decodeURIComponent(row.dataset.href.split("/r/")[1].split("?")[0])));
  assert.ok(numbers.length > 3, String(numbers));
  await begun(hand, page, list, "shipments");
  await hand.click(page.locator("form.record-form button[name=do][value=act]"));
  const gone = async () => (await Promise.all(numbers.map((number) => shop.order(number)))).every((order) => order.fulfilment_status === "fulfilled");
  await eventually("all have left", gone);
  hand.within(`16 ship ${numbers.length} orders that are ready`, 3);
  await page.context().close();
});

test("stock is corrected with a reason", async () => {
  const { page, hand } = await seated();
  const [level] = (await shop.get("/catalogue/stock?limit=1")).items;
  const path = `/b/order-inspect/catalogue.stock/r/${encodeURIComponent(level.id)}`;
  await page.goto(path);
  await settled(page);
  await hand.act("b");
  await hand.type(String(level.on_hand - 2));
  await hand.press("Tab");
  await hand.type("Bruch im Regal");
  await hand.send(path);
  hand.within("17 correct stock with a reason", 3);
  const [movement] = (await shop.get(`/catalogue/stock/${level.sku}/movements?limit=1`)).items;
  assert.deepEqual([movement.on_hand_change, movement.reason], [-2, "Bruch im Regal"]);
  await page.context().close();
});

test("a return comes in and goes back to the shelf with two scans", async () => {
  const { page, hand } = await seated();
  const found = await desk("{ returns(first: 1, filter: { state: { eq: ANNOUNCED } }) { nodes { rma } } }");
  const { rma } = found.returns.nodes[0];
  const path = `/b/returns-desk/returns/r/${rma}`;
  await hand.begin(rma, path);
  await hand.act("w");
  await hand.type("R-01");
  await hand.send(path);
  hand.within("18 take in a return and put it back to the shelf", 2);
  const after = (await desk(`{ return(rma: "${rma}") { state condition decisionNote receivedAt } }`)).return;
  assert.deepEqual([after.state, after.condition, after.decisionNote], ["RESTOCKED", "AS_NEW", "R-01"]);
  assert.ok(after.receivedAt);
  await page.context().close();
});

test("held orders are released with one key each", async () => {
  const held = open.slice(2, 5);
  for (const number of held) await shop.post(`/orders/${number}/hold`, { kind: "other", reason: "Rückfrage" });
  const { page, hand } = await seated();
  await page.goto(`${ORDERS}/queue?f=${encodeURIComponent("status = on_hold")}&queue=1`);
  await settled(page);
  for (let at = 0; at < held.length; at += 1) {
    const here = page.url();
    await hand.press("r");
    await page.waitForURL((url) => url.href !== here);
    await settled(page);
  }
  hand.within(`19 release ${held.length} held orders, one key each`, held.length);
  for (const number of held) assert.notEqual((await shop.order(number)).status, "on_hold", number);
  await page.context().close();
});

test("a price list is imported, and what would change is seen before", async () => {
  const { page, hand } = await seated();
  const list = "/b/orders/products";
  const read = async (query) => (await (await page.request.get(`/api/v1/backends/orders/resources/products/records?${query}&columns=sku,price_cents`)).json()).records;
  const [first, second, third] = await read("sort=sku&limit=3");
  const amount = (cents) => `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, "0")}`;
  // As Excel writes it in Germany: one price that changes, one that stays, one that is none.
  const rows = [[first, amount(first.values.price_cents + 110)], [second, amount(second.values.price_cents)], [third, "auf Anfrage"]];
  const file = ["Artikelnummer;Preis;Lieferant", ...rows.map(([record, price]) => `${record.values.sku};${price};Müller`)].join("\r\n");
  await page.goto(list);
  await settled(page);
  await hand.click(page.locator("details.menu:has(a[href$='/import']) > summary"));
  await hand.click(page.locator(`a.item[href='${list}/import']`));
  await page.locator("#import-file").setInputFiles({ name: "Preise.csv", mimeType: "text/csv", buffer: Buffer.from(file, "latin1") });
  await hand.click(page.locator("form[enctype] button[type=submit]"));
  await page.locator("dl.counts").waitFor();
  const counts = await page.locator("dl.counts dd").allInnerTexts();
  assert.deepEqual(counts, ["0", "1", "1", "1"], "new, changed, the same, refused");
  await page.locator(".why").getByText("auf Anfrage").waitFor();
  await page.locator("details.mapping summary").getByText("Lieferant").waitFor();
  assert.equal((await read(`filter=${encodeURIComponent(`sku = "${first.values.sku}"`)}`))[0].values.price_cents, first.values.price_cents, "nothing is written yet");
  await hand.click(page.locator("button[value=apply]"));
  await page.waitForURL((url) => url.pathname.startsWith("/changes/"));
  hand.within("15 import a file with a dry run", 4);
  const after = await read("sort=sku&limit=3");
  assert.deepEqual(after.map((record) => record.values.price_cents), [first.values.price_cents + 110, second.values.price_cents, third.values.price_cents]);
  await page.locator("#main form[action$='/undo'] button").click();
  await settled(page);
  assert.deepEqual((await read("sort=sku&limit=3")).map((record) => record.values.price_cents), [first, second, third].map((record) => record.values.price_cents));
  await page.context().close();
});

test("a list is exported as it is filtered", async () => {
  const { page, hand } = await seated();
  const filter = encodeURIComponent("state = WRITTEN_OFF and registeredAt >= 2026-10-01");
  await page.goto(`/b/returns-desk/returns?f=${filter}`);
  await settled(page);
  await hand.click(page.locator("summary", { hasText: "Export" }));
  const download = page.waitForEvent("download");
  await hand.click(page.locator("a", { hasText: "CSV" }).first());
  const file = await (await download).path();
  hand.within("20 export a period", 3);
  const lines = (await readFile(file, "utf8")).trim().split("\n").length - 1;
  const { returns } = await desk('{ returns(filter: { state: { eq: WRITTEN_OFF }, registeredAt: { gte: "2026-09-30T22:00:00Z" } }) { totalCount } }');
  assert.ok(lines > 0);
  assert.equal(lines, returns.totalCount);
  await page.context().close();
});
