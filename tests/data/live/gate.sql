CREATE TABLE contacts (id integer PRIMARY KEY, full_name varchar(120) NOT NULL, email varchar(120), phone varchar(40), birth_date date, city varchar(80));
INSERT INTO contacts VALUES
 (1, 'Anabel Weberknecht', 'annabel@nordlicht.de', NULL, '1980-03-14', 'Hamburg'),
 (2, 'Zhang Xiaoming', NULL, '+86 138 1234 5678', '1979-05-06', NULL),
 (3, 'Hossein Mohammadi', 'h.mohammadi@example.com', '+98 912 123 4567', '1985-01-20', NULL),
 (4, 'Tomas Lindqvist', 'tomas.lindqvist@example.org', '+46 8 123 456 70', '1971-08-30', 'Uppsala'),
 (5, 'Tomas Lindquist', 'tomas.lindqvist@example.org', NULL, '1971-08-30', 'Uppsala'),
 (6, 'Priya Raghunathan', 'priya.r@example.net', '+91 98 2000 1111', '1990-02-11', 'Pune'),
 (7, 'Mwangi Kariuki', 'mwangi@example.net', '+254 712 300 400', '1988-06-17', 'Nairobi'),
 (8, '李娜', 'li.na@example.com', '+86 139 0000 7777', '1992-12-01', NULL),
 (9, 'زهرا کریمی', 'z.karimi@example.com', '+98 913 555 6666', '1977-04-04', NULL),
 (10, 'Ines Castanheira', 'ines.c@example.org', '+351 912 345 000', '1966-10-23', 'Porto');
