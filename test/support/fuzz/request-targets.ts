import fc from "fast-check";
import { ConfigurationError } from "../../../configuration/configuration-error.ts";
import { readConfiguration } from "../../../configuration/read-configuration.ts";
import { everyReadingOf } from "../../../domain/decision/path-reading.ts";
import { segmentsOf } from "../../../domain/decision/segment.ts";
import { observe } from "../../../domain/event/access-observation.ts";
import { readCrowdStrikePosture } from "../../../domain/evidence/posture/crowdstrike.ts";
import { readIntunePosture } from "../../../domain/evidence/posture/intune.ts";
import { readJamfPosture } from "../../../domain/evidence/posture/jamf.ts";
import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { certificateThumbprint } from "../../../verification/proof/client-certificate.ts";
import { verifyDpopProof } from "../../../verification/proof/dpop-proof.ts";
import { isUrlOf } from "../../../verification/proof/public-url.ts";
import { athOf, BOUND, JKT, proof, proofKey, URL_OF_ORDERS } from "../hostile/possession.ts";
import { AT, NOW } from "../hostile/world.ts";
import { nearly, spoiled } from "./inputs.ts";
import * as seeds from "./seeds.ts";

import { partsOf, type Target, taken, target, wrong } from "./target.ts";

const SEGMENTS = { orders: ["/api/orders/**"], admin: ["/api/admin/**"], billing: ["/api/*/billing"] };
const request = readRequest(seeds.EVENTS[0], "none", NOW);
const [goodToken = ""] = seeds.TOKENS;
const goodProofs: readonly string[] = seeds.PROOFS;
const PROVEN = { token: BOUND, jkt: JKT, method: "GET", isUrl: (url: string) => url === URL_OF_ORDERS };

/** From the gateway's event to the path and the proofs in it; and what else comes from outside. */
export const REQUEST_TARGETS: readonly Target[] = [
  target({
    name: "readRequest",
    share: 12,
    inputs: spoiled(...seeds.EVENTS),
    feed: (event) => {
      const read = readRequest(event, "cloudfront", NOW);
      if (JSON.stringify(read).includes(goodToken)) return wrong("a token in print");
      return read.flaw === undefined && read.credentials.status === "bearer" ? "taken" : "refused";
    },
  }),
  target({
    name: "verifyDpopProof",
    share: 6,
    inputs: nearly(...seeds.PROOFS),
    feed: (text) => {
      const proven = verifyDpopProof(text, PROVEN, { maxAge: 60, leeway: 5 }, AT);
      if (proven === undefined) return "refused";
      return goodProofs.includes(text) ? "taken" : wrong("a proof that was not made here");
    },
  }),
  target({
    name: "verifyDpopProof, signed",
    share: 4,
    inputs: spoiled({
      header: { typ: "dpop+jwt", alg: "ES256", jwk: proofKey("p256") },
      claims: { jti: "p-1", htm: "GET", htu: URL_OF_ORDERS, iat: AT, ath: athOf(BOUND) },
    }).map((parts) => proof(partsOf(parts))),
    feed: (text) => {
      if (verifyDpopProof(text, PROVEN, { maxAge: 60, leeway: 5 }, AT) === undefined) return "refused";
      const { htm, htu, iat, ath } = JSON.parse(
        Buffer.from(text.split(".")[1] ?? "", "base64url").toString(),
      );
      const sound =
        htm === "GET" &&
        String(htu).replace(/[?#].*/, "") === URL_OF_ORDERS &&
        ath === athOf(BOUND) &&
        Math.abs(AT - iat) <= 65;
      return sound ? "taken" : wrong("a proof of another request");
    },
  }),
  target({
    name: "isUrlOf",
    share: 4,
    inputs: nearly(URL_OF_ORDERS, "https://api.example/base/api/%6frders?x#y"),
    feed: (url) => {
      if (!isUrlOf(url, request, { a1b2c3d4e5: ["https://api.example/base"] })) return "refused";
      const { host } = new URL(url);
      return ["a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com", "api.example"].includes(host)
        ? "taken"
        : wrong("another host");
    },
  }),
  target({
    name: "certificateThumbprint",
    share: 3,
    inputs: nearly("-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUAQ==\n-----END CERTIFICATE-----\n"),
    feed: (pem) => taken(certificateThumbprint(pem)),
  }),
  target({
    name: "everyReadingOf, segmentsOf",
    share: 8,
    inputs: nearly(...seeds.PATHS),
    feed: (path) => {
      const readings = everyReadingOf(path);
      const { status } = segmentsOf(SEGMENTS, path);
      if (readings === undefined) return status === "ambiguous" ? "refused" : wrong("an unreadable path");
      return readings.includes(path) ? "taken" : wrong("its own reading is missing");
    },
  }),
  target({
    name: "observe",
    share: 8,
    inputs: spoiled(seeds.ACCESS),
    feed: (detail) => (observe(detail, NOW).status === "observed" ? "taken" : "refused"),
  }),
  target({
    name: "readConfiguration",
    share: 2,
    inputs: fc.oneof(
      nearly(seeds.CONFIGURATION),
      spoiled(JSON.parse(seeds.CONFIGURATION)).map((value) => String(JSON.stringify(value))),
    ),
    feed: (text) => {
      try {
        return taken(readConfiguration(text, "sallyport.json"));
      } catch (error) {
        return error instanceof ConfigurationError ? "refused" : wrong(String(error));
      }
    },
  }),
  target({
    name: "postures",
    share: 4,
    inputs: spoiled(...seeds.POSTURES),
    feed: (payload) => {
      const readings = [readJamfPosture, readIntunePosture, readCrowdStrikePosture].map((read) =>
        read(payload, AT),
      );
      return readings.some((reading) => !("unreadable" in reading)) ? "taken" : "refused";
    },
  }),
];
