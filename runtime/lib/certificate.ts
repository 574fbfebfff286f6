/**
 * The development certificate: made at run time, for localhost only, gone with the process. Node has no X.509 signer, so
 * this writes the few structures of RFC 5280 that a self-signed certificate needs, in DER (X.690).
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts),
    n = content.length;
  const size = n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const SEQUENCE = 0x30,
  SET = 0x31;
const bytes = (...items: readonly number[]): Buffer => Buffer.from(items);
const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(SEQUENCE, ...parts);
/** [n], explicitly tagged. */
const tagged = (n: number, ...parts: readonly Uint8Array[]): Buffer => tlv(0xa0 + n, ...parts);
/** [n], in place of the type's own tag. */
const implicit = (n: number, content: Uint8Array): Buffer => tlv(0x80 + n, content);
const integer = (content: Uint8Array): Buffer => tlv(0x02, content);
const bitString = (content: Uint8Array, unused = 0): Buffer => tlv(0x03, bytes(unused), content);
const octetString = (content: Uint8Array): Buffer => tlv(0x04, content);
const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));
const TRUE = bytes(0x01, 0x01, 0xff);

const oid = (dotted: string): Buffer => {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  const content = [first * 40 + second];
  for (const arc of rest) {
    const base128 = [arc & 127];
    for (let high = arc >> 7; high > 0; high >>= 7) base128.unshift((high & 127) | 128);
    content.push(...base128);
  }
  return tlv(0x06, bytes(...content));
};

/** UTCTime: YYMMDDHHMMSSZ. */
const time = (ms: number): Buffer =>
  tlv(
    0x17,
    Buffer.from(
      `${new Date(ms)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, "")
        .slice(2)}`,
    ),
  );

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2",
  COMMON_NAME = "2.5.4.3",
  SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const SUBJECT_KEY_ID = "2.5.29.14",
  KEY_USAGE = "2.5.29.15",
  ALT_NAMES = "2.5.29.17",
  CONSTRAINTS = "2.5.29.19",
  EXTENDED_USAGE = "2.5.29.37";

const extension = (id: string, value: Uint8Array, critical = false): Buffer =>
  critical ? sequence(oid(id), TRUE, octetString(value)) : sequence(oid(id), octetString(value));
const dnsName = (name: string): Buffer => implicit(2, Buffer.from(name));
const address = (...octets: readonly number[]): Buffer => implicit(7, bytes(...octets));

const DAY = 86_400_000;

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A new key (ECDSA P-256) and a certificate for it that names localhost, 127.0.0.1 and ::1, signed by itself. */
export const selfSigned = (now = Date.now()): Certificate => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const name = sequence(tlv(SET, sequence(oid(COMMON_NAME), utf8("Valk development"))));
  const serial = randomBytes(16);
  serial[0] = (serial[0] & 0x3f) | 0x40; // positive, and no superfluous leading zero
  const extensions = sequence(
    extension(CONSTRAINTS, sequence(), true), // not a CA: it vouches for nothing but itself
    extension(KEY_USAGE, bitString(bytes(0x80), 7), true), // digitalSignature
    extension(EXTENDED_USAGE, sequence(oid(SERVER_AUTH))),
    extension(SUBJECT_KEY_ID, octetString(createHash("sha1").update(spki).digest())),
    extension(
      ALT_NAMES,
      sequence(dnsName("localhost"), address(127, 0, 0, 1), address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
    ),
  );
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const body = sequence(
    tagged(0, integer(bytes(2))), // v3
    integer(serial),
    algorithm,
    name,
    sequence(time(now - DAY), time(now + 30 * DAY)),
    name,
    spki,
    tagged(3, extensions),
  );
  const der = sequence(body, algorithm, bitString(sign("sha256", body, privateKey)));
  const lines = der.toString("base64").match(/.{1,64}/g) as string[];
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
};

let own: Certificate | null = null;
/** The certificate of this process's own development servers; made when the first one starts. */
export const developmentCertificate = (): Certificate => {
  own ??= selfSigned();
  return own;
};
/** The same if a server of this process uses it. */
export const trustedDevelopment = (): Certificate | null => own;
