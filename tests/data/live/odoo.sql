-- Odoo 17.0, tables of base, mail, calendar, utm, crm, sale and product that an audit reads; see README.md.
CREATE TABLE ir_module_module (id serial PRIMARY KEY, name varchar NOT NULL, state varchar, latest_version varchar);
CREATE TABLE ir_model (id serial PRIMARY KEY, model varchar NOT NULL, name jsonb NOT NULL, state varchar);
CREATE TABLE res_currency (id serial PRIMARY KEY, name varchar(3) NOT NULL, symbol varchar NOT NULL, rounding numeric, active boolean);
CREATE TABLE res_company (id serial PRIMARY KEY, name varchar NOT NULL, partner_id integer NOT NULL, currency_id integer NOT NULL, sequence integer, create_date timestamp);
CREATE TABLE res_country (id serial PRIMARY KEY, code varchar(2), name jsonb NOT NULL, phone_code integer, currency_id integer);
CREATE TABLE res_country_state (id serial PRIMARY KEY, country_id integer NOT NULL, name varchar NOT NULL, code varchar NOT NULL);
CREATE TABLE res_partner_title (id serial PRIMARY KEY, name jsonb NOT NULL, shortcut jsonb);
CREATE TABLE res_partner_industry (id serial PRIMARY KEY, name jsonb, full_name jsonb, active boolean);
CREATE TABLE res_partner_category (id serial PRIMARY KEY, name jsonb NOT NULL, color integer, parent_id integer, parent_path varchar, active boolean);
CREATE TABLE res_partner (
  id serial PRIMARY KEY, company_id integer, create_date timestamp, name varchar, title integer, parent_id integer,
  user_id integer, state_id integer, country_id integer, industry_id integer, color integer, commercial_partner_id integer,
  create_uid integer, write_uid integer, complete_name varchar, ref varchar, lang varchar, tz varchar, vat varchar,
  company_registry varchar, website varchar, function varchar, type varchar, street varchar, street2 varchar, zip varchar,
  city varchar, email varchar, phone varchar, mobile varchar, commercial_company_name varchar, company_name varchar,
  date date, comment text, partner_latitude numeric, partner_longitude numeric, active boolean, employee boolean,
  is_company boolean, partner_share boolean, write_date timestamp, message_bounce integer, email_normalized varchar,
  signup_type varchar, signup_expiration timestamp, signup_token varchar, phone_sanitized varchar, team_id integer, customer_rank integer, supplier_rank integer,
  x_studio_segment varchar, x_studio_score double precision, x_studio_photo bytea,
  CONSTRAINT res_partner_check_name CHECK ((type = 'contact' AND name IS NOT NULL) OR type <> 'contact'));
CREATE TABLE res_partner_res_partner_category_rel (category_id integer NOT NULL, partner_id integer NOT NULL, PRIMARY KEY (category_id, partner_id));
CREATE TABLE res_users (
  id serial PRIMARY KEY, company_id integer NOT NULL, partner_id integer NOT NULL, active boolean, create_date timestamp,
  login varchar NOT NULL, password varchar, action_id integer, create_uid integer, write_uid integer, signature text,
  share boolean, write_date timestamp, totp_secret varchar, notification_type varchar NOT NULL, karma integer);
