// Somebody at work, whose clicks and keys are counted.
import assert from "node:assert/strict";
import { settled } from "./browser.mjs";

/** What was counted, task by task, for the table at the end. */
const counted = [];

/**
 * A hand on the mouse and on the keys. A click is 1 and a key is 1; a text that is typed or scanned is one entry and
 * counted apart. What a task begins with, the search for what it is about, is free: task 1 proves what that costs.
 */
export class Hand {
  clicks = 0;
  keys = 0;
  entries = 0;

  constructor(page) {
    this.page = page;
  }

  async click(locator) {
    await locator.click();
    this.clicks += 1;
  }

  async press(key) {
    await this.page.keyboard.press(key);
    this.keys += 1;
  }

  /** Types into whatever has the focus. */
  async type(text) {
    await this.page.keyboard.type(text);
    this.entries += 1;
  }

  /** Opens what the one search finds first: Ctrl-K, the text, Enter. */
  async search(text, path) {
    await this.press("Control+k");
    await this.type(text);
    const first = this.page.locator(`#found a.hit[aria-selected=true][href='${path}']`);
    await first.waitFor().catch(async () => assert.fail(`“${text}” finds ${await this.page.locator("#found").innerText()}`));
    await this.press("Enter");
    await this.page.waitForURL((url) => url.pathname === path);
    await settled(this.page);
  }

  /** The same, before anything is counted. */
  async begin(text, path) {
    await this.search(text, path);
    this.clicks = this.keys = this.entries = 0;
  }

  /** Sends the form of an action by the key that sends forms. */
  async send(path) {
    const done = this.page.waitForURL((url) => url.pathname === path);
    await this.press("Enter");
    await done;
  }

  /** Opens the form of an action by its key; its first input has the focus then. */
  async act(key) {
    await this.press(key);
    await this.page.waitForURL((url) => url.pathname.includes("/do/"));
    await settled(this.page);
  }

  /** Notes what the task took, and that it was no more than `budget`. */
  within(task, budget) {
    const { clicks, keys, entries } = this;
    counted.push({ task, clicks, keys, entries, "clicks and keys": clicks + keys, budget });
    assert.ok(clicks + keys <= budget, `“${task}” took ${clicks} clicks and ${keys} keys, and may take ${budget}`);
  }
}

/** Prints what all tasks took. */
export function report() {
  console.table(counted);
}
