// Hands that have only a keyboard.

/** Presses of Tab after which something counts as out of reach. */
const REACH = 120;

/** Says so if anything but a keyboard is used on the pages of a context. */
export async function forbidPointers(context) {
  const used = [];
  await context.exposeBinding("kontorPointerUsed", (_source, what) => used.push(what));
  await context.addInitScript(() => {
    for (const kind of ["pointerdown", "mousedown", "touchstart", "wheel"]) {
      addEventListener(kind, (event) => window.kontorPointerUsed(`${kind} on ${event.target.outerHTML?.slice(0, 80)}`), true);
    }
  });
  return used;
}

const has = (locator) => locator.evaluate((element) => element === document.activeElement, undefined, { timeout: 1000 });

/** Moves the focus with Tab until the element has it. */
export async function tabTo(page, locator, key = "Tab") {
  await locator.waitFor();
  for (let presses = 0; presses < REACH; presses++) {
    if (await has(locator)) return;
    await page.keyboard.press(key);
  }
  const focus = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120));
  throw new Error(`${locator} is not reached with ${REACH} presses of ${key}; the focus is on ${focus}`);
}

/** Opens a menu and goes down in it until the item has the focus. */
export async function chooseInMenu(page, menu, item, key = "Tab") {
  await tabTo(page, menu.locator("summary"), key);
  await page.keyboard.press("Enter");
  await item.waitFor();
  await tabTo(page, item, "ArrowDown");
  await page.keyboard.press("Enter");
}

/** Waits until an element has the focus. */
export async function focused(page, selector) {
  await page.waitForFunction((selector) => document.activeElement?.matches(selector), selector);
}