CREATE TABLE res_users_log (id serial PRIMARY KEY, create_uid integer, create_date timestamp, write_uid integer, write_date timestamp);
CREATE TABLE crm_team (id serial PRIMARY KEY, name jsonb NOT NULL, active boolean, company_id integer, user_id integer);
CREATE TABLE crm_team_member (id serial PRIMARY KEY, crm_team_id integer NOT NULL, user_id integer NOT NULL, active boolean);
CREATE TABLE crm_stage (id serial PRIMARY KEY, sequence integer, team_id integer, name jsonb NOT NULL, requirements text, is_won boolean, fold boolean);
CREATE TABLE crm_lost_reason (id serial PRIMARY KEY, name jsonb NOT NULL, active boolean);
CREATE TABLE utm_source (id serial PRIMARY KEY, name varchar NOT NULL);
CREATE TABLE utm_campaign (id serial PRIMARY KEY, name varchar NOT NULL, title jsonb NOT NULL, user_id integer NOT NULL, stage_id integer NOT NULL, active boolean, is_auto_campaign boolean, color integer, create_date timestamp, write_date timestamp);
CREATE TABLE utm_stage (id serial PRIMARY KEY, name jsonb NOT NULL, sequence integer);
CREATE TABLE crm_lead (
  id serial PRIMARY KEY, campaign_id integer, source_id integer, medium_id integer, message_bounce integer, user_id integer,
  team_id integer, company_id integer, stage_id integer, color integer, recurring_plan integer, partner_id integer,
  title integer, lang_id integer, state_id integer, country_id integer, lost_reason_id integer, create_uid integer,
  write_uid integer, phone_sanitized varchar, email_normalized varchar, email_cc varchar, name varchar NOT NULL,
  referred varchar, type varchar NOT NULL, priority varchar, contact_name varchar, partner_name varchar, function varchar,
  email_from varchar, email_domain_criterion varchar, phone varchar, mobile varchar, phone_state varchar, email_state varchar,
  website varchar, street varchar, street2 varchar, zip varchar, city varchar, date_deadline date, lead_properties jsonb,
  description text, expected_revenue numeric, prorated_revenue numeric, recurring_revenue numeric,
  recurring_revenue_monthly numeric, recurring_revenue_monthly_prorated numeric, active boolean, date_closed timestamp,
  date_action_last timestamp, date_open timestamp, date_last_stage_update timestamp, date_conversion timestamp,
  create_date timestamp, write_date timestamp, day_open double precision, day_close double precision,
  probability double precision CHECK (probability >= 0 AND probability <= 100), automated_probability double precision);
CREATE TABLE mail_activity_type (id serial PRIMARY KEY, sequence integer, name jsonb NOT NULL, category varchar, active boolean);
CREATE TABLE mail_activity (
  id serial PRIMARY KEY, res_model_id integer NOT NULL, res_id integer, activity_type_id integer, user_id integer NOT NULL,
  request_partner_id integer, recommended_activity_type_id integer, previous_activity_type_id integer, create_uid integer,
  write_uid integer, res_model varchar, res_name varchar, summary varchar, date_deadline date NOT NULL, note text,
  automated boolean, calendar_event_id integer, create_date timestamp, write_date timestamp);
CREATE TABLE calendar_event (
  id serial PRIMARY KEY, user_id integer, videocall_channel_id integer, res_id integer, res_model_id integer, res_model varchar,
  recurrence_id integer, name varchar NOT NULL, location varchar, videocall_location varchar, access_token varchar, privacy varchar,
  show_as varchar NOT NULL, start_date date, stop_date date, description text, active boolean, allday boolean, recurrency boolean,
  follow_recurrence boolean, start timestamp NOT NULL, stop timestamp NOT NULL, duration double precision, create_uid integer,
  create_date timestamp, write_uid integer, write_date timestamp, opportunity_id integer);
CREATE TABLE calendar_event_res_partner_rel (calendar_event_id integer NOT NULL, res_partner_id integer NOT NULL, PRIMARY KEY (calendar_event_id, res_partner_id));
CREATE TABLE mail_message (
  id serial PRIMARY KEY, parent_id integer, res_id integer, record_company_id integer, subtype_id integer,
  mail_activity_type_id integer, author_id integer, author_guest_id integer, create_uid integer, write_uid integer,
  subject varchar, model varchar, record_name varchar, message_type varchar NOT NULL, email_from varchar, message_id varchar,
  reply_to varchar, email_layout_xmlid varchar, body text, is_internal boolean, reply_to_force_new boolean,
  email_add_signature boolean, date timestamp, pinned_at timestamp, create_date timestamp, write_date timestamp);
CREATE TABLE product_category (id serial PRIMARY KEY, parent_id integer, name varchar NOT NULL, complete_name varchar, parent_path varchar);
CREATE TABLE product_template (
  id serial PRIMARY KEY, sequence integer, categ_id integer NOT NULL, uom_id integer NOT NULL, uom_po_id integer NOT NULL,
  company_id integer, color integer, create_uid integer, write_uid integer, detailed_type varchar NOT NULL, type varchar,
  default_code varchar, priority varchar, name jsonb NOT NULL, description jsonb, description_purchase jsonb,
  description_sale jsonb, product_properties jsonb, list_price numeric, volume numeric, weight numeric, sale_ok boolean,
  purchase_ok boolean, active boolean, can_image_1024_be_zoomed boolean, has_configurable_attributes boolean,
  create_date timestamp, write_date timestamp);
