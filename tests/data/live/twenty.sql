-- Twenty 0.50, one workspace; see README.md.
CREATE SCHEMA core;
CREATE TABLE core."user" (id uuid PRIMARY KEY, email varchar NOT NULL, "passwordHash" varchar);
INSERT INTO core."user" VALUES ('00000000-0000-4000-8000-000000000001', 'tim@apple.example', 'hash');
CREATE SCHEMA workspace_1wgvd1injqtife6y4rvfbu3h5;
SET search_path = workspace_1wgvd1injqtife6y4rvfbu3h5;
CREATE TYPE opportunity_stage_enum AS ENUM ('NEW', 'SCREENING', 'MEETING', 'PROPOSAL', 'CUSTOMER');
CREATE TYPE task_status_enum AS ENUM ('TODO', 'IN_PROGRESS', 'DONE');
CREATE TYPE source_enum AS ENUM ('EMAIL', 'CALENDAR', 'WORKFLOW', 'API', 'IMPORT', 'MANUAL', 'SYSTEM', 'WEBHOOK');
CREATE TABLE "workspaceMember" (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(),
  "deletedAt" timestamptz, position double precision NOT NULL DEFAULT 0, "nameFirstName" text DEFAULT '', "nameLastName" text DEFAULT '',
  "colorScheme" text NOT NULL DEFAULT 'System', locale text NOT NULL DEFAULT 'en', "avatarUrl" text DEFAULT '', "userEmail" text DEFAULT '',
  "userId" uuid NOT NULL, "timeZone" text NOT NULL DEFAULT 'system');
CREATE TABLE company (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(),
  "deletedAt" timestamptz, name text DEFAULT '', "domainNamePrimaryLinkLabel" text, "domainNamePrimaryLinkUrl" text, "domainNameSecondaryLinks" jsonb,
  employees double precision, "linkedinLinkPrimaryLinkLabel" text, "linkedinLinkPrimaryLinkUrl" text, "linkedinLinkSecondaryLinks" jsonb,
  "xLinkPrimaryLinkLabel" text, "xLinkPrimaryLinkUrl" text, "xLinkSecondaryLinks" jsonb, "annualRecurringRevenueAmountMicros" numeric,
  "annualRecurringRevenueCurrencyCode" text, "addressAddressStreet1" text, "addressAddressStreet2" text, "addressAddressCity" text,
  "addressAddressPostcode" text, "addressAddressState" text, "addressAddressCountry" text, "addressAddressLat" numeric, "addressAddressLng" numeric,
  "idealCustomerProfile" boolean NOT NULL DEFAULT false, position double precision NOT NULL DEFAULT 0, "createdBySource" source_enum NOT NULL DEFAULT 'MANUAL',
  "createdByWorkspaceMemberId" uuid, "createdByName" text NOT NULL DEFAULT 'System', "createdByContext" jsonb, "searchVector" tsvector, "accountOwnerId" uuid,
  tagline text, "workPolicy" text[]);
CREATE TABLE person (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(),
  "deletedAt" timestamptz, "nameFirstName" text DEFAULT '', "nameLastName" text DEFAULT '', "emailsPrimaryEmail" text DEFAULT '', "emailsAdditionalEmails" jsonb,
  "linkedinLinkPrimaryLinkLabel" text, "linkedinLinkPrimaryLinkUrl" text, "linkedinLinkSecondaryLinks" jsonb, "xLinkPrimaryLinkLabel" text,
  "xLinkPrimaryLinkUrl" text, "xLinkSecondaryLinks" jsonb, "jobTitle" text DEFAULT '', "phonesPrimaryPhoneNumber" text DEFAULT '',
  "phonesPrimaryPhoneCountryCode" text DEFAULT '', "phonesPrimaryPhoneCallingCode" text DEFAULT '', "phonesAdditionalPhones" jsonb, city text DEFAULT '',
  "avatarUrl" text DEFAULT '', position double precision NOT NULL DEFAULT 0, "createdBySource" source_enum NOT NULL DEFAULT 'MANUAL',
  "createdByWorkspaceMemberId" uuid, "createdByName" text NOT NULL DEFAULT 'System', "createdByContext" jsonb, "searchVector" tsvector, "companyId" uuid);
CREATE TABLE opportunity (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(),
  "deletedAt" timestamptz, name text NOT NULL DEFAULT '', "amountAmountMicros" numeric, "amountCurrencyCode" text, "closeDate" timestamptz,
  stage opportunity_stage_enum NOT NULL DEFAULT 'NEW', position double precision NOT NULL DEFAULT 0, "createdBySource" source_enum NOT NULL DEFAULT 'MANUAL',
  "createdByWorkspaceMemberId" uuid, "createdByName" text NOT NULL DEFAULT 'System', "createdByContext" jsonb, "searchVector" tsvector,
  "pointOfContactId" uuid, "companyId" uuid);
