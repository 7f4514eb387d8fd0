// Serves on a free port of this machine, prints it, and ends with whoever started it.
import { createServer } from "node:http";

export function listen(handler) {
  const server = createServer(handler);
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
  process.stdin.resume();
  process.stdin.on("end", () => process.exit());
}
