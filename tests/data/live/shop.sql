-- A database of no product that is known: its tables are read by their names and columns.
CREATE TABLE customers (customer_no integer PRIMARY KEY, company_name varchar(80) NOT NULL, email varchar(80), phone varchar(40), country varchar(40), created_at timestamp with time zone, photo bytea, api_key varchar(40));
CREATE TABLE contacts (contact_id integer PRIMARY KEY, customer_no integer REFERENCES customers, full_name varchar(80), email varchar(80), birth_date date, active boolean);
CREATE TABLE deals (deal_id integer PRIMARY KEY, customer_no integer, deal_name varchar(80), stage varchar(20), amount money, close_date date, owner varchar(40));
CREATE TABLE secrets (id integer PRIMARY KEY, what text);
CREATE VIEW active_contacts AS SELECT full_name FROM contacts WHERE active;
INSERT INTO customers SELECT n, 'Shop customer ' || n, 'c' || n || '@shop.example.com', '+1 202 555 01' || (10 + n), 'US', timestamptz '2024-01-01 00:00:00+02' + n * interval '1 day', '\xdeadbeef', 'k-' || n FROM generate_series(1, 40) n;
INSERT INTO contacts SELECT n, n % 45, 'Person ' || chr(64 + n % 26 + 1) || 'son', 'p' || n || '@shop.example.com', date '1980-01-01' + n, n % 2 = 0 FROM generate_series(1, 44) n WHERE n % 45 BETWEEN 1 AND 40;
INSERT INTO deals SELECT n, n, 'Deal ' || n, 'Won', 100.5, date '2024-03-01', 'Ada Lovelace' FROM generate_series(1, 20) n;
