// A backend of another hand that tests can stop: a service of loyalty cards with its OpenAPI document.
import { createServer } from "node:http";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The customer who has a card, and the card's number. */
export const CARD = { id: 1, number: "GOLD-4711", customer: "K-100010", points: 320 };

const card = {
  type: "object",
  required: ["id", "number", "customer", "points"],
  properties: {
    id: { type: "integer" },
    number: { type: "string" },
    customer: { type: "string" },
    points: { type: "integer" },
  },
};

const answer = (schema) => ({ 200: { description: "ok", content: { "application/json": { schema } } } });

const DESCRIPTION = {
  openapi: "3.1.0",
  info: { title: "Loyalty", version: "1" },
  paths: {
    "/cards": {
      get: {
        parameters: [{ name: "customer", in: "query", schema: { type: "string" } }],
        responses: answer({ type: "object", properties: { items: { type: "array", items: card } } }),
      },
    },
    "/cards/{id}": {
      get: {
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
        responses: answer(card),
      },
    },
  },
};

function respond(request, response) {
  const url = new URL(request.url, "http://localhost");
  const wanted = url.searchParams.get("customer");
  const found = {
    "/openapi.json": DESCRIPTION,
    "/cards": { items: wanted === null || wanted === CARD.customer ? [CARD] : [] },
    "/cards/1": CARD,
  }[url.pathname];
  response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify(found ?? {}));
}

/** Starts the service; `stop` refuses everybody, `start` opens it again where it was. */
export async function openLoyalty() {
  let server;
  let port = 0;
  const start = () =>
    new Promise((resolve, reject) => {
      server = createServer(respond).once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve((port = server.address().port)));
    });
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  await start();
  return { start, stop, register: (data) => register(data, port) };
}

/** Writes the service's manifest into a data folder. */
async function register(data, port) {
  const manifest = `title = "Loyalty"
url = "openapi+http://127.0.0.1:${port}/openapi.json"

[resources.cards]
case = "customer"
title_field = "number"

[[links]]
from = "cards"
fields = ["customer"]
to = "orders:customers"
to_fields = ["number"]
`;
  await mkdir(join(data, "backends"), { recursive: true });
  await writeFile(join(data, "backends", "loyalty.toml"), manifest);
}
