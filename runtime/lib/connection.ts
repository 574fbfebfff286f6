/** A stream socket as a Ref. TCP and TLS share it. */
import type { Socket } from "node:net";
import { error } from "../kernel/error.ts";
import { list } from "../kernel/list.ts";
import type { Ref } from "../kernel/ref.ts";
import { sym } from "../kernel/symbol.ts";
import { MS } from "./clock.ts";
import { flag, numberOption, type Options } from "./operation.ts";
import { type Stream, stream, streamRef } from "./stream.ts";

/** What a connection's options say, read before there is one: a wrong option is an Error of the operation that opens it. */
export interface Manners {
  readonly idle: number | undefined;
  readonly noDelay: boolean;
}
export const manners = (name: string, options: Options): Manners => ({
  idle: numberOption(name, options, "idle-timeout", MS),
  noDelay: flag(options, "no-delay"),
});

/** The Ref of a connected socket. */
export const connection = (socket: Socket, { idle, noDelay }: Manners): Ref<Stream> => {
  const state = stream({ what: "the connection", input: socket, output: socket });
  if (noDelay) socket.setNoDelay(true);
  if (idle !== undefined)
    socket.setTimeout(idle, () =>
      socket.destroy(error(`the connection was idle for ${idle} ms`, list(sym(":timeout")))),
    );
  return streamRef("socket", state);
};
