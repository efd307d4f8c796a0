-- The words that recorded calls are found by. The same columns, table and rules as ../sqlite/0012_words.sql; what 0001 says of
-- ids, times and tenant_id holds here too.

-- The same words as a JSON list, so that they are found again when the call is thrown away. None of calls from before.
ALTER TABLE traces ADD COLUMN words TEXT CHECK (left(words, 1) = '[');

-- Without a foreign key to the call: it would cost each word of each call a search, and each call that is thrown away one in an
-- index that nothing else needs.
CREATE TABLE trace_words (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    word      TEXT COLLATE "C" NOT NULL CHECK (length(word) BETWEEN 1 AND 120),
    trace_id  TEXT COLLATE "C" NOT NULL CHECK (length(trace_id) = 26),
    PRIMARY KEY (tenant_id, word, trace_id)
);
