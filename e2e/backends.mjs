// The services of the demo, asked past the office: what a task has changed must stand there.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { orderInspect } from "./office.mjs";

/** What the office printed about a service when it started. */
function announced(office, name) {
  const line = office.said.find((line) => line.startsWith(`${name}: `));
  assert.ok(line, `the demo did not say where ${name} is:\n${office.said.join("\n")}`);
  return line.slice(name.length + 2);
}

/** Order & Inspect, with a key of the test's own. */
export function openShop(office) {
  const address = announced(office, "Order & Inspect").replace("/openapi.json", "");
  const folder = join(office.data, "order-inspect");
  const printed = execFileSync(orderInspect(), ["--data", folder, "key", "create", "Browser tests"], { encoding: "utf8" });
  const key = printed.trim().split("\n").at(-1).trim();
  const ask = async (method, path, body) => {
    const headers = { authorization: `Bearer ${key}`, ...(body ? { "content-type": "application/json" } : {}) };
    const answer = await fetch(address + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  return {
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    order: (number) => ask("GET", `/orders/${number}`),
  };
}

/** The returns desk. */
export function openDesk(office) {
  const address = announced(office, "Returns desk");
  return async (query) => {
    const answer = await fetch(address, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query }) });
    const { data, errors } = await answer.json();
    assert.equal(errors, undefined, JSON.stringify(errors));
    return data;
  };
}
