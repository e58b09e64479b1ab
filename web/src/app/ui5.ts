// UI5 Web Components as they are used here: three languages, two themes, no font from elsewhere. Each component is imported where
// it is used, so that a screen loads what it needs.
import { registerI18nLoader } from "@ui5/webcomponents-base/dist/asset-registries/i18n.js";
import { registerLocaleDataLoader } from "@ui5/webcomponents-base/dist/asset-registries/LocaleData.js";
import { registerThemePropertiesLoader } from "@ui5/webcomponents-base/dist/asset-registries/Themes.js";
import { setLanguage } from "@ui5/webcomponents-base/dist/config/Language.js";
import { keepLanguage, useLanguage, type Language } from "../i18n/text";

type Text = { default: unknown };

function theme(owner: string, load: () => Promise<Text>): void {
  registerThemePropertiesLoader(owner, "sap_horizon_dark", async () => (await load()).default as string);
}

function texts(owner: string, locale: string, load: () => Promise<Text>): void {
  registerI18nLoader(owner, locale, async () => (await load()).default as Record<string, string>);
}

function calendar(locale: string, load: () => Promise<Text>): void {
  registerLocaleDataLoader(locale, async () => (await load()).default as Record<string, object>);
}

theme("@ui5/webcomponents-theming", () => import("@ui5/webcomponents-theming/dist/generated/assets/themes/sap_horizon_dark/parameters-bundle.css.json"));
theme("@ui5/webcomponents", () => import("@ui5/webcomponents/dist/generated/assets/themes/sap_horizon_dark/parameters-bundle.css.json"));
texts("@ui5/webcomponents", "zh_CN", () => import("@ui5/webcomponents/dist/generated/assets/i18n/messagebundle_zh_CN.json"));
texts("@ui5/webcomponents", "fa", () => import("../i18n/ui5-fa.json")); // UI5 itself has none
texts("@ui5/webcomponents-icons", "zh_CN", () => import("@ui5/webcomponents-icons/dist/generated/assets/i18n/messagebundle_zh_CN.json"));
texts("@ui5/webcomponents-icons", "fa", () => import("../i18n/ui5-icons-fa.json"));
calendar("en", () => import("@ui5/webcomponents-localization/dist/generated/assets/cldr/en.json"));
calendar("zh_CN", () => import("@ui5/webcomponents-localization/dist/generated/assets/cldr/zh_CN.json"));
calendar("fa", () => import("@ui5/webcomponents-localization/dist/generated/assets/cldr/fa.json"));

/** Texts, direction and components in a language; kept for the next time. */
export async function speak(language: Language): Promise<void> {
  await useLanguage(language);
  await setLanguage(language === "zh-CN" ? "zh_CN" : language);
  keepLanguage(language);
}
