// Prism, which answers as a description promises: node prism.mjs <package>/<path of the document>
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url));
const arguments_ = ["mock", "--host", "127.0.0.1", "--port", "0", here(process.argv[2])];
const cli = here("@stoplight/prism-cli/dist/index.js");
const prism = spawn(process.execPath, [cli, ...arguments_], {
  stdio: ["ignore", "pipe", "inherit"],
});
createInterface({ input: prism.stdout }).on("line", (line) => {
  const port = /is listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
  if (port) console.log(port);
});
prism.on("exit", (code) => process.exit(code ?? 1));
process.stdin.resume();
process.stdin.on("end", () => prism.kill());
