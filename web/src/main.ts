// Where the screens begin: language and theme, then who is signed in, then the shell with the screen of the address.
import { worker } from "./app/trusted"; // before whatever writes markup
import "./styles/base.css";
import "./styles/parts.css";
import "./app/ui5";
import { preferredLanguage } from "./i18n/text";
import { speak } from "./app/ui5";
import { startTheme } from "./app/theme";
import { startShell } from "./app/shell";

async function start(): Promise<void> {
  startTheme();
  await speak(preferredLanguage());
  const place = document.getElementById("app");
  if (!place) throw new Error("The page lacks its place for the screens.");
  await startShell(place);
  if ("serviceWorker" in navigator && isSecureContext) void navigator.serviceWorker.register(worker);
}

void start();
