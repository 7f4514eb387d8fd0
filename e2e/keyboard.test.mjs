// A working day without a mouse: from the one-time link to a list in German.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ADMINISTRATOR, openBrowser, seat, settled, signIn, watch } from "./browser.mjs";
import { parse } from "./csv.mjs";
import { chooseInMenu, focused, forbidPointers, tabTo } from "./keyboard.mjs";
import { openOffice } from "./office.mjs";
import { input, ORDERS, save } from "./world.mjs";

let office, browser;
before(async () => {
  office = await openOffice();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await office?.close();
});

/** Runs a step of the story; a failure says which one it was. */
async function step(words, act) {
  try {
    return await act();
  } catch (error) {
    throw new Error(`${words}: ${error.message}`, { cause: error });
  }
}

test("the day's work is done with the keyboard only", { timeout: 240_000 }, async () => {
  const context = await seat(browser, office, { acceptDownloads: true });
  const pointers = await forbidPointers(context);
  const page = await context.newPage();
  // The stale edit is answered with a conflict.
  const seen = watch(page, [409]);
  const keys = page.keyboard;
  const heading = (name) => page.getByRole("heading", { level: 1, name });
  const account = page.locator("details.account");

  await step("the one-time link makes the first administrator", async () => {
    await page.goto(office.link);
    await focused(page, "#name");
    for (const text of [ADMINISTRATOR.name, ADMINISTRATOR.email, ADMINISTRATOR.password, ADMINISTRATOR.password]) {
      await keys.type(text);
      await keys.press("Tab");
    }
    await focused(page, "#language");
    await keys.type("English");
    await keys.press("Tab");
    await keys.press("Enter");
    await heading("Mosaic").waitFor();
  });

  await step("signing out", async () => {
    await chooseInMenu(page, account, account.getByRole("button", { name: "Sign out" }));
    await heading("Sign in").waitFor();
  });

  await step("signing in", async () => {
    await focused(page, "#email");
    await keys.type(ADMINISTRATOR.email);
    await keys.press("Tab");
    await keys.type(ADMINISTRATOR.password);
    await keys.press("Enter");
    await heading("Mosaic").waitFor();
  });

  const colleague = await (await seat(browser, office)).newPage();
  await signIn(colleague, ADMINISTRATOR);
  await colleague.goto(`${ORDERS}/r/777`);
  const number = (await colleague.getByRole("heading", { level: 1 }).textContent()).trim();

  await step("Ctrl-K opens an order by its number, with spaces around it", async () => {
    await keys.press("Control+k");
    await focused(page, "#palette input");
    await keys.type(` ${number} `);
    await page.locator("#palette .hit[aria-selected=true]", { hasText: number }).waitFor();
    await keys.press("Enter");
    await heading(number).waitFor();
  });

  await step("the way back leads to the list", async () => {
    await tabTo(page, page.locator("a[data-back]"));
    await keys.press("Enter");
    await page.locator("table[data-grid]").waitFor();
    assert.equal(new URL(page.url()).pathname, ORDERS);
  });

  await step("“/” builds a filter", async () => {
    await keys.press("/");
    await focused(page, "#sheet [name=field0]");
    await followed(page, () => keys.type("Status"));
    await keys.press("Tab");
    await focused(page, "#sheet [name=op0]");
    await followed(page, () => keys.type("is"));
    await keys.press("Tab");
    await focused(page, "#sheet [name=value0]");
    await keys.type("packed");
    await keys.press("Enter");
    await page.waitForURL((url) => /status\s*=\s*packed/.test(url.searchParams.get("f") ?? ""));
    await page.locator("#sheet").waitFor({ state: "hidden" });
    await settled(page);
    assert.deepEqual([...new Set(await texts(page, "status"))], ["packed"]);
  });

  const key = await page.locator("tbody tr").nth(1).getAttribute("data-key");
  const before = await written(page, 1, "note");

  await step("a cell is changed in its place", async () => {
    await toCell(page, 1, "note");
    await keys.press("e");
    await focused(page, ".editor :is(input, textarea)");
    await keys.press("Control+a");
    await keys.type("am Telefon bestätigt");
    await keys.press("Enter");
    await page.locator("#toasts", { hasText: "Saved" }).waitFor();
    assert.equal(await written(page, 1, "note"), "am Telefon bestätigt");
    await colleague.goto(`${ORDERS}/r/${key}/edit`);
    assert.equal(await input(colleague, "note").inputValue(), "am Telefon bestätigt");
  });

  await step("a colleague changes the same cell meanwhile", async () => {
    await input(colleague, "note").fill("per Brief bestätigt");
    await save(colleague);
    await colleague.waitForURL(`${ORDERS}/r/${key}`);
  });

  await step("the stale edit shows mine, theirs and before, and mine is kept", async () => {
    await toCell(page, 1, "note");
    await keys.press("F2");
    await focused(page, ".editor :is(input, textarea)");
    await keys.press("Control+a");
    await keys.type("per E-Mail bestätigt");
    await keys.press("Enter");
    const sheet = page.locator("#sheet[open]");
    await sheet.waitFor();
    const versions = (await sheet.locator(".version").allInnerTexts()).map((text) => text.split("\n").at(-1).trim());
    assert.deepEqual(versions, ["per E-Mail bestätigt", "per Brief bestätigt", "am Telefon bestätigt"]);
    await colleague.goto(`${ORDERS}/r/${key}/edit`);
    assert.equal(await input(colleague, "note").inputValue(), "per Brief bestätigt", "nothing is written before the decision");
    await tabTo(page, sheet.locator("button[value=mine]"));
    await keys.press("Enter");
    await page.locator("#toasts", { hasText: "Saved" }).waitFor();
    assert.equal(await written(page, 1, "note"), "per E-Mail bestätigt");
  });

  await step("Ctrl-Z takes it back to what the colleague wrote", async () => {
    await keys.press("Control+z");
    await page.locator("#toasts", { hasText: "Taken back" }).waitFor();
    await page.locator("tbody tr:nth-child(2)", { hasText: "per Brief bestätigt" }).waitFor();
    await colleague.goto(`${ORDERS}/r/${key}/edit`);
    assert.equal(await input(colleague, "note").inputValue(), "per Brief bestätigt");
  });

  await step("the export is what the list shows", async () => {
    const menu = page.locator("details.menu", { has: page.locator("a[download]") });
    const download = page.waitForEvent("download");
    await chooseInMenu(page, menu, menu.getByRole("link", { name: "CSV" }));
    const [titles, ...rows] = parse(await readFile(await (await download).path(), "utf8"));
    // Beside the key of a linked record stands its title, which is what the list shows.
    assert.deepEqual(titles.filter((title) => !title.includes(" → ")), await page.locator("thead .sort").allInnerTexts());
    const shown = (field) => rows.map((row) => row[titles.indexOf(field)]);
    const all = Number((await page.locator("#count").innerText()).replace(/\D/g, ""));
    assert.equal(rows.length, all, "it has every record of the filter, not only those of the page");
    const onPage = await texts(page, "number");
    assert.deepEqual(shown("Order number").slice(0, onPage.length), onPage);
    assert.deepEqual([...new Set(shown("Status"))], ["packed"]);
    assert.deepEqual(shown("Customer → Customers").slice(0, onPage.length), await texts(page, "customer_id"));
    assert.equal(shown("Note")[1], "per Brief bestätigt");
    const amounts = (await exact(page, "total_cents")).map((cents) => (cents / 100).toFixed(2));
    assert.deepEqual(shown("Total").slice(0, onPage.length), amounts, "amounts are in the currency, not in cents");
  });

  await step("the language is German from one key to the next", async () => {
    await chooseInMenu(page, account, account.getByRole("button", { name: "Deutsch" }), "Shift+Tab");
    await heading("Bestellungen").waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    assert.ok(new URL(page.url()).searchParams.has("f"), "the list is still filtered");
    await page.locator("summary", { hasText: "Spalten" }).waitFor();
    await page.locator("thead th[data-f=number]", { hasText: "Bestellnummer" }).waitFor();
    await settled(page);
    const amounts = await texts(page, "total_cents");
    assert.ok(amounts.every((amount) => /,\d\d(\s|$)/.test(amount)), `amounts are written as in German: ${amounts[0]}`);
  });

  assert.notEqual(before, "per Brief bestätigt");
  assert.deepEqual(pointers, [], "nothing but the keyboard was used");
  seen.check();
});

