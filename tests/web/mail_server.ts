// A small mail server for journeys: takes every letter, but refuses the recipient never@…
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface MailServer {
  port: number;
  /** Recipients of what it took, in their order. */
  taken: string[];
  end: () => void;
}

function talk(socket: Socket, taken: string[]): void {
  let rest = "", to = "", letter = false;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const heard = (line: string): void => {
    if (letter) {
      if (line !== ".") return;
      letter = false;
      taken.push(to);
      return say(`250 2.0.0 kept as ${taken.length}`);
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "RCPT") {
      to = /<(.*)>/.exec(line)?.[1] ?? "";
      return say(to.startsWith("never@") ? "550 5.1.1 No such mailbox" : "250 ok");
    }
    if (verb === "DATA") {
      letter = true;
      return say("354 go on");
    }
    if (verb === "QUIT") return void socket.end("221 bye\r\n");
    say(verb === "EHLO" || verb === "HELO" || verb === "MAIL" ? "250 ok" : "502 not known here");
  };
  socket.on("error", () => undefined);
  socket.on("data", (bytes) => {
    const lines = (rest + bytes.toString("latin1")).split("\r\n");
    rest = lines.pop() ?? "";
    lines.forEach(heard);
  });
  say("220 journeys");
}

export async function mailServer(): Promise<MailServer> {
  const taken: string[] = [];
  const server: Server = createServer((socket) => talk(socket, taken));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, taken, end: () => void server.close() };
}