CREATE TABLE task (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(),
  "deletedAt" timestamptz, position double precision NOT NULL DEFAULT 0, title text DEFAULT '', "bodyV2Blocknote" text, "bodyV2Markdown" text, "dueAt" timestamptz,
  status task_status_enum DEFAULT 'TODO', "createdBySource" source_enum NOT NULL DEFAULT 'MANUAL', "createdByWorkspaceMemberId" uuid,
  "createdByName" text NOT NULL DEFAULT 'System', "createdByContext" jsonb, "searchVector" tsvector, "assigneeId" uuid);
CREATE TABLE "taskTarget" (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(), "deletedAt" timestamptz, "taskId" uuid, "personId" uuid, "companyId" uuid, "opportunityId" uuid);
CREATE TABLE note (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(),
  "deletedAt" timestamptz, position double precision NOT NULL DEFAULT 0, title text DEFAULT '', "bodyV2Blocknote" text, "bodyV2Markdown" text,
  "createdBySource" source_enum NOT NULL DEFAULT 'MANUAL', "createdByWorkspaceMemberId" uuid, "createdByName" text NOT NULL DEFAULT 'System', "createdByContext" jsonb, "searchVector" tsvector);
CREATE TABLE "noteTarget" (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(), "deletedAt" timestamptz, "noteId" uuid, "personId" uuid, "companyId" uuid, "opportunityId" uuid);
CREATE TABLE "_rocket" (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);
INSERT INTO "_rocket" (name) VALUES ('Saturn'), ('Ariane');
CREATE TABLE "_partnerCompany" (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(),
  "deletedAt" timestamptz, name text DEFAULT '', industry text, website text, country text, position double precision NOT NULL DEFAULT 0);
INSERT INTO "_partnerCompany" (name, industry, website, country, "deletedAt") VALUES ('Bolts & Co', 'Manufacturing', 'https://bolts.example.com', 'France', NULL), ('Sheets', 'Manufacturing', NULL, 'France', NULL), ('Gone', NULL, NULL, NULL, now());
INSERT INTO "workspaceMember" (id, "nameFirstName", "nameLastName", "userEmail", "userId") VALUES
  ('20202020-0687-4c41-b707-ed1bfca972a7', 'Tim', 'Apple', 'tim@apple.example', '00000000-0000-4000-8000-000000000001');
INSERT INTO company (id, name, "domainNamePrimaryLinkUrl", employees, "annualRecurringRevenueAmountMicros", "annualRecurringRevenueCurrencyCode", "addressAddressCity", "addressAddressCountry", "accountOwnerId", "createdAt", tagline, "workPolicy")
  SELECT ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, (ARRAY['Airbnb', 'Stripe', 'Figma', 'Notion', '北京科技有限公司', 'شرکت آریا'])[n], 'https://company' || n || '.example.com', n * 100,
    n * 1500000000::bigint, 'USD', 'Paris', 'France', '20202020-0687-4c41-b707-ed1bfca972a7', timestamptz '2024-02-03 04:05:06.789+03:30', CASE WHEN n < 3 THEN 'Best of ' || n END, ARRAY['ON_SITE', 'REMOTE, mostly'] FROM generate_series(1, 6) n;
UPDATE company SET "deletedAt" = now() WHERE name = 'Notion';
INSERT INTO person ("nameFirstName", "nameLastName", "emailsPrimaryEmail", "phonesPrimaryPhoneNumber", "phonesPrimaryPhoneCallingCode", "phonesPrimaryPhoneCountryCode", "jobTitle", "companyId", "createdAt")
  SELECT (ARRAY['Ada', 'Ben', 'Cem', 'Dora', 'Eva', 'Finn'])[n], (ARRAY['Schmidt', 'Fischer', 'Meyer', 'Wagner', 'Becker', 'Koch'])[n], 'p' || n || '@company' || n || '.example.com', '69555010' || n, '+49', 'DE', 'CEO',
    ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, timestamptz '2024-02-03 00:00:00+00' FROM generate_series(1, 6) n;
INSERT INTO opportunity (name, "amountAmountMicros", "amountCurrencyCode", "closeDate", stage, "companyId", "createdAt")
  SELECT 'Deal ' || n, n * 123450000, 'EUR', timestamptz '2024-06-01 00:00:00+00', (ARRAY['NEW', 'MEETING', 'CUSTOMER'])[n]::opportunity_stage_enum, ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, timestamptz '2024-02-03 00:00:00+00' FROM generate_series(1, 3) n;