CREATE TABLE product_product (id serial PRIMARY KEY, product_tmpl_id integer NOT NULL, default_code varchar, barcode varchar, combination_indices varchar, active boolean, volume numeric, weight numeric);
CREATE TABLE sale_order (
  id serial PRIMARY KEY, campaign_id integer, source_id integer, medium_id integer, company_id integer NOT NULL,
  partner_id integer NOT NULL, partner_invoice_id integer NOT NULL, partner_shipping_id integer NOT NULL,
  fiscal_position_id integer, payment_term_id integer, pricelist_id integer, currency_id integer, user_id integer,
  team_id integer, analytic_account_id integer, create_uid integer, write_uid integer, access_token varchar,
  name varchar NOT NULL, state varchar, client_order_ref varchar, origin varchar, reference varchar, signed_by varchar,
  invoice_status varchar, validity_date date, note text, currency_rate numeric, amount_untaxed numeric, amount_tax numeric,
  amount_total numeric, locked boolean, require_signature boolean, require_payment boolean, create_date timestamp,
  commitment_date timestamp, date_order timestamp NOT NULL, signed_on timestamp, write_date timestamp, opportunity_id integer);
CREATE TABLE sale_order_line (
  id serial PRIMARY KEY, order_id integer NOT NULL, sequence integer, company_id integer, currency_id integer,
  order_partner_id integer, salesman_id integer, product_id integer, product_uom integer, create_uid integer,
  write_uid integer, state varchar, display_type varchar, qty_delivered_method varchar, invoice_status varchar,
  name text NOT NULL, product_uom_qty numeric NOT NULL, price_unit numeric NOT NULL, discount numeric,
  price_subtotal numeric, price_total numeric, is_downpayment boolean, create_date timestamp, write_date timestamp);
CREATE TABLE ir_attachment (id serial PRIMARY KEY, name varchar NOT NULL, datas bytea);

INSERT INTO ir_module_module (name, state, latest_version) VALUES ('base', 'installed', '17.0.1.3'), ('crm', 'installed', '17.0.1.8');
INSERT INTO ir_attachment (name) SELECT 'file' FROM generate_series(1, 5);
INSERT INTO res_currency (id, name, symbol, rounding, active) VALUES (1, 'EUR', '€', 0.01, true);
INSERT INTO res_country (id, code, name) VALUES (1, 'DE', '{"en_US": "Germany"}'), (2, 'CN', '{"en_US": "China"}'), (3, 'IR', '{"en_US": "Iran"}');
INSERT INTO res_country_state (id, country_id, name, code) VALUES (1, 1, 'Hessen', 'HE');
INSERT INTO res_partner_title (id, name) VALUES (1, '{"en_US": "Doctor", "fa_IR": "دکتر"}');
INSERT INTO res_partner_industry (id, name) VALUES (1, '{"de_DE": "Handel", "fa_IR": "بازرگانی"}');
INSERT INTO res_partner_category (id, name) VALUES (1, '{"en_US": "VIP"}'), (2, '{"en_US": "Newsletter"}');
-- 1: our own company; 2: its bot; 3, 4: users
INSERT INTO res_partner (id, name, is_company, type, active, email, create_date, write_date) VALUES
  (1, 'Our Company', true, 'contact', true, 'info@our.example.org', '2020-01-01 08:00:00', '2020-01-01 08:00:00'),
  (2, 'OdooBot', false, 'contact', false, 'bot@our.example.org', '2020-01-01 08:00:00', '2020-01-01 08:00:00'),
  (3, 'Anna Weber', false, 'contact', true, 'anna.weber@our.example.org', '2020-01-01 08:00:00', '2020-01-01 08:00:00'),
  (4, 'Mina Karimi', false, 'contact', true, 'mina.karimi@our.example.org', '2020-01-01 08:00:00', '2020-01-01 08:00:00');
INSERT INTO res_company (id, name, partner_id, currency_id) VALUES (1, 'Our Company', 1, 1);
INSERT INTO res_users (id, company_id, partner_id, active, create_date, login, password, share, notification_type) VALUES
  (1, 1, 2, false, '2020-01-01 08:00:00', '__system__', NULL, false, 'email'),
  (2, 1, 3, true, '2020-01-01 08:00:00', 'anna', '$pbkdf2-sha512$secret-hash', false, 'email'),
  (3, 1, 4, true, '2020-01-02 08:00:00', 'mina', '$pbkdf2-sha512$secret-hash', false, 'email');
