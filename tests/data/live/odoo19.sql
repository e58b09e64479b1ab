-- What an Odoo 19 has in other columns than odoo.sql, which is filled before: no titles and no second number, credit limits by company,
-- activities that are kept when they are done.
DROP TABLE res_partner_title;
ALTER TABLE res_partner DROP title, DROP mobile, ADD credit_limit jsonb;
UPDATE res_partner SET credit_limit = '{"1": 2500.5}' WHERE id = 11;
ALTER TABLE crm_lead DROP mobile, ADD won_status varchar;
ALTER TABLE mail_message DROP record_name;
ALTER TABLE mail_activity DROP res_name, ADD active boolean DEFAULT true, ADD date_done date;
ALTER TABLE mail_activity_type ADD keep_done boolean;
UPDATE mail_activity_type SET keep_done = (id = 2);
UPDATE mail_activity SET active = false, date_done = '2024-05-20' WHERE id = 1;