INSERT INTO task (id, title, "bodyV2Markdown", "dueAt", status, "assigneeId") VALUES ('30000000-0000-4000-8000-000000000001', 'Call back', 'soon', '2024-05-05 10:00:00+02', 'TODO', '20202020-0687-4c41-b707-ed1bfca972a7');
INSERT INTO "taskTarget" ("taskId", "companyId") VALUES ('30000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002');
INSERT INTO note (title, "bodyV2Markdown") VALUES ('Met them', 'good');
CREATE TYPE message_role_enum AS ENUM ('FROM', 'TO', 'CC', 'BCC');
CREATE TABLE "calendarEvent" (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(),
  "deletedAt" timestamptz, title text DEFAULT '', "isCanceled" boolean NOT NULL DEFAULT false, "isFullDay" boolean NOT NULL DEFAULT false, "startsAt" timestamptz,
  "endsAt" timestamptz, "externalCreatedAt" timestamptz, "externalUpdatedAt" timestamptz, description text DEFAULT '', location text DEFAULT '', "iCalUid" text DEFAULT '',
  "conferenceSolution" text DEFAULT '', "conferenceLinkPrimaryLinkLabel" text, "conferenceLinkPrimaryLinkUrl" text, "conferenceLinkSecondaryLinks" jsonb);
CREATE TABLE "calendarEventParticipant" (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(), "deletedAt" timestamptz,
  handle text DEFAULT '', "displayName" text DEFAULT '', "isOrganizer" boolean NOT NULL DEFAULT false, "responseStatus" text NOT NULL DEFAULT 'NEEDS_ACTION',
  "calendarEventId" uuid NOT NULL, "personId" uuid, "workspaceMemberId" uuid);
CREATE TABLE message (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(), "deletedAt" timestamptz,
  "headerMessageId" text DEFAULT '', subject text DEFAULT '', text text DEFAULT '', "receivedAt" timestamptz, "messageThreadId" uuid);
CREATE TABLE "messageParticipant" (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(), "deletedAt" timestamptz,
  role message_role_enum NOT NULL DEFAULT 'FROM', handle text DEFAULT '', "displayName" text DEFAULT '', "messageId" uuid NOT NULL, "personId" uuid, "workspaceMemberId" uuid);
INSERT INTO "calendarEvent" (id, title, "startsAt", "endsAt", location) VALUES ('40000000-0000-4000-8000-000000000001', 'Kick-off', '2024-04-02 09:00:00+00', '2024-04-02 10:00:00+00', 'Paris'), ('40000000-0000-4000-8000-000000000002', 'Dentist', '2024-04-03 09:00:00+00', '2024-04-03 10:00:00+00', '');
INSERT INTO "calendarEventParticipant" ("calendarEventId", "personId", "workspaceMemberId") SELECT '40000000-0000-4000-8000-000000000001', id, NULL FROM person WHERE "emailsPrimaryEmail" = 'p1@company1.example.com';
INSERT INTO "calendarEventParticipant" ("calendarEventId", "workspaceMemberId") VALUES ('40000000-0000-4000-8000-000000000001', '20202020-0687-4c41-b707-ed1bfca972a7'), ('40000000-0000-4000-8000-000000000002', '20202020-0687-4c41-b707-ed1bfca972a7');
INSERT INTO message (id, subject, "receivedAt") VALUES ('50000000-0000-4000-8000-000000000001', 'Our offer', '2024-04-05 08:00:00+00'), ('50000000-0000-4000-8000-000000000002', 'Newsletter', '2024-04-06 08:00:00+00');
INSERT INTO "messageParticipant" ("messageId", role, "personId") SELECT '50000000-0000-4000-8000-000000000001', 'TO', id FROM person WHERE "emailsPrimaryEmail" = 'p1@company1.example.com';
INSERT INTO "messageParticipant" ("messageId", role, "workspaceMemberId") VALUES ('50000000-0000-4000-8000-000000000001', 'FROM', '20202020-0687-4c41-b707-ed1bfca972a7'), ('50000000-0000-4000-8000-000000000002', 'TO', '20202020-0687-4c41-b707-ed1bfca972a7');
UPDATE person SET "emailsAdditionalEmails" = '["ada@home.example"]', "phonesAdditionalPhones" = '[{"number": "1705550199", "callingCode": "+49", "countryCode": "DE"}]' WHERE "emailsPrimaryEmail" = 'p1@company1.example.com';
