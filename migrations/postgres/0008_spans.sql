-- The steps of a call, in the call's own row: nobody asks for a step without its call, and as a row of its own each cost an
-- insert more with a key of three columns. The same as ../sqlite/0008_spans.sql.

-- A JSON list of steps in order, each a list of its kind, its name, microseconds from the call's start and taken, whether it
-- succeeded, and an object of more facts.
ALTER TABLE traces ADD COLUMN spans TEXT NOT NULL DEFAULT '[]' CHECK (left(spans, 1) = '[');

-- The attributes as they were written: what JSON allows and jsonb does not, such as an escaped NUL, must not stop an upgrade.
UPDATE traces SET spans = made.spans
FROM (SELECT tenant_id, trace_id,
             '[' || string_agg('[' || to_json(kind)::text || ',' || to_json(name)::text || ',' || offset_us || ',' || duration_us
                               || ',' || ok::text || ',' || attributes || ']', ',' ORDER BY position) || ']' AS spans
      FROM trace_spans GROUP BY tenant_id, trace_id) AS made
WHERE traces.tenant_id = made.tenant_id AND traces.id = made.trace_id;

DROP TABLE trace_spans;
