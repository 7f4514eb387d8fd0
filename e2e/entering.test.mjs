// Amounts are typed as they are read, and nobody loses a changed form without being asked.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { input, openWorld, ORDERS, pageOf } from "./world.mjs";

let world;
before(async () => (world = await openWorld()));
after(() => world?.close());

test("an amount is typed into its cell in euros, and its sum stands in euros", async () => {
  const page = await pageOf(world, "administrator");
  await page.goto(`/b/orders/products?c=name,price_cents&f=${encodeURIComponent("currency = EUR")}`);
  const cell = page.locator("tbody tr").first().locator("td").nth(2);
  const written = page.waitForResponse((response) => response.request().method() === "PATCH");
  await cell.dblclick();
  assert.match(await page.locator(".editor input").inputValue(), /^\d+\.\d\d$/);
  assert.equal(await page.locator(".editor .unit").textContent(), "EUR");
  await page.locator(".editor input").fill("1,234.5");
  await page.keyboard.press("Enter");
  assert.equal((await written).status(), 200);
  await page.locator("tbody tr").first().locator("td").nth(2).getByText("1,234.50").waitFor();
  await page.locator("tbody tr").first().locator(".pick input").check();
  await page.locator("[data-sums]").getByText("1,234.50 EUR (⌀ 1,234.50 EUR)").waitFor();
  await page.context().close();
});

test("leaving a changed form is asked about, saving it is not", async () => {
  const page = await pageOf(world, "administrator");
  const form = `${ORDERS}/r/43/edit`;
  await page.goto(form);
  const crumb = page.locator(".crumb a").last();
  await input(page, "note").fill("Bitte klingeln");
  await crumb.click();
  const sheet = page.locator("dialog[open]");
  await sheet.getByRole("heading", { name: "Leave without saving?" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(new URL(page.url()).pathname, form);
  assert.equal(await input(page, "note").inputValue(), "Bitte klingeln");
  await crumb.focus();
  await page.keyboard.press("Enter");
  await sheet.getByRole("button", { name: "Leave" }).press("Enter");
  await page.waitForURL((url) => url.pathname === ORDERS);

  await page.goto(form);
  await input(page, "note").fill("Bitte nicht klingeln");
  await page.locator("form.record-form button[type=submit]").first().click();
  await page.waitForURL((url) => url.pathname === `${ORDERS}/r/43`);
  await page.context().close();
});
