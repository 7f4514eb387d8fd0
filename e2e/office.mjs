// The real office with the sample shop, in a folder of its own and on a free port.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Writing the sample shop takes a debug build some seconds; a busy machine takes longer. */
const PATIENCE = 120_000;

/** The program under test. */
function program() {
  const path = process.env.KONTOR_BINARY;
  if (!path) throw new Error("KONTOR_BINARY names no program; `cargo xtask test --only browser` builds it and sets this");
  return path;
}

/** Order & Inspect, which the demo starts beside the office where it is asked to. */
export function orderInspect() {
  const path = process.env.ORDER_INSPECT_BINARY;
  if (!path) throw new Error("ORDER_INSPECT_BINARY names no program; `cargo xtask test --only browser` builds it and sets this");
  return path;
}

/**
/**
 * Starts `kontor demo`, with the service where `beside` names its program, and waits until it
 * listens; `prepare` gets the data folder before.
 * @returns `address` without a slash at the end, `link` that makes the first administrator, and `close`.
 */
export async function openOffice({ prepare, beside } = {}) {
  const command = program();
  const data = await mkdtemp(join(tmpdir(), "kontor-e2e-"));
  await prepare?.(data);
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("KONTOR_")));
  const office = spawn(command, ["demo", "--data", data, "--listen", "127.0.0.1:0", ...(beside ? ["--order-inspect", beside] : [])], {
    cwd: data,
    env: { ...own, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = [];
  const ended = once(office, "exit");
  const close = async () => {
    if (office.exitCode === null && office.signalCode === null) {
      office.kill("SIGTERM");
      await ended;
    }
    await rm(data, { recursive: true, force: true });
  };
  try {
    return { ...(await greeting(office, said)), data, said, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Reads what the office prints until it says where it listens; keeps everything for failures. */
function greeting(office, said) {
  return new Promise((resolve, reject) => {
    const fail = (reason) => reject(new Error(`\`kontor demo\` ${reason}. It said:\n${said.join("\n")}`));
    const timer = setTimeout(() => fail(`did not listen within ${PATIENCE / 1000} s`), PATIENCE);
    let link;
    office.once("error", (error) => fail(`could not be started: ${error.message}`));
    office.once("exit", (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${signal ?? code}`);
    });
    createInterface({ input: office.stderr }).on("line", (line) => said.push(line));
    createInterface({ input: office.stdout }).on("line", (line) => {
      said.push(line);
      link ??= line.match(/^https?:\/\/\S+\/welcome\/\S+$/)?.[0];
      const address = line.match(/^Kontor listens on (http:\/\/\S+)$/)?.[1];
      if (!address) return;
      clearTimeout(timer);
      if (link) resolve({ address, link });
      else fail("printed no link for the first administrator");
    });
  });
}
