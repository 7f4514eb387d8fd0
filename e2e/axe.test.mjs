// axe-core finds nothing on any page, light and dark.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { openPage, pageFor, PAGES } from "./pages.mjs";
import { openWorld, pageOf } from "./world.mjs";

const script = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The rules of WCAG up to 2.2 AA, and what axe-core calls good practice. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let world;
before(async () => (world = await openWorld()));
after(() => world?.close());

for (const entry of PAGES) {
  test(`${entry.name}: axe-core finds nothing, light and dark`, async () => {
    const page = await pageFor(world, entry);
    await openPage(world, entry, page);
    await page.evaluate(script);
    const found = [];
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const violations = await page.evaluate(async (values) => {
        const result = await window.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] });
        return result.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) => `${node.html}\n  ${node.failureSummary}`) }));
      }, RULES);
      for (const { id, help, nodes } of violations) found.push(`${colorScheme}: ${id}: ${help}\n${nodes.slice(0, 3).join("\n")}`);
    }
    assert.deepEqual(found, [], `${page.url()}\n${found.join("\n\n")}`);
    await page.context().close();
  });
}

test("the chosen theme wins over that of the system", async () => {
  const page = await pageOf(world, "administrator", { colorScheme: "light" });
  await page.goto("/");
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await paper();
  assert.notEqual(dark, light);
  const choose = async (name) => {
    await page.locator("details.account > summary").press("Enter");
    await page.locator("details.account").getByRole("button", { name, exact: true }).click();
    await page.waitForLoadState("load");
  };
  await choose("Light");
  assert.equal(await paper(), light);
  await page.emulateMedia({ colorScheme: "light" });
  await choose("Dark");
  assert.equal(await paper(), dark);
  await choose("System");
  assert.equal(await paper(), light);
  await page.context().close();
});
