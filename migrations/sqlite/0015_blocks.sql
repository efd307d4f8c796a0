-- Recorded calls in blocks. The same columns and rules as ../postgres/0015_blocks.sql; what 0001 says of ids, times and
-- tenant_id holds here too.

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
    number             INTEGER PRIMARY KEY,
    tenant_id          TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id                 TEXT    NOT NULL CHECK (length(id) = 26),
    oldest_id          TEXT    NOT NULL CHECK (length(oldest_id) = 26 AND oldest_id <= id),
    calls              INTEGER NOT NULL CHECK (calls BETWEEN 1 AND 256),
    packing            INTEGER NOT NULL CHECK (packing IN (0, 1)),
    facts              BLOB    NOT NULL,
    spans              BLOB    NOT NULL,
    sealed_key_version INTEGER CHECK (sealed_key_version BETWEEN 0 AND 4294967295),
    sealed_payloads    BLOB    CHECK ((sealed_payloads IS NULL) = (sealed_key_version IS NULL))
) STRICT;

-- With a name, because statements insist on it: where a table was small when SQLite last counted its rows, it would rather read
-- all of it.
CREATE UNIQUE INDEX trace_blocks_by_id ON trace_blocks (tenant_id, id);

-- What blocks are found by, and how many of their calls have it: all of them (`all`), a tool, a store, a key or member, an order,
-- a change, a word, that a change came of a call (`changed`) or that it failed (`failed`). The value is empty where the field
-- says all.
CREATE TABLE trace_postings (
    tenant_id TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    field     TEXT    NOT NULL CHECK (field IN ('all', 'change', 'changed', 'failed', 'key', 'order', 'store', 'tool', 'word')),
    value     TEXT    NOT NULL CHECK (length(value) <= 120),
    block_id  TEXT    NOT NULL CHECK (length(block_id) = 26),
    block     INTEGER NOT NULL,
    calls     INTEGER NOT NULL CHECK (calls BETWEEN 1 AND 256),
    PRIMARY KEY (tenant_id, field, value, block_id)
) STRICT, WITHOUT ROWID;

-- Calls from before, each a block of its own.
INSERT INTO trace_blocks (tenant_id, id, oldest_id, calls, packing, facts, spans, sealed_key_version, sealed_payloads)
SELECT tenant_id, id, id, 1, 0,
       CAST(json_array(json_array(id, key_id, door, client, request_id, traceparent, tool, store_id, order_id, error,
                                  json(CASE cache_hit WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END),
                                  started_at, duration_us, input_bytes, output_bytes, change_id,
                                  json(iif(sealed_payload IS NULL, 'false', 'true')),
                                  json(coalesce(words, '[]')))) AS BLOB),
       CAST('[' || spans || ']' AS BLOB), sealed_key_version, sealed_payload
FROM traces ORDER BY tenant_id, id;

-- Each in the order that an index has: millions would be sorted in memory.
INSERT INTO trace_postings
SELECT tenant_id, 'all', '', id, number, 1 FROM trace_blocks INDEXED BY trace_blocks_by_id ORDER BY tenant_id, id;
INSERT INTO trace_postings
SELECT t.tenant_id, 'change', t.change_id, t.id, b.number, 1
FROM traces AS t INDEXED BY traces_by_change CROSS JOIN trace_blocks AS b INDEXED BY trace_blocks_by_id
     ON b.tenant_id = t.tenant_id AND b.id = t.id
WHERE t.change_id IS NOT NULL ORDER BY t.tenant_id, t.change_id, t.id;
INSERT INTO trace_postings
SELECT t.tenant_id, 'changed', '', t.id, b.number, 1
FROM traces AS t INDEXED BY traces_changed CROSS JOIN trace_blocks AS b INDEXED BY trace_blocks_by_id
     ON b.tenant_id = t.tenant_id AND b.id = t.id
WHERE t.change_id IS NOT NULL ORDER BY t.tenant_id, t.id;
INSERT INTO trace_postings
SELECT t.tenant_id, 'failed', '', t.id, b.number, 1
FROM traces AS t INDEXED BY traces_failed CROSS JOIN trace_blocks AS b INDEXED BY trace_blocks_by_id
     ON b.tenant_id = t.tenant_id AND b.id = t.id
WHERE t.error IS NOT NULL ORDER BY t.tenant_id, t.id;
INSERT INTO trace_postings
SELECT t.tenant_id, 'key', t.key_id, t.id, b.number, 1
FROM traces AS t INDEXED BY traces_by_key CROSS JOIN trace_blocks AS b INDEXED BY trace_blocks_by_id
     ON b.tenant_id = t.tenant_id AND b.id = t.id
WHERE t.key_id IS NOT NULL ORDER BY t.tenant_id, t.key_id, t.id;
INSERT INTO trace_postings
SELECT t.tenant_id, 'order', t.order_id, t.id, b.number, 1
FROM traces AS t INDEXED BY traces_by_order CROSS JOIN trace_blocks AS b INDEXED BY trace_blocks_by_id
     ON b.tenant_id = t.tenant_id AND b.id = t.id
WHERE t.order_id IS NOT NULL ORDER BY t.tenant_id, t.order_id, t.id;
INSERT INTO trace_postings
SELECT t.tenant_id, 'store', t.store_id, t.id, b.number, 1
FROM traces AS t INDEXED BY traces_by_store CROSS JOIN trace_blocks AS b INDEXED BY trace_blocks_by_id
     ON b.tenant_id = t.tenant_id AND b.id = t.id
WHERE t.store_id IS NOT NULL ORDER BY t.tenant_id, t.store_id, t.id;
INSERT INTO trace_postings
SELECT t.tenant_id, 'tool', t.tool, t.id, b.number, 1
FROM traces AS t INDEXED BY traces_by_tool CROSS JOIN trace_blocks AS b INDEXED BY trace_blocks_by_id
     ON b.tenant_id = t.tenant_id AND b.id = t.id
ORDER BY t.tenant_id, t.tool, t.id;
INSERT INTO trace_postings
SELECT w.tenant_id, 'word', w.word, w.trace_id, b.number, 1
FROM trace_words AS w CROSS JOIN trace_blocks AS b INDEXED BY trace_blocks_by_id
     ON b.tenant_id = w.tenant_id AND b.id = w.trace_id
ORDER BY w.tenant_id, w.word, w.trace_id;

DROP TABLE trace_words;
DROP TABLE traces;
