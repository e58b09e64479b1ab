// Files to keep: what the screen made, or what the server makes in the reader's language.
import { Failure, type Problem } from "../api/http";
import { language, t } from "../i18n/text";

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
  const response = await fetch(`/api/v1${path}`, { headers: { "Accept-Language": language() }, credentials: "same-origin" });
  if (!response.ok) {
    const otherwise: Problem = { type: "", title: t("The file could not be fetched."), status: response.status };
    throw new Failure(await response.json().then((problem: Problem) => problem, () => otherwise));
  }
  keep(name, await response.blob());
}
