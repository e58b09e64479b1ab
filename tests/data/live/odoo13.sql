-- What an Odoo 13 has in other columns than odoo.sql, which is filled before: names in one language, amounts under other names, the
-- lost reason, the team of a user.
ALTER TABLE res_country ALTER name TYPE varchar USING name->>'en_US';
ALTER TABLE res_partner_title ALTER name TYPE varchar USING name->>'en_US';
ALTER TABLE res_partner_industry ALTER name TYPE varchar USING name->>'de_DE';
ALTER TABLE res_partner_category ALTER name TYPE varchar USING name->>'en_US';
ALTER TABLE crm_stage ALTER name TYPE varchar USING name->>'en_US';
ALTER TABLE crm_lost_reason ALTER name TYPE varchar USING name->>'en_US';
ALTER TABLE crm_team ALTER name TYPE varchar USING name->>'en_US';
ALTER TABLE mail_activity_type ALTER name TYPE varchar USING name->>'en_US';
ALTER TABLE utm_stage ALTER name TYPE varchar USING name->>'en_US';
ALTER TABLE product_template ALTER name TYPE varchar USING name->>'en_US', DROP product_properties;
ALTER TABLE utm_campaign DROP title, DROP active, DROP is_auto_campaign;
ALTER TABLE crm_lead RENAME expected_revenue TO planned_revenue;
ALTER TABLE crm_lead RENAME prorated_revenue TO expected_revenue;
ALTER TABLE crm_lead RENAME lost_reason_id TO lost_reason;
DROP TABLE crm_team_member;
ALTER TABLE res_users ADD sale_team_id integer;
UPDATE res_users SET sale_team_id = 1 WHERE id = 2;
ALTER TABLE res_partner DROP customer_rank, DROP supplier_rank, ADD customer boolean, ADD supplier boolean;
UPDATE res_partner SET customer = (id = 11), supplier = (id = 12);
UPDATE crm_lead SET lost_reason = 1 WHERE id = 21;