/** Chooses something in the builder and waits until the builder has followed. */
async function followed(page, act) {
  await page.locator("#sheet .values").evaluate((element) => (element.dataset.old = ""));
  await act();
  await page.locator("#sheet .values:not([data-old])").waitFor({ state: "attached" });
}

const headers = (page) => page.locator("thead th").evaluateAll((all) => all.map((header) => header.dataset.f ?? ""));

/** The words in a column. */
async function texts(page, field) {
  const place = (await headers(page)).indexOf(field) + 1;
  assert.ok(place > 1, `there is a column ${field}`);
  return (await page.locator(`tbody td:nth-child(${place})`).allInnerTexts()).map((text) => text.trim());
}

/** The numbers behind a column as the database holds them. */
async function exact(page, field) {
  const place = (await headers(page)).indexOf(field) + 1;
  return page.locator(`tbody td:nth-child(${place})`).evaluateAll((cells) => cells.map((cell) => cell.dataset.v.slice(1)));
}

/** The words in a cell once nothing is being saved any more. */
async function written(page, row, field) {
  await page.waitForFunction(() => !document.querySelector("td.saving, td.dirty"));
  return (await texts(page, field))[row];
}

/** Moves the focus of the list to a cell: j and k for rows, arrows for columns. */
async function toCell(page, row, field) {
  const column = (await headers(page)).indexOf(field);
  const place = () =>
    page.evaluate(() => {
      const cell = document.activeElement?.closest("tbody td");
      return cell ? [cell.parentElement.sectionRowIndex, cell.cellIndex] : undefined;
    });
  if (!(await place())) await page.keyboard.press("j");
  let [atRow, atColumn] = await place();
  for (; atRow < row; atRow++) await page.keyboard.press("j");
  for (; atRow > row; atRow--) await page.keyboard.press("k");
  for (; atColumn < column; atColumn++) await page.keyboard.press("ArrowRight");
  for (; atColumn > column; atColumn--) await page.keyboard.press("ArrowLeft");
  assert.deepEqual(await place(), [row, column]);
}
