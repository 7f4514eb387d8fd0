// An office with people in front of it: what most tests begin with.
import { ADMINISTRATOR, openBrowser, seat, settled, signIn, welcome } from "./browser.mjs";
import { openOffice } from "./office.mjs";

export const ORDERS = "/b/orders/orders";

/**
 * Opens the office, makes the first administrator and keeps their cookies for later pages.
 * See `openOffice` for the options.
 */
export async function openWorld(options = {}) {
  const office = await openOffice(options);
  let browser;
  const close = async () => {
    await browser?.close();
    await office.close();
  };
  try {
    browser = await openBrowser();
    const first = await seat(browser, office);
    await welcome(await first.newPage(), office.link, ADMINISTRATOR);
    const cookies = { administrator: await first.storageState() };
    await first.close();
    return { office, browser, cookies, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A fresh page of somebody; without a name, of nobody who is signed in. */
export async function pageOf(world, who, options = {}) {
  const context = await seat(world.browser, world.office, { storageState: world.cookies[who], ...options });
  return context.newPage();
}

/** Invites somebody with a role for all backends and lets them in; their name is known afterwards. */
export async function invite(world, name, person, role) {
  const administrator = await pageOf(world, "administrator");
  await administrator.goto("/people");
  const form = administrator.locator("form[action='/people']");
  await form.locator("#email").fill(person.email);
  await form.locator("select[name=role]").selectOption(role);
  await form.locator("button[type=submit]").click();
  const link = await administrator.locator(".secret code").textContent();
  await administrator.context().close();
  const page = await pageOf(world);
  await welcome(page, link, person);
  world.cookies[name] = await page.context().storageState();
  await page.context().close();
}

/** What the form of an order holds in a field. */
export const input = (page, field) => page.locator(`[name="v.${field}"]`);

/** Saves the form of a record. */
export async function save(page) {
  await page.locator("form.record-form").getByRole("button", { name: "Save" }).click();
}

/** Changes the note of an order by its form, as a colleague would; the address of the change. */
export async function changeNote(world, order, note) {
  const page = await pageOf(world, "administrator");
  await page.goto(`${ORDERS}/r/${order}/edit`);
  await input(page, "note").fill(note);
  await save(page);
  await page.waitForURL(`${ORDERS}/r/${order}`);
  await settled(page);
  const address = await page.locator(".timeline a[href^='/changes/']").first().getAttribute("href");
  await page.context().close();
  return address;
}

export { settled, signIn };
