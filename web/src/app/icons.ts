// The icons of entities: by name, so that own entities have one, too.
import "@ui5/webcomponents-icons/dist/activity-items.js";
import "@ui5/webcomponents-icons/dist/building.js";
import "@ui5/webcomponents-icons/dist/cart.js";
import "@ui5/webcomponents-icons/dist/customer.js";
import "@ui5/webcomponents-icons/dist/employee.js";
import "@ui5/webcomponents-icons/dist/folder-blank.js";
import "@ui5/webcomponents-icons/dist/headset.js";
import "@ui5/webcomponents-icons/dist/lead.js";
import "@ui5/webcomponents-icons/dist/marketing-campaign.js";
import "@ui5/webcomponents-icons/dist/opportunity.js";
import "@ui5/webcomponents-icons/dist/product.js";

const known: Record<string, string> = {
  account: "building",
  contact: "customer",
  lead: "lead",
  opportunity: "opportunity",
  product: "product",
  sales_order: "cart",
  service_case: "headset",
  activity: "activity-items",
  campaign: "marketing-campaign",
  staff: "employee",
};

export function iconOf(entity: string): string {
  return known[entity] ?? "folder-blank";
}
