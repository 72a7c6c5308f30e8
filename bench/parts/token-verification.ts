import { createFetchDocument } from "../../verification/keys/fetch-document.ts";
import { createIssuerKeys } from "../../verification/keys/key-sets.ts";
import { trustIssuers } from "../../verification/token/trusted-issuers.ts";
import { done } from "../done.ts";

const fetchDocument = createFetchDocument();
trustIssuers([{ preset: "oidc", issuer: "https://issuer.example", audience: ["a"] }], (issuer) =>
  createIssuerKeys(issuer, { now: Date.now, fetchDocument, onFailure: () => {} }),
);
done();
process.exit(0);
