// Light and dark, as the reader or the system wants it.
import { setTheme } from "@ui5/webcomponents-base/dist/config/Theme.js";

export type Theme = "system" | "light" | "dark";
const dark = matchMedia("(prefers-color-scheme: dark)");

export function theme(): Theme {
  const kept = localStorage.getItem("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

function apply(): void {
  const chosen = theme();
  const isDark = chosen === "dark" || (chosen === "system" && dark.matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  document.documentElement.style.colorScheme = isDark ? "dark" : "light";
  void setTheme(isDark ? "sap_horizon_dark" : "sap_horizon");
}

export function useTheme(chosen: Theme): void {
  localStorage.setItem("theme", chosen);
  apply();
}

export function startTheme(): void {
  dark.addEventListener("change", apply);
  apply();
}
