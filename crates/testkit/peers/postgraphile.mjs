// PostGraphile over a database: node postgraphile.mjs <url>
import postgraphile from "postgraphile";
import { listen } from "./listening.mjs";

const options = { disableQueryLog: true, graphiql: false, bodySizeLimit: "1MB" };
listen(postgraphile.postgraphile(process.argv[2], "public", options));
