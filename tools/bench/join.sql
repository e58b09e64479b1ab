-- Duplicates as somebody writes them by hand: equal e-mail, equal phone, or equal name and birth date, once normalised.
-- A name alone would be a hundred million pairs.
create table plain as
select rowid as n, lower(trim(email)) as email, replace(replace(replace(phone, ' ', ''), '-', ''), '+', '') as phone,
       lower(trim(full_name)) || '|' || born as person
from contact;
create index plain_email on plain(email);
create index plain_phone on plain(phone);
create index plain_person on plain(person);
create table pair as
select a.n as one, b.n as other from plain a join plain b on a.email = b.email and a.n < b.n where a.email <> ''
union
select a.n, b.n from plain a join plain b on a.phone = b.phone and a.n < b.n where a.phone <> ''
union
select a.n, b.n from plain a join plain b on a.person = b.person and a.n < b.n where a.person <> '|';
select count(*) from pair;
