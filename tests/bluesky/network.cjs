// A real personal data server on loopback, from npm's @atproto/dev-env; an application view beside
// it where DB_POSTGRES_URL and REDIS_HOST are set. Prints one line of JSON with the addresses and
// ends with its standard input. Run by tests/bluesky_network.py.
"use strict";
const { TestNetwork, TestNetworkNoAppView } = require("@atproto/dev-env");

async function main() {
  const withView = Boolean(process.env.DB_POSTGRES_URL && process.env.REDIS_HOST);
  const kind = withView ? TestNetwork : TestNetworkNoAppView;
  const network = await kind.create({ pds: { hostname: "localhost" }, dbPostgresSchema: "langnghe_test" });
  const told = { pds: network.pds.url, view: withView ? network.bsky.url : "" };
  console.log(`NETWORK ${JSON.stringify(told)}`);
  process.stdin.on("data", async (line) => {
    // "settle": answer when everything that was written is in the view.
    if (String(line).includes("settle")) {
      await network.processAll();
      console.log("SETTLED");
    }
  });
  process.stdin.on("end", () => process.exit(0));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
