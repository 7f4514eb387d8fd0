// An SMTP server for tests, from the npm package smtp-server, whose packages live in e2e/.
//
//   node smtp-server.mjs [--tls starttls|wrapper --key FILE --cert FILE] [--user NAME --password TEXT]
//
// Prints its port and the port where GET /mails answers what it has taken, and ends when its standard
// input is closed. The name before the @ of a recipient says how it is treated: `unknown` is refused
// with 550, `later` is put off with 451, `silent` gets no answer, anybody else gets the mail.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";

const { SMTPServer } = createRequire(new URL("../../../../e2e/", import.meta.url))("smtp-server");

const text = { type: "string" };
const { values: options } = parseArgs({
  options: { tls: text, key: text, cert: text, user: text, password: text },
});

const refusals = {
  unknown: { responseCode: 550, message: "5.1.1 There is nobody of that name here" },
  later: { responseCode: 451, message: "4.7.1 Come back later" },
};

const mails = [];

const server = new SMTPServer({
  secure: options.tls === "wrapper",
  disabledCommands: options.tls === "starttls" ? [] : ["STARTTLS"],
  ...(options.tls && { key: readFileSync(options.key), cert: readFileSync(options.cert) }),
  authOptional: options.user === undefined,
  allowInsecureAuth: true,
  onAuth({ username, password }, _session, callback) {
    const isKnown = username === options.user && password === options.password;
    callback(isKnown ? null : new Error("Wrong password"), { user: username });
  },
  onRcptTo({ address }, _session, callback) {
    const name = address.split("@")[0];
    if (name === "silent") return;
    const refusal = refusals[name];
    callback(refusal && Object.assign(new Error(refusal.message), refusal));
  },
  onData(stream, session, callback) {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => {
      const { mailFrom, rcptTo } = session.envelope;
      mails.push({
        from: mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        user: session.user ?? null,
        secure: session.secure,
        raw: Buffer.concat(chunks).toString("latin1"),
      });
      callback();
    });
  },
});
server.on("error", () => {});

const control = createServer((_request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(mails));
});

server.listen(0, "127.0.0.1", () => {
  control.listen(0, "127.0.0.1", () => {
    console.log(`${server.server.address().port} ${control.address().port}`);
  });
});
process.stdin.on("end", () => process.exit(0)).resume();
