-- What an auditor would write by hand to profile the contacts in sqlite3: completeness, validity by pattern,
-- uniqueness and staleness, a statement a question. Over a table `contact` made by .import.
.headers on
select count(*) as records, sum(id = '') as no_id, sum(full_name = '') as no_name, sum(email = '') as no_email,
  sum(phone = '') as no_phone, sum(account = '') as no_account, sum(city = '') as no_city, sum(country = '') as no_country,
  sum(postcode = '') as no_postcode, sum(born = '') as no_birth_date, sum(created = '') as no_creation from contact;
select count(*) as bad_email from contact
  where email <> '' and email not regexp '^[-A-Za-z0-9._%+]+@[-A-Za-z0-9]+(\.[-A-Za-z0-9]+)+$';
select count(*) as bad_phone from contact where phone <> '' and phone not regexp '^\+?[0-9][-0-9 ()./]{6,20}$';
select count(*) as bad_country from contact where country <> '' and country not regexp '^[A-Z][A-Z]$';
select count(*) as bad_postcode from contact where postcode <> '' and postcode not regexp '^[A-Z0-9][- A-Z0-9]{2,9}$';
select count(*) as bad_birth_date from contact
  where born <> '' and (born not glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' or date(born) is null or born > '2025-06-30');
select count(*) as bad_creation from contact
  where created <> '' and (created not glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' or date(created) is null or created > '2025-06-30');
select count(*) as ids_used_twice from (select id from contact where id <> '' group by id having count(*) > 1);
select count(*) as emails_used_twice from (select lower(email) as address from contact where email <> '' group by address having count(*) > 1);
select count(*) as phones_used_twice from (select phone from contact where phone <> '' group by phone having count(*) > 1);
select count(*) as same_person_twice from
  (select full_name, lower(email) as address, born from contact group by full_name, address, born having count(*) > 1);
select count(*) as stale from contact where created <> '' and julianday('2025-06-30') - julianday(created) > 180;
