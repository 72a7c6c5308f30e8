import { parseCompactJws } from "../../../verification/jws/compact-jws.ts";
import { readVerificationKey, verifySignature } from "../../../verification/keys/verification-key.ts";

/**
 * The figures of the RFCs' examples, through the layer that checks a JWS without asking for claims
 * inside.
 */

const JOE = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

interface Vector {
  readonly name: string;
  readonly jws: string;
  readonly jwk: Readonly<Record<string, string>>;
  readonly payload: string;
}

const JOE_SAYS = '{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}';

const VECTORS: readonly Vector[] = [
  {
    name: "RFC 7515 A.2, RS256",
    jws: [
      "eyJhbGciOiJSUzI1NiJ9",
      JOE,
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    ].join("."),
    jwk: {
      kty: "RSA",
      n: "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
      e: "AQAB",
    },
    payload: JOE_SAYS,
  },
  {
    name: "RFC 7515 A.3, ES256",
    jws: [
      "eyJhbGciOiJFUzI1NiJ9",
      JOE,
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    ].join("."),
    jwk: {
      kty: "EC",
      crv: "P-256",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
    payload: JOE_SAYS,
  },
  {
    name: "RFC 7515 A.4, ES512",
    jws: "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
    jwk: {
      kty: "EC",
      crv: "P-521",
      x: "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
      y: "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
    },
    payload: "Payload",
  },
  {
    name: "RFC 8037 A.4, Ed25519",
    jws: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    jwk: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
    payload: "Example of Ed25519 signing",
  },
];

function keyOf(jwk: Vector["jwk"]) {
  const key = readVerificationKey({ ...jwk, kid: "k" });
  if ("rejected" in key) throw new Error(key.rejected);
  return key;
}

function partsOf(jws: string) {
  const parts = parseCompactJws(jws);
  if (parts === undefined) throw new Error("not taken for a JWS");
  return parts;
}

describe.each(VECTORS)("$name", ({ jws, jwk, payload }) => {
  test("holds, by the algorithm that the key pins", () => {
    const { header, payload: bytes, signed, signature } = partsOf(jws);
    const key = keyOf(jwk);
    expect(key.algorithm).toBe(header.alg);
    expect(Buffer.from(bytes).toString()).toBe(payload);
    expect(verifySignature(key, signed, signature)).toBe(true);
  });

  test("does not hold with any one bit of it changed, cut or longer", () => {
    const { signed, signature } = partsOf(jws);
    const key = keyOf(jwk);
    for (let at = 0; at < signature.length; at++) {
      const changed = Uint8Array.from(signature, (byte, index) =>
        index === at ? byte ^ (1 << (at % 8)) : byte,
      );
      expect(verifySignature(key, signed, changed)).toBe(false);
    }
    expect(verifySignature(key, signed, signature.subarray(1))).toBe(false);
    expect(verifySignature(key, signed, Buffer.concat([signature, Buffer.alloc(1)]))).toBe(false);
    expect(verifySignature(key, signed.subarray(1), signature)).toBe(false);
  });

  test("does not hold for another example's key", () => {
    const { signed, signature } = partsOf(jws);
    for (const other of VECTORS.filter((one) => one.jws !== jws)) {
      expect(verifySignature(keyOf(other.jwk), signed, signature)).toBe(false);
    }
  });
});

test("RFC 7515 A.5: an unsecured JWS is taken apart, and no key holds for it", () => {
  const { signed, signature, header } = partsOf(`eyJhbGciOiJub25lIn0.${JOE}.`);
  expect(header.alg).toBe("none");
  for (const { jwk } of VECTORS) expect(verifySignature(keyOf(jwk), signed, signature)).toBe(false);
});