INSERT INTO res_users_log (create_uid, create_date) VALUES (2, '2024-01-02 09:00:00'), (2, '2024-03-02 09:30:00.25');
INSERT INTO crm_team (id, name) VALUES (1, '{"en_US": "Europe"}');
INSERT INTO crm_team_member (crm_team_id, user_id) VALUES (1, 2);
-- companies 11 to 30
INSERT INTO res_partner (id, name, is_company, type, active, email, phone, website, street, street2, zip, city, country_id, state_id, industry_id, user_id, vat, comment, create_date, write_date, x_studio_segment, x_studio_score, x_studio_photo)
  SELECT n, 'Company ' || chr(54 + n) || ' GmbH', true, 'contact', true, 'office@company' || n || '.example.com', '+49 69 55500' || n, 'https://company' || n || '.example.com',
    'Hauptstr. ' || n, CASE WHEN n % 2 = 0 THEN 'Hof' END, '60311', 'Frankfurt am Main', 1, 1, 1, 2 + n % 2, NULL, '<p>Kunde</p>',
    timestamp '2023-01-01 10:00:00' + n * interval '1 day', timestamp '2024-01-01 10:00:00', CASE WHEN n % 4 = 0 THEN 'gold' END, n * 1e-7, '\x0102030405' FROM generate_series(11, 30) n;
-- planted: a wrong address, an owner that is no user, a name that is missing on an address (left out: it is no person)
UPDATE res_partner SET email = 'office(at)company12' WHERE id = 12;
UPDATE res_partner SET user_id = 99 WHERE id = 13;
INSERT INTO res_partner_res_partner_category_rel VALUES (1, 11), (2, 11);
-- persons 41 to 60, an invoice address 70, a portal user's partner 71
INSERT INTO res_partner (id, name, is_company, type, active, parent_id, title, function, email, mobile, street, zip, city, country_id, user_id, lang, create_date, write_date)
  SELECT n, (ARRAY['Ada', 'Ben', 'Cem', 'Dora'])[n % 4 + 1] || ' ' || (ARRAY['Schmidt', 'Fischer', 'Meyer', 'Wagner', 'Becker'])[n % 5 + 1], false, 'contact', true, n - 30, 1, 'Buyer',
    'person' || n || '@company' || (n - 30) || '.example.com', '+49 171 55500' || n, NULL, NULL, NULL, 1, 2, 'de_DE',
    timestamp '2023-02-01 10:00:00.5', timestamp '2024-02-01 10:00:00' FROM generate_series(41, 60) n;
UPDATE res_partner SET email = 'person42@@example.com' WHERE id = 42;
INSERT INTO res_partner (id, name, is_company, type, active, parent_id, street) VALUES (70, NULL, false, 'invoice', true, 11, 'Postfach 1');
INSERT INTO res_partner (id, name, is_company, type, active, parent_id, email) VALUES (71, 'Portal Person', NULL, 'contact', true, 11, 'portal@company11.example.com');
INSERT INTO res_users (id, company_id, partner_id, active, login, share, notification_type) VALUES (7, 1, 71, true, 'portal', true, 'email');
UPDATE res_partner SET commercial_partner_id = CASE WHEN is_company THEN id ELSE coalesce(parent_id, id) END, complete_name = name;
INSERT INTO crm_stage (id, sequence, name, is_won) VALUES (1, 1, '{"en_US": "New", "fa_IR": "جدید"}', false), (2, 2, '{"en_US": "Qualified"}', false), (3, 3, '{"en_US": "Proposition"}', false), (4, 70, '{"en_US": "Won"}', true);
INSERT INTO crm_lost_reason (id, name) VALUES (1, '{"en_US": "Too expensive"}');
INSERT INTO utm_source (id, name) VALUES (1, 'Newsletter');
INSERT INTO crm_lead (id, name, type, contact_name, partner_name, email_from, phone, user_id, stage_id, source_id, probability, active, expected_revenue, country_id, create_date, write_date)
  SELECT n, 'Inquiry ' || n, 'lead', 'Lena Lead' || chr(64 + n), 'Prospect ' || n || ' AG', 'lead' || n || '@prospect.example.net', '+49 30 77700' || n, 2, 1, 1, 10, true, 0, 1, timestamp '2024-03-01 12:00:00', timestamp '2024-03-02 12:00:00' FROM generate_series(1, 6) n;
