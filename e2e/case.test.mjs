// A case: one customer as all backends know them, also while one of the backends is away.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { watch } from "./browser.mjs";
import { CARD, openLoyalty } from "./loyalty.mjs";
import { openWorld, pageOf, settled } from "./world.mjs";

const CUSTOMER = "/case/orders/customers/1";
/** The page is promised within this time, whatever a backend does. */
const IN_TIME = 5_000;
/** A service that failed is left alone for some seconds before it is asked again. */
const PATIENCE = 60_000;

let world, loyalty;
before(async () => {
  loyalty = await openLoyalty();
  world = await openWorld({ prepare: loyalty.register });
});
after(async () => {
  await world?.close();
  await loyalty?.stop();
});

const panel = (page, title) => page.locator(".case-part", { has: page.getByRole("heading", { level: 2, name: title }) });

test("a customer's page shows what each backend knows, and what happened in all of them", async () => {
  const page = await pageOf(world, "administrator");
  const console = watch(page);
  await opened(page);
  await panel(page, "Order system").getByRole("link", { name: "Orders" }).first().waitFor();
  assert.match(await panel(page, "Loyalty").innerText(), new RegExp(CARD.number));
  const times = await page.locator(".timeline time").evaluateAll((all) => all.map((time) => Date.parse(time.dateTime)));
  assert.ok(times.length > 0, "the records say when something happened");
  assert.deepEqual(times, times.toSorted((a, b) => b - a), "the latest comes first");
  console.check();
  await page.context().close();
});

test("a backend that is stopped costs only its own panel, and retrying brings it once it is back", async () => {
  const page = await pageOf(world, "administrator");
  await opened(page);
  await loyalty.stop();
  const begun = Date.now();
  await page.goto(CUSTOMER);
  const took = Date.now() - begun;
  assert.ok(took < IN_TIME, `the page came after ${took} ms`);
  const gap = panel(page, "Loyalty").getByRole("status");
  assert.match(await gap.innerText(), /Loyalty/, "the panel says who is missing");
  assert.equal(await page.getByText(CARD.number).count(), 0);
  await panel(page, "Order system").getByRole("link", { name: "Orders" }).first().waitFor();

  await loyalty.start();
  await retried(page, async () => (await page.getByText(CARD.number).count()) > 0);
  assert.equal(await panel(page, "Loyalty").getByRole("status").count(), 0);
  assert.equal(new URL(page.url()).pathname, CUSTOMER);
  await page.context().close();
});

test("without script the timelines of a case and of a record are whole pages", async () => {
  const page = await pageOf(world, "administrator", { javaScriptEnabled: false });
  for (const [address, back] of [[`${CUSTOMER}/timeline`, CUSTOMER], ["/b/orders/customers/r/1/timeline", "/b/orders/customers/r/1"]]) {
    await page.goto(address);
    await page.getByRole("heading", { level: 1, name: "Timeline" }).waitFor();
    await page.locator(`main a[href="${back}"]`).waitFor();
  }
  await page.context().close();
});

/** Opens the case when all backends have been read. */
async function opened(page) {
  await page.goto(CUSTOMER);
  await retried(page, async () => (await page.getByText(CARD.number).count()) > 0, () => page.reload());
}

/** Asks again until something is so: by the button of the panel, or by another way. */
async function retried(page, isSo, again = () => page.getByRole("link", { name: "Try again" }).first().click()) {
  const ends = Date.now() + PATIENCE;
  while (!(await isSo())) {
    assert.ok(Date.now() < ends, "it did not come back in time");
    await again();
    await settled(page);
  }
}
