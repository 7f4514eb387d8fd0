// What is typed into a cell and cannot be saved stays there, with what is wrong, until somebody decides.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { changeNote, openWorld, ORDERS, pageOf } from "./world.mjs";

let world;
before(async () => (world = await openWorld()));
after(() => world?.close());

const PRODUCTS = `/b/orders/products?c=name,price_cents&f=${encodeURIComponent("currency = EUR")}`;
const typing = (page) => page.locator(".editor :is(input:not([type=checkbox]), textarea)");
const complaint = (page) => page.locator(".editor [role=alert]");

/** A list with the editor of one of its cells open. */
async function editing(address, row, column) {
  const page = await pageOf(world, "administrator");
  await page.goto(address);
  const cell = page.locator("tbody tr").nth(row).locator("td").nth(column);
  const held = (await cell.innerText()).trim();
  await cell.dblclick();
  await typing(page).waitFor();
  return { page, cell, held };
}

/** That the cell is still being edited, with what was typed, and says what is wrong to everybody. */
async function stays(page, typed, wrong) {
  await complaint(page).waitFor();
  assert.match(await complaint(page).innerText(), wrong);
  assert.equal(await typing(page).inputValue(), typed);
  assert.equal(await typing(page).getAttribute("aria-invalid"), "true");
  assert.equal(await typing(page).getAttribute("aria-describedby"), await complaint(page).getAttribute("id"));
  assert.ok(await typing(page).evaluate((input) => input === document.activeElement), "the cursor is where one typed");
}

test("a price that was mistyped stays in its cell, is told to be wrong, and is saved once it is right", async () => {
  const { page, cell } = await editing(PRODUCTS, 0, 2);
  await typing(page).fill("12,5o");
  await page.keyboard.press("Enter");
  await stays(page, "12,5o", /number/i);
  // Neither looking elsewhere nor another cell takes away what was typed.
  await page.locator("tbody tr").nth(7).locator("td").nth(2).dblclick();
  await stays(page, "12,5o", /number/i);
  await typing(page).fill("12.50");
  await page.keyboard.press("Enter");
  await page.locator(".editor").waitFor({ state: "detached" });
  assert.match(await cell.innerText(), /12\.50/);
  const at = await page.evaluate(() => document.activeElement.closest("tr").sectionRowIndex);
  assert.equal(at, 1, "what is saved leads on to the next row");
  await page.context().close();
});

test("Escape gives a cell back what it held", async () => {
  const { page, cell, held } = await editing(PRODUCTS, 1, 2);
  await typing(page).fill("much");
  await page.keyboard.press("Enter");
  await stays(page, "much", /number/i);
  await page.keyboard.press("Escape");
  await page.locator(".editor").waitFor({ state: "detached" });
  assert.equal((await cell.innerText()).trim(), held);
  assert.ok(await cell.evaluate((own) => own === document.activeElement));
  await page.context().close();
});

test("a refusal of the database stands in the cell", async () => {
  const { page } = await editing("/b/orders/customers?c=number,email", 0, 2);
  const taken = (await page.locator("tbody tr").nth(1).locator("td").nth(2).innerText()).trim();
  await typing(page).fill(taken);
  await page.keyboard.press("Enter");
  await stays(page, taken, /taken/);
  await page.getByRole("button", { name: "Discard" }).click();
  await page.locator(".editor").waitFor({ state: "detached" });
  await page.context().close();
});

test("without a connection what was typed waits for the next attempt", async () => {
  const { page, cell } = await editing(PRODUCTS, 3, 2);
  await page.context().setOffline(true);
  await typing(page).fill("33.30");
  await page.keyboard.press("Enter");
  await stays(page, "33.30", /No connection/);
  // Whoever leaves now is asked first.
  await page.locator("thead a.sort").first().click();
  await page.locator("dialog[open]").getByRole("heading", { name: "Leave without saving?" }).waitFor();
  await page.keyboard.press("Escape");
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".editor").waitFor({ state: "detached" });
  assert.match(await cell.innerText(), /33\.30/);
  await page.context().close();
});

test("a stale cell shows both values, and going back to it keeps what was typed", async () => {
  const { page, cell } = await editing(`${ORDERS}?c=number,note&s=id`, 0, 2);
  const key = await page.locator("tbody tr").first().getAttribute("data-key");
  await changeNote(world, key, "per Brief bestätigt");
  await typing(page).fill("per E-Mail bestätigt");
  await page.keyboard.press("Enter");
  const sheet = page.locator("#sheet[open]");
  await sheet.locator(".version", { hasText: "per Brief bestätigt" }).waitFor();
  await page.keyboard.press("Escape");
  await stays(page, "per E-Mail bestätigt", /changed/i);
  await page.keyboard.press("Enter");
  await sheet.locator("button[value=theirs]").click();
  await page.locator(".editor").waitFor({ state: "detached" });
  await cell.getByText("per Brief bestätigt").waitFor();

  await cell.dblclick();
  await changeNote(world, key, "noch einmal anders");
  await typing(page).fill("per E-Mail bestätigt");
  await page.keyboard.press("Enter");
  await sheet.locator("button[value=mine]").click();
  await page.locator(".editor").waitFor({ state: "detached" });
  await cell.getByText("per E-Mail bestätigt").waitFor();
  await page.context().close();
});

test("of a block that is pasted the first cell that is refused stays open, and what follows is not written", async () => {
  const { page, cell } = await editing(PRODUCTS, 4, 2);
  await page.keyboard.press("Escape");
  const below = page.locator("tbody tr").nth(6).locator("td").nth(2);
  const held = (await below.innerText()).trim();
  await cell.evaluate((own) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "44.40\n5o.50\n66.60");
    own.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await page.locator("#sheet[open] button[value=go]").click();
  await stays(page, "5o.50", /number/i);
  assert.match(await cell.innerText(), /44\.40/);
  assert.equal((await below.innerText()).trim(), held);
  await page.context().close();
});
