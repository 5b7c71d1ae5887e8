CREATE TABLE numbers (
    id int, rsmallint smallint, rint2 int2, rint int, rint4 int4, rbigint bigint, rint8 int8,
    rreal real, rdouble double precision, rnumeric numeric
);
INSERT INTO numbers VALUES (1, 1, 2, 3, 4, 5, 6, 7.8, 9.1, 0.123456789);

CREATE TABLE serials (id int, rsmallserial smallserial, rserial serial, rbigserial bigserial);
INSERT INTO serials (id) VALUES (1);

CREATE TABLE flags (id int, rbool bool, rblob bytea);
INSERT INTO flags VALUES (1, true, 'abcdef');

CREATE TABLE texts (id int, rvarchar varchar(40), rtext text, rchar char(10));
INSERT INTO texts VALUES (1, 'rvarchar', 'rtext', 'rchar');

CREATE TABLE times (id int, rdate date, rtime time, rtimestamp timestamp, rinterval interval);
INSERT INTO times VALUES (1, '2525-12-25', '04:05:06.789', '1989-11-24 01:02:03', 'P1Y2M3DT4H5M6.7S');

CREATE TABLE documents (id int, j jsonb);
INSERT INTO documents VALUES (1, '{"s": "hello", "n": 123, "b": true, "x": null}');

CREATE TABLE ids (id int, u uuid);
INSERT INTO ids VALUES (1, '12345678-1234-1234-1234-123456789abc');

CREATE TABLE nullable (id int, rvarchar varchar(40));
INSERT INTO nullable VALUES (1, NULL);

CREATE TABLE ranges (id int, r4 int4range, r8 int8range, rnum numrange);
INSERT INTO ranges VALUES (1, '(1, 40]', '[123456789012, 234567890123)', '(, 100)');

CREATE TABLE arrays (id int, i4 int4[], i8 int8[], num numeric[], str text[]);
INSERT INTO arrays VALUES (1, '{1,2,3}', '{101,102,103,104}', '{1.234,2.345}', '{hello,mum}');

-- The table of the example.
CREATE TABLE test (id serial PRIMARY KEY, name varchar(100) NOT NULL, value integer NOT NULL);
INSERT INTO test (name, value) VALUES ('foo', 42), ('bar', 100);
