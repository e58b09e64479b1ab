// Files to keep: what the screen made, or what the server makes in the reader's language.
import { send } from "../api/http";

/** Gives a file to keep. */
export function keep(name: string, contents: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(contents);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Fetches a file below /api/v1 and gives it to keep. */
export async function download(path: string, name: string): Promise<void> {
  keep(name, await (await send(path, { headers: { Accept: "*/*" } })).blob());
}
