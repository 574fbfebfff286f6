/** TLS: `tls/*`. Certificates are checked, unless the program says `:insecure 1`. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { type ConnectionOptions, connect, createServer, rootCertificates, type TLSSocket } from "node:tls";
import { FUNCTION, type Kind, STRING } from "../kernel/wrong.ts";
import { developmentCertificate, trustedDevelopment } from "./certificate.ts";
import { connection, manners } from "./connection.ts";
import { abandon, connectError, listen, PORT, serve } from "./net.ts";
import {
  checkOptions,
  type Done,
  flag,
  handled,
  type OptionKinds,
  type Options,
  operation,
  type Start,
  text,
} from "./operation.ts";

const PEM: Kind = { what: "PEM text or the path of a file with it", is: STRING.is };
export const TRUST: OptionKinds = { ca: PEM, servername: STRING };
export const IDENTITY: OptionKinds = { key: PEM, cert: PEM };

// PEM text, or the path of a file with it.
const pem = (value: string | undefined): string | undefined =>
  value === undefined || value.includes("-----BEGIN") ? value : readFileSync(value, "utf8");

const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);

/** Key and certificate of a server: `:key` and `:cert`, else those made for development. */
export const identity = (options: Options): { readonly key: string; readonly cert: string } => {
  const key = pem(text(options, "key")),
    cert = pem(text(options, "cert"));
  if ((key === undefined) !== (cert === undefined)) throw new Error("options :key and :cert belong together");
  return key !== undefined && cert !== undefined ? { key, cert } : developmentCertificate();
};

/** Whom a client trusts: `:ca`, else the usual authorities; at loopback hosts also this process's own development server. */
const trust = (host: string, options: Options): ConnectionOptions => {
  if (flag(options, "insecure")) return { rejectUnauthorized: false };
  const ca = pem(text(options, "ca"));
  if (ca !== undefined) return { ca };
  const own = isLoopback(host) ? trustedDevelopment() : null;
  return own === null ? {} : { ca: [...rootCertificates, own.cert] };
};

// The types do not know it, the documentation does. Protocols have their own ways to end.
const HALF_OPEN = { allowHalfOpen: true } as ConnectionOptions;

/** Opens a verified TLS connection. The result gives it up while it is being opened. */
export const openSecure = (
  host: string,
  port: number,
  options: Options,
  protocols: readonly string[] | undefined,
  failed: Done,
  opened: (socket: TLSSocket) => void,
): (() => void) => {
  const servername = text(options, "servername") ?? (isIP(host) === 0 ? host : undefined);
  const socket = connect({
    host,
    port,
    ...(servername === undefined ? {} : { servername }),
    ...(protocols === undefined ? HALF_OPEN : { ALPNProtocols: [...protocols] }),
    ...trust(host, options),
  });
  const refused = (e: Error): void => failed(connectError(e, host, port));
  socket.once("error", refused);
  socket.once("secureConnect", () => {
    opened(socket);
    socket.off("error", refused);
  });
  return () => abandon(socket, refused);
};

const startConnect: Start = (done, [host, port], options, _, name) => {
  const how = manners(name, options);
  checkOptions(name, options, TRUST);
  return openSecure(host as string, port as number, options, undefined, done, (socket) =>
    done(connection(socket, how)),
  );
};
/** `(tls/connect-async host port [options] k)`: a socket. */
export const tlsConnect = /*#__PURE__*/ operation("tls/connect-async", [STRING, PORT], startConnect);
export const tlsConnectHandle = /*#__PURE__*/ handled("tls/connect", [STRING, PORT], startConnect);

/** `(tls/listen port handler [options])`: a Handle of a server. */
export const tlsListen = /*#__PURE__*/ handled(
  "tls/listen",
  [PORT, FUNCTION],
  (done, [port, handler], options, system, name) => {
    const how = manners(name, options);
    checkOptions(name, options, IDENTITY);
    const server = createServer(identity(options), (socket) => {
      // Not before: a client that ends its side within the handshake has nothing more to say.
      socket.allowHalfOpen = true;
      serve(handler, connection(socket, how));
    });
    server.on("tlsClientError", () => {}); // somebody else's failure
    return listen(server, port as number, options, system, done, name);
  },
);
