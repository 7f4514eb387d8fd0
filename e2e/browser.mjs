// Chromium as the system has it, and what every test does with its pages.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/** The first administrator. */
export const ADMINISTRATOR = { name: "Ada Kontor", email: "ada@kontor.example", password: "ein ganzer Satz ist gut" };

/** Somebody who may read and nothing else. */
export const READER = { name: "Rita Leser", email: "rita@kontor.example", password: "noch ein ganzer Satz" };

/** Somebody who may not even read. */
export const STRANGER = { name: "Frida Fremd", email: "frida@kontor.example", password: "und noch ein ganzer Satz" };

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the browser that `KONTOR_BROWSER` names. */
export function openBrowser() {
  const executablePath = process.env.KONTOR_BROWSER;
  if (!executablePath) {
    throw new Error("KONTOR_BROWSER names no browser; `cargo xtask test --only browser` finds Chromium and sets this");
  }
  return chromium.launch({ executablePath, args: FLAGS });
}

/** Somebody's browser: cookies and drafts of its own, nothing that moves. */
export async function seat(browser, office, options = {}) {
  const context = await browser.newContext({
    baseURL: office.address,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(20_000);
  return context;
}

/** Fills in the form of the one-time link or of an invitation. */
export async function welcome(page, link, person) {
  await page.goto(link);
  await page.getByLabel("Name", { exact: true }).fill(person.name);
  const email = page.getByLabel("E-mail address");
  if (await email.isEditable()) await email.fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByLabel("Password again").fill(person.password);
  await page.getByLabel("Language").selectOption("en");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("/");
}

/** Signs in with the form. */
export async function signIn(page, person, language = "English") {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: language }).click();
  await page.locator("#email").fill(person.email);
  await page.locator("#password").fill(person.password);
  await page.locator("form.stacked button[type=submit]").click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** Asks until it is so, for a minute at most. */
export async function eventually(what, isSo) {
  const end = performance.now() + 60_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < end, `not within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Waits until everything that a page loads after itself is there. */
export async function settled(page) {
  await page.waitForLoadState("load");
  await page.waitForFunction(() => !document.querySelector("[data-get][data-when=load]") && !document.documentElement.matches(".busy"));
  await page.waitForLoadState("networkidle");
}

/**
 * Collects errors of scripts and violations of the content security policy; `check` finds none.
 * `expected` are the statuses, other than success, that requests of the page may get.
 */
export function watch(page, expected = []) {
  const seen = [];
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    const { url } = message.location();
    // The browser notes each answer that is no success, also the page that a test expects to be one.
    const status = message.text().match(/^Failed to load resource: .* status of (\d+)/)?.[1];
    if (status && (url === page.url() || expected.includes(Number(status)))) return;
    seen.push(`${page.url()}: ${message.text()} (${url})`);
  });
  page.on("pageerror", (error) => seen.push(`${page.url()}: ${error.stack ?? error.message}`));
  return { check: () => assert.deepEqual(seen, [], "the browser's console has errors") };
}
