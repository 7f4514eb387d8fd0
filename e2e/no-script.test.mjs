// Reading, signing in, editing and taking back do not need scripts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMINISTRATOR, READER } from "./browser.mjs";
import { input, invite, openWorld, ORDERS, pageOf, save } from "./world.mjs";

let world;
before(async () => (world = await openWorld()));
after(() => world?.close());

const plain = { javaScriptEnabled: false };
const numbers = (page) => page.locator("tbody td.first a").allTextContents();

test("somebody signs in, after a wrong password too, and is where they wanted to go", async () => {
  const page = await pageOf(world, undefined, plain);
  await page.goto(ORDERS);
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await page.locator("#email").fill(ADMINISTRATOR.email);
  await page.locator("#password").fill(READER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.locator("#email").inputValue(), ADMINISTRATOR.email, "the address need not be typed again");
  await page.locator("#password").fill(ADMINISTRATOR.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  assert.equal(new URL(page.url()).pathname, ORDERS);
  assert.equal((await numbers(page)).length, 50);
  await page.context().close();
});

test("a list is filtered by the builder, and its pages follow each other without gap or overlap", async () => {
  const page = await pageOf(world, "administrator", plain);
  await page.goto(`${ORDERS}?n=25`);
  await page.locator("[data-add-filter]").click();
  await page.getByLabel("Field").selectOption({ label: "Payment" });
  await page.getByRole("button", { name: "Go on" }).first().click();
  await page.getByLabel("Comparison").selectOption({ label: "is" });
  const value = page.locator("[name=value0]");
  if ((await value.evaluate((element) => element.tagName)) === "SELECT") await value.selectOption("paid");
  else await value.fill("paid");
  await page.getByRole("button", { name: "Apply" }).click();

  assert.deepEqual([...new Set(await column(page, "payment_status"))], ["paid"]);
  const first = await numbers(page);
  assert.equal(first.length, 25);
  await page.locator("a[rel=next]").click();
  const second = await numbers(page);
  assert.equal(second.length, 25);
  assert.equal(first.filter((number) => second.includes(number)).length, 0, "no record stands on two pages");
  assert.deepEqual([...new Set(await column(page, "payment_status"))], ["paid"], "the next page keeps the filter");
  await page.locator("a[rel=prev]").click();
  assert.deepEqual(await numbers(page), first, "the way back leads to the same page");
  await page.context().close();
});

/** The words in a column of the list. */
async function column(page, field) {
  const place = await page.locator("thead th").evaluateAll((all, field) => all.findIndex((header) => header.dataset.f === field), field);
  assert.ok(place > 0, `there is a column ${field}`);
  return (await page.locator(`tbody td:nth-child(${place + 1})`).allTextContents()).map((text) => text.trim());
}

test("a record is opened from the list, changed by its form, and taken back", async () => {
  const page = await pageOf(world, "administrator", plain);
  await page.goto(`${ORDERS}?f=${encodeURIComponent("note is null")}`);
  const number = (await numbers(page))[0];
  await page.locator("tbody td.first a").first().click();
  assert.equal((await page.getByRole("heading", { level: 1 }).textContent()).trim(), number);
  const record = new URL(page.url()).pathname;
  assert.equal(await noteOf(page), "no value");

  await page.locator("[data-edit]").click();
  await page.getByRole("checkbox", { name: "no value" }).and(page.locator("[name='null.note']")).uncheck();
  await input(page, "note").fill("Bitte beim Nachbarn abgeben – „Schröder“");
  await save(page);
  assert.equal(new URL(page.url()).pathname, record);
  assert.equal(await noteOf(page), "Bitte beim Nachbarn abgeben – „Schröder“");

  // What has just been done is told with the way back.
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await page.goto(record);
  assert.equal(await noteOf(page), "no value", "the record is as it was: without a value, not with an empty text");

  await page.goto(`${record}/timeline`);
  const told = await page.locator("body").innerText();
  assert.match(told, /Schröder/, "both changes stand in the timeline");
  await page.context().close();
});

/** What a record's page says of its note. */
async function noteOf(page) {
  const said = await page.locator("main dt", { hasText: /^Note$/ }).locator("xpath=following-sibling::dd[1]").first();
  return (await said.locator(".unseen").count()) ? (await said.locator(".unseen").textContent()).trim() : (await said.textContent()).trim();
}

test("an input that does not fit is told at its field and nothing typed is lost", async () => {
  const page = await pageOf(world, "administrator", plain);
  await page.goto(`${ORDERS}/r/42/edit`);
  await input(page, "subtotal_cents").fill("zwölf");
  await input(page, "currency").fill("CHF");
  await save(page);
  await page.getByRole("alert").waitFor();
  assert.equal(await input(page, "subtotal_cents").getAttribute("aria-invalid"), "true");
  assert.equal(await input(page, "subtotal_cents").inputValue(), "zwölf");
  assert.equal(await input(page, "currency").inputValue(), "CHF");
  await page.context().close();
});

test("the search finds a record by its number", async () => {
  const page = await pageOf(world, "administrator", plain);
  await page.goto(ORDERS);
  const number = (await numbers(page))[3];
  await page.goto("/search");
  await page.getByRole("searchbox").fill(number);
  await page.getByRole("main").getByRole("button", { name: "Search" }).click();
  await page.locator("a.hit", { hasText: number }).first().click();
  assert.equal((await page.getByRole("heading", { level: 1 }).textContent()).trim(), number);
  await page.context().close();
});

test("a view for everybody is found by everybody, and the list opens with it", async () => {
  const list = "/b/orders/customers";
  const page = await pageOf(world, "administrator", plain);
  await page.goto(`${list}?f=${encodeURIComponent("language = de")}`);
  await page.locator("summary", { hasText: "Save view" }).click();
  await page.locator("#view-title").fill("German speakers");
  await page.locator("#view-scope").selectOption("everybody");
  await page.locator("#view-first").check();
  await page.locator("form[action$='/views']").getByRole("button", { name: "Save view" }).click();
  await page.getByRole("link", { name: "German speakers" }).waitFor();
  await page.context().close();

  await invite(world, "reader", READER, "reader");
  const other = await pageOf(world, "reader", plain);
  await other.goto(list);
  assert.match(other.url(), /view=/, "the list opens with the view");
  const tabs = other.getByRole("navigation", { name: "Views" });
  assert.equal((await tabs.locator("[aria-current]").textContent()).trim(), "German speakers");
  await tabs.getByRole("link", { name: "All" }).click();
  assert.equal((await tabs.locator("[aria-current]").textContent()).trim(), "All");
  await other.context().close();
});
