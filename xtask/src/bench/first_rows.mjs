// Prints the milliseconds from a click on a resource to its first rows on the screen, the middle one of
// several. Called by first_rows.rs with the folder of Playwright, the browser, Kontor's address, the
// session's cookie and the path of the list.
import { createRequire } from "node:module";

const [folder, executablePath, base, cookie, path] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(folder);

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext();
const [name, ...value] = cookie.split("=");
await context.addCookies([{ name, value: value.join("="), url: base }]);
const page = await context.newPage();
const times = [];
for (let turn = 0; turn < 9; turn += 1) {
  await page.goto(`${base}/`);
  const link = page.locator(`a[href="${path}"]`).first();
  await link.waitFor();
  await page.evaluate(() => {
    addEventListener("click", () => sessionStorage.setItem("clicked", String(Date.now())), true);
  });
  await link.click();
  // Polled with each frame, in the page: what is measured is what a person sees.
  await page.waitForFunction(
    (address) => {
      const isThere = location.pathname === address && document.querySelector("tbody tr td");
      if (!isThere) return false;
      sessionStorage.setItem("seen", sessionStorage.getItem("seen") ?? String(Date.now()));
      return true;
    },
    path,
    { polling: "raf" },
  );
  const took = await page.evaluate(() => {
    const at = (key) => Number(sessionStorage.getItem(key));
    const milliseconds = at("seen") - at("clicked");
    sessionStorage.clear();
    return milliseconds;
  });
  times.push(took);
}
await browser.close();
// The first turn fills the browser's cache, as every working day's first click does.
times.shift();
times.sort((a, b) => a - b);
process.stdout.write(`${times[Math.floor(times.length / 2)]}\n`);
