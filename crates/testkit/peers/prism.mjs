// Prism, which answers as a description promises: node prism.mjs <package>/<path of the document>
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url));
// Of all that it says, the port is what matters.
const say = process.stdout.write.bind(process.stdout);
process.stdout.write = (text) => {
  const port = /is listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
  return port ? say(`${port}\n`) : true;
};
process.stdin.resume();
process.stdin.on("end", () => process.exit());
const where = ["--host", "127.0.0.1", "--port", "0", here(process.argv[2])];
process.argv = [process.execPath, "prism", "mock", ...where];
createRequire(import.meta.url)("@stoplight/prism-cli/dist/index.js");
