// Platformatic's REST API with its own description over a database: node rest.mjs <url>
import openapi from "@platformatic/sql-openapi";
import mapper from "@platformatic/sql-mapper";
import fastify from "fastify";

const app = fastify();
await app.register(mapper, { connectionString: process.argv[2], log: app.log });
await app.register(openapi, {});
await app.listen({ port: 0, host: "127.0.0.1" });
console.log(app.server.address().port);
process.stdin.resume();
process.stdin.on("end", () => process.exit());