INSERT INTO crm_lead (id, name, type, partner_id, user_id, stage_id, probability, active, expected_revenue, prorated_revenue, lost_reason_id, date_deadline, date_open, date_closed, create_date, write_date)
  SELECT n, 'Machine ' || n, 'opportunity', CASE WHEN n % 2 = 0 THEN 11 + n - 20 ELSE 41 + n - 20 END, 2 + n % 2, 1 + n % 4, CASE WHEN n % 4 = 3 THEN 100 ELSE 30 END, true, n * 1000.50, n * 300, NULL,
    date '2024-09-30', timestamp '2024-01-05 09:00:00', CASE WHEN n % 4 = 3 THEN timestamp '2024-05-01 17:00:00' END, timestamp '2024-01-05 08:00:00', timestamp '2024-05-01 17:00:00' FROM generate_series(20, 31) n;
-- planted: closed before it was opened; lost without a reason; a customer that was deleted
UPDATE crm_lead SET active = false, probability = 0, stage_id = 2, lost_reason_id = NULL, date_closed = timestamp '2023-12-01 10:00:00' WHERE id = 21;
UPDATE crm_lead SET partner_id = NULL WHERE id = 22;
INSERT INTO mail_activity_type (id, name, category) VALUES (1, '{"en_US": "Email"}', 'default'), (2, '{"en_US": "Call", "de_DE": "Anruf"}', 'phonecall'), (3, '{"en_US": "Meeting"}', 'meeting'), (4, '{"en_US": "To-Do"}', 'default');
INSERT INTO mail_activity (res_model_id, res_model, res_id, res_name, activity_type_id, user_id, summary, date_deadline, note, create_date, write_date)
  SELECT 1, CASE WHEN n % 2 = 0 THEN 'crm.lead' ELSE 'res.partner' END, CASE WHEN n % 2 = 0 THEN 20 + n ELSE 40 + n END, 'x', 1 + n % 4, 2, CASE WHEN n % 3 > 0 THEN 'Step ' || n END, date '2024-06-01' + n, '<p>do it</p>', timestamp '2024-05-01 08:00:00', timestamp '2024-05-01 08:00:00' FROM generate_series(1, 10) n;
INSERT INTO mail_message (model, res_id, author_id, create_uid, message_type, subject, record_name, body, date, create_date)
  SELECT 'crm.lead', 20 + n % 12, CASE WHEN n % 3 = 0 THEN 41 ELSE 3 END, 2, (ARRAY['email', 'comment', 'notification'])[1 + n % 3], 'Offer ' || n, 'Machine', '<p>Good day</p>', timestamp '2024-04-01 08:00:00' + n * interval '1 hour', timestamp '2024-04-01 08:00:00' + n * interval '1 hour' FROM generate_series(1, 12) n;
INSERT INTO product_category (id, name, complete_name) VALUES (1, 'Machines', 'All / Machines');
INSERT INTO product_template (id, categ_id, uom_id, uom_po_id, detailed_type, type, default_code, name, list_price, active, sale_ok, create_date, write_date)
  SELECT n, 1, 1, 1, 'consu', 'consu', 'M-' || n, ('{"en_US": "Machine ' || n || '", "fa_IR": "ماشین"}')::jsonb, 100.25 * n, true, true, timestamp '2022-01-01 08:00:00', timestamp '2022-01-01 08:00:00' FROM generate_series(1, 5) n;
INSERT INTO product_product (id, product_tmpl_id, active) SELECT n + 100, n, true FROM generate_series(1, 5) n;
INSERT INTO sale_order (id, company_id, partner_id, partner_invoice_id, partner_shipping_id, currency_id, user_id, name, state, amount_untaxed, amount_tax, amount_total, date_order, create_date, opportunity_id)
  SELECT n, 1, 10 + n, 10 + n, 10 + n, 1, 2, 'S0000' || n, 'sale', 1000, 190, 1190, timestamp '2024-05-02 23:30:00', timestamp '2024-05-02 09:00:00', 20 + n FROM generate_series(1, 4) n;
