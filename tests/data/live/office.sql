-- A database of no product that is known, in SQL that both servers take: lists of words beside the tables, references with names that
-- mislead, one to what is no key, two tables of organisations that count alike, references without foreign keys, a view.
CREATE TABLE stages (id integer PRIMARY KEY, name varchar(40) NOT NULL, position integer);
CREATE TABLE regions (id integer PRIMARY KEY, region_name varchar(40) NOT NULL);
CREATE TABLE users (id integer PRIMARY KEY, first_name varchar(40), last_name varchar(40), email varchar(80));
CREATE TABLE companies (id integer PRIMARY KEY, number varchar(20) NOT NULL UNIQUE, name varchar(80), phone varchar(40), country varchar(40), region_id integer, manager integer, created_by integer, FOREIGN KEY (region_id) REFERENCES regions (id), FOREIGN KEY (manager) REFERENCES users (id), FOREIGN KEY (created_by) REFERENCES users (id));
CREATE TABLE merchants (id integer PRIMARY KEY, name varchar(80), phone varchar(40), country varchar(40));
CREATE TABLE people (id integer PRIMARY KEY, firm varchar(20), first_name varchar(40), last_name varchar(40), email varchar(80), FOREIGN KEY (firm) REFERENCES companies (number));
CREATE TABLE deals (id integer PRIMARY KEY, title varchar(80), customer_id integer, sold_to integer, stage_id integer, amount decimal(12, 2), close_date date, handled_by integer, FOREIGN KEY (customer_id) REFERENCES people (id), FOREIGN KEY (sold_to) REFERENCES companies (id), FOREIGN KEY (stage_id) REFERENCES stages (id), FOREIGN KEY (handled_by) REFERENCES users (id));
CREATE TABLE invoices (id integer PRIMARY KEY, invoice_number varchar(20), merchant_id integer, total decimal(12, 2), invoice_date date, FOREIGN KEY (merchant_id) REFERENCES merchants (id));
CREATE TABLE calls (id integer PRIMARY KEY, subject varchar(80), company_id integer, person_id integer, started_at timestamp NULL, user_id integer);
CREATE TABLE people_regions (person_id integer NOT NULL, region_id integer NOT NULL, PRIMARY KEY (person_id, region_id), FOREIGN KEY (person_id) REFERENCES people (id), FOREIGN KEY (region_id) REFERENCES regions (id));
CREATE VIEW people_with_address AS SELECT id, first_name, last_name, email FROM people WHERE email IS NOT NULL;
INSERT INTO stages VALUES (1, 'Prospecting', 1), (2, 'Proposal', 2), (3, 'Won', 3), (4, 'Lost', 4);
INSERT INTO regions VALUES (1, 'North'), (2, 'South');
INSERT INTO users VALUES (1, 'Ada', 'Palmer', 'ada@office.example.com'), (2, 'Bela', 'Kovacs', 'bela@office.example.com');
INSERT INTO companies VALUES (1, 'C-100', 'Harbour Works Ltd', '+44 20 7946 0101', 'GB', 1, 1, 2), (2, 'C-200', 'Lindt Mechanik GmbH', '+49 30 901820', 'DE', 2, 2, 2), (3, 'C-300', 'Atelier Morin SARL', '+33 1 42 68 53 00', 'FR', 1, 1, 1);
INSERT INTO merchants VALUES (1, 'Paper Trade Inc', '+1 202 555 0110', 'US'), (2, 'Steel and Sons', '+1 202 555 0111', 'US');
INSERT INTO people VALUES (1, 'C-200', 'Greta', 'Hoffmann', 'greta@lindt.example.com'), (2, 'C-100', 'Owen', 'Marsh', 'owen@harbour.example.com'), (3, 'C-300', 'Claire', 'Morin', NULL), (4, NULL, 'Jean', 'Petit', 'jean@morin.example.com');
INSERT INTO deals VALUES (1, 'New crane', 2, 1, 3, 12000.50, '2024-03-01', 1), (2, 'Spare parts', 1, 2, 2, 800, '2030-05-01', 2), (3, 'Tables', 3, 3, 4, 450, '2024-06-01', 1);
INSERT INTO invoices VALUES (1, 'I-1', 1, 100, '2024-03-02'), (2, 'I-2', 2, 200, '2024-03-03');
INSERT INTO calls VALUES (1, 'First talk', 2, 1, '2024-02-01 10:00:00', 1), (2, 'Second talk', 1, 2, '2024-02-02 11:00:00', 2), (3, 'Gone company', 77, 3, '2024-02-03 12:00:00', 2);
INSERT INTO people_regions VALUES (1, 1), (2, 2), (3, 1);
