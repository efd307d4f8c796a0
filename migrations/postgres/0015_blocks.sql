-- Recorded calls in blocks. The same columns and rules as ../sqlite/0015_blocks.sql; what 0001 says of ids, times and
-- tenant_id holds here too.

-- Nobody adds calls while these move, and nothing was done yet when the tables cannot be had. Millions may take longer than a
-- statement has.
SET LOCAL statement_timeout = 0;
LOCK TABLE traces, trace_words IN ACCESS EXCLUSIVE MODE;

-- Calls of one workspace that were recorded within a second, as one row: as rows of their own, with an index for each thing that
-- they are found by, they cost three times as much to write, and sixteen times the bytes. `id` and `oldest_id` are those of the
-- newest and the oldest. `number` is where the row is.
--
-- `facts` and `spans` are JSON lists with an entry for each call, oldest first: what the call was, as a list (id, key, door,
-- client, request id, traceparent, tool, store, order, error, whether the cache answered, when it began, microseconds it took,
-- bytes of its arguments and its answer, change, whether something of what it carried is kept, words), and what happened inside,
-- as 0008 says. With packing 1 both are compressed (LZ4, the length before it), and what the calls carried is sealed together;
-- with packing 0, which calls from before this have, they are not, and the payload is sealed for its own row in `traces`.
CREATE TABLE trace_blocks (
    number             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id          TEXT COLLATE "C" NOT NULL,
    id                 TEXT COLLATE "C" NOT NULL CHECK (length(id) = 26),
    oldest_id          TEXT COLLATE "C" NOT NULL CHECK (length(oldest_id) = 26 AND oldest_id <= id),
    calls              BIGINT NOT NULL CHECK (calls BETWEEN 1 AND 256),
    packing            BIGINT NOT NULL CHECK (packing IN (0, 1)),
    facts              BYTEA NOT NULL,
    spans              BYTEA NOT NULL,
    sealed_key_version BIGINT CHECK (sealed_key_version BETWEEN 0 AND 4294967295),
    sealed_payloads    BYTEA CHECK ((sealed_payloads IS NULL) = (sealed_key_version IS NULL))
);

ALTER TABLE trace_blocks ALTER COLUMN sealed_payloads SET STORAGE EXTERNAL;

-- What blocks are found by, and how many of their calls have it: all of them (`all`), a tool, a store, a key or member, an order,
-- a change, a word, that a change came of a call (`changed`) or that it failed (`failed`). The value is empty where the field
-- says all.
CREATE TABLE trace_postings (
    tenant_id TEXT COLLATE "C" NOT NULL,
    field     TEXT COLLATE "C" NOT NULL CHECK (field IN ('all', 'change', 'changed', 'failed', 'key', 'order', 'store', 'tool', 'word')),
    value     TEXT COLLATE "C" NOT NULL CHECK (length(value) <= 120),
    block_id  TEXT COLLATE "C" NOT NULL CHECK (length(block_id) = 26),
    block     BIGINT NOT NULL,
    calls     BIGINT NOT NULL CHECK (calls BETWEEN 1 AND 256)
);

-- Calls from before, each a block of its own.
INSERT INTO trace_blocks (tenant_id, id, oldest_id, calls, packing, facts, spans, sealed_key_version, sealed_payloads)
SELECT tenant_id, id, id, 1, 0,
       convert_to(json_build_array(json_build_array(id, key_id, door, client, request_id, traceparent, tool, store_id, order_id,
                                                    error, cache_hit, started_at, duration_us, input_bytes, output_bytes,
                                                    change_id, sealed_payload IS NOT NULL,
                                                    coalesce(words, '[]')::json))::text, 'UTF8'),
       convert_to('[' || spans || ']', 'UTF8'), sealed_key_version, sealed_payload
FROM traces ORDER BY tenant_id, id;

INSERT INTO trace_postings
SELECT t.tenant_id, found.field, found.value, t.id, b.number, 1
FROM traces AS t
JOIN trace_blocks AS b ON b.tenant_id = t.tenant_id AND b.id = t.id
CROSS JOIN LATERAL (VALUES ('all', ''), ('change', t.change_id), ('changed', CASE WHEN t.change_id IS NOT NULL THEN '' END),
                           ('failed', CASE WHEN t.error IS NOT NULL THEN '' END), ('key', t.key_id), ('order', t.order_id),
                           ('store', t.store_id), ('tool', t.tool)) AS found (field, value)
WHERE found.value IS NOT NULL;

INSERT INTO trace_postings
SELECT w.tenant_id, 'word', w.word, w.trace_id, b.number, 1
FROM trace_words AS w JOIN trace_blocks AS b ON b.tenant_id = w.tenant_id AND b.id = w.trace_id;

-- Once all are there: kept up for each row they would take several times as long.
ALTER TABLE trace_blocks
    ADD UNIQUE (tenant_id, id),
    ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE;
ALTER TABLE trace_postings
    ADD PRIMARY KEY (tenant_id, field, value, block_id),
    ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE;

-- What comes from now on is compressed already; what is there keeps the form that it has.
ALTER TABLE trace_blocks ALTER COLUMN facts SET STORAGE EXTERNAL;
ALTER TABLE trace_blocks ALTER COLUMN spans SET STORAGE EXTERNAL;

DROP TABLE trace_words;
DROP TABLE traces;