INSERT INTO sale_order_line (order_id, sequence, product_id, name, product_uom_qty, price_unit, discount, price_subtotal, display_type)
  SELECT o, 10, 100 + o, 'Machine', 2, 500, 0, 1000, NULL FROM generate_series(1, 4) o UNION ALL SELECT 1, 5, NULL, 'A section', 0, 0, 0, 0, 'line_section';
CREATE TABLE ir_model_fields (id serial PRIMARY KEY, name varchar NOT NULL, model varchar NOT NULL, ttype varchar NOT NULL);
CREATE TABLE mail_tracking_value (
  id serial PRIMARY KEY, field_id integer, old_value_integer integer, new_value_integer integer, currency_id integer,
  mail_message_id integer NOT NULL, create_uid integer, write_uid integer, old_value_char varchar, new_value_char varchar,
  field_info jsonb, old_value_text text, new_value_text text, old_value_datetime timestamp, new_value_datetime timestamp,
  old_value_float double precision, new_value_float double precision, create_date timestamp, write_date timestamp);
INSERT INTO ir_model_fields (id, name, model, ttype) VALUES (501, 'stage_id', 'crm.lead', 'many2one'), (502, 'date_deadline', 'crm.lead', 'date'), (503, 'expected_revenue', 'crm.lead', 'monetary');
INSERT INTO mail_message (id, model, res_id, create_uid, message_type, date, create_date) VALUES (901, 'crm.lead', 20, 2, 'notification', '2024-02-01 09:00:00', '2024-02-01 09:00:00');
INSERT INTO mail_tracking_value (id, field_id, old_value_integer, new_value_integer, mail_message_id, create_uid, old_value_char, new_value_char, old_value_datetime, new_value_datetime, old_value_float, new_value_float) VALUES
  (1, 501, 1, 4, 901, 2, 'New', 'Won', NULL, NULL, NULL, NULL), (2, 502, NULL, NULL, 901, 2, NULL, NULL, '2024-02-28', '2024-03-31', NULL, NULL),
  (3, 503, NULL, NULL, 901, 2, NULL, NULL, NULL, NULL, 1000, 2500.5);
INSERT INTO utm_stage (id, name, sequence) VALUES (1, '{"en_US": "New"}', 1), (2, '{"en_US": "Sent"}', 2);
INSERT INTO utm_campaign (id, name, title, user_id, stage_id, active, is_auto_campaign, create_date) VALUES (1, 'spring-sale', '{"en_US": "Spring sale", "de_DE": "Frühjahr"}', 2, 2, true, false, '2024-02-01 08:00:00'), (2, 'auto-1', '{"en_US": "auto-1"}', 2, 1, true, true, '2024-02-01 08:00:00');
UPDATE crm_lead SET campaign_id = 1 WHERE id IN (1, 20);
UPDATE res_partner SET customer_rank = 1 WHERE id = 11;
UPDATE res_partner SET supplier_rank = 2 WHERE id = 12;
-- meetings with a customer, for an opportunity (cancelled), for oneself; the first stands among the activities, too
INSERT INTO calendar_event (id, user_id, name, location, show_as, active, start, stop, create_date, opportunity_id) VALUES (1, 2, 'Visit of the works', 'Frankfurt', 'busy', true, '2024-04-02 09:00:00', '2024-04-02 10:30:00', '2024-03-20 08:00:00', NULL),
  (2, 3, 'Second offer', NULL, 'busy', false, '2024-04-03 09:00:00', '2024-04-03 09:30:00', '2024-03-20 08:00:00', 20), (3, 2, 'Dentist', NULL, 'busy', true, '2024-04-04 09:00:00', '2024-04-04 09:30:00', '2024-03-20 08:00:00', NULL);
INSERT INTO calendar_event_res_partner_rel VALUES (1, 3), (1, 41), (3, 3);
INSERT INTO mail_activity (res_model_id, res_model, res_id, res_name, activity_type_id, user_id, summary, date_deadline, calendar_event_id) VALUES (1, 'res.partner', 41, 'x', 3, 2, 'Visit of the works', '2024-04-02', 1);
-- what is left of a call that was done
INSERT INTO mail_message (model, res_id, author_id, create_uid, message_type, mail_activity_type_id, subject, body, date, create_date) VALUES ('crm.lead', 20, 3, 2, 'notification', 2, 'Called back', '<p>Call done</p>', '2024-04-05 08:00:00', '2024-04-05 08:00:00');
