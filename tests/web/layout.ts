// What of a page lies where nobody sees it, and where its links lead.
import { match } from "../../web/src/app/router";
import { ofRecords, routes } from "../../web/src/app/routes";
import type { Visitor } from "./visitor";

/** Parts that stand sideways out of the window, or out of the card they lie on, and cannot be scrolled to. */
export function cutOff(v: Visitor): Promise<string[]> {
  return v.page.evaluate(() => {
    const wide = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - document.documentElement.clientWidth;
    const faults: string[] = wide > 1 ? [`the page is ${wide} pixels wider than the window`] : [];
    const main = document.querySelector("main");
    if (main && main.scrollWidth - main.clientWidth > 1) faults.push(`the contents are ${main.scrollWidth - main.clientWidth} pixels wider than their place`);
    const scrolls = (element: Element | null): boolean => element !== null && element !== main && (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    for (const element of document.querySelectorAll("main a, main button, main input, main h1, main h2, main ui5-button, main ui5-input, main ui5-select, main ui5-date-picker, main ui5-checkbox")) {
      const { left, right, width } = element.getBoundingClientRect();
      const hidden = width <= 1 || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest(".visually-hidden, .skip-link") !== null;
      if (hidden || scrolls(element.parentElement)) continue;
      if (right > innerWidth + 1 || left < -1) faults.push(`stands out of the window (${Math.round(left)}…${Math.round(right)}): ${element.outerHTML.slice(0, 120)}`);
      const card = element.closest(".card")?.getBoundingClientRect();
      if (card && (right > card.right + 1 || left < card.left - 1)) faults.push(`stands out of its card (${Math.round(left)}…${Math.round(right)} of ${Math.round(card.left)}…${Math.round(card.right)}): ${element.outerHTML.slice(0, 120)}`);
    }
    return faults.slice(0, 5);
  });
}

/** Links of a page that no route takes, or that name records of no known kind. */
export async function leadNowhere(v: Visitor, paths: ReadonlySet<string>): Promise<string[]> {
  const links = await v.page.evaluate(() => [...document.querySelectorAll("[href^='#/']")].map((one) => one.getAttribute("href") ?? ""));
  return [...new Set(links)].filter((link) => {
    const path = link.slice(1).split("?")[0] ?? "";
    if (routes.some((route) => match(route.pattern, path))) return false;
    return !ofRecords.some((route) => paths.has(match(route.pattern, path)?.path ?? ""));
  });
}
