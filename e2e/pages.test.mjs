// What holds for every page: it fits a telephone, the console is silent, and what one has done to it
// is still there after going back and loading again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { watch } from "./browser.mjs";
import { openPage, pageFor, PAGES } from "./pages.mjs";
import { input, openWorld, ORDERS, pageOf, save, settled } from "./world.mjs";

let world;
before(async () => (world = await openWorld()));
after(() => world?.close());

/** What reaches over the right edge of the window, if the page can be scrolled there. */
const overflow = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > clientWidth + 1);
    return [`${scrollWidth} > ${clientWidth}`, ...wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 160))];
  });

for (const entry of PAGES) {
  test(`${entry.name}: nothing goes wrong in the browser, and it fits 390 px and 200 % zoom`, async () => {
    const page = await pageFor(world, entry);
    const seen = watch(page);
    let status;
    page.on("response", (response) => {
      if (response.request().isNavigationRequest()) status = response.status();
    });
    await openPage(world, entry, page);
    assert.equal(status, entry.status ?? 200, page.url());
    assert.match(await page.title(), /\S · Kontor$/);
    seen.check();
    // A window of 1440 × 900 at 200 % is one of 720 × 450.
    for (const viewport of [{ width: 720, height: 450 }, { width: 390, height: 844 }]) {
      await page.setViewportSize(viewport);
      assert.deepEqual(await overflow(page), [], `${page.url()} at ${viewport.width} px`);
    }
    await page.context().close();
  });
}

const numbers = (page) => page.locator("tbody td.first a").allTextContents();

/** Waits until the list shows other records than before. */
async function changed(page, before) {
  await page.waitForFunction(
    (before) => JSON.stringify([...document.querySelectorAll("tbody td.first a")].map((link) => link.textContent)) !== before,
    JSON.stringify(before),
  );
  return numbers(page);
}

test("Back leads through page, order and filter of a list, and Forward to them again", async () => {
  const page = await pageOf(world, "administrator");
  await page.goto(ORDERS);
  const states = [{ address: page.url(), rows: await numbers(page) }];
  const act = async (does) => {
    await does();
    const rows = await changed(page, states.at(-1).rows);
    states.push({ address: page.url(), rows });
  };
  await act(async () => {
    await page.locator("details.quick").first().locator("summary").click();
    await page.locator("details.quick[open] a.item", { hasText: "shipped" }).click();
  });
  await act(() => page.locator("thead th[data-f=total_cents] a.sort").click());
  await act(() => page.locator(".pager a[rel=next]").click());
  assert.equal(new Set(states.map(({ address }) => address)).size, 4, "every state has an address of its own");
  for (const at of [2, 1, 0]) {
    await page.goBack();
    assert.deepEqual(await changed(page, states[at + 1].rows), states[at].rows);
    assert.equal(page.url(), states[at].address);
  }
  for (const at of [1, 2, 3]) {
    await page.goForward();
    assert.deepEqual(await changed(page, states[at - 1].rows), states[at].rows);
  }
  await page.reload();
  assert.deepEqual(await numbers(page), states[3].rows, "the address alone leads to the same records");
  await page.context().close();
});

test("a record opened from a list leads back to the same list", async () => {
  const page = await pageOf(world, "administrator");
  await page.goto(`${ORDERS}?f=${encodeURIComponent("status = shipped")}&s=total_cents&n=25`);
  const address = page.url();
  const rows = await numbers(page);
  await page.locator("tbody td.first a").nth(2).click();
  await page.getByRole("heading", { level: 1, name: rows[2] }).waitFor();
  await page.locator("a[rel=next]").click();
  await page.getByRole("heading", { level: 1, name: rows[3] }).waitFor();
  await page.locator("a[data-back]").click();
  await page.locator("table[data-grid]").waitFor();
  assert.deepEqual(await numbers(page), rows);
  assert.equal(new URL(page.url()).searchParams.get("f"), new URL(address).searchParams.get("f"));
  await page.context().close();
});

test("the columns that were chosen survive loading the page again", async () => {
  const page = await pageOf(world, "administrator");
  await page.goto(ORDERS);
  const titles = () => page.locator("thead .sort").allInnerTexts();
  const before = await titles();
  await page.locator("details.menu:has(form.columns) > summary").click();
  await page.locator("form.columns").getByRole("checkbox", { name: "Channel", exact: true }).uncheck();
  await page.locator("form.columns").getByRole("button", { name: "Apply" }).click();
  await page.locator("thead th[data-f=channel]").waitFor({ state: "detached" });
  const after = await titles();
  assert.deepEqual(after, before.filter((title) => title !== "Channel"));
  await page.reload();
  assert.deepEqual(await titles(), after);
  await page.context().close();
});

test("what was typed survives leaving and loading the page, until it is dropped or saved", async () => {
  const page = await pageOf(world, "administrator");
  const form = `${ORDERS}/r/815/edit`;
  await page.goto(form);
  const before = await input(page, "note").inputValue();
  await input(page, "note").fill("halb geschrieben");
  await page.reload();
  assert.equal(await input(page, "note").inputValue(), "halb geschrieben");
  await page.goto("/");
  await page.goto(form);
  assert.equal(await input(page, "note").inputValue(), "halb geschrieben");

  const toasts = page.locator("#toasts");
  await toasts.getByRole("button").click();
  assert.equal(await input(page, "note").inputValue(), before);
  await page.reload();
  assert.equal(await input(page, "note").inputValue(), before, "what was dropped does not come back");

  await input(page, "note").fill("fertig geschrieben");
  await save(page);
  await page.waitForURL(`${ORDERS}/r/815`);
  await page.goto(form);
  assert.equal(await input(page, "note").inputValue(), "fertig geschrieben");
  assert.equal(await toasts.getByRole("button").count(), 0, "what was saved is no draft any more");
  await page.context().close();
});

test("at 200 % zoom a record is found, opened and changed", async () => {
  const page = await pageOf(world, "administrator", { viewport: { width: 720, height: 450 } });
  await page.goto("/");
  await page.locator(".bar a[href='#nav']").click();
  await page.locator("#nav summary", { hasText: "Order system" }).click();
  await page.locator("#nav").getByRole("link", { name: "Orders", exact: true }).click();
  await page.locator("tbody td.first a").first().click();
  await page.locator("[data-edit]").click();
  await input(page, "note").fill("in groß");
  await save(page);
  await settled(page);
  await page.locator("dd", { hasText: "in groß" }).first().waitFor();
  assert.deepEqual(await overflow(page), []);
  await page.context().close();
});
